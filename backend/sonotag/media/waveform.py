"""Waveform peaks: the smallest and largest sample of every hundredth of a second. Pure functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sonotag.domain import SAMPLE_RATE_HZ

PEAKS_PER_SECOND = 100
SAMPLES_PER_PEAK = SAMPLE_RATE_HZ // PEAKS_PER_SECOND
PEAK_SCALE = 127
"""A stored peak is the sample times this; samples beyond ±1 are drawn as ±1."""


def peaks_of(samples: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return the peaks of 48 kHz `samples` [n] as int8 [ceil(n / 480), 2]: (min, max) in units of 1/127.

    Windows are whole numbers of peaks, so the peaks of a recording are those of its windows one after
    another.
    """
    if samples.size == 0:
        return np.empty((0, 2), dtype=np.int8)
    whole = samples.size // SAMPLES_PER_PEAK
    blocks = samples[: whole * SAMPLES_PER_PEAK].reshape(whole, SAMPLES_PER_PEAK)
    rest = samples[whole * SAMPLES_PER_PEAK :]
    pairs = np.empty((whole + (rest.size > 0), 2), dtype=np.float32)
    pairs[:whole, 0] = blocks.min(axis=1)
    pairs[:whole, 1] = blocks.max(axis=1)
    if rest.size:
        pairs[whole] = rest.min(), rest.max()
    return np.rint(np.clip(pairs, -1.0, 1.0) * PEAK_SCALE).astype(np.int8)


def pool_peaks(peaks: NDArray[np.int8], columns: int) -> NDArray[np.int8]:
    """Return `peaks` [n, 2] pooled into int8 [min(n, columns), 2].

    Column c covers the peaks from floor(c * n / columns) up to the next column's first; its minimum and
    maximum are exact. Raises ValueError when `columns` is not positive.
    """
    if columns <= 0:
        raise ValueError(f"columns must be positive, not {columns}")
    count = peaks.shape[0]
    if count <= columns:
        return peaks.copy()
    starts = np.arange(columns, dtype=np.int64) * count // columns
    pooled = np.empty((columns, 2), dtype=np.int8)
    np.minimum.reduceat(peaks[:, 0], starts, out=pooled[:, 0])
    np.maximum.reduceat(peaks[:, 1], starts, out=pooled[:, 1])
    return pooled
