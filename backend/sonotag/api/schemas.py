"""What goes over the wire, as pydantic models: they are the OpenAPI document, and the page's types come from it."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from sonotag import domain
from sonotag.domain import SAMPLE_RATE_HZ, Float32, RecordingState, SourceKind, VerdictKind
from sonotag.jobs.scores import ScoreTable
from sonotag.media.links import Link
from sonotag.models.manager import LoadStage, ModelState, ModelStatus


class Schema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RequestBody(Schema):
    """JSON that comes in: a number is no text and no truth value, however alike they look."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Schema):
    """What went wrong and what to do next. `code` is stable."""

    code: str
    message: str
    hint: str
    details: str | None = Field(None, description="What a site or a program said, word for word.")

    @classmethod
    def of(cls, problem: domain.Problem) -> Problem:
        return cls(code=problem.code, message=problem.message, hint=problem.hint, details=problem.details)


class ErrorResponse(Schema):
    error: Problem


class Source(Schema):
    kind: SourceKind
    filename: str
    media_type: str
    size_bytes: int
    url: str | None
    attribution: str | None


class Chapter(Schema):
    start_s: float
    title: str


class LinkInfo(Schema):
    """The page that a recording comes from; more becomes known while it is fetched."""

    site: str
    url: str = Field(description="Canonical: made anew from what the link names.")
    uploader: str | None
    duration_s: float | None
    thumbnail_url: str | None = Field(description="On this server.")
    chapters: list[Chapter]
    start_s: float | None = Field(description="The stretch that was asked for; the recording's times count from here.")
    end_s: float | None
    note: str | None = Field(description="A sentence for the reader, for instance that the first of a list was taken.")


class Recording(Schema):
    """A piece of audio and what is known of it."""

    id: str
    title: str
    state: RecordingState
    source: Source
    created_at: datetime
    duration_s: float | None = Field(
        description="The file's claim until `duration_exact`; null when it claims nothing."
    )
    duration_exact: bool
    model: str | None = Field(description="The model that made the stored frames.")
    model_version: str | None
    seconds_per_frame: float | None
    windows_done: int
    windows_total: int | None
    analyzed_s: float = Field(description="Audio heard so far, in seconds.")
    prompts: list[str] = Field(description="Prompts of the last analysis.")
    error: Problem | None
    warning: Problem | None
    arriving: bool = Field(description="Its bytes are still on their way; `source.size_bytes` have come.")
    expected_bytes: int | None = Field(description="How many bytes it will have, if anybody knows.")
    link: LinkInfo | None
    last_seq: int
    pinned: bool = Field(description="Whether it is kept whatever its age.")
    events_url: str
    audio_url: str

    @classmethod
    def of(cls, recording: domain.Recording) -> Recording:
        source = recording.source
        return cls(
            id=recording.id,
            title=recording.title,
            state=recording.state,
            source=Source(
                kind=source.kind,
                filename=source.filename,
                media_type=source.media_type,
                size_bytes=source.size_bytes,
                url=source.url,
                attribution=source.attribution,
            ),
            created_at=recording.created_at,
            duration_s=recording.duration_s,
            duration_exact=recording.duration_exact,
            model=recording.model,
            model_version=recording.model_version,
            seconds_per_frame=recording.seconds_per_frame,
            windows_done=recording.windows_done,
            windows_total=recording.windows_total,
            analyzed_s=recording.samples_done / SAMPLE_RATE_HZ,
            prompts=list(recording.prompts),
            error=Problem.of(recording.problem) if recording.problem else None,
            warning=Problem.of(recording.warning) if recording.warning else None,
            arriving=recording.arriving,
            expected_bytes=recording.expected_bytes,
            link=_link_info(recording),
            last_seq=recording.last_seq,
            pinned=recording.pinned,
            events_url=f"/ws/recordings/{recording.id}",
            audio_url=f"/api/recordings/{recording.id}/audio",
        )


def _link_info(recording: domain.Recording) -> LinkInfo | None:
    link = recording.link
    if link is None:
        return None
    return LinkInfo(
        site=link.site,
        url=link.url,
        uploader=link.uploader,
        duration_s=link.duration_s,
        thumbnail_url=f"/api/recordings/{recording.id}/thumbnail" if link.thumbnail else None,
        chapters=[Chapter(start_s=chapter.start_s, title=chapter.title) for chapter in link.chapters],
        start_s=link.start_s,
        end_s=link.end_s,
        note=link.note,
    )


class RecordingChange(RequestBody):
    """What may be changed of a recording by its owner."""

    pinned: bool = Field(description="Whether it is kept whatever its age.")


class RecordingList(Schema):
    recordings: list[Recording]
    next: str | None = Field(description="Give as `before` to get the next page; null at the end.")


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


class AnalyzeRequest(RequestBody):
    recording_id: str
    prompts: list[str] | None = Field(None, description="What to look for; [] only encodes. Default: the preset.")
    preset: str | None = Field(None, description="Name of a preset whose prompts to use instead.")
    model: Literal["auto", "flam", "builtin"] = "auto"


class AnalysisAccepted(Schema):
    analysis_id: str
    recording_id: str
    state: RecordingState
    events_url: str


class DownloadRequest(RequestBody):
    """A link, and the stretch of it that is wanted; the recording's times then count from `start_s`."""

    url: str
    start_s: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)
    end_s: float | None = Field(None, gt=0, le=1e6, allow_inf_nan=False)


class LinkRequest(RequestBody):
    url: str


class LinkPreview(Schema):
    """What a link names, told from its letters alone."""

    site: str
    url: str = Field(description="Canonical: made anew from what the link names.")
    kind: Literal["track", "list"]
    start_s: float | None = Field(description="Where the link itself points to.")

    @classmethod
    def of(cls, link: Link) -> LinkPreview:
        return cls(site=link.site.title, url=link.url, kind=link.kind, start_s=link.start_s)


class Peaks(Schema):
    """Waveform: lowest and highest sample of each column, -1..1."""

    start_s: float
    end_s: float
    seconds_per_column: float
    min: list[float]
    max: list[float]


class SpectrogramInfo(Schema):
    bands: int
    min_hz: float
    max_hz: float
    seconds_per_column: float = Field(description="At level 0; each level doubles it.")
    columns_per_tile: int
    columns: int = Field(description="Columns at level 0 so far.")
    levels: int


class Preset(Schema):
    name: str
    title: str
    prompts: list[str]
    covered: list[bool] | None = Field(
        description="Which of the prompts the model covers, in their order; null while no model is ready."
    )


class PresetList(Schema):
    presets: list[Preset]


class PromptList(Schema):
    prompts: list[PromptInfo]


class DownloadProgress(Schema):
    """How far a model's download is, earlier tries included."""

    file: str
    done_bytes: int
    total_bytes: int | None


class Model(Schema):
    name: str
    title: str
    state: ModelState
    terms: str | None = Field(description="What has to be accepted before a download; null where there is none.")
    progress: DownloadProgress | None = Field(description="Of a download that is under way.")
    stage: LoadStage | None = Field(description="What a model that is loading is at.")
    version: str | None
    license: str | None
    seconds_per_frame: float | None
    labels: list[str] = Field(description="The advertised vocabulary; empty for an open-vocabulary model.")
    error: Problem | None

    @classmethod
    def of(cls, status: ModelStatus) -> Model:
        encoder = status.encoder
        return cls(
            name=status.name,
            title=status.title,
            state=status.state,
            terms=status.terms,
            progress=DownloadProgress(**asdict(status.progress)) if status.progress else None,
            stage=status.stage,
            version=encoder.version if encoder else None,
            license=encoder.license if encoder else None,
            seconds_per_frame=encoder.seconds_per_frame if encoder else None,
            labels=list(encoder.labels) if encoder else [],
            error=Problem.of(status.problem) if status.problem else None,
        )


class ModelOverview(Schema):
    model: Model = Field(description="What a new analysis would use now.")
    models: list[Model]


class ModelDownloadRequest(RequestBody):
    name: str = "flam"
    accept_terms: bool = Field(description="That the model's `terms` were read and are accepted.")


class Ytdlp(Schema):
    """The program that reads links."""

    version: str
    age_days: int | None
    stale: bool = Field(description="So old that sites have probably changed since.")
    stale_after_days: int
    updated: bool = Field(description="Newer than the one that SonoTag came with.")


class LinkSite(Schema):
    name: str
    title: str


class System(Schema):
    version: str
    ytdlp: Ytdlp | None
    sites: list[LinkSite] = Field(description="Whose links are taken.")
    has_cookies: bool = Field(description="The operator gave a cookie file, so that sites that want a sign-in work.")
    has_proxy: bool = Field(description="The operator gave a proxy to fetch through.")
    keep_days: float | None = Field(description="Recordings older than this are removed unless pinned; null = never.")
    keep_bytes: int | None = Field(
        description="Above this sum the oldest recordings are removed unless pinned; null = no limit."
    )


class Limits(Schema):
    max_upload_bytes: int
    max_duration_s: float
    max_prompts: int
    max_prompt_chars: int


class Health(Schema):
    status: Literal["ok", "starting", "failing", "stopping"]
    checks: dict[str, str] = Field(default_factory=dict[str, str], description="What was looked at, and how it is.")
    reasons: list[str] = Field(default_factory=list[str], description="A sentence for each check that does not hold.")
