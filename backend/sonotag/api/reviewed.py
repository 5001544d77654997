"""Moments with what people said of them, and their statistics, for the routes that answer with either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sonotag.analysis.statistics import row_statistics
from sonotag.analysis.verdicts import apply_verdicts, is_rejected
from sonotag.api.deps import Services
from sonotag.api.schemas_scores import Peak, PromptStatistics, VerdictSummary
from sonotag.domain import Detection, DetectionRule, Recording, VerdictKind
from sonotag.jobs.scores import ScoreTable


def moments_of(
    services: Services,
    recording: Recording,
    prompts: Sequence[str],
    rules: Sequence[DetectionRule],
    *,
    with_verdicts: bool,
    with_rejected: bool = False,
) -> tuple[ScoreTable, list[Detection], VerdictSummary | None]:
    """Scores at full resolution, the moments in them, and which verdicts these bear.

    Without verdicts, what was found and None; with them, what people left, the rejected only `with_rejected`.
    """
    table, found = services.scorer.detections(recording, prompts, rules)
    if not with_verdicts:
        return table, found, None
    verdicts = services.verdicts.of(recording.id)
    moments = apply_verdicts(found, verdicts, prompts, table.scores, table.seconds_per_column)
    summary = _summary(moments, with_rejected=with_rejected)
    return table, [m for m in moments if with_rejected or not is_rejected(m)], summary


def _summary(moments: Sequence[Detection], *, with_rejected: bool) -> VerdictSummary:
    count = Counter(moment.verdict.kind for moment in moments if moment.verdict is not None)
    return VerdictSummary(
        accepted=count[VerdictKind.ACCEPTED],
        adjusted=count[VerdictKind.ADJUSTED],
        added=count[VerdictKind.ADDED],
        rejected=count[VerdictKind.REJECTED],
        with_rejected=with_rejected,
    )


def statistics_of(
    table: ScoreTable, moments: Sequence[Detection], thresholds: Sequence[float]
) -> list[PromptStatistics]:
    """Statistics of every prompt of the table, in its order; what was rejected does not count."""
    answer: list[PromptStatistics] = []
    for place, coverage in enumerate(table.asked.coverage):
        own = [moment for moment in moments if moment.prompt == coverage.prompt and not is_rejected(moment)]
        found = row_statistics(table.scores[place], table.seconds_per_column, thresholds[place], own)
        peaks = [Peak(time_s=peak.time_s, score=peak.score) for peak in found.peaks]
        answer.append(
            PromptStatistics(
                prompt=coverage.prompt,
                threshold=thresholds[place],
                count=found.count,
                moments_s=found.moments_s,
                longest_s=found.longest_s,
                share=found.share,
                mean=found.mean,
                median=found.median,
                p90=found.p90,
                histogram=list(found.histogram),
                peaks=peaks,
            )
        )
    return answer
