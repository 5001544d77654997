"""Prompts, scores, detections, and what people say of these, as they go over the wire."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sonotag import domain
from sonotag.api.schemas import RequestBody, Schema
from sonotag.domain import Float32, VerdictKind
from sonotag.jobs.scores import ScoreTable


class Wording(Schema):
    """One wording of a prompt that has several (`a | b > c`)."""

    words: str
    against: bool = Field(description="It stands right of the `>`: what the others are held against.")
    covered: bool
    matched: str | None = Field(description="The vocabulary label that stands for it.")


class PromptInfo(Schema):
    """How the model understands a prompt. A prompt that is not covered is never scored."""

    prompt: str
    covered: bool
    matched: str | None = Field(description="The vocabulary label that stands for the prompt.")
    nearest: list[str] = Field(description="Known labels to try instead, best first, when it is not covered.")
    note: str | None = Field(description="What else to know of it, such as that only its beginning is read.")
    wordings: list[Wording] = Field(description="What the prompt is made of; empty unless it has several wordings.")

    @classmethod
    def of(cls, coverage: domain.PromptCoverage) -> PromptInfo:
        return cls(
            prompt=coverage.prompt,
            covered=coverage.covered,
            matched=coverage.matched,
            nearest=list(coverage.nearest),
            note=coverage.note,
            wordings=[
                Wording(words=w.words, against=w.against, covered=w.covered, matched=w.matched)
                for w in coverage.wordings
            ],
        )


ScoreRow = Annotated[list[float] | None, Field(description="0..1 per column; null when the prompt is not covered.")]


def score_rows(scores: Float32, covered: NDArray[np.bool_]) -> list[list[float] | None]:
    """Rows of scores [P, columns] for JSON: three decimals, null for prompts that are not covered."""
    thousandths = np.round(np.nan_to_num(scores).astype(np.float64), 3)
    return [row.tolist() if known else None for row, known in zip(thousandths, covered.tolist(), strict=True)]


class Scores(Schema):
    recording_id: str
    model: str | None
    model_version: str | None
    start_s: float
    end_s: float
    seconds_per_column: float
    prompts: list[PromptInfo]
    scores: list[ScoreRow]

    @classmethod
    def of(cls, table: ScoreTable) -> Scores:
        return cls.model_construct(
            recording_id=table.recording.id,
            model=table.recording.model,
            model_version=table.recording.model_version,
            start_s=table.start_s,
            end_s=table.end_s,
            seconds_per_column=table.seconds_per_column,
            prompts=[PromptInfo.of(c) for c in table.asked.coverage],
            scores=score_rows(table.scores, table.asked.covered),
        )


class DetectionRule(Schema):
    threshold: float
    release: float
    merge_gap_s: float
    min_length_s: float


class Detection(Schema):
    prompt: str
    onset_s: float
    offset_s: float
    peak: float | None = Field(description="Null for a moment added by hand of which the model has no score.")
    mean: float | None
    verdict: VerdictKind | None = None
    verdict_id: str | None = None

    @classmethod
    def of(cls, moment: domain.Detection) -> Detection:
        return cls(
            prompt=moment.prompt,
            onset_s=moment.onset_s,
            offset_s=moment.offset_s,
            peak=None if math.isnan(moment.peak) else moment.peak,
            mean=None if math.isnan(moment.mean) else moment.mean,
            verdict=moment.verdict.kind if moment.verdict else None,
            verdict_id=moment.verdict.id if moment.verdict else None,
        )


class VerdictSummary(Schema):
    """How many moments of the answer bear which verdict. The rejected are left out of it unless `with_rejected`."""

    accepted: int
    adjusted: int
    added: int
    rejected: int
    with_rejected: bool


class Peak(Schema):
    time_s: float
    score: float


class PromptStatistics(Schema):
    """What a prompt does over the whole recording, as far as it was heard. Numbers of scores are null without any."""

    prompt: str
    threshold: float
    count: int = Field(description="Moments, without those that were rejected.")
    moments_s: float = Field(description="Time in moments; where some overlap it counts once.")
    longest_s: float
    share: float | None = Field(description="Of the time, that at or above the threshold, 0..1.")
    mean: float | None
    median: float | None
    p90: float | None = Field(description="Nine tenths of the time the score is at or below this.")
    histogram: list[int] = Field(description="Frames by score, in equal bins from 0 to 1; empty without scores.")
    peaks: list[Peak] = Field(description="Highest scores, apart from each other.")


class Statistics(Schema):
    recording_id: str
    model: str | None
    heard_s: float
    prompts: list[PromptStatistics]


class Detections(Schema):
    recording_id: str
    model: str | None
    rule: DetectionRule
    prompts: list[PromptInfo]
    detections: list[Detection]
    verdicts: VerdictSummary | None = Field(None, description="Null where verdicts were not applied.")
    statistics: list[PromptStatistics] | None = Field(None, description="Where they were asked for.")


class VerdictRequest(RequestBody):
    """A moment as the person has it. `found_*`: as it was found; only `adjusted` has to say so."""

    prompt: str
    kind: VerdictKind = Field(strict=False)
    onset_s: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    offset_s: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    found_onset_s: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)
    found_offset_s: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)


class Verdict(Schema):
    id: str
    prompt: str
    kind: VerdictKind
    onset_s: float
    offset_s: float
    found_onset_s: float | None = Field(description="Null for a moment that was added by hand.")
    found_offset_s: float | None
    updated_at: datetime

    @classmethod
    def of(cls, verdict: domain.Verdict) -> Verdict:
        found_onset_s, found_offset_s = verdict.found or (None, None)
        return cls(
            id=verdict.id,
            prompt=verdict.prompt,
            kind=verdict.kind,
            onset_s=verdict.onset_s,
            offset_s=verdict.offset_s,
            found_onset_s=found_onset_s,
            found_offset_s=found_offset_s,
            updated_at=verdict.updated_at,
        )


class VerdictList(Schema):
    verdicts: list[Verdict]
