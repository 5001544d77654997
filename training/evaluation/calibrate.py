"""Per-label calibration: after it, a score of 0.5 is the best decision for every label, and noise stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonotag.models.tagger import Tagger
from training.evaluation.testsets import Scored, is_lively
from training.vocabulary import LABELS

CANDIDATES = np.linspace(-4.0, 3.0, 57)
PRIOR_THRESHOLD = -0.7
"""In logits. What a label with no evidence gets: networks trained on rare positives are cautious."""
PRIOR_PIECES = 6.0
"""The prior weighs as much as this many positive pieces."""
DETECTED_FRAMES = 2
"""A clip counts as detected when this many frames (0.25 s) score above 0.5."""
MOST_FALSE_ALARMS = 0.04
"""At most this share of clips of other sounds may be detected as a label."""
NOISE_SHARE = 0.01
"""At most this share of the frames of any piece of noise may score above 0.5 for a label."""
SILENCE_MARGIN = 0.3
"""In logits, over the loudest answer to the steady noises that were tried: there are others."""
LIVELY_SHARE = 0.1
"""At most this share of the pieces of livelier noise may be taken for a label."""
SHARPNESS = 1.3
"""Common slope: averages of scores over a sound's frames are drawn from 0.5 towards 0 and 1."""


@dataclass(frozen=True)
class Calibration:
    """score = sigmoid(scale * logit + bias), one scale and bias for each label."""

    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def apply(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits [..., labels] -> calibrated logits."""
        return logits * self.scale + self.bias


def _best_threshold(logits: NDArray[np.float32], truth: NDArray[np.bool_], weight: NDArray[np.float32]) -> float:
    """The candidate with the best weighted F1 over frames; the middle one of equals."""
    values: list[float] = []
    for threshold in CANDIDATES:
        found = logits > threshold
        hit = float((weight * (found & truth)).sum())
        wrong = float((weight * (found != truth)).sum())
        values.append(2 * hit / max(1e-9, 2 * hit + wrong))
    best = np.flatnonzero(np.array(values) >= max(values) - 0.005)
    return float(CANDIDATES[best].mean())


def silent_thresholds(noises: Sequence[Scored]) -> NDArray[np.float64]:
    """[labels]: the thresholds under which noise stays, but for a moment: all steady pieces, and most lively ones."""
    lively = np.array([is_lively(piece) for piece in noises])
    loud = np.array([np.quantile(piece.logits, 1 - NOISE_SHARE, axis=0) for piece in noises])
    thresholds = np.full(len(LABELS), -np.inf)
    if not lively.all():
        thresholds = loud[~lively].max(axis=0) + SILENCE_MARGIN
    if lively.any():
        thresholds = np.maximum(thresholds, np.quantile(loud[lively], 1 - LIVELY_SHARE, axis=0))
    return thresholds


def _least_threshold(clips: Sequence[Scored], label: int) -> float:
    """The threshold above which at most :data:`MOST_FALSE_ALARMS` of the clips of other sounds raise an alarm."""
    loud = [
        float(np.sort(piece.logits[:, label])[-DETECTED_FRAMES:][0])
        for piece in clips
        if piece.known[:, label].all() and not piece.truth[:, label].any()
    ]
    return float(np.quantile(loud, 1 - MOST_FALSE_ALARMS)) if loud else -np.inf


def calibrate(mixtures: Sequence[Scored], clips: Sequence[Scored], noises: Sequence[Scored]) -> Calibration:
    """From what held-out material scored under models that never saw it.

    A label's threshold is the one with the best F1 over the frames of mixtures and of single clips (these
    count half), drawn to the prior where few pieces hold the label, and raised until noise and all but a few
    clips of other sounds stay under it.
    """
    pieces = [*mixtures, *clips]
    logits = np.concatenate([piece.logits for piece in pieces])
    truth = np.concatenate([piece.truth for piece in pieces])
    known = np.concatenate([piece.known for piece in pieces])
    weight = np.concatenate([np.full(len(p.logits), 1.0 if p.row is None else 0.5, np.float32) for p in pieces])
    quiet = np.quantile(np.concatenate([piece.logits for piece in noises]), 1 - NOISE_SHARE, axis=0)
    thresholds = np.full(len(LABELS), PRIOR_THRESHOLD)
    for label in range(len(LABELS)):
        positives = sum(bool(piece.truth[:, label].any()) for piece in pieces)
        if positives:
            use = known[:, label] | truth[:, label]
            best = _best_threshold(logits[use, label], truth[use, label], weight[use])
            thresholds[label] = (positives * best + PRIOR_PIECES * PRIOR_THRESHOLD) / (positives + PRIOR_PIECES)
        thresholds[label] = max(
            thresholds[label],
            float(quiet[label]),
            _least_threshold(clips, label),
        )
    scale = np.full(len(LABELS), SHARPNESS, np.float32)
    return Calibration(scale, (-SHARPNESS * thresholds).astype(np.float32))


def kept_silent(calibration: Calibration, noises: Sequence[Scored]) -> Calibration:
    """Raise the thresholds that noise would pass: ``noises`` are the calibrated network's own scores of noise.

    Noise is nobody's training clip, so that this may be seen to on each network itself, the published one too.
    """
    thresholds = np.maximum(-calibration.bias / calibration.scale, silent_thresholds(noises))
    return Calibration(calibration.scale, (-calibration.scale * thresholds).astype(np.float32))


def set_calibration(tagger: Tagger, calibration: Calibration) -> None:
    """Fold a calibration into the head, whose scale and bias are those of training until then."""
    scale, bias = tagger.scale.detach().numpy(), tagger.bias.detach().numpy()
    tagger.bias.data.copy_(tagger.bias.new_tensor(calibration.apply(bias)))
    tagger.scale.data.copy_(tagger.scale.new_tensor(calibration.scale * scale))
