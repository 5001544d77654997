"""Geometry of windows and frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.analysis.windows import estimated_windows, frames_in, rows_in, windows_in
from sonotag.domain import SAMPLE_RATE_HZ, WINDOW_SAMPLES


@given(samples=st.integers(0, 10**10))
def test_windows_cover_every_sample_and_no_more(samples: int) -> None:
    windows = windows_in(samples)
    assert (windows - 1) * WINDOW_SAMPLES < samples <= windows * WINDOW_SAMPLES or samples == windows == 0


@given(samples=st.integers(0, WINDOW_SAMPLES), per_window=st.integers(1, 500))
def test_frames_reach_the_end_of_the_audio_and_less_than_one_frame_beyond(samples: int, per_window: int) -> None:
    frames = frames_in(samples, per_window)
    # In units of samples * per_window, so that no rounding of ours hides one of theirs.
    end = frames * WINDOW_SAMPLES
    assert samples * per_window <= end < samples * per_window + WINDOW_SAMPLES


def test_a_full_window_keeps_all_frames_and_padding_is_cut() -> None:
    assert frames_in(WINDOW_SAMPLES, 80) == 80
    assert frames_in(6000, 80) == 1
    assert frames_in(6001, 80) == 2


@pytest.mark.parametrize("samples", [-1, WINDOW_SAMPLES + 1])
def test_more_than_a_window_is_refused(samples: int) -> None:
    with pytest.raises(ValueError, match="a window has"):
        frames_in(samples, 80)


@pytest.mark.parametrize("claim", [None, float("nan"), float("inf"), 0.0, -3.0])
def test_no_claim_no_estimate(claim: float | None) -> None:
    assert estimated_windows(claim) is None


def test_estimates_round_up() -> None:
    assert estimated_windows(10.0) == 1
    assert estimated_windows(10.01) == 2


@given(windows=st.integers(0, 100), tail=st.integers(0, WINDOW_SAMPLES - 1), rate=st.sampled_from([20, 100]))
def test_rows_of_windows_add_up_to_rows_of_the_whole(windows: int, tail: int, rate: int) -> None:
    total = windows * WINDOW_SAMPLES + tail
    assert rows_in(total, rate) == windows * rows_in(WINDOW_SAMPLES, rate) + rows_in(tail, rate)
    assert rows_in(SAMPLE_RATE_HZ, rate) == rate
