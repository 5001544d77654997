"""Near-duplicates between clips, by fingerprint: one recording under two names must not sit on two sides of a split.

Landmarks as in Wang 2003 ("An industrial-strength audio search algorithm"): peaks of the mel spectrogram are
joined in pairs (two bands and the time between them); two clips of one recording share many pairs at one offset.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from training.clips import Clip

NEIGHBOURHOOD = (7, 5)
"""Columns and bands within which a peak is the largest value."""
PEAK_RANGE_DB = 45.0
REACH_COLUMNS = 40
FAN_OUT = 4
COMMON_HASH = 60
"""A pair found in more clips than this says nothing."""
LEAST_SHARED = 25
LEAST_SHARE = 0.25


@dataclass(frozen=True)
class Duplicate:
    """Two clips that share ``shared`` landmarks at one offset, ``share`` of those of the shorter one."""

    first: Clip
    second: Clip
    shared: int
    share: float


def landmarks(clip: Clip) -> list[tuple[int, int]]:
    """(hash, column) of a clip's landmarks."""
    level: NDArray[np.floating] = 10 * np.log10(clip.power + 1e-9)
    peaks = (level == maximum_filter(level, size=NEIGHBOURHOOD)) & (level > level.max() - PEAK_RANGE_DB)
    columns, bands = np.nonzero(peaks)
    found: list[tuple[int, int]] = []
    for index, (column, band) in enumerate(zip(columns, bands, strict=True)):
        after = slice(index + 1, index + 60)
        later = [(int(c - column), int(b)) for c, b in zip(columns[after], bands[after], strict=True)]
        ahead = [(gap, other) for gap, other in later if 0 < gap <= REACH_COLUMNS][:FAN_OUT]
        found += [((int(band) << 14) | (other << 7) | gap, int(column)) for gap, other in ahead]
    return found


def duplicates(clips: Sequence[Clip]) -> list[Duplicate]:
    """Pairs of clips of different groups that seem to be one recording, most alike first."""
    where: dict[int, list[tuple[int, int]]] = defaultdict(list)
    sizes: list[int] = []
    for number, clip in enumerate(clips):
        marks = landmarks(clip)
        sizes.append(len(marks))
        for key, column in marks:
            where[key].append((number, column))
    offsets: Counter[tuple[int, int, int]] = Counter()
    for hits in where.values():
        if len(hits) > COMMON_HASH:
            continue
        for one, (first, column) in enumerate(hits):
            offsets.update(
                (first, second, (other - column) // 2) for second, other in hits[one + 1 :] if second != first
            )
    best: dict[tuple[int, int], int] = {}
    for (first, second, _), count in offsets.items():
        best[first, second] = max(best.get((first, second), 0), count)
    result = [
        Duplicate(clips[first], clips[second], count, count / max(1, min(sizes[first], sizes[second])))
        for (first, second), count in best.items()
        if count >= LEAST_SHARED and clips[first].row.group != clips[second].row.group
    ]
    return sorted((pair for pair in result if pair.share >= LEAST_SHARE), key=lambda pair: -pair.share)
