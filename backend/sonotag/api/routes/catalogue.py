"""What the server offers whatever the recording: models, presets, limits, how prompts are understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, status

from sonotag.analysis.wordings import ask
from sonotag.api.deps import PromptsDep, ServicesDep
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_scores import PromptInfo
from sonotag.api.schemas_server import (
    Limits,
    Model,
    ModelDownloadRequest,
    ModelOverview,
    Preset,
    PresetList,
    PromptList,
)
from sonotag.errors import ModelError
from sonotag.models.encoder import Encoder
from sonotag.models.manager import AUTO

router = APIRouter(prefix="/api", tags=["catalogue"])


@router.get("/model")
def read_model(services: ServicesDep) -> ModelOverview:
    """The model that a new analysis would use now, and all there are."""
    return ModelOverview(
        model=Model.of(services.models.status()),
        models=[Model.of(status) for status in services.models.statuses()],
    )


@router.post(
    "/model/download",
    status_code=status.HTTP_202_ACCEPTED,
    responses={code: {"model": ErrorResponse} for code in (403, 409, 422, 503)},
)
def download_model(request: ModelDownloadRequest, services: ServicesDep) -> ModelOverview:
    """Begins to fetch a model's weights, once its terms are accepted, and to load it; also after a failure."""
    if not services.settings.flam_download:
        raise ModelError(
            "This server does not fetch models.",
            hint="Whoever runs it can set SONOTAG_FLAM_DOWNLOAD, or put the files there by hand.",
            code="download_off",
        )
    services.models.download(request.name, terms_accepted=request.accept_terms)
    return read_model(services)


@router.delete("/model/download", status_code=status.HTTP_202_ACCEPTED)
def cancel_model_download(services: ServicesDep) -> ModelOverview:
    """Ends a download. What has come stays, and the next one goes on from there."""
    services.models.cancel_download()
    return read_model(services)


ModelName = Annotated[
    Literal["auto", "flam", "builtin"], Query(description="Whose understanding is asked for; auto: a new analysis's.")
]


@router.get("/presets")
def list_presets(services: ServicesDep, model: ModelName = AUTO) -> PresetList:
    """Lists of prompts to begin with, and what a model knows of them."""
    try:
        encoder = services.models.encoder(model)
    except ModelError:
        encoder = None
    return PresetList(
        presets=[
            Preset(name=p.name, title=p.title, prompts=list(p.prompts), covered=_covered(encoder, p.prompts))
            for p in services.presets
        ]
    )


def _covered(encoder: Encoder | None, prompts: Sequence[str]) -> list[bool] | None:
    if encoder is None:
        return None
    if not encoder.labels:
        # An open vocabulary: encoding hundreds of prompts to learn that all are covered would take seconds.
        return [True] * len(prompts)
    return ask(prompts, encoder.encode_text).covered.tolist()


@router.get("/prompts", responses={503: {"model": ErrorResponse}})
def read_prompts(services: ServicesDep, prompts: PromptsDep, model: ModelName = AUTO) -> PromptList:
    """How a model understands prompts, without a recording."""
    asked = ask(prompts or [], services.models.encoder(model).encode_text)
    return PromptList(prompts=[PromptInfo.of(coverage) for coverage in asked.coverage])


@router.get("/limits")
def read_limits(services: ServicesDep) -> Limits:
    settings = services.settings
    return Limits(
        max_upload_bytes=settings.max_upload_bytes,
        max_duration_s=settings.max_duration_s,
        max_prompts=settings.max_prompts,
        max_prompt_chars=settings.max_prompt_chars,
    )
