"""What people say of moments (accepted, rejected, adjusted, added by hand), and statistics of prompts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, status

from sonotag.api.access import OwnedDep
from sonotag.api.deps import PromptsDep, RuleDep, ServicesDep, Thresholds, check_prompts, rules_for
from sonotag.api.reviewed import moments_of, statistics_of
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_scores import Statistics, Verdict, VerdictList, VerdictRequest
from sonotag.domain import Recording, VerdictKind
from sonotag.domain import Verdict as DomainVerdict
from sonotag.errors import InputError
from sonotag.settings import Settings

router = APIRouter(prefix="/api/recordings", tags=["verdicts"], responses={404: {"model": ErrorResponse}})

VerdictId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="Chosen by the client: to try again changes nothing.")
]

SLACK_S = 0.5
"""A moment may end this much after the recording: players and decoders differ a little in what is its end."""


@router.get("/{recording_id}/verdicts")
def list_verdicts(services: ServicesDep, recording_id: str) -> VerdictList:
    """Every verdict on moments of the recording, by onset."""
    services.database.recording(recording_id)
    return VerdictList(verdicts=[Verdict.of(verdict) for verdict in services.verdicts.of(recording_id)])


@router.put("/{recording_id}/verdicts/{verdict_id}", responses={code: {"model": ErrorResponse} for code in (403, 409)})
def put_verdict(services: ServicesDep, recording: OwnedDep, verdict_id: VerdictId, request: VerdictRequest) -> Verdict:
    """Says of a moment that it is there or not, where it begins and ends, or that there is one that was not found.

    It is on disk when this is answered, and stays through other analyses and other thresholds; it is matched to what
    they find by overlap. An older verdict about the same found stretch goes.
    """
    verdict = _checked(request, verdict_id, recording, services.settings)
    return Verdict.of(services.verdicts.put(recording.id, verdict))


@router.delete(
    "/{recording_id}/verdicts/{verdict_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={403: {"model": ErrorResponse}},
)
def delete_verdict(services: ServicesDep, recording: OwnedDep, verdict_id: VerdictId) -> None:
    """Takes a verdict back; of one that is not there, too, nothing is left."""
    services.verdicts.remove(recording.id, verdict_id)


@router.get("/{recording_id}/statistics")
def statistics(
    services: ServicesDep, recording_id: str, prompts: PromptsDep, rule: RuleDep, thresholds: Thresholds = None
) -> Statistics:
    """What each prompt does over the whole recording, as far as it was heard. Verdicts count."""
    recording = services.database.recording(recording_id)
    words = list(recording.prompts) if prompts is None else prompts
    rules = rules_for(words, thresholds, rule)
    table, moments, _ = moments_of(services, recording, words, rules, with_verdicts=True)
    return Statistics(
        recording_id=recording_id,
        model=recording.model,
        heard_s=table.end_s,
        prompts=statistics_of(table, moments, [own.threshold for own in rules]),
    )


def _checked(request: VerdictRequest, verdict_id: str, recording: Recording, settings: Settings) -> DomainVerdict:
    prompts = check_prompts([request.prompt], settings)
    if len(prompts) != 1:
        raise InputError("The verdict has no prompt.", hint="Say of which prompt the moment is.", code="no_prompt")
    span = (request.onset_s, request.offset_s)
    found = None
    if request.found_onset_s is not None and request.found_offset_s is not None:
        found = (request.found_onset_s, request.found_offset_s)
    elif request.found_onset_s is not None or request.found_offset_s is not None:
        raise InputError("Only one end of what was found is given.", hint="Give both ends.", code="bad_range")
    if request.kind is VerdictKind.ADDED:
        if found is not None:
            raise InputError(
                "A moment that was added by hand was not found.", hint="Leave out `found_*`.", code="bad_verdict"
            )
    elif request.kind is VerdictKind.ADJUSTED:
        if found is None:
            raise InputError(
                "It is not said which moment was adjusted.",
                hint="Give `found_onset_s` and `found_offset_s` as they were found.",
                code="bad_verdict",
            )
    else:
        found = found or span
        if found != span:
            raise InputError(
                "A moment with other edges is adjusted.", hint='Give the kind "adjusted".', code="bad_verdict"
            )
    for onset_s, offset_s in filter(None, (span, found)):
        if offset_s <= onset_s:
            raise InputError("A moment ends before it begins.", hint="Swap the two times.", code="bad_range")
    if recording.duration_exact and recording.duration_s is not None and span[1] > recording.duration_s + SLACK_S:
        raise InputError(
            "The moment ends after the recording.",
            hint=f"The recording lasts {recording.duration_s:.3f} s.",
            code="bad_range",
        )
    return DomainVerdict(verdict_id, prompts[0], request.kind, *span, found, datetime.now(UTC))
