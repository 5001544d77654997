"""What routes are given: the services that main.py built, and checked parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query, Request

from sonotag.analysis.wordings import read_prompt
from sonotag.api.broadcast import Broadcasts
from sonotag.api.counters import Counters
from sonotag.api.owners import OwnerCookies
from sonotag.api.shares import OpenShares
from sonotag.api.site import SiteAccess
from sonotag.domain import DetectionRule, Preset
from sonotag.errors import InputError, NotFoundError
from sonotag.jobs.care import Caretaker
from sonotag.jobs.download import Downloads
from sonotag.jobs.events import EventLog
from sonotag.jobs.library import Library
from sonotag.jobs.memory import MemoryGuard
from sonotag.jobs.renditions import Renditions
from sonotag.jobs.runner import JobRunner
from sonotag.jobs.scores import Scorer
from sonotag.jobs.shutdown import Shutdown
from sonotag.jobs.uploads import Uploads
from sonotag.models.inference import InferenceWorker
from sonotag.models.manager import ModelManager
from sonotag.sample import Sample
from sonotag.settings import Settings
from sonotag.store.access import ShareStore
from sonotag.store.database import Database
from sonotag.store.disk import Disk
from sonotag.store.files import DataDirectory
from sonotag.store.verdicts import VerdictStore


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes use, built once in main.py."""

    settings: Settings
    data: DataDirectory
    disk: Disk
    database: Database
    events: EventLog
    library: Library
    renditions: Renditions
    downloads: Downloads
    uploads: Uploads
    runner: JobRunner
    care: Caretaker
    scorer: Scorer
    verdicts: VerdictStore
    models: ModelManager
    inference: InferenceWorker
    presets: tuple[Preset, ...]
    sample: Sample
    owners: OwnerCookies
    memory: MemoryGuard
    counters: Counters
    broadcasts: Broadcasts
    shutdown: Shutdown
    shares: ShareStore
    open_shares: OpenShares
    site: SiteAccess


def get_services(request: Request) -> Services:
    return request.app.state.services


ServicesDep = Annotated[Services, Depends(get_services)]


def get_owner(request: Request) -> str:
    """Who asks, as OwnerMiddleware found out."""
    return request.state.owner


OwnerDep = Annotated[str, Depends(get_owner)]


def split_prompts(texts: Iterable[str]) -> list[str]:
    """Prompts from query parameters: separated by semicolons or given repeatedly; a comma is part of a prompt."""
    return [prompt for text in texts for piece in text.split(";") if (prompt := piece.strip())]


def check_prompts(prompts: Iterable[str], settings: Settings) -> list[str]:
    """Prompts trimmed, empty and repeated ones dropped, order kept. Raises InputError when over the limits."""
    unique = list(dict.fromkeys(" ".join(prompt.split()) for prompt in prompts if prompt.strip()))
    if any("\ud800" <= character <= "\udfff" for prompt in unique for character in prompt):
        # JSON can spell half of a character; nothing can be done with it, not even send it back.
        raise InputError("A prompt holds half of a character.", hint="Type the prompt anew, or paste it as plain text.")
    # Each wording is scored, so each counts.
    count = sum(len(read_prompt(prompt).all) for prompt in unique)
    if count > settings.max_prompts:
        raise InputError(
            f"{count} prompts are more than the {settings.max_prompts} that one request may have.",
            hint="Look for fewer sounds at a time.",
            code="too_many_prompts",
        )
    longest = max((len(prompt) for prompt in unique), default=0)
    if longest > settings.max_prompt_chars:
        raise InputError(
            f"A prompt of {longest} characters is longer than the {settings.max_prompt_chars} that are allowed.",
            hint="Describe the sound in a few words. Separate several sounds with semicolons.",
            code="prompt_too_long",
        )
    return unique


def preset_prompts(name: str, presets: Sequence[Preset]) -> list[str]:
    """Prompts of the preset `name`. Raises NotFoundError naming the ones there are."""
    known = {preset.name: preset for preset in presets}
    former = {alias: preset for preset in presets for alias in preset.aliases}
    found = known.get(name) or former.get(name)
    if found is None:
        raise NotFoundError(
            f'There is no preset "{name[:80]}".',
            hint=f"Choose one of: {', '.join(known)}.",
            code="unknown_preset",
        )
    return list(found.prompts)


def get_prompts(
    services: ServicesDep,
    prompts: Annotated[
        list[str] | None,
        Query(
            description="What to look for, separated by semicolons, or repeated; `a | b` is either, `a > b` one more "
            "than the other."
        ),
    ] = None,
) -> list[str] | None:
    """Checked prompts of the query; None when the parameter is absent."""
    return None if prompts is None else check_prompts(split_prompts(prompts), services.settings)


PromptsDep = Annotated[list[str] | None, Depends(get_prompts)]

Seconds = Annotated[float, Query(ge=0, le=1e9, allow_inf_nan=False)]
Columns = Annotated[int, Query(ge=1, le=20_000, description="Most columns to answer with.")]


def get_rule(
    threshold: Annotated[float, Query(ge=0, le=1, description="Score at which a detection begins.")] = 0.5,
    release: Annotated[
        float | None,
        Query(ge=0, le=1, description="Score under which it ends; default 0.7 times the threshold."),
    ] = None,
    merge_gap_s: Annotated[Seconds, Query(description="Gaps shorter than this are closed.")] = 0.4,
    min_length_s: Annotated[Seconds, Query(description="Shorter detections are dropped.")] = 0.2,
) -> DetectionRule:
    if release is not None and release > threshold:
        raise InputError(
            "The release score is above the threshold.",
            hint="Give a release at or below the threshold.",
            code="bad_rule",
        )
    return DetectionRule(threshold, 0.7 * threshold if release is None else release, merge_gap_s, min_length_s)


RuleDep = Annotated[DetectionRule, Depends(get_rule)]

Thresholds = Annotated[
    list[Annotated[float, Query(ge=0, le=1)]] | None,
    Query(description="One threshold for each prompt, in their order, instead of `threshold`; repeated."),
]


def rules_for(prompts: Sequence[str], thresholds: Sequence[float] | None, rule: DetectionRule) -> list[DetectionRule]:
    """The rule of each prompt: `rule`, with the prompt's own threshold where one is given.

    Where a threshold is its own, the release keeps the share of it that it has in `rule`.
    """
    if thresholds is None:
        return [rule] * len(prompts)
    if len(thresholds) != len(prompts):
        raise InputError(
            f"There are {len(thresholds)} thresholds for {len(prompts)} prompts.",
            hint="Give one `thresholds` for each prompt, in the same order, or none at all.",
            code="bad_rule",
        )
    share = rule.release / rule.threshold if rule.threshold > 0 else 1.0
    return [replace(rule, threshold=own, release=own * share) for own in thresholds]
