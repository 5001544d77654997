"""All figures of one evaluation, as text, as JSON, and as the tables of the model card."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from training.evaluation.gates import (
    Evidence,
    MixtureFigures,
    audible_score,
    confusions,
    esc10_top1,
    evidence,
    mixture_figures,
    noise_false_alarms,
)
from training.evaluation.metrics import PsdsParameters
from training.evaluation.testsets import CLIPPED, LIVELY_NOISES, Measured
from training.vocabulary import ESC10, INSTRUMENTS, LABELS

BEGIN, END = "<!-- begin: written by python -m training all -->", "<!-- end -->"


@dataclass(frozen=True)
class Report:
    """Figures of one evaluation."""

    esc10_among_ten: float
    esc10_among_all: float
    esc10_clips: int
    mixtures: MixtureFigures
    mixtures_all_labels: MixtureFigures
    mixtures_esc10: MixtureFigures
    speech: dict[str, list[float]]
    music: dict[str, list[float]]
    noise: dict[str, tuple[float, str]]
    evidence: list[Evidence]
    advertised: tuple[str, ...]
    confusions: dict[str, list[tuple[str, int]]]

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For a terminal."""
        ten, everything = self.esc10_among_ten, self.esc10_among_all
        sets = {"advertised": self.mixtures, "all": self.mixtures_all_labels, "ESC-10 and speech": self.mixtures_esc10}
        text = [f"ESC-10 top-1: {ten:.3f} among ten, {everything:.3f} among {len(LABELS)} ({self.esc10_clips} clips)"]
        for name, one in sets.items():
            f1 = f"{one.micro_f1:.3f} micro {one.macro_f1:.3f} macro"
            text.append(f"mixtures, {name} labels: segment F1 {f1}, PSDS2 {one.psds2:.3f} ({one.pieces} mixtures)")
        for name, scores in (("speech", self.speech), ("music", self.music)):
            for file, minutes in scores.items():
                text.append(f"{name} in {file}: " + " ".join(f"{score:.2f}" for score in minutes))
        text += [f"{kind}: {share:.3f} of the time {where}" for kind, (share, where) in self.noise.items()]
        for one in self.evidence:
            mark = "advertised" if one.label in self.advertised else "-"
            text.append(
                f"{one.label:18s} {one.pieces:4d} clips {one.recorded:4d} recorded {one.sources:4d} sources"
                f"  AUC {one.auc:.3f}  recall {one.recall:.2f} ({one.recall_recorded:.2f} recorded)"
                f"  false {one.false_alarms:.3f}  mixture F1 {one.mixture_f1:.2f}  {mark}"
            )
        text.append(f"{len(self.advertised)} labels advertised: " + ", ".join(self.advertised))
        return text


def report_of(measured: Measured, frame_s: float, advertised: Sequence[str] | None, psds_thresholds: int) -> Report:
    """Compute every figure; ``advertised`` None lets the rule decide from the evidence."""
    parameters = PsdsParameters(thresholds=psds_thresholds)
    everything = mixture_figures(measured.mixtures, LABELS, frame_s, parameters)
    proof = evidence(measured.clips, everything.by_label)
    chosen = tuple(advertised) if advertised is not None else tuple(one.label for one in proof if one.convincing)
    among_ten, among_all, count = esc10_top1(measured.clips)
    return Report(
        esc10_among_ten=among_ten,
        esc10_among_all=among_all,
        esc10_clips=count,
        mixtures=mixture_figures(measured.mixtures, chosen or ESC10, frame_s, parameters),
        mixtures_all_labels=everything,
        mixtures_esc10=mixture_figures(measured.plain_mixtures, (*ESC10, "speech"), frame_s, parameters),
        speech=audible_score(measured.clips, "speech", frame_s),
        music=audible_score(measured.clips, "music", frame_s),
        noise=noise_false_alarms(measured.noises, chosen or ESC10),
        evidence=proof,
        advertised=chosen,
        confusions=confusions(measured.clips, LABELS),
    )


def _kind(one: Evidence) -> str:
    """What a label's evidence is made of."""
    if one.recorded == one.pieces:
        return "recordings"
    if one.label in (*INSTRUMENTS, "music"):
        made = "other sound font"
    else:
        made = "other voices" if one.label == "speech" else "other procedures"
    return f"{made}, {one.recorded} recordings" if one.recorded else made


def _number(value: float, digits: int = 2) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _figures(report: Report) -> list[str]:
    mixed, all_labels, ten = report.mixtures, report.mixtures_all_labels, report.mixtures_esc10
    rows = {
        f"ESC-10 top-1 among the ten labels ({report.esc10_clips} clips)": f"{report.esc10_among_ten:.3f}",
        f"ESC-10 top-1 among all {len(LABELS)} labels": f"{report.esc10_among_all:.3f}",
        f"{mixed.pieces} mixtures, advertised labels: 1 s segment F1, micro and macro": f"{mixed.micro_f1:.3f}, "
        f"{mixed.macro_f1:.3f}",
        "the same mixtures and labels: PSDS2": f"{mixed.psds2:.3f}",
        f"the same, all {len(LABELS)} labels: F1 micro, PSDS2": f"{all_labels.micro_f1:.3f}, {all_labels.psds2:.3f}",
        f"{ten.pieces} mixtures of ESC-10's labels and speech: F1 micro and macro": f"{ten.micro_f1:.3f}, "
        f"{ten.macro_f1:.3f}",
        "these mixtures and labels: PSDS2": f"{ten.psds2:.3f}",
    }
    clipped = {kind for kind in report.noise if kind.startswith(CLIPPED)}
    for name, kinds in (
        ("silence, coloured noise, hum, room tone", set(report.noise) - set(LIVELY_NOISES) - clipped),
        ("bands of noise, ventilation", set(LIVELY_NOISES)),
        ("any of these, clipped", clipped),
    ):
        if not kinds:
            continue
        worst, where = max(report.noise[kind] for kind in kinds)
        rows[f"{name}: largest share of time one label is above 0.5 in a piece"] = f"{worst:.3f} ({where or 'none'})"
    return [_row("figure", "value"), "|---|---|", *(_row(*item) for item in rows.items())]


def tables(report: Report) -> str:
    """The generated part of the model card."""
    text = [
        *_figures(report),
        "",
        "Mean score over the audible frames of recordings, minute by minute:",
        "",
        _row("recording", "label", "score"),
        "|---|---|---|",
    ]
    for label, scores in (("speech", report.speech), ("music", report.music)):
        for file, minutes in scores.items():
            text.append(_row(file, label, " ".join(f"{score:.2f}" for score in minutes)))
    text += [
        "",
        "Evidence for each label. *Recall*: share of held-out clips in which at least 0.25 s score above 0.5; *false*:",
        "share of held-out clips of other sounds in which that happens too; *F1*: 1 s segments of mixtures.",
        "",
        _row("label", "advertised", "evidence", "clips", "sources", "AUC", "recall", "of recordings", "false", "F1"),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in report.evidence:
        advertised = "yes" if one.label in report.advertised else "no"
        recall, recorded = _number(one.recall), _number(one.recall_recorded)
        quality = (_number(one.auc, 3), recall, recorded, _number(one.false_alarms, 3), _number(one.mixture_f1))
        text.append(_row(one.label, advertised, _kind(one), one.pieces, one.sources, *quality))
    return "\n".join(text)


def write_into_card(card: Path, report: Report) -> None:
    """Replace what stands between the card's markers."""
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    card.write_text(f"{before}{BEGIN}\n\n{tables(report)}\n\n{END}{after}", encoding="utf-8")
