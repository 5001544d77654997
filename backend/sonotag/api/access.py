"""Who may do what with a recording.

Whoever knows its id may look at it, listen to it and have it analysed. What concerns the recording as a whole (that it
is listed, kept, shared, judged and deleted) is its owner's alone, or everybody's where the library is shared.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from sonotag.api.deps import OwnerDep, Services, ServicesDep
from sonotag.api.shares import READ_ONLY, share_of
from sonotag.domain import Recording
from sonotag.errors import AccessError


def may_manage(services: Services, owner: str, recording: Recording) -> bool:
    """Whether `owner` may change and delete `recording`. One without an owner is nobody's."""
    return services.settings.shared_library or (recording.owner == owner and owner != "")


def listed_owner(services: Services, owner: str) -> str | None:
    """Whose recordings `owner` sees in the list; None = everybody's."""
    return None if services.settings.shared_library else owner


def is_shared(request: Request) -> bool:
    """Whether the request came by a share link."""
    return share_of(request.scope) is not None


def get_owned(request: Request, services: ServicesDep, owner: OwnerDep, recording_id: str) -> Recording:
    """The recording of the path, for routes that only its owner may use. Raises NotFoundError, AccessError."""
    recording = services.database.recording(recording_id)
    if is_shared(request):
        raise read_only()
    if not may_manage(services, owner, recording):
        raise not_yours()
    return recording


OwnedDep = Annotated[Recording, Depends(get_owned)]


def refuse_token(services: Services, recording_id: str) -> None:
    """For a route that takes an id in its body: raises AccessError when that is the token of a share link."""
    if services.shares.find(recording_id) is not None:
        raise read_only()


def read_only() -> AccessError:
    return AccessError(READ_ONLY.message, hint=READ_ONLY.hint, code=READ_ONLY.code)


def not_yours() -> AccessError:
    return AccessError(
        "This recording belongs to somebody else.",
        hint="Only the browser, or the API key, that brought it can do this. A script has to send the cookie it got.",
        code="not_yours",
    )
