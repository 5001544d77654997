"""Ways for a recording to come in: an upload, the bundled sample, and a link."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, status

from sonotag.api.deps import ServicesDep
from sonotag.api.schemas import DownloadRequest, ErrorResponse, Recording
from sonotag.media.upload import receive_upload

router = APIRouter(tags=["sources"])

UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "parameters": [
        {
            "name": "filename",
            "in": "query",
            "required": False,
            "description": "The file's name, for a raw body.",
            "schema": {"type": "string"},
        }
    ],
}


@router.post("/api/upload_audio", status_code=status.HTTP_201_CREATED, include_in_schema=False)
@router.post(
    "/upload_audio",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=UPLOAD_BODY,
    responses={code: {"model": ErrorResponse} for code in (400, 413, 415, 422, 507)},
)
async def upload_audio(request: Request, services: ServicesDep) -> Recording:
    """Takes an audio or video file: multipart field `file`, or a raw body with `?filename=`.

    The body is written to disk as it arrives; one over the limit is refused before it is stored, and one without
    readable audio is not kept.
    """
    incoming = services.data.new_incoming()
    received = await receive_upload(
        request.headers,
        request.stream(),
        incoming,
        limit_bytes=services.settings.max_upload_bytes,
        filename=request.query_params.get("filename"),
    )
    recording = await asyncio.to_thread(services.library.add_upload, incoming, received)
    return Recording.of(recording)


@router.post("/api/sample", status_code=status.HTTP_201_CREATED)
def add_sample(services: ServicesDep) -> Recording:
    """Adds the bundled sample recording."""
    return Recording.of(services.library.add_sample(services.sample))


@router.post("/api/download_youtube", status_code=status.HTTP_202_ACCEPTED, include_in_schema=False)
@router.post(
    "/download_youtube",
    status_code=status.HTTP_202_ACCEPTED,
    responses={code: {"model": ErrorResponse} for code in (422, 429, 507)},
)
def download_youtube(services: ServicesDep, request: DownloadRequest) -> Recording:
    """Begins to fetch a link of an allowed site (YouTube, SoundCloud, what the operator added).

    The answer comes at once; what becomes known of the recording, its progress and its failure are events of it.
    `POST /analyze` may follow at once: the analysis begins with the first ten seconds of audio.
    """
    return Recording.of(services.downloads.start(request.url, request.start_s, request.end_s))
