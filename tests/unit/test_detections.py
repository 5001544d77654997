"""Detections: hysteresis, merging, minimum length."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonotag.analysis.detections import detect, detect_row
from sonotag.domain import DetectionRule

HOP_S = 0.125
EXACT = DetectionRule(threshold=0.5, release=0.35, merge_gap_s=0.0, min_length_s=0.0)


def spans(scores: list[float], rule: DetectionRule = EXACT) -> list[tuple[float, float]]:
    found = detect_row("dog", np.array(scores, np.float32), HOP_S, rule)
    return [(d.onset_s / HOP_S, d.offset_s / HOP_S) for d in found]


def test_begins_at_the_threshold_and_lasts_to_the_release() -> None:
    assert spans([0.1, 0.4, 0.6, 0.4, 0.36, 0.3, 0.4]) == [(2, 5)]


def test_never_reaching_the_threshold_is_nothing() -> None:
    assert spans([0.4, 0.49, 0.4]) == []


def test_touches_both_ends() -> None:
    assert spans([0.9, 0.9]) == [(0, 2)]


def test_gaps_shorter_than_the_rule_are_closed() -> None:
    row = [0.9, 0.0, 0.0, 0.9]
    assert spans(row) == [(0, 1), (3, 4)]
    assert spans(row, DetectionRule(merge_gap_s=2 * HOP_S, min_length_s=0)) == [(0, 1), (3, 4)]
    assert spans(row, DetectionRule(merge_gap_s=2.1 * HOP_S, min_length_s=0)) == [(0, 4)]


def test_shorter_ones_are_dropped_after_merging() -> None:
    rule = DetectionRule(merge_gap_s=1.5 * HOP_S, min_length_s=3 * HOP_S)
    assert spans([0.9, 0.0, 0.9, 0.0, 0.0, 0.9, 0.0], rule) == [(0, 3)]


def test_the_offset_does_not_pass_the_end_of_the_audio() -> None:
    found = detect_row("dog", np.array([0.0, 0.9, 0.9], np.float32), HOP_S, EXACT, duration_s=0.3)
    assert [(d.onset_s, d.offset_s) for d in found] == [(0.125, 0.3)]


def test_peak_and_mean() -> None:
    (found,) = detect_row("dog", np.array([0.5, 1.0, 0.75], np.float32), HOP_S, EXACT)
    assert (found.peak, found.mean) == (1.0, 0.75)


def test_rows_that_are_not_covered_yield_nothing() -> None:
    assert detect(["dog"], np.full((1, 9), np.nan, np.float32), HOP_S, DetectionRule()) == []


def test_each_prompt_can_have_a_rule_of_its_own() -> None:
    scores = np.array([[0.6, 0.1, 0.1], [0.1, 0.1, 0.6]], np.float32)
    strict = DetectionRule(threshold=0.7, release=0.49, merge_gap_s=0.0, min_length_s=0.0)
    assert [d.prompt for d in detect(["dog", "bell"], scores, HOP_S, [strict, EXACT])] == ["bell"]
    assert [d.prompt for d in detect(["dog", "bell"], scores, HOP_S, [EXACT, strict])] == ["dog"]
    assert detect(["dog", "bell"], scores, HOP_S, [EXACT, EXACT]) == detect(["dog", "bell"], scores, HOP_S, EXACT)


def test_prompts_are_interleaved_by_onset() -> None:
    scores = np.array([[0, 0, 0.9, 0], [0.9, 0, 0, 0], [0, 0, 0.9, 0]], np.float32)
    assert [d.prompt for d in detect(["a", "b", "c"], scores, HOP_S, EXACT)] == ["b", "a", "c"]


rows = hnp.arrays(np.float32, st.integers(0, 200), elements=st.floats(0, 1, width=32))
rules = st.builds(
    lambda threshold, share, gap, length: DetectionRule(threshold, share * threshold, gap, length),
    st.floats(0.05, 1),
    st.floats(0.1, 1),
    st.floats(0, 2),
    st.floats(0, 2),
)


@given(scores=rows, rule=rules)
def test_detections_are_ordered_apart_long_enough_and_reach_the_threshold(
    scores: np.ndarray, rule: DetectionRule
) -> None:
    found = detect_row("dog", scores, HOP_S, rule)
    for one, following in itertools.pairwise(found):
        assert following.onset_s - one.offset_s >= rule.merge_gap_s - 1e-9
        assert following.onset_s > one.offset_s
    for one in found:
        assert one.offset_s - one.onset_s >= rule.min_length_s - 1e-6
        assert one.peak >= np.float32(rule.threshold)
        assert 0 <= one.mean <= one.peak + 1e-6
        assert scores[round(one.onset_s / HOP_S)] >= rule.threshold


@given(scores=rows)
def test_without_merging_every_frame_at_the_threshold_is_in_a_detection(scores: np.ndarray) -> None:
    inside = np.zeros(scores.size, dtype=bool)
    for one in detect_row("dog", scores, HOP_S, EXACT):
        inside[round(one.onset_s / HOP_S) : round(one.offset_s / HOP_S)] = True
    assert (inside >= (scores >= EXACT.threshold)).all()
    assert not (inside & (scores < EXACT.release)).any()
