"""Recordings, where they came from, and what is asked of them, as they go over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from sonotag import domain
from sonotag.api.schemas import Problem, RequestBody, Schema
from sonotag.domain import SAMPLE_RATE_HZ, RecordingState, SourceKind
from sonotag.media.links import Link


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
