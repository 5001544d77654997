"""Who is asking, signing in and out, and links for others to look at a recording."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request, Response, status

from sonotag.api.access import OwnedDep, is_shared, may_manage
from sonotag.api.deps import OwnerDep, ServicesDep
from sonotag.api.owners import add_cookie, cookie_path
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_access import (
    AccessState,
    NewShare,
    Password,
    RecordingAccess,
    Share,
    ShareList,
)
from sonotag.api.site import address_of

router = APIRouter(prefix="/api", tags=["access"])


def _state(services: ServicesDep, request: Request, *, signed_in: bool | None = None) -> AccessState:
    site = services.site
    return AccessState(
        password_needed=site.closed,
        signed_in=site.signed_in(request, time.time()) if signed_in is None else signed_in,
        shared_library=services.settings.shared_library,
    )


@router.get("/access")
def read_access(services: ServicesDep, request: Request, response: Response) -> AccessState:
    """Whether this server wants a password, and whether its recordings are everybody's."""
    response.headers["Cache-Control"] = "no-store"
    return _state(services, request)


@router.post("/session", responses={code: {"model": ErrorResponse} for code in (401, 429)})
def sign_in(services: ServicesDep, request: Request, response: Response, body: Password) -> AccessState:
    """Signs a browser in with the site's password, by a cookie."""
    services.site.sign_in(body.password, address_of(request.scope))
    secure = request.url.scheme == "https"
    cookie = services.site.session_header(time.time(), path=cookie_path(request.scope), secure=secure)
    add_cookie(response.headers, cookie)
    return _state(services, request, signed_in=True)


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(services: ServicesDep, request: Request) -> Response:
    """Signs this browser out. Its recordings stay its own."""
    response = Response(status_code=status.HTTP_204_NO_CONTENT)
    secure = request.url.scheme == "https"
    add_cookie(response.headers, services.site.end_header(path=cookie_path(request.scope), secure=secure))
    return response


@router.get("/recordings/{recording_id}/access", responses={404: {"model": ErrorResponse}})
def read_recording_access(
    services: ServicesDep, owner: OwnerDep, request: Request, recording_id: str
) -> RecordingAccess:
    """What whoever asks may do with the recording."""
    recording = services.database.recording(recording_id)
    shared = is_shared(request)
    return RecordingAccess(owner=not shared and may_manage(services, owner, recording), read_only=shared)


@router.post(
    "/recordings/{recording_id}/shares",
    status_code=status.HTTP_201_CREATED,
    responses={code: {"model": ErrorResponse} for code in (403, 404, 409)},
)
def add_share(services: ServicesDep, recording: OwnedDep) -> NewShare:
    """A link to look at the recording, and nothing else. Its token is told this once."""
    share, token = services.shares.add(recording.id)
    return NewShare(id=share.id, created_at=share.created_at, ends_with=share.ends_with, token=token)


@router.get("/recordings/{recording_id}/shares", responses={code: {"model": ErrorResponse} for code in (403, 404)})
def list_shares(services: ServicesDep, recording: OwnedDep) -> ShareList:
    """The links that hold, newest first."""
    return ShareList(shares=[Share.of(share) for share in services.shares.of(recording.id)])


@router.delete(
    "/recordings/{recording_id}/shares/{share_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={code: {"model": ErrorResponse} for code in (403, 404)},
)
def withdraw_share(services: ServicesDep, recording: OwnedDep, share_id: str) -> None:
    """From now on the link opens nothing; what is open by it is closed."""
    services.shares.remove(recording.id, share_id)
    services.open_shares.end(share_id)
