"""Ways for a recording to come in: an upload, the bundled sample, and a link."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, Request, status

from sonotag.api.bodies import body_of
from sonotag.api.deps import OwnerDep, Services, ServicesDep, check_prompts, preset_prompts, split_prompts
from sonotag.api.schemas import ErrorResponse
from sonotag.api.schemas_recordings import DownloadRequest, Recording
from sonotag.domain import Recording as DomainRecording
from sonotag.domain import Source, SourceKind
from sonotag.errors import NotFoundError
from sonotag.media.filenames import title_from_filename
from sonotag.media.upload import Target, receive_upload

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
        },
        {
            "name": "prompts",
            "in": "query",
            "required": False,
            "description": "What to look for, separated by semicolons: analyses the file while it arrives.",
            "schema": {"type": "string"},
        },
        {
            "name": "preset",
            "in": "query",
            "required": False,
            "description": "Name of a preset whose prompts to look for instead.",
            "schema": {"type": "string"},
        },
    ],
}


@router.post("/api/upload_audio", status_code=status.HTTP_201_CREATED, include_in_schema=False)
@router.post(
    "/upload_audio",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=UPLOAD_BODY,
    responses={code: {"model": ErrorResponse} for code in (400, 404, 408, 413, 415, 422, 429, 503, 507)},
)
async def upload_audio(request: Request, services: ServicesDep, owner: OwnerDep) -> Recording:
    """Takes an audio or video file: multipart field `file`, or a raw body with `?filename=`.

    The body is written to disk as it arrives; one over the limit is refused before it is stored, and one without
    readable audio is not kept. With `?prompts=` or `?preset=` its analysis begins with the first ten seconds of
    audio, while the rest is still on its way.
    """
    if "prompts" in request.query_params or "preset" in request.query_params:
        return Recording.of(await _analyze_while_it_arrives(request, services, owner))
    incoming = services.data.new_incoming()
    received = await receive_upload(
        request.headers,
        body_of(request, services.disk),
        incoming,
        limit_bytes=services.settings.max_upload_bytes,
        filename=request.query_params.get("filename"),
    )
    recording = await asyncio.to_thread(services.library.add_upload, incoming, received, owner)
    return Recording.of(recording)


class _ArrivingUpload:
    """A recording that is analysed while a request's body brings it; removed when that breaks off."""

    def __init__(self, services: Services, prompts: list[str], filename: str, owner: str) -> None:
        source = Source(SourceKind.UPLOAD, filename, "application/octet-stream", 0, playable=False)
        self._library = services.library
        self._incoming = services.library.receive(title_from_filename(filename), source, owner)
        self.recording_id = self._incoming.recording_id
        try:
            services.library.analyze(self.recording_id, prompts)
        except BaseException:
            self.discard()
            raise

    @property
    def size_bytes(self) -> int:
        return self._incoming.growing.size_bytes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._incoming.write(data)

    def commit(self) -> str:
        self._incoming.finish()
        return ""

    def discard(self) -> None:
        with contextlib.suppress(NotFoundError):  # its reader was faster
            self._library.delete(self.recording_id)


async def _analyze_while_it_arrives(request: Request, services: Services, owner: str) -> DomainRecording:
    query = request.query_params
    if "prompts" in query:
        prompts = check_prompts(split_prompts(query.getlist("prompts")), services.settings)
    else:
        prompts = preset_prompts(query["preset"], services.presets)
    made: list[_ArrivingUpload] = []

    def begin(filename: str) -> Target:
        made.append(_ArrivingUpload(services, prompts, filename, owner))
        return made[-1]

    limit_bytes = services.settings.max_upload_bytes
    await receive_upload(
        request.headers, body_of(request, services.disk), begin, limit_bytes=limit_bytes, filename=query.get("filename")
    )
    return services.database.recording(made[-1].recording_id)


@router.post("/api/sample", status_code=status.HTTP_201_CREATED, responses={507: {"model": ErrorResponse}})
def add_sample(services: ServicesDep, owner: OwnerDep) -> Recording:
    """Adds the bundled sample recording."""
    return Recording.of(services.library.add_sample(services.sample, owner))


@router.post("/api/download_youtube", status_code=status.HTTP_202_ACCEPTED, include_in_schema=False)
@router.post(
    "/download_youtube",
    status_code=status.HTTP_202_ACCEPTED,
    responses={code: {"model": ErrorResponse} for code in (422, 429, 507)},
)
def download_youtube(services: ServicesDep, owner: OwnerDep, request: DownloadRequest) -> Recording:
    """Begins to fetch a link of an allowed site (YouTube, SoundCloud, what the operator added).

    The answer comes at once; what becomes known of the recording, its progress and its failure are events of it.
    `POST /analyze` may follow at once: the analysis begins with the first ten seconds of audio.
    """
    return Recording.of(services.downloads.start(request.url, owner, request.start_s, request.end_s))
