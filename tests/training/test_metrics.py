"""The arithmetic of evaluation, on plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sonotag.analysis.detections import detect
from sonotag.domain import DetectionRule
from training.evaluation.metrics import PsdsParameters, detected, psds, segment_counts, sigmoid

FRAME_S = 0.125


def test_psds_knows_perfect_useless_and_false_answers() -> None:
    truth = [np.zeros((80, 2), bool) for _ in range(3)]
    truth[0][10:30, 0] = truth[1][40:60, 1] = True
    perfect = [np.where(one, 5.0, -5.0) for one in truth]
    assert psds(perfect, truth, 0.125) == pytest.approx(1.0)
    assert psds([-one for one in perfect], truth, 0.125) < 0.05
    one_missed = [perfect[0], np.full((80, 2), -5.0), perfect[2]]
    # One of two labels found: mean 0.5 less one standard deviation of 0.5.
    assert psds(one_missed, truth, 0.125) == pytest.approx(0.0, abs=1e-6)
    assert psds(one_missed, truth, 0.125, PsdsParameters(instability_cost=0.0)) == pytest.approx(0.5)


def test_psds_is_of_whole_detections_and_these_end_with_their_piece() -> None:
    """Three crumbs of one sound are one detection; two pieces are never one, however close their ends."""
    truth = [np.zeros((40, 1), bool) for _ in range(40)]
    truth[0][10:30] = True
    crumbs = [np.where(one, 5.0, -5.0) for one in truth]
    crumbs[0][[14, 20, 26]] = 0.0
    assert psds(crumbs, truth, FRAME_S) == pytest.approx(1.0)
    # Wrong at the end of one piece and at the beginning of the next: 39 false alarms where the event is found.
    ends = [np.full((40, 1), -50.0) for _ in truth]
    for number, one in enumerate(ends[1:]):
        one[[0, 1] if number % 2 else [38, 39]] = 6.0
    ends[0][10:30] = 5.0
    hours = 40 * 40 * FRAME_S / 3600
    parameters = PsdsParameters(most_false_per_hour=40 / hours)
    assert psds(ends, truth, FRAME_S, parameters) == pytest.approx(1 / 40, abs=0.005)


RULES = st.builds(
    DetectionRule,
    threshold=st.just(0.5),
    release=st.sampled_from([0.2, 0.35, 0.5]),
    merge_gap_s=st.sampled_from([0.0, 0.25, 0.4, 1.0]),
    min_length_s=st.sampled_from([0.0, 0.2, 0.25, 0.6]),
)


@given(arrays(np.float64, (30, 3), elements=st.floats(-3, 3, width=16)), RULES, st.sampled_from([0.0, 0.75, -1.0]))
def test_detections_are_the_products(logits: np.ndarray, rule: DetectionRule, threshold: float) -> None:
    expected = np.zeros(logits.shape, bool)
    scores = sigmoid(logits - threshold).T
    for one in detect(["0", "1", "2"], scores, FRAME_S, rule):
        expected[round(one.onset_s / FRAME_S) : round(one.offset_s / FRAME_S), int(one.prompt)] = True
    assert np.array_equal(detected(logits, FRAME_S, rule, threshold), expected)


def test_segments() -> None:
    truth = np.zeros((16, 1), bool)
    truth[4:12] = True
    found = np.zeros((16, 1), bool)
    found[0:4] = True
    counts = segment_counts([found], [truth], [np.ones_like(truth)], 8)
    assert (int(counts.hit[0]), int(counts.false[0]), int(counts.missed[0])) == (1, 0, 1)
