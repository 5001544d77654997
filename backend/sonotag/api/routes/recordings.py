"""Recordings: list, read, cancel, delete, listen to."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, status
from fastapi.responses import Response

from sonotag.api.access import OwnedDep, listed_owner, may_manage, not_yours
from sonotag.api.deps import OwnerDep, ServicesDep
from sonotag.api.document import error_responses
from sonotag.api.ranges import RangedFile
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_recordings import Recording, RecordingChange, RecordingList
from sonotag.domain import Recording as DomainRecording
from sonotag.errors import InputError

router = APIRouter(prefix="/api/recordings", tags=["recordings"], responses={404: {"model": ErrorResponse}})


def _cursor(recording: DomainRecording) -> str:
    return base64.urlsafe_b64encode(f"{recording.created_at.isoformat()} {recording.id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        created_at, recording_id = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        return datetime.fromisoformat(created_at), recording_id
    except (ValueError, binascii.Error) as error:
        raise InputError(
            "`before` is not a place in the list.",
            hint="Give the `next` of an earlier answer.",
            code="bad_cursor",
        ) from error


@router.get("")
def list_recordings(
    services: ServicesDep,
    owner: OwnerDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> RecordingList:
    """Newest first: those that this browser, or this API key, brought; everybody's where the library is shared."""
    place = _read_cursor(before) if before else None
    found = services.database.recordings(limit + 1, place, owner=listed_owner(services, owner))
    more = len(found) > limit
    found = found[:limit]
    return RecordingList(
        recordings=[Recording.of(recording) for recording in found], next=_cursor(found[-1]) if more else None
    )


@router.get("/{recording_id}")
def read_recording(services: ServicesDep, recording_id: str) -> Recording:
    return Recording.of(services.database.recording(recording_id))


@router.patch("/{recording_id}", responses={403: {"model": ErrorResponse}})
def change_recording(services: ServicesDep, owned: OwnedDep, change: RecordingChange) -> Recording:
    """Pins the recording, so that it is kept whatever its age, or unpins it."""
    return Recording.of(services.events.commit(owned.id, [("recording", {})], pinned=change.pinned))


@router.post(
    "/{recording_id}/cancel",
    status_code=status.HTTP_202_ACCEPTED,
    responses={code: {"model": ErrorResponse} for code in (403, 409)},
)
def cancel_analysis(services: ServicesDep, owner: OwnerDep, recording_id: str) -> Recording:
    """Stops the analysis; what was heard so far stays, and a new analysis goes on from there.

    Of a recording that is still arriving nothing stays, so only its owner can cancel it.
    """
    recording = services.database.recording(recording_id)
    if recording.arriving and not may_manage(services, owner, recording):
        raise not_yours()
    return Recording.of(services.library.cancel(recording_id))


@router.delete("/{recording_id}", status_code=status.HTTP_204_NO_CONTENT, responses={403: {"model": ErrorResponse}})
def delete_recording(services: ServicesDep, recording: OwnedDep) -> None:
    """Removes the recording with its audio, frames and events, stopping work on it."""
    services.library.delete(recording.id)


@router.get(
    "/{recording_id}/audio",
    response_class=Response,
    responses=error_responses(409, 416, 422)
    | {
        200: {"content": {"audio/*": {}, "video/*": {}, "application/octet-stream": {}}},
        206: {"description": "The range asked for.", "content": {"*/*": {}}},
    },
)
def recording_audio(services: ServicesDep, recording_id: str) -> Response:
    """Audio that a browser plays, with HTTP ranges: the original, or a copy where browsers do not play that."""
    playable = services.renditions.playable(recording_id)
    # Bytes of an id never change. Not public: whoever may not see the recording must not get it from a cache.
    headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"}
    return RangedFile(playable.path, media_type=playable.media_type, headers=headers)


@router.get("/{recording_id}/thumbnail", response_class=Response, responses={200: {"content": {"image/*": {}}}})
def recording_thumbnail(services: ServicesDep, recording_id: str) -> Response:
    """The picture that its site shows for it."""
    content, media_type = services.renditions.thumbnail(recording_id)
    return Response(content, media_type=media_type, headers={"Cache-Control": "private, max-age=86400"})
