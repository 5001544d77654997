"""What a prompt does over a whole recording: how much, how often, how loud, how its scores spread. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sonotag.domain import Detection, Float32

BINS = 20
"""Bins of the distribution: 0 to 0.05, 0.05 to 0.1 and so on; the last one holds 1 as well."""

MOST_PEAKS = 5
PEAK_DISTANCE_S = 2.0
"""Peaks lie at least this far apart, so that they are not all of one sound."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A highest frame: the time of its middle and its score."""

    time_s: float
    score: float


@dataclass(frozen=True, slots=True)
class RowStatistics:
    """One prompt over one recording.

    `moments_s`: time in moments, overlap counted once. `share`: of the frames, those at or above the threshold, 0..1.
    `histogram`: frames in each of BINS equal bins of the score. `peaks`: highest first.
    """

    count: int
    moments_s: float
    longest_s: float
    share: float | None
    mean: float | None
    median: float | None
    p90: float | None
    histogram: tuple[int, ...]
    peaks: tuple[Peak, ...]


def row_statistics(
    scores: Float32, seconds_per_frame: float, threshold: float, moments: Sequence[Detection]
) -> RowStatistics:
    """Statistics of one prompt from its scores [T] and its moments.

    Numbers of scores are None, the histogram and the peaks empty, where no frame has a score. Frames without one (NaN)
    are left out. Threshold and scores are compared in single precision, as detections do.
    """
    known = scores[~np.isnan(scores)]
    count, moments_s = len(moments), _covered_s(moments)
    longest_s = max((m.offset_s - m.onset_s for m in moments), default=0.0)
    if known.size == 0:
        return RowStatistics(count, moments_s, longest_s, None, None, None, None, (), ())
    bins = np.minimum((known * BINS).astype(np.intp), BINS - 1)
    median, p90 = np.quantile(known, (0.5, 0.9)).tolist()
    return RowStatistics(
        count=count,
        moments_s=moments_s,
        longest_s=longest_s,
        share=float(np.count_nonzero(known >= threshold) / known.size),
        mean=float(known.mean(dtype=np.float64)),
        median=median,
        p90=p90,
        histogram=tuple(np.bincount(bins, minlength=BINS).tolist()),
        peaks=_peaks(scores, seconds_per_frame),
    )


def _covered_s(moments: Sequence[Detection]) -> float:
    total, until_s = 0.0, -math.inf
    for moment in sorted(moments, key=lambda one: one.onset_s):
        total += max(0.0, moment.offset_s - max(moment.onset_s, until_s))
        until_s = max(until_s, moment.offset_s)
    return total


def _peaks(scores: Float32, seconds_per_frame: float) -> tuple[Peak, ...]:
    left = np.where(np.isnan(scores), -np.inf, scores)
    apart = max(1, math.ceil(PEAK_DISTANCE_S / seconds_per_frame))
    peaks: list[Peak] = []
    while len(peaks) < MOST_PEAKS:
        frame = int(left.argmax())
        if not np.isfinite(left[frame]):
            break
        peaks.append(Peak((frame + 0.5) * seconds_per_frame, float(left[frame])))
        left[max(0, frame - apart + 1) : frame + apart] = -np.inf
    return tuple(peaks)
