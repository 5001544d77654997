"""What a tagger is measured on: single clips, mixtures of clips, noises. All in the sample domain, through the
whole front end, in windows of ten seconds as the product encodes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sonotag.models.tagger import Tagger
from training.clips import Clip, Floats, Row, read_audio
from training.synthesis.noise import band, coloured, hum, room_tone, ventilation
from training.vocabulary import ESC10, LABELS, OTHER_INSTRUMENTS

Bools = NDArray[np.bool_]
MIXTURE_S = 10.0
SNR_DB = (12.0, 24.0)
EVENT_SPREAD_DB = 6.0
"""A mixture's events lie around its own ratio to the noise, so that none hides another: 6 to 30 dB in all."""
BACKGROUND_DBFS = (-60.0, -35.0)
MOST_EVENTS = 4
MOST_AT_ONCE = 2
LONGEST_EVENT_S = 6.0
NOISE_LEVELS_DBFS = (-60, -50, -40, -30, -20, -10)
VARIED_NOISES = ("mains hum 50 Hz", "mains hum 60 Hz", "room tone")
"""No two draws of these are alike, so that it takes many to see what a label makes of them."""
LIVELY_NOISES = ("band of noise", "ventilation")
"""Of these a label may be right to say something now and then: steep noise that swells is much like thunder."""
CLIPPED = "clipped "
"""Before the name of a kind whose peaks were cut off at full scale: it may crackle, but should be silent still."""


@dataclass(frozen=True)
class Scored:
    """A tagger's answer to one piece of audio, and the truth."""

    name: str
    fold: int
    row: Row | None
    """The clip, if the piece is a single clip."""
    logits: Floats
    """[frames, labels]."""
    truth: Bools
    """[frames, labels]."""
    known: Bools
    """[frames, labels]: False where the truth is not known."""


@dataclass(frozen=True)
class Measured:
    """All that a tagger, or each fold's tagger, was asked."""

    clips: list[Scored]
    mixtures: list[Scored]
    """Of all labels."""
    plain_mixtures: list[Scored]
    """Of the ten labels of ESC-10 and speech."""
    noises: list[Scored]

    def all(self) -> tuple[list[Scored], ...]:
        """The four lists."""
        return self.clips, self.mixtures, self.plain_mixtures, self.noises


def pooled_activity(clip: Clip, columns_per_frame: int) -> Bools:
    """A clip's active frames: those active for at least half their time."""
    return clip.activity.active.reshape(-1, columns_per_frame).mean(axis=1) >= 0.5


def truth_of(clip: Clip, columns_per_frame: int) -> tuple[Bools, Bools]:
    """(truth, known), each [frames, labels], of a single clip."""
    active = pooled_activity(clip, columns_per_frame)
    truth = np.zeros((len(active), len(LABELS)), bool)
    truth[:, list(clip.meaning.present)] = active[:, None]
    known = np.ones_like(truth)
    known[:, list(clip.meaning.unsure)] = False
    return truth, known


def logits_of(tagger: Tagger, samples: Floats) -> Floats:
    """Samples -> logits [frames, labels]; independent windows, the last padded with silence.

    Frames are rounded to float16 on the way, as the product stores them.
    """
    config = tagger.config
    frames = -(-len(samples) // config.frame_samples)
    windows = np.zeros((-(-len(samples) // config.window_samples), config.window_samples), np.float32)
    windows.reshape(-1)[: len(samples)] = samples
    with torch.inference_mode():
        stored = torch.cat(
            [tagger.frames(torch.from_numpy(part)).half() for part in np.array_split(windows, -(-len(windows) // 8))]
        )
        return tagger.logits(stored.float()).reshape(-1, len(LABELS))[:frames].numpy()


def score_clips(tagger: Tagger, clips: Sequence[Clip], fold: int) -> list[Scored]:
    """Every clip on its own."""
    scored: list[Scored] = []
    for clip in clips:
        truth, known = truth_of(clip, tagger.config.columns_per_frame)
        logits = logits_of(tagger, read_audio(clip.row.path, tagger.config.sample_rate_hz))
        frames = min(len(truth), len(logits))
        scored.append(Scored(clip.row.file, fold, clip.row, logits[:frames], truth[:frames], known[:frames]))
    return scored


@dataclass(frozen=True)
class Mixture:
    """Samples at the tagger's rate and their true frames [frames, labels]."""

    samples: Floats
    truth: Bools
    known: Bools


class MixtureTestSet:
    """Ten seconds of sloping noise with one to four events at 6 to 30 dB over it, at most two at a time,
    these within 12 dB of each other.

    Labels are drawn evenly, whole pieces of music excepted (their instruments are drawn one by one). One
    event in seven is of a word outside the vocabulary. Events are cut to six seconds.
    """

    def __init__(self, clips: Sequence[Clip], tagger: Tagger, seed: int, labels: Sequence[str]) -> None:
        self.config = tagger.config
        self.rng = np.random.default_rng(seed)
        self.by_label: dict[str, list[Clip]] = defaultdict(list)
        self.others: list[Clip] = []
        for clip in clips:
            names = {LABELS[index] for index in clip.meaning.present}
            if clip.row.label in labels and clip.row.label != "music":
                self.by_label[clip.row.label].append(clip)
            elif not names and clip.row.label not in OTHER_INSTRUMENTS:
                self.others.append(clip)
        self.names = sorted(self.by_label)

    def _draw(self) -> Clip:
        if self.others and self.rng.random() < 1 / 7:
            return self.others[int(self.rng.integers(len(self.others)))]
        choice = self.by_label[self.names[int(self.rng.integers(len(self.names)))]]
        return choice[int(self.rng.integers(len(choice)))]

    def make(self) -> Mixture:
        """The next mixture."""
        rng, config = self.rng, self.config
        per_column, frames = config.hop_samples, round(MIXTURE_S * config.sample_rate_hz) // config.frame_samples
        background_db, snr_db = rng.uniform(*BACKGROUND_DBFS), rng.uniform(*SNR_DB)
        total = coloured(rng, MIXTURE_S, float(rng.uniform(-6, 0))) * 10 ** (background_db / 20)
        truth, known = np.zeros((frames, len(LABELS)), bool), np.ones((frames, len(LABELS)), bool)
        at_once = np.zeros(frames, np.int64)
        for _ in range(int(rng.integers(1, MOST_EVENTS + 1))):
            clip = self._draw()
            samples = read_audio(clip.row.path, config.sample_rate_hz)
            # A stretch of at most six seconds that holds some of the sound.
            whole = len(clip.activity.active) // config.columns_per_frame
            length = min(whole, round(LONGEST_EVENT_S / config.frame_s))
            on = np.flatnonzero(pooled_activity(clip, config.columns_per_frame))
            if not len(on):
                continue
            first = int(np.clip(on[int(rng.integers(len(on)))] - rng.integers(length), 0, whole - length))
            place = int(rng.integers(frames - length + 1))
            if at_once[place : place + length].max() >= MOST_AT_ONCE:
                continue
            columns = slice(first * config.columns_per_frame, (first + length) * config.columns_per_frame)
            piece = np.zeros(length * config.frame_samples)
            cut = samples[columns.start * per_column : columns.stop * per_column]
            piece[: len(cut)] = cut
            active = np.repeat(clip.activity.active[columns], per_column)
            power = float(np.mean(piece[active] ** 2)) if active.any() else 0.0
            if power < 1e-12:
                continue
            at_once[place : place + length] += 1
            event_db = background_db + snr_db + rng.uniform(-EVENT_SPREAD_DB, EVENT_SPREAD_DB)
            start = place * config.frame_samples
            total[start : start + len(piece)] += piece * np.sqrt(10 ** (event_db / 10) / power)
            there, there_known = truth_of(clip, config.columns_per_frame)
            truth[place : place + length] |= there[first : first + length]
            known[place : place + length] &= there_known[first : first + length]
        return Mixture(np.clip(total, -1, 1).astype(np.float32), truth, known)


def score_mixtures(
    tagger: Tagger, clips: Sequence[Clip], fold: int, count: int, seed: int, labels: Sequence[str]
) -> list[Scored]:
    """``count`` mixtures of the clips; the same for the same seed."""
    made = MixtureTestSet(clips, tagger, seed, labels)
    scored: list[Scored] = []
    for number in range(count):
        mixture = made.make()
        known = mixture.known | mixture.truth
        logits = logits_of(tagger, mixture.samples)
        scored.append(Scored(f"mixture-{fold}-{number:03d}", fold, None, logits, mixture.truth, known))
    return scored


def noise_pieces(seed: int, realisations: int, varied: int, seconds: float = 10.0) -> list[tuple[str, int, Floats]]:
    """(kind, level in dBFS RMS, samples) of noises no training saw: other realisations, and colours of their own.

    Of each kind ``realisations``, of those in ``VARIED_NOISES`` ``varied``; where a file of integers could not hold the
    peaks, both the piece as it is and as such a file would hold it.
    """
    rng = np.random.default_rng(seed)
    kinds = {
        "white noise": lambda: coloured(rng, seconds, 0.0),
        "pink noise": lambda: coloured(rng, seconds, -3.0),
        "brown noise": lambda: coloured(rng, seconds, -6.0),
        "violet noise": lambda: coloured(rng, seconds, 6.0),
        "band of noise": lambda: band(rng, seconds),
        "mains hum 50 Hz": lambda: hum(rng, seconds, 50.0),
        "mains hum 60 Hz": lambda: hum(rng, seconds, 60.0),
        "room tone": lambda: room_tone(rng, seconds),
        "ventilation": lambda: ventilation(rng, seconds),
    }
    pieces = [("digital silence", -200, np.zeros(round(seconds * 48_000), np.float32))]
    for kind, make in kinds.items():
        for _ in range(varied if kind in VARIED_NOISES else realisations):
            wave = make()
            for level in NOISE_LEVELS_DBFS:
                samples = (wave * 10 ** (level / 20)).astype(np.float32)
                pieces.append((kind, level, samples))
                if np.abs(samples).max() > 1:
                    pieces.append((CLIPPED + kind, level, np.clip(samples, -1, 1)))
    return pieces


def score_noises(tagger: Tagger, fold: int, seed: int, realisations: int, varied: int) -> list[Scored]:
    """Every noise of :func:`noise_pieces`; nothing is ever true in it."""
    scored: list[Scored] = []
    for kind, level, samples in noise_pieces(seed, realisations, varied):
        logits = logits_of(tagger, samples)
        nothing = np.zeros(logits.shape, bool)
        scored.append(Scored(f"{kind} at {level} dBFS", fold, None, logits, nothing, ~nothing))
    return scored


def kind_of_noise(scored: Scored) -> str:
    """What :func:`score_noises` made the piece of."""
    return scored.name.split(" at ")[0]


def is_lively(scored: Scored) -> bool:
    """Whether a label may be right to say something now and then of a piece of :func:`score_noises`."""
    return kind_of_noise(scored).removeprefix(CLIPPED) in LIVELY_NOISES


def is_esc10(scored: Scored) -> bool:
    """Whether a piece is a clip of ESC-10."""
    return scored.row is not None and scored.row.label in ESC10 and scored.row.file.split("/")[-1][1:2] == "-"
