"""Write the synthesised clips and their manifest into a folder of their own."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from training.clips import HELD_OUT, TRAIN_ONLY
from training.config import TrainingConfig
from training.synthesis import ensemble, music, noise, signals, speech

COLUMNS = ("file", "label", "extra_labels", "seconds", "licence", "author_or_attribution", "source_url_or_repo", "fold")
SOUND_FONT_FOLDER = Path("/usr/share/sounds/sf2")
SOUND_FONTS = {"FluidR3_GM.sf2": TRAIN_ONLY, "TimGM6mb.sf2": HELD_OUT}
"""Debian's fluid-soundfont-gm (MIT) and timgm6mb-soundfont (GPL-2), and the fold of what they play."""
PEAK_RANGE = (0.2, 0.9)
NOISE_PIECE_S = 8.0
"""Many short draws: a network learns a noise that it meets often by heart."""


@dataclass(frozen=True)
class Made:
    """One synthesised clip's manifest row, before its length is known."""

    file: str
    label: str
    source: str
    fold: int


def missing_programs() -> list[str]:
    """What has to be installed for the whole set; :data:`PROCEDURES` and noises need nothing."""
    missing = [name for name in ("espeak-ng", "flite", "fluidsynth") if shutil.which(name) is None]
    return missing + [str(SOUND_FONT_FOLDER / font) for font in SOUND_FONTS if not (SOUND_FONT_FOLDER / font).exists()]


def _store(path: Path, wave: np.ndarray, rng: np.random.Generator) -> None:
    peak = float(np.abs(wave).max()) or 1.0
    soundfile.write(path, wave / peak * rng.uniform(*PEAK_RANGE), signals.RATE_HZ, subtype="PCM_16")


def _signal_jobs(config: TrainingConfig, out: Path, rng: np.random.Generator) -> Iterator[Callable[[], Made]]:
    def make(label: str, family: int, number: int, seed: int) -> Made:
        own = np.random.default_rng(seed)
        file = f"signal-{label.replace(' ', '-')}-{'ab'[family]}-{number:03d}.flac"
        _store(out / file, signals.FAMILIES[label][family](own), own)
        fold = HELD_OUT if family else TRAIN_ONLY
        return Made(file, label, f"training/synthesis/signals.py family {'AB'[family]}", fold)

    for label in signals.FAMILIES:
        for family in (0, 1):
            for number in range(config.clips_per_signal):
                seed = int(rng.integers(1 << 32))
                yield lambda label=label, family=family, number=number, seed=seed: make(label, family, number, seed)


def _speech_jobs(config: TrainingConfig, out: Path, rng: np.random.Generator) -> Iterator[Callable[[], Made]]:
    def make(number: int, seed: int) -> Made:
        own = np.random.default_rng(seed)
        wav = out / f"speech-{number:03d}.wav"
        voice, fold = speech.speak(own, config.default_folds, wav)
        return Made(wav.name, "speech", voice, fold)

    for number in range(config.speech_clips):
        seed = int(rng.integers(1 << 32))
        yield lambda number=number, seed=seed: make(number, seed)


def _music_jobs(config: TrainingConfig, out: Path, rng: np.random.Generator) -> Iterator[Callable[[], Made]]:
    def make(font: str, label: str, number: int, seed: int) -> Made:
        own = np.random.default_rng(seed)
        parts = [label]
        if label == "music":
            leads = [str(part) for part in own.permutation(music.BAND_LEADS)[: int(own.integers(0, 4))]]
            parts = [*leads, "bass guitar", "drums"][: None if own.random() < 0.7 else len(leads)] if leads else []
            if number >= config.band_pieces:
                parts = ["pads"] * int(own.integers(1, 4)) + leads[: int(own.integers(0, 2))]
        wav = out / f"music-{label.replace(' ', '-')}-{Path(font).stem}-{number:03d}.wav"
        piece = music.compose(own, parts, float(own.uniform(5, 9)))
        music.play(piece, SOUND_FONT_FOLDER / font, wav, reverb=bool(own.random() < 0.6))
        return Made(wav.name, label, f"{font} ({', '.join(parts) or 'synthesisers'})", SOUND_FONTS[font])

    for font in SOUND_FONTS:
        for label in ("music", *music.PROGRAMS):
            for number in range(
                config.band_pieces + config.ambient_pieces if label == "music" else config.clips_per_instrument
            ):
                seed = int(rng.integers(1 << 32))
                yield lambda font=font, label=label, number=number, seed=seed: make(font, label, number, seed)


def _ensemble_jobs(config: TrainingConfig, out: Path, rng: np.random.Generator) -> Iterator[Callable[[], Made]]:
    def make(number: int, seed: int) -> Made:
        own = np.random.default_rng(seed)
        piece = music.compose(own, ["pads"] * int(own.integers(1, 5)), float(own.uniform(6, 12)))
        file = f"music-music-ensemble-{number:03d}.flac"
        _store(out / file, ensemble.play(own, piece), own)
        return Made(file, "music", "training/synthesis/ensemble.py", TRAIN_ONLY)

    for number in range(config.ensemble_pieces):
        seed = int(rng.integers(1 << 32))
        yield lambda number=number, seed=seed: make(number, seed)


MAKERS = {"signals": _signal_jobs, "speech": _speech_jobs, "music": _music_jobs, "ensembles": _ensemble_jobs}
PROCEDURES = ("signals", "ensembles")
"""Those that need no program."""


def synthesise(config: TrainingConfig, out: Path, kinds: Sequence[str] = tuple(MAKERS)) -> None:
    """Fill ``out`` with clips and a manifest.csv (and noise.flac, which has no label); does nothing twice."""
    if (out / "manifest.csv").exists():
        return
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(config.seed)
    jobs: list[Callable[[], Made]] = []
    for kind, maker in MAKERS.items():
        made = list(maker(config, out, rng))
        jobs += made if kind in kinds else []
    noises = max(1, round(config.noise_s / NOISE_PIECE_S))
    with soundfile.SoundFile(out / "noise.flac", "w", noise.RATE_HZ, 1, "PCM_24") as stream:
        for _ in range(noises):
            stream.write(noise.training_noise(rng, NOISE_PIECE_S) * 0.05)
    with ThreadPoolExecutor(config.threads) as pool:
        rows = list(pool.map(lambda job: job(), jobs))
    with (out / "manifest.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows:
            seconds = f"{soundfile.info(out / row.file).duration:.2f}"
            writer.writerow([row.file, row.label, "", seconds, "synthesised", "SonoTag", row.source, row.fold])
