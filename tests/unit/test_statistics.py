"""Statistics of a prompt over a recording."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.analysis.statistics import BINS, MOST_PEAKS, PEAK_DISTANCE_S, row_statistics
from sonotag.domain import Detection, Float32

HOP_S = 0.5


def moment(onset_s: float, offset_s: float) -> Detection:
    return Detection("dog", onset_s, offset_s, 0.9, 0.8)


def row(*scores: float | None) -> Float32:
    return np.array([np.nan if score is None else score for score in scores], np.float32)


def test_a_small_row_in_every_number() -> None:
    scores = row(0.0, 0.04, 0.9, 0.5, None, 1.0, 0.2, 0.2)
    found = row_statistics(scores, HOP_S, 0.5, [moment(1.0, 2.0), moment(1.5, 3.0)])
    assert found.share == pytest.approx(3 / 7)
    assert (found.count, found.moments_s, found.longest_s) == (2, 2.0, 1.5)
    assert found.mean == pytest.approx(2.84 / 7, abs=1e-6)
    assert found.median == pytest.approx(0.2)
    assert found.p90 == pytest.approx(0.94, abs=1e-6)
    assert found.histogram[0] == 2
    assert found.histogram[4] == 2
    assert found.histogram[10] == found.histogram[18] == found.histogram[19] == 1
    # 2.75 s has the highest; what lies within 2 s of it is part of the same peak.
    assert [(peak.time_s, round(peak.score, 2)) for peak in found.peaks] == [(2.75, 1.0), (0.75, 0.04)]


def test_nothing_known_is_nothing_said() -> None:
    for nothing in (row(None, None), row()):
        found = row_statistics(nothing, HOP_S, 0.5, [moment(1, 3)])
        assert (found.count, found.moments_s) == (1, 2)
        assert found.share is found.mean is found.median is found.p90 is None
        assert found.histogram == found.peaks == ()


def test_a_threshold_is_met_in_single_precision() -> None:
    found = row_statistics(row(0.65, 0.1), HOP_S, 0.65, [])
    assert found.share == 0.5


@given(st.lists(st.none() | st.floats(0, 1, width=32), min_size=1, max_size=80), st.floats(0, 1))
def test_the_numbers_hang_together(scores: list[float | None], threshold: float) -> None:
    values = row(*scores)
    found = row_statistics(values, HOP_S, threshold, [])
    known = [score for score in scores if score is not None]
    if not known:
        return
    assert found.share is not None
    assert found.median is not None
    assert found.p90 is not None
    assert sum(found.histogram) == len(known)
    assert len(found.histogram) == BINS
    assert 0 <= found.share <= 1
    assert min(known) - 1e-6 <= found.median <= found.p90 + 1e-6 <= max(known) + 2e-6
    assert 1 <= len(found.peaks) <= MOST_PEAKS
    assert found.peaks[0].score == max(known)
    assert [peak.score for peak in found.peaks] == sorted((peak.score for peak in found.peaks), reverse=True)
    times = sorted(peak.time_s for peak in found.peaks)
    assert all(b - a >= PEAK_DISTANCE_S for a, b in itertools.pairwise(times))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=10))
def test_time_in_moments_counts_overlap_once(parts: list[tuple[int, int]]) -> None:
    moments = [moment(start / 2, (start + length) / 2) for start, length in parts]
    covered = {half for start, length in parts for half in range(start, start + length)}
    found = row_statistics(row(0.1), HOP_S, 0.5, moments)
    assert found.moments_s == pytest.approx(len(covered) / 2)
