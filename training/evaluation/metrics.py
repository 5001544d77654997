"""Segment F1, PSDS, top-1, areas under curves: the arithmetic of evaluation, on plain arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonotag.domain import DetectionRule

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating]


def sigmoid(logits: Floats) -> Floats:
    """Logits -> scores, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


def linear_softmax(scores: Floats) -> Floats:
    """Frame scores [frames, labels] -> clip scores [labels] (Wang et al. 2019, arXiv:1810.09050)."""
    return (scores**2).sum(axis=0) / np.maximum(scores.sum(axis=0), 1e-6)


@dataclass
class Counts:
    """True positives, false positives, false negatives; [labels] each."""

    hit: NDArray[np.int64]
    false: NDArray[np.int64]
    missed: NDArray[np.int64]

    def f1(self) -> Floats:
        """2 TP / (2 TP + FP + FN) for each label; NaN where a label is neither true nor found."""
        whole = 2 * self.hit + self.false + self.missed
        return np.where(whole > 0, 2 * self.hit / np.maximum(whole, 1), np.nan)

    def micro_f1(self) -> float:
        """Over all labels together."""
        hit, wrong = int(self.hit.sum()), int(self.false.sum() + self.missed.sum())
        return 2 * hit / max(1, 2 * hit + wrong)


def segment_counts(found: Sequence[Bools], truth: Sequence[Bools], known: Sequence[Bools], frames: int) -> Counts:
    """Segment-based counts (Mesaros et al. 2016, doi:10.3390/app6060162): a label is active in a segment if it is
    in any of its ``frames`` frames. Segments in which the truth is partly unknown and never true are left out."""
    hit, false, missed = (np.zeros(truth[0].shape[1], np.int64) for _ in range(3))
    for one_found, one_truth, one_known in zip(found, truth, known, strict=True):
        for start in range(0, len(one_truth), frames):
            part = slice(start, start + frames)
            there, said = one_truth[part].any(axis=0), one_found[part].any(axis=0)
            counted = there | one_known[part].all(axis=0)
            hit += there & said
            false += said & ~there & counted
            missed += there & ~said
    return Counts(hit, false, missed)


def area_under_roc(positive: Floats, negative: Floats) -> float:
    """Probability that a positive scores above a negative (ties count half)."""
    if not len(positive) or not len(negative):
        return float("nan")
    ranks = np.searchsorted(np.sort(negative), positive, "left") + np.searchsorted(np.sort(negative), positive, "right")
    return float(ranks.mean() / (2 * len(negative)))


@dataclass(frozen=True)
class PsdsParameters:
    """Of Bilen et al. 2020 (arXiv:1910.08440); the defaults are DCASE's scenario 2."""

    detection_tolerance: float = 0.1
    truth_tolerance: float = 0.1
    cross_trigger_tolerance: float = 0.3
    cross_trigger_cost: float = 0.5
    instability_cost: float = 1.0
    most_false_per_hour: float = 100.0
    thresholds: int = 60


@dataclass(frozen=True)
class _Runs:
    """Runs of True of all labels, over the frames of all pieces."""

    label: NDArray[np.intp]
    first: NDArray[np.intp]
    end: NDArray[np.intp]

    @staticmethod
    def of(active: Bools) -> _Runs:
        """From [frames, labels]; no run may go on over what lies between two pieces, so these frames are False."""
        silence = np.zeros((1, active.shape[1]), bool)
        edges = np.diff(np.concatenate([silence, active, silence]).astype(np.int8), axis=0).T
        label, first = np.nonzero(edges > 0)
        return _Runs(label, first, np.nonzero(edges < 0)[1])

    def length(self) -> NDArray[np.intp]:
        return self.end - self.first

    def painted(self, shape: tuple[int, ...]) -> Bools:
        """[frames, labels], True inside the runs."""
        steps = np.zeros((shape[0] + 1, shape[1]), np.int64)
        np.add.at(steps, (self.first, self.label), 1)
        np.add.at(steps, (self.end, self.label), -1)
        return steps.cumsum(axis=0)[:-1] > 0

    def chosen(self, which: Bools) -> _Runs:
        return _Runs(self.label[which], self.first[which], self.end[which])

    def frames_in(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many frames of each run its own label's ``sums`` (of `_sums`) count."""
        return sums[self.end, self.label] - sums[self.first, self.label]


def _sums(active: Bools) -> NDArray[np.int64]:
    """[frames, labels] -> how many frames are active before each and in all, [frames + 1, labels]."""
    return np.concatenate([np.zeros((1, active.shape[1]), np.int64), active.cumsum(axis=0)])


def detected(logits: Floats, frame_s: float, rule: DetectionRule, threshold: Floats | float = 0.0) -> Bools:
    """Frames [frames, labels] inside the detections that the product makes (``sonotag.analysis.detections``) of
    calibrated logits, all labels at once.

    ``threshold``, one for all labels or one for each, is what is taken off their logits first: it moves the rule's
    threshold and its release alike.
    """
    reached, released = (np.log(score / (1 - score)) for score in (rule.threshold, rule.release))
    held = _Runs.of(logits >= threshold + released)
    frames = np.arange(len(logits))[:, None]
    # Of each frame the first one from it on that reaches the threshold.
    next_reached = np.where(logits >= threshold + reached, frames, len(logits))
    next_reached = np.minimum.accumulate(next_reached[::-1])[::-1]
    first = next_reached[held.first, held.label]
    begun = first < held.end
    label, first, end = held.label[begun], first[begun], held.end[begun]
    apart = (label[1:] != label[:-1]) | (first[1:] - end[:-1] >= rule.merge_gap_s / frame_s)
    edge = np.ones(min(1, len(label)), bool)
    first_of, last_of = np.concatenate([edge, apart]), np.concatenate([apart, edge])
    merged = _Runs(label[first_of], first[first_of], end[last_of])
    return merged.chosen(merged.length() * frame_s >= rule.min_length_s - 1e-9).painted(logits.shape)


def _joined(pieces: Sequence[NDArray[Any]], gap: float, gap_frames: int) -> NDArray[Any]:
    """Pieces [frames, labels] one after the other, some frames of ``gap`` after each."""
    between = np.full((gap_frames, pieces[0].shape[1]), gap, pieces[0].dtype)
    return np.concatenate([part for piece in pieces for part in (piece, between)])


def _operating_point(
    found: Bools, true_sums: NDArray[np.int64], events: _Runs, parameters: PsdsParameters
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Frames found [frames, labels] -> (true positives [L], false positives [L], cross triggers [L, L])."""
    n_labels = found.shape[1]
    detections = _Runs.of(found)
    # Detection tolerance criterion: enough of the detection lies in the truth.
    relevant = detections.frames_in(true_sums) >= parameters.detection_tolerance * detections.length()
    wrong = detections.chosen(~relevant)
    false = np.bincount(wrong.label, minlength=n_labels)
    inside = true_sums[wrong.end] - true_sums[wrong.first]
    # Where the tolerance is nought no truth at all would do: something has to be there.
    triggers = (inside > 0) & (inside >= parameters.cross_trigger_tolerance * wrong.length()[:, None])
    triggers[np.arange(len(triggers)), wrong.label] = False
    cross = np.zeros((n_labels, n_labels), np.int64)
    np.add.at(cross, wrong.label, triggers)
    # Ground truth intersection criterion: enough of the event is covered by such detections.
    kept = detections.chosen(relevant)
    covered_frames = events.frames_in(_sums(kept.painted(found.shape)))
    hits = covered_frames >= parameters.truth_tolerance * events.length()
    return np.bincount(events.label[hits], minlength=n_labels), false, cross


def psds(
    logits: Sequence[Floats],
    truth: Sequence[Bools],
    frame_s: float,
    parameters: PsdsParameters | None = None,
) -> float:
    """Polyphonic sound detection score, in 0..1, of pieces with [frames, labels] calibrated logits and truth.

    Labels that never occur are left out. An operating point is what the product's default rule detects with its
    threshold moved; these are spread over the quantiles of each label's scores. Each label's curve is the staircase of
    its best points, the effective false-positive rate adds the mean cross-trigger rate weighted by its cost, and the
    score is the normalised area under the mean over labels less ``instability_cost`` standard deviations.
    """
    parameters, rule = parameters or PsdsParameters(), DetectionRule()
    used = np.flatnonzero(np.any([one.any(axis=0) for one in truth], axis=0))
    if not len(used):
        return float("nan")
    # So far apart no two pieces' detections are merged.
    between = max(1, math.ceil(rule.merge_gap_s / frame_s))
    true = _joined([one[:, used] for one in truth], False, between)
    true_sums, true_runs = _sums(true), _Runs.of(true)
    events = np.bincount(true_runs.label, minlength=len(used))
    hours = sum(len(one) for one in truth) * frame_s / 3600
    true_s = true_sums[-1] * frame_s / 3600
    # A label's curve depends on its own detections only, so that each may have thresholds of its own; denser
    # towards the top, because the rare high scores are where detections are.
    spread = 1 - np.geomspace(3e-5, 0.6, parameters.thresholds)
    thresholds = np.quantile(np.concatenate([one[:, used] for one in logits]), spread, axis=0)
    points_fpr, points_tpr = [], []
    scores = _joined([one[:, used] for one in logits], -np.inf, between)
    for threshold in thresholds:
        found = detected(scores, frame_s, rule, threshold)
        hit, false, cross = _operating_point(found, true_sums, true_runs, parameters)
        cross_rate = (cross / np.maximum(true_s, 1e-9)).sum(axis=1) / max(1, len(used) - 1)
        points_fpr.append(false / hours + parameters.cross_trigger_cost * cross_rate)
        points_tpr.append(hit / events)
    grid = np.linspace(0, parameters.most_false_per_hour, 401)
    fpr, tpr = np.array(points_fpr), np.array(points_tpr)
    curves = np.array([[tpr[fpr[:, i] <= limit, i].max(initial=0.0) for limit in grid] for i in range(len(used))])
    effective = np.maximum(0, curves.mean(axis=0) - parameters.instability_cost * curves.std(axis=0))
    return float(np.trapezoid(effective, grid) / parameters.most_false_per_hour)
