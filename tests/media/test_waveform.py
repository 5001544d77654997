"""Waveform peaks and their pooling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.media.waveform import PEAKS_PER_SECOND, SAMPLES_PER_PEAK, peaks_of, pool_peaks

SAMPLES = hnp.arrays(np.float32, st.integers(0, 2_000), elements=st.floats(-2, 2, width=32))
PEAKS = hnp.arrays(np.int8, st.tuples(st.integers(1, 300), st.just(2)))


@given(SAMPLES)
def test_peaks_are_the_extremes_of_every_block(samples: NDArray[np.float32]) -> None:
    peaks = peaks_of(samples)
    assert peaks.dtype == np.int8
    assert peaks.shape == (-(-samples.size // SAMPLES_PER_PEAK), 2)
    for index, (low, high) in enumerate(peaks):
        block = samples[index * SAMPLES_PER_PEAK : (index + 1) * SAMPLES_PER_PEAK].clip(-1, 1)
        assert low == round(float(block.min()) * 127)
        assert high == round(float(block.max()) * 127)


def test_peaks_of_windows_are_the_peaks_of_the_whole() -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 2 * WINDOW_SAMPLES + 7_777).astype(np.float32)
    parts = [peaks_of(samples[start : start + WINDOW_SAMPLES]) for start in range(0, samples.size, WINDOW_SAMPLES)]
    np.testing.assert_array_equal(np.concatenate(parts), peaks_of(samples))
    assert parts[0].shape[0] == 10 * PEAKS_PER_SECOND


@given(PEAKS, st.integers(1, 400))
def test_pooling_keeps_every_extreme_and_covers_every_peak_once(peaks: NDArray[np.int8], columns: int) -> None:
    pooled = pool_peaks(peaks, columns)
    count = peaks.shape[0]
    assert pooled.dtype == np.int8
    assert pooled.shape == (min(count, columns), 2)
    starts = [column * count // columns for column in range(columns)] if count > columns else list(range(count))
    for column, (start, stop) in enumerate(zip(starts, [*starts[1:], count], strict=True)):
        assert pooled[column, 0] == peaks[start:stop, 0].min()
        assert pooled[column, 1] == peaks[start:stop, 1].max()


def test_no_peaks_pool_into_none() -> None:
    assert pool_peaks(np.empty((0, 2), np.int8), 5).shape == (0, 2)


def test_pooled_peaks_are_a_copy() -> None:
    peaks = np.zeros((3, 2), np.int8)
    pool_peaks(peaks, 10)[:] = 1
    assert not peaks.any()


@pytest.mark.parametrize("columns", [0, -1])
def test_no_columns_are_a_mistake(columns: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        pool_peaks(np.zeros((3, 2), np.int8), columns)
