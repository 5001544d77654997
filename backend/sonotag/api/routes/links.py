"""What a pasted link names, before anybody fetches it."""

from __future__ import annotations

from fastapi import APIRouter

from sonotag.api.deps import ServicesDep
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_recordings import LinkPreview, LinkRequest

router = APIRouter(tags=["sources"])


@router.post("/api/link", responses={422: {"model": ErrorResponse}})
def read_link(services: ServicesDep, request: LinkRequest) -> LinkPreview:
    """Reads a link by its letters alone; nothing is asked of its site.

    Answered with the same errors as `POST /download_youtube` would be, within milliseconds.
    """
    return LinkPreview.of(services.downloads.read(request.url))
