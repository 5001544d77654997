"""Mix the recording that SonoTag brings along: a minute in a house by the sea, with the times of what is heard.

    python -m training.sample --data DATA

DATA is the folder of training clips with its ``manifest.csv``. Only clips under CC0-1.0 are taken. The tagger has
been trained on clips like these, so that this is a demonstration and never a measurement.

Writes ``sample.mp3``, ``sample.json`` and ``ATTRIBUTION.md``. MP3 at a constant rate, because every browser plays
it (the free builds of Chromium know no AAC, Safari no Ogg) and every player can seek in it exactly.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_opening, uniform_filter1d
from scipy.signal import resample_poly

Samples = NDArray[np.float64]

RATE_HZ = 48_000
LENGTH_S = 68.0
PEAK_DBFS = -3.5
"""Coding may add a little, so that what is decoded stays under -3 or so."""
SEED = 20
ROOM_DBFS = -62.0
"""RMS of the faint noise under everything: digital silence between the events would sound like a fault."""
BIT_RATE = "96k"

TITLE = "A minute in a house by the sea"
ATTRIBUTION = "Mixed from recordings in the public domain (CC0 1.0); their authors are named in ATTRIBUTION.md."

# What counts as heard: at most this far below the event's own loudest moment, and below everything else together.
BELOW_OWN_DB = 30.0
BELOW_OTHERS_DB = 20.0
ENVELOPE_S, HOP_S = 0.05, 0.01
GAP_S, SHORTEST_S = 0.7, 0.15
"""Pauses up to the first are part of an event; shorter events than the second are none."""


@dataclass(frozen=True)
class Cue:
    """One sound in the scene: clips joined end to end, from `at_s` on."""

    label: str
    files: tuple[str, ...]
    at_s: float
    peak_dbfs: float
    length_s: float | None = None
    fade_in_s: float = 0.01
    fade_out_s: float = 0.05


SCENE = (
    Cue(
        "sea waves",
        ("esc/2-133863-A.ogg", "esc/2-133863-A.ogg", "esc/2-133863-A.ogg", "esc/2-133863-A.ogg"),
        at_s=0.0,
        peak_dbfs=-11.0,
        length_s=16.5,
        fade_in_s=1.0,
        fade_out_s=3.5,
    ),
    Cue("rooster crowing", ("esc/3-149189-A.ogg",), at_s=4.0, peak_dbfs=-5.0),
    Cue("rooster crowing", ("esc/5-200339-A.ogg",), at_s=8.4, peak_dbfs=-7.0),
    Cue("dog barking", ("esc/2-114587-A.ogg",), at_s=13.0, peak_dbfs=-4.0, length_s=4.6, fade_out_s=0.3),
    Cue(
        "clock ticking",
        ("esc/3-142593-A.ogg", "esc/3-142593-A.ogg", "esc/3-142593-A.ogg", "esc/3-142593-A.ogg"),
        at_s=19.0,
        peak_dbfs=-10.0,
        length_s=11.0,
        fade_in_s=0.5,
        fade_out_s=1.0,
    ),
    Cue("baby crying", ("esc/3-151080-A.ogg",), at_s=23.5, peak_dbfs=-5.0, fade_out_s=0.5),
    Cue("sneezing", ("esc/2-119102-A.ogg",), at_s=31.0, peak_dbfs=-4.0),
    Cue(
        "fire crackling",
        ("esc/5-189212-A.ogg", "esc/3-145774-A.ogg"),
        at_s=33.0,
        peak_dbfs=-6.0,
        length_s=6.0,
        fade_in_s=0.3,
        fade_out_s=1.0,
    ),
    Cue(
        "chainsaw",
        ("esc/5-170338-A.ogg", "esc/5-170338-B.ogg"),
        at_s=40.5,
        peak_dbfs=-9.0,
        length_s=7.0,
        fade_in_s=0.8,
        fade_out_s=1.5,
    ),
    Cue(
        "church bell",
        ("esc/2-57191-A.ogg", "esc/1-56907-A.ogg"),
        at_s=48.0,
        peak_dbfs=-7.0,
        length_s=7.5,
        fade_in_s=0.3,
        fade_out_s=2.0,
    ),
    Cue("thunder", ("esc/5-156999-A.ogg",), at_s=55.0, peak_dbfs=-4.0, fade_out_s=0.5),
    Cue(
        "rain",
        ("esc/1-56311-A.ogg", "esc/1-26222-A.ogg"),
        at_s=59.0,
        peak_dbfs=-7.0,
        length_s=8.5,
        fade_in_s=0.8,
        fade_out_s=3.0,
    ),
    Cue("birds chirping", ("mod-sounds/sounds_bird_02.ogg",), at_s=63.2, peak_dbfs=-13.0, fade_out_s=0.3),
)


def decibels(amplitude: Samples) -> Samples:
    """Amplitude in dB re full scale, at least -120."""
    return 20 * np.log10(np.maximum(amplitude, 1e-6))


def envelope(samples: Samples) -> Samples:
    """Loudness in dB re full scale (RMS over `ENVELOPE_S`, one value every `HOP_S`)."""
    power = uniform_filter1d(samples**2, round(ENVELOPE_S * RATE_HZ))
    return decibels(np.sqrt(np.maximum(power[:: round(HOP_S * RATE_HZ)], 0.0)))


def read_clip(path: Path) -> Samples:
    """Read a mono clip at `RATE_HZ`, without the silence at its ends."""
    samples, rate_hz = soundfile.read(path, dtype="float64")
    samples = resample_poly(samples, RATE_HZ, rate_hz)
    level = envelope(samples)
    heard = np.flatnonzero(level > level.max() - 40.0) * round(HOP_S * RATE_HZ)
    margin = round(0.03 * RATE_HZ)
    return samples[max(0, heard[0] - margin) : heard[-1] + margin]


def join(clips: list[Samples], overlap_s: float = 0.4) -> Samples:
    """Join clips end to end with crossfades of equal power, each at the level of the first."""
    out = clips[0]
    for clip in clips[1:]:
        clip = clip * np.sqrt(np.mean(clips[0] ** 2) / np.mean(clip**2))
        n = round(overlap_s * RATE_HZ)
        ramp = np.sin(np.linspace(0, np.pi / 2, n))
        out = np.concatenate([out[:-n], out[-n:] * ramp[::-1] + clip[:n] * ramp, clip[n:]])
    return out


def track(cue: Cue, data: Path) -> Samples:
    """One cue alone, over the whole length of the scene."""
    sound = join([read_clip(data / name) for name in cue.files])
    if cue.length_s is not None:
        if len(sound) < cue.length_s * RATE_HZ:
            raise ValueError(f"{cue.label}: {len(sound) / RATE_HZ:.1f} s of clips for {cue.length_s} s")
        sound = sound[: round(cue.length_s * RATE_HZ)]
    sound = sound * 10 ** (cue.peak_dbfs / 20) / np.abs(sound).max()
    fade_in, fade_out = round(cue.fade_in_s * RATE_HZ), round(cue.fade_out_s * RATE_HZ)
    sound[:fade_in] *= np.sin(np.linspace(0, np.pi / 2, fade_in)) ** 2
    sound[-fade_out:] *= np.cos(np.linspace(0, np.pi / 2, fade_out)) ** 2
    out = np.zeros(round(LENGTH_S * RATE_HZ))
    start = round(cue.at_s * RATE_HZ)
    if start + len(sound) > len(out):
        raise ValueError(f"{cue.label} at {cue.at_s} s runs past the end")
    out[start : start + len(sound)] = sound
    return out


def room(length: int) -> Samples:
    """Faint noise that falls by 3 dB an octave."""
    spectrum = np.fft.rfft(np.random.default_rng(SEED).standard_normal(length))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[: round(40 * length / RATE_HZ)] = 0
    noise = np.fft.irfft(spectrum, length)
    return noise * 10 ** (ROOM_DBFS / 20) / np.sqrt(np.mean(noise**2))


def heard_spans(own: Samples, others: Samples) -> list[tuple[float, float]]:
    """Onsets and offsets in seconds of what is heard of one sound in the mix."""
    level = envelope(own)
    heard = (level > level.max() - BELOW_OWN_DB) & (level > envelope(others) - BELOW_OTHERS_DB)
    gap, shortest = round(GAP_S / HOP_S), round(SHORTEST_S / HOP_S)
    padded = np.pad(heard, gap)
    padded = binary_opening(binary_closing(padded, np.ones(gap)), np.ones(shortest))
    edges = np.flatnonzero(np.diff(padded[gap:-gap].astype(int), prepend=0, append=0))
    return [(round(a * HOP_S, 2), round(b * HOP_S, 2)) for a, b in edges.reshape(-1, 2).tolist()]


def mix(data: Path) -> tuple[Samples, list[dict[str, str | float]]]:
    """The scene, peaking at `PEAK_DBFS`, and its events in order of onset."""
    tracks = [track(cue, data) for cue in SCENE]
    whole = np.sum(tracks, axis=0) + room(round(LENGTH_S * RATE_HZ))
    by_label: dict[str, Samples] = {}
    for cue, samples in zip(SCENE, tracks, strict=True):
        by_label[cue.label] = by_label.get(cue.label, np.zeros(len(whole))) + samples
    events: list[dict[str, str | float]] = [
        {"prompt": label, "onset_s": onset_s, "offset_s": offset_s}
        for label, own in by_label.items()
        for onset_s, offset_s in heard_spans(own, whole - own)
    ]
    events.sort(key=lambda event: (event["onset_s"], event["offset_s"]))
    return whole * 10 ** (PEAK_DBFS / 20) / np.abs(whole).max(), events


def encode(samples: Samples, path: Path) -> None:
    """Write an MP3 at a constant rate. The encoder's delay is noted in it, so that players start at zero."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0"]
    command += ["-codec:a", "libmp3lame", "-b:a", BIT_RATE, "-metadata", f"title={TITLE}", "-fflags", "+bitexact"]
    subprocess.run([*command, str(path)], input=samples.astype("<f4").tobytes(), check=True)


def attribution(rows: list[dict[str, str]]) -> str:
    """A page naming every clip that was used."""
    lines = [
        "# Where the sample recording comes from",
        "",
        f"`sample.mp3`, “{TITLE}”, was mixed by `training/sample.py` from the clips below, cut, faded and at other",
        "levels. All of them are in the public domain (CC0 1.0, <https://creativecommons.org/publicdomain/zero/1.0/>),",
        "which asks for no attribution; here it is all the same, with thanks. The mix is under CC0 1.0 as well.",
        "",
        "| sound | clip | author or attribution | licence | source |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        who = row["author_or_attribution"].replace("|", "/")
        cells = (row["label"], f"`{row['file']}`", who, row["licence"], row["source_url_or_repo"])
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def used_rows(data: Path) -> list[dict[str, str]]:
    """The manifest's rows of the clips in the scene.

    Raises:
        ValueError: a clip is not in the manifest, not under CC0-1.0, or of another sound than the scene says.
    """
    with (data / "manifest.csv").open(newline="", encoding="utf-8") as file:
        manifest = {row["file"]: row for row in csv.DictReader(file)}
    used: dict[str, dict[str, str]] = {}
    for cue in SCENE:
        for name in cue.files:
            row = manifest.get(name)
            if row is None or row["licence"] != "CC0-1.0" or row["label"] != cue.label:
                raise ValueError(f"{name}: not a CC0-1.0 clip of {cue.label}")
            used[name] = row
    return list(used.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv and the clips")
    parser.add_argument("--out", type=Path, default=Path("backend/sonotag/sample"), help="where to write")
    options = parser.parse_args()
    rows = used_rows(options.data)
    samples, events = mix(options.data)
    encode(samples, options.out / "sample.mp3")
    about = {
        "title": TITLE,
        "filename": "sample.mp3",
        "media_type": "audio/mpeg",
        "attribution": ATTRIBUTION,
        "duration_s": LENGTH_S,
        "prompts": list(dict.fromkeys(cue.label for cue in SCENE)),
        "events": events,
    }
    text = json.dumps(about, indent=2, ensure_ascii=False)
    (options.out / "sample.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "ATTRIBUTION.md").write_text(attribution(rows), encoding="utf-8")
    for event in events:
        print(f"{event['onset_s']:6.2f} {event['offset_s']:6.2f}  {event['prompt']}")


if __name__ == "__main__":
    main()
