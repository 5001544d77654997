"""What the server offers whatever the recording: models, presets, limits, how prompts are understood."""

from __future__ import annotations

from fastapi import APIRouter, status

from sonotag.analysis.wordings import ask
from sonotag.api.deps import PromptsDep, ServicesDep
from sonotag.api.schemas import (
    ErrorResponse,
    Limits,
    Model,
    ModelDownloadRequest,
    ModelOverview,
    Preset,
    PresetList,
    PromptInfo,
    PromptList,
)
from sonotag.errors import ModelError

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


@router.get("/presets")
def list_presets(services: ServicesDep) -> PresetList:
    return PresetList(presets=[Preset(name=p.name, title=p.title, prompts=list(p.prompts)) for p in services.presets])


@router.get("/prompts")
def read_prompts(services: ServicesDep, prompts: PromptsDep) -> PromptList:
    """How the present model understands prompts, without a recording."""
    asked = ask(prompts or [], services.models.encoder().encode_text)
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
