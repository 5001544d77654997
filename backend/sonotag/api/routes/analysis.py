"""Analyses, and everything that is read from stored frames: scores, detections, waveform, spectrogram."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from fastapi.responses import Response

from sonotag.api.access import refuse_token
from sonotag.api.deps import (
    Columns,
    PromptsDep,
    RuleDep,
    Seconds,
    Services,
    ServicesDep,
    Thresholds,
    check_prompts,
    preset_prompts,
    rules_for,
)
from sonotag.api.document import error_responses
from sonotag.api.reviewed import moments_of, statistics_of
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_recordings import AnalysisAccepted, AnalyzeRequest, Peaks, SpectrogramInfo
from sonotag.api.schemas_scores import Detection, DetectionRule, Detections, PromptInfo, Scores
from sonotag.domain import Recording
from sonotag.errors import InputError
from sonotag.export.audacity import audacity_labels
from sonotag.export.csv_table import detections_csv
from sonotag.export.formats import FORMATS
from sonotag.media import spectrogram as spectrogram_of
from sonotag.media.waveform import PEAKS_PER_SECOND, pool_peaks

router = APIRouter(tags=["analysis"], responses={404: {"model": ErrorResponse}})

DEFAULT_PRESET = "general"


@router.post("/api/analyze", status_code=status.HTTP_202_ACCEPTED, include_in_schema=False)
@router.post(
    "/analyze",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(409, 422, 429, 503),
)
def analyze(services: ServicesDep, request: AnalyzeRequest) -> AnalysisAccepted:
    """Encodes the recording unless that was done or is going on, and looks for the prompts.

    Without `prompts` and `preset` the preset "general" is used; an empty list of prompts only encodes.
    """
    if request.prompts is not None and request.preset is not None:
        raise InputError("Both prompts and a preset were given.", hint="Give one of them.", code="prompts_and_preset")
    if request.prompts is None:
        prompts = preset_prompts(request.preset or DEFAULT_PRESET, services.presets)
    else:
        prompts = check_prompts(request.prompts, services.settings)
    refuse_token(services, request.recording_id)
    analysis = services.library.analyze(request.recording_id, prompts, request.model)
    return AnalysisAccepted(
        analysis_id=analysis.id,
        recording_id=request.recording_id,
        state=analysis.recording.state,
        events_url=f"/ws/recordings/{request.recording_id}",
    )


def _prompts_or_last(prompts: list[str] | None, recording: Recording) -> list[str]:
    return list(recording.prompts) if prompts is None else prompts


def _check_range(from_s: float, to_s: float | None) -> float:
    if to_s is not None and to_s < from_s:
        raise InputError("`to_s` lies before `from_s`.", hint="Swap the two times.", code="bad_range")
    return math.inf if to_s is None else to_s


@router.get(
    "/api/recordings/{recording_id}/scores",
    response_model=Scores,
    responses=error_responses(409, 503),
)
def scores(
    services: ServicesDep,
    recording_id: str,
    prompts: PromptsDep,
    from_s: Seconds = 0.0,
    to_s: Seconds | None = None,
    max_columns: Columns = 2000,
) -> Response:
    """Scores of any prompts (default: those of the last analysis) from stored frames, also while encoding goes on."""
    recording = services.database.recording(recording_id)
    asked = services.scorer.ask(recording, _prompts_or_last(prompts, recording))
    table = services.scorer.table(
        recording, asked, max_columns=max_columns, from_s=from_s, to_s=_check_range(from_s, to_s)
    )
    # Straight to JSON: validating a hundred thousand numbers we made ourselves would cost more than scoring them.
    return Response(Scores.of(table).model_dump_json(), media_type="application/json")


@router.get(
    "/api/recordings/{recording_id}/detections",
    responses=error_responses(409, 503) | {200: {"content": {"text/csv": {}, "text/plain": {}}, "model": Detections}},
    response_model=None,
)
def detections(
    services: ServicesDep,
    recording_id: str,
    prompts: PromptsDep,
    rule: RuleDep,
    thresholds: Thresholds = None,
    format: Annotated[str, Query(pattern="^(json|csv|audacity)$")] = "json",
    verdicts: Annotated[bool, Query(description="With what people said: rejected moments are left out.")] = False,
    rejected: Annotated[bool, Query(description="With `verdicts`: rejected moments too, marked so.")] = False,
    statistics: Annotated[bool, Query(description="In json: statistics of each prompt, too.")] = False,
) -> Response | Detections:
    """Stretches in which a prompt was heard, by onset. csv and audacity come as attachments.

    With `verdicts`, moments that people accepted, adjusted or added are there as they left them, also where they are
    not found any more; csv then has a column `verdict`, json the field, and file names say so.
    """
    recording = services.database.recording(recording_id)
    words = _prompts_or_last(prompts, recording)
    rules = rules_for(words, thresholds, rule)
    table, found, known = moments_of(services, recording, words, rules, with_verdicts=verdicts, with_rejected=rejected)
    if format == "json":
        return Detections(
            recording_id=recording_id,
            model=recording.model,
            rule=DetectionRule(
                threshold=rule.threshold,
                release=rule.release,
                merge_gap_s=rule.merge_gap_s,
                min_length_s=rule.min_length_s,
            ),
            prompts=[PromptInfo.of(c) for c in table.asked.coverage],
            detections=[Detection.of(detection) for detection in found],
            verdicts=known,
            statistics=statistics_of(table, found, [own.threshold for own in rules]) if statistics else None,
        )
    content = detections_csv(found, verdicts=verdicts) if format == "csv" else audacity_labels(found)
    return _attachment(format, "moments-reviewed" if verdicts else "moments", content)


def _attachment(format_name: str, stem: str, content: str) -> Response:
    known = FORMATS[format_name]
    headers = {"Content-Disposition": f'attachment; filename="{stem}{known.extension}"'}
    return Response(content, media_type=known.media_type, headers=headers)


@router.get("/api/recordings/{recording_id}/peaks")
def peaks(
    services: ServicesDep,
    recording_id: str,
    from_s: Seconds = 0.0,
    to_s: Seconds | None = None,
    max_columns: Columns = 2000,
) -> Peaks:
    """Waveform between two times, of what was heard so far."""
    recording = services.database.recording(recording_id)
    rows, first = services.renditions.peaks(recording, from_s, _check_range(from_s, to_s))
    per_column = max(1, -(-rows.shape[0] // max_columns))
    pooled = pool_peaks(rows, -(-rows.shape[0] // per_column)).astype(float) / 127.0 if rows.shape[0] else rows
    return Peaks(
        start_s=first / PEAKS_PER_SECOND,
        end_s=(first + rows.shape[0]) / PEAKS_PER_SECOND,
        seconds_per_column=per_column / PEAKS_PER_SECOND,
        min=pooled[:, 0].round(3).tolist(),
        max=pooled[:, 1].round(3).tolist(),
    )


def _spectrogram_levels(columns: int) -> int:
    tiles = max(1, -(-columns // spectrogram_of.TILE_COLUMNS))
    return 1 + (tiles - 1).bit_length()


def _spectrogram_info(services: Services, recording: Recording) -> SpectrogramInfo:
    columns = services.renditions.spectrogram_columns(recording)
    return SpectrogramInfo(
        bands=spectrogram_of.MEL_BANDS,
        min_hz=spectrogram_of.LOWEST_HZ,
        max_hz=spectrogram_of.HIGHEST_HZ,
        seconds_per_column=1 / spectrogram_of.COLUMNS_PER_SECOND,
        columns_per_tile=spectrogram_of.TILE_COLUMNS,
        columns=columns,
        levels=_spectrogram_levels(columns),
    )


@router.get("/api/recordings/{recording_id}/spectrogram")
def spectrogram_info(services: ServicesDep, recording_id: str) -> SpectrogramInfo:
    """Geometry of the spectrogram's tiles."""
    return _spectrogram_info(services, services.database.recording(recording_id))


@router.get(
    "/api/recordings/{recording_id}/spectrogram/{level}/{tile}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def spectrogram_tile(
    services: ServicesDep,
    recording_id: str,
    level: Annotated[int, Path(ge=0, le=spectrogram_of.MAX_LEVEL)],
    tile: Annotated[int, Path(ge=0, le=2**31)],
) -> Response:
    """uint8 [columns <= 512][96], low band first, 0..255 = -100..0 dBFS; level k pools 2^k columns by maximum."""
    recording = services.database.recording(recording_id)
    content = services.renditions.spectrogram_tile(recording, level, tile)
    # Tiles grow while the analysis runs.
    cache = "no-store" if recording.state.is_active else "private, max-age=3600"
    headers = {"Cache-Control": cache, "X-Columns": str(content.shape[0])}
    return Response(content.tobytes(), media_type="application/octet-stream", headers=headers)
