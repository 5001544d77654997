"""The figures that are published: each a function of scored pieces whose logits are already calibrated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sonotag.domain import DetectionRule
from training.evaluation.calibrate import DETECTED_FRAMES
from training.evaluation.metrics import (
    PsdsParameters,
    area_under_roc,
    detected,
    linear_softmax,
    psds,
    segment_counts,
    sigmoid,
)
from training.evaluation.testsets import Scored, is_esc10, kind_of_noise
from training.vocabulary import ALIASES, ESC10, LABELS

# The rule by which a label is advertised; see docs/model_card.md.
LEAST_PIECES = 3
LEAST_SOURCES = 3
LEAST_AUC = 0.92
LEAST_RECALL = 0.5
MOST_FALSE_ALARMS = 0.05


def esc10_top1(clips: Sequence[Scored]) -> tuple[float, float, int]:
    """(accuracy among the ten labels, among the whole vocabulary, number of clips), by linear-softmax clip score.

    A label that a clip's own label implies or leaves open is not counted as another answer.
    """
    ten = [LABELS.index(label) for label in ESC10]
    among_ten = among_all = 0
    chosen = [piece for piece in clips if is_esc10(piece)]
    for piece in chosen:
        assert piece.row is not None
        scores = linear_softmax(sigmoid(piece.logits.astype(np.float64)))
        answer = LABELS.index(piece.row.label)
        among_ten += ten[int(np.argmax(scores[ten]))] == answer
        among_all += int(np.argmax(scores)) == answer
    return among_ten / max(1, len(chosen)), among_all / max(1, len(chosen)), len(chosen)


@dataclass(frozen=True)
class MixtureFigures:
    """Of a set of mixtures, for some labels."""

    micro_f1: float
    macro_f1: float
    psds2: float
    pieces: int
    by_label: dict[str, float]


def mixture_figures(
    mixtures: Sequence[Scored], labels: Sequence[str], frame_s: float, parameters: PsdsParameters
) -> MixtureFigures:
    """1 s segment F1 and PSDS2 of the product's detections over ``labels``, by its default rule."""
    index = [LABELS.index(label) for label in labels]
    logits = [piece.logits[:, index] for piece in mixtures]
    truth = [piece.truth[:, index] for piece in mixtures]
    known = [piece.known[:, index] for piece in mixtures]
    found = [detected(one, frame_s, DetectionRule()) for one in logits]
    counts = segment_counts(found, truth, known, round(1 / frame_s))
    by_label = counts.f1()
    area = psds(logits, truth, frame_s, parameters)
    return MixtureFigures(
        counts.micro_f1(),
        float(np.nanmean(by_label)),
        area,
        len(mixtures),
        dict(zip(labels, map(float, by_label), strict=True)),
    )


def audible_score(clips: Sequence[Scored], label: str, frame_s: float) -> dict[str, list[float]]:
    """Of recordings of ``label``: mean score over the audible frames of each minute that has any."""
    column, minute = LABELS.index(label), round(60 / frame_s)
    result: dict[str, list[float]] = {}
    for piece in clips:
        if piece.row is None or piece.row.synthetic or not piece.truth[:, column].any():
            continue
        scores = sigmoid(piece.logits[:, column].astype(np.float64))
        parts = [slice(start, start + minute) for start in range(0, len(scores), minute)]
        result[piece.name] = [
            float(scores[p][piece.truth[p, column]].mean()) for p in parts if piece.truth[p, column].any()
        ]
    return result


def noise_false_alarms(noises: Sequence[Scored], labels: Sequence[str]) -> dict[str, tuple[float, str]]:
    """Kind of noise -> (largest share of time any label row is above 0.5 in one piece, which row and where)."""
    index = [LABELS.index(label) for label in labels]
    worst: dict[str, tuple[float, str]] = {}
    for piece in noises:
        share = (piece.logits[:, index] > 0).mean(axis=0)
        kind = kind_of_noise(piece)
        found = (float(share.max()), f"{labels[int(share.argmax())]}, {piece.name}" if share.max() > 0 else "")
        worst[kind] = max(worst.get(kind, (-1.0, "")), found)
    return worst


@dataclass(frozen=True)
class Evidence:
    """What is known of one label from material no model had seen."""

    label: str
    pieces: int
    sources: int
    recorded: int
    auc: float
    recall: float
    recall_recorded: float
    false_alarms: float
    mixture_f1: float

    @property
    def convincing(self) -> bool:
        """The rule: enough pieces of enough sources, told apart from other sounds, found, and not imagined."""
        enough = self.pieces >= LEAST_PIECES and self.sources >= LEAST_SOURCES
        clear = self.auc >= LEAST_AUC and self.recall >= LEAST_RECALL and self.false_alarms <= MOST_FALSE_ALARMS
        recorded = self.recorded == 0 or self.recall_recorded >= LEAST_RECALL
        return enough and clear and recorded


def evidence(clips: Sequence[Scored], mixture_f1: dict[str, float]) -> list[Evidence]:
    """Evidence for every label, from single clips and the F1 of mixtures."""
    result: list[Evidence] = []
    for column, label in enumerate(LABELS):
        positive: list[tuple[Scored, float, bool]] = []
        negative: list[tuple[float, bool]] = []
        for piece in clips:
            assert piece.row is not None
            loud = float(np.sort(piece.logits[:, column])[-DETECTED_FRAMES:][0])
            if piece.truth[:, column].any():
                # Pieces of music stand for "music"; an instrument's own clips stand for it.
                if label == "music" or ALIASES.get(piece.row.label, piece.row.label) == label:
                    positive.append((piece, loud, loud > 0))
            elif piece.known[:, column].all():
                negative.append((loud, loud > 0))
        groups = {
            piece.row.group if not piece.row.synthetic else f"{piece.row.source} {piece.name}"
            for piece, _, _ in positive
            if piece.row
        }
        recorded = [found for piece, _, found in positive if piece.row and not piece.row.synthetic]
        result.append(
            Evidence(
                label=label,
                pieces=len(positive),
                sources=len(groups),
                recorded=len(recorded),
                auc=area_under_roc(np.array([s for _, s, _ in positive]), np.array([s for s, _ in negative])),
                recall=float(np.mean([found for _, _, found in positive])) if positive else float("nan"),
                recall_recorded=float(np.mean(recorded)) if recorded else float("nan"),
                false_alarms=float(np.mean([found for _, found in negative])),
                mixture_f1=mixture_f1.get(label, float("nan")),
            )
        )
    return result


def confusions(clips: Sequence[Scored], labels: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Clip's label -> other labels (of ``labels``) detected in such clips, most frequent first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for piece in clips:
        assert piece.row is not None
        for label in labels:
            column = LABELS.index(label)
            if (
                piece.known[:, column].all()
                and not piece.truth[:, column].any()
                and (piece.logits[:, column] > 0).sum() >= DETECTED_FRAMES
            ):
                counts[piece.row.label][label] += 1
    return {name: sorted(found.items(), key=lambda item: -item[1]) for name, found in counts.items()}
