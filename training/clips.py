"""Clips: what a folder with a manifest.csv holds, which side of a split each falls on, and their mel power."""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly

from sonotag.models.tagger import LogMel
from sonotag.models.tagger_format import TaggerConfig
from training.activity import Activity, activity_of
from training.vocabulary import Meaning, meaning_of

Floats = NDArray[np.float32]

TRAIN_ONLY = 0
"""Fold of synthesised material that every cross-validated model may learn from."""
HELD_OUT = -1
"""Fold of synthesised material that no cross-validated model learns from; the final one does."""

_ESC_NAME = re.compile(r"^(\d)-(\d+)-[A-Z]")
_FREESOUND = re.compile(r"freesound\.org/(?:s|sounds|people/[^/]+/sounds)/(\d+)")


@dataclass(frozen=True)
class Row:
    """One row of a manifest."""

    path: Path
    file: str
    label: str
    extra_labels: tuple[str, ...]
    licence: str
    author: str
    source: str
    group: str
    """Clips of one recording share it and never fall on two sides of a split."""
    fold: int | None
    synthetic: bool


@dataclass(frozen=True)
class Clip:
    """A decoded clip."""

    row: Row
    meaning: Meaning
    power: Floats
    """Mel power [columns, n_mels]; its active columns average 0 dB."""
    level_db: float
    """What was subtracted: the active columns' mean power in dBFS."""
    activity: Activity

    @property
    def fold(self) -> int:
        """The clip's fold; assigned by :func:`assign_folds` where the manifest has none."""
        assert self.row.fold is not None
        return self.row.fold


def read_manifest(folder: Path) -> list[Row]:
    """Read ``manifest.csv`` of a folder.

    Columns: file, label, extra_labels (``;`` between), seconds, licence, author_or_attribution,
    source_url_or_repo, and optionally fold. The fold and the recording's number are also taken from names of
    ESC-50's form (``1-100032-A-0``); other clips of one source address are one group.
    """
    rows: list[Row] = []
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        for item in csv.DictReader(stream):
            source = item["source_url_or_repo"]
            name = _ESC_NAME.match(Path(item["file"]).name)
            number = _FREESOUND.search(source)
            group = name[2] if name else number[1] if number else source.split(" via ")[0]
            fold = int(item["fold"]) if item.get("fold") else int(name[1]) if name else None
            rows.append(
                Row(
                    path=folder / item["file"],
                    file=item["file"],
                    label=item["label"],
                    extra_labels=tuple(extra for extra in item["extra_labels"].split(";") if extra),
                    licence=item["licence"],
                    author=item["author_or_attribution"],
                    source=source,
                    group=group,
                    fold=fold,
                    synthetic=item["licence"] == "synthesised",
                )
            )
    return rows


def assign_folds(rows: Sequence[Row], default_folds: Sequence[int]) -> list[Row]:
    """Give every row a fold: its own, else its group's, else the one where its label is rarest so far."""
    folds = sorted({row.fold for row in rows if row.fold and row.fold > 0}) or sorted(default_folds)
    of_group = {row.group: row.fold for row in rows if row.fold is not None and not row.synthetic}
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[row.group].append(row)
    counts: Counter[tuple[str, int]] = Counter((row.label, row.fold) for row in rows if row.fold is not None)
    result: list[Row] = []
    for row in rows:
        fold = row.fold if row.fold is not None else of_group.get(row.group)
        if fold is None:
            fold = min(
                folds,
                key=lambda fold: (counts[row.label, fold], sum(counts[r.label, fold] for r in members[row.group])),
            )
            of_group[row.group] = fold
        if row.fold is None:
            counts[row.label, fold] += 1
        result.append(replace(row, fold=fold))
    return result


def read_audio(path: Path, rate_hz: int) -> Floats:
    """A file as mono float32 samples at ``rate_hz``."""
    samples, file_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if file_rate_hz != rate_hz:
        common = math.gcd(file_rate_hz, rate_hz)
        mono = resample_poly(mono, rate_hz // common, file_rate_hz // common)
    return mono.astype(np.float32)


def mel_power(samples: Floats, config: TaggerConfig, front_end: LogMel) -> Floats:
    """Samples -> mel power [columns, n_mels], zero-padded to a whole number of frames."""
    length = max(1, math.ceil(len(samples) / config.frame_samples)) * config.frame_samples
    padded = np.zeros(length, np.float32)
    padded[: len(samples)] = samples
    with torch.inference_mode():
        return front_end.power(torch.from_numpy(padded)[None])[0].numpy()


def load_clips(rows: Iterable[Row], config: TaggerConfig, cache: Path) -> list[Clip]:
    """Decode rows into clips; mel power is kept in ``cache``, keyed by the file's content and the front end."""
    cache.mkdir(parents=True, exist_ok=True)
    front_end = LogMel(config)
    geometry = f"{config.n_fft} {config.hop_samples} {config.n_mels} {config.mel_low_hz} {config.mel_high_hz}"
    clips: list[Clip] = []
    for row in rows:
        key = hashlib.sha256(row.path.read_bytes() + geometry.encode()).hexdigest()[:24]
        stored = cache / f"{key}.npy"
        if stored.exists():
            power = np.load(stored)
        else:
            power = mel_power(read_audio(row.path, config.sample_rate_hz), config, front_end)
            np.save(stored, power)
        activity = activity_of(power, row.label)
        level = float(power[activity.active].sum(axis=1).mean()) if activity.active.any() else 0.0
        if level < 1e-9:
            continue  # Nothing but digital silence.
        meaning = meaning_of(row.label, row.extra_labels)
        clips.append(Clip(row, meaning, power / np.float32(level), 10 * math.log10(level), activity))
    return clips


def training_side(clips: Sequence[Clip], fold: int | None) -> list[Clip]:
    """What a model learns from: everything (``fold`` None), or all but the fold and the held-out procedures."""
    return [clip for clip in clips if fold is None or clip.fold not in (fold, HELD_OUT)]


def test_side(clips: Sequence[Clip], fold: int, folds: Sequence[int]) -> list[Clip]:
    """What the model of one fold never saw: its fold, and its share of the held-out synthesised clips."""
    held_out = [clip for clip in clips if clip.fold == HELD_OUT]
    return [clip for clip in clips if clip.fold == fold] + held_out[sorted(folds).index(fold) :: len(folds)]


def recorded_folds(clips: Sequence[Clip]) -> list[int]:
    """The folds to cross-validate over."""
    return sorted({clip.fold for clip in clips if clip.fold > 0})
