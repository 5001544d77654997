"""What the server offers whatever the recording: models, presets, limits, how prompts are understood."""

from __future__ import annotations

from fastapi import APIRouter

from sonotag.api.deps import PromptsDep, ServicesDep
from sonotag.api.schemas import Limits, Model, ModelOverview, Preset, PresetList, PromptInfo, PromptList

router = APIRouter(prefix="/api", tags=["catalogue"])


@router.get("/model")
def read_model(services: ServicesDep) -> ModelOverview:
    """The model that a new analysis would use now, and all there are."""
    return ModelOverview(
        model=Model.of(services.models.status()),
        models=[Model.of(status) for status in services.models.statuses()],
    )


@router.get("/presets")
def list_presets(services: ServicesDep) -> PresetList:
    return PresetList(presets=[Preset(name=p.name, title=p.title, prompts=list(p.prompts)) for p in services.presets])


@router.get("/prompts")
def read_prompts(services: ServicesDep, prompts: PromptsDep) -> PromptList:
    """How the present model understands prompts, without a recording."""
    vectors = services.models.encoder().encode_text(prompts or [])
    return PromptList(prompts=[PromptInfo.of(coverage) for coverage in vectors.coverage])


@router.get("/limits")
def read_limits(services: ServicesDep) -> Limits:
    settings = services.settings
    return Limits(
        max_upload_bytes=settings.max_upload_bytes,
        max_duration_s=settings.max_duration_s,
        max_prompts=settings.max_prompts,
        max_prompt_chars=settings.max_prompt_chars,
    )
