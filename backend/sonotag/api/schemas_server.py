"""Presets, models, and the server itself, as they go over the wire."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from pydantic import Field

from sonotag.api.schemas import Problem, RequestBody, Schema
from sonotag.api.schemas_scores import PromptInfo
from sonotag.models.manager import LoadStage, ModelState, ModelStatus


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
