"""Uploads in pieces that survive lost connections, closed tabs and restarts: the tus protocol 1.0."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, status
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from sonotag.api import tus
from sonotag.api.bodies import body_of
from sonotag.api.deps import OwnerDep, Services, ServicesDep, get_services
from sonotag.api.errors import answer_of
from sonotag.api.schemas import ErrorResponse
from sonotag.errors import InputError, SonotagError


class TusRoute(APIRoute):
    """A route whose every answer, errors included, says which protocol it speaks."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def speak_tus(request: Request) -> Response:
            try:
                if request.method != "OPTIONS":
                    tus.check_version(request.headers)
                response = await handle(request)
            except SonotagError as error:
                response = answer_of(request, error)
                if response.status_code in (status.HTTP_412_PRECONDITION_FAILED, status.HTTP_413_CONTENT_TOO_LARGE):
                    response.headers.update(tus.server_headers(get_services(request).uploads.max_bytes))
            response.headers["Tus-Resumable"] = tus.VERSION
            return response

        return speak_tus


def _errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": ErrorResponse} for code in (*codes, 412)}


_BYTES = {"type": "string", "pattern": "^[0-9]{1,16}$"}
_HEADERS: dict[str, dict[str, Any]] = {
    "Tus-Resumable": {"type": "string", "enum": [tus.VERSION]},
    "Upload-Length": _BYTES,
    "Upload-Offset": _BYTES,
    "Upload-Metadata": {"type": "string", "maxLength": tus.MAX_METADATA_CHARS},
    "X-HTTP-Method-Override": {"type": "string", "enum": ["PATCH", "HEAD", "DELETE"]},
}
_OPTIONAL = ("Upload-Metadata",)


def _parameters(*names: str) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": name, "in": "header", "required": name not in _OPTIONAL, "schema": _HEADERS[name]}
            for name in ("Tus-Resumable", *names)
        ]
    }


PATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {tus.PATCH_CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(prefix="/api/uploads", tags=["uploads"], route_class=TusRoute, default_response_class=Response)


@router.options("", status_code=status.HTTP_204_NO_CONTENT)
def describe_uploads(services: ServicesDep) -> Response:
    """Which versions and extensions of tus this server speaks, and how large a file may be."""
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=tus.server_headers(services.uploads.max_bytes))


@router.options("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
def describe_upload(services: ServicesDep, upload_id: str) -> Response:
    """The same at the address of an upload, whether or not there is one."""
    return describe_uploads(services)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_class=Response,
    openapi_extra=_parameters("Upload-Length", "Upload-Metadata"),
    responses=_errors(400, 413, 422, 429, 507)
    | {201: {"description": "`Location` is where to send the file, `X-Recording-Id` its recording."}},
)
async def create_upload(services: ServicesDep, owner: OwnerDep, request: Request) -> Response:
    """Announces a file. Its recording exists from now on and can be analysed while the bytes arrive.

    `Upload-Metadata` may hold `filename` (in base64, as tus has it).
    """
    length_bytes = tus.read_length(request.headers)
    filename = tus.read_metadata(request.headers).get("filename", "")
    metadata = request.headers.get("upload-metadata", "")
    upload = await asyncio.to_thread(services.uploads.create, length_bytes, filename, metadata, owner)
    # Relative to /api/uploads: the server does not know a prefix that a proxy takes off.
    headers = {"Location": f"uploads/{upload.id}", **tus.headers_of(upload)}
    return Response(status_code=status.HTTP_201_CREATED, headers=headers)


@router.head("/{upload_id}", openapi_extra=_parameters(), responses=_errors(404, 410))
async def read_upload(services: ServicesDep, upload_id: str) -> Response:
    """Where the upload stands: `Upload-Offset` bytes of `Upload-Length` are safe on disk."""
    upload = await services.uploads.settled(upload_id)
    return Response(headers=tus.headers_of(upload, whole=True))


@router.patch(
    "/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    openapi_extra=_parameters("Upload-Offset") | PATCH_BODY,
    responses=_errors(400, 404, 408, 409, 410, 413, 415, 422, 423, 507),
)
async def append_to_upload(services: ServicesDep, request: Request, upload_id: str) -> Response:
    """Adds a piece at `Upload-Offset`. What came of a piece that breaks off is kept."""
    return await _append(services, request, upload_id)


@router.delete(
    "/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, openapi_extra=_parameters(), responses=_errors(404, 409)
)
async def end_upload(services: ServicesDep, upload_id: str) -> Response:
    """Ends an unfinished upload and removes its recording; forgets a finished one, whose recording stays."""
    await asyncio.to_thread(services.uploads.terminate, upload_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    openapi_extra=_parameters("X-HTTP-Method-Override"),
    responses=_errors(400, 404, 408, 409, 410, 413, 415, 422, 423, 507) | {200: {"description": "As for HEAD."}},
)
async def act_by_post(services: ServicesDep, request: Request, upload_id: str) -> Response:
    """For clients that may send nothing but POST: `X-HTTP-Method-Override` names what is meant."""
    method = request.headers.get("x-http-method-override", "").upper()
    if method == "PATCH":
        return await _append(services, request, upload_id)
    if method == "DELETE":
        return await end_upload(services, upload_id)
    if method == "HEAD":
        return await read_upload(services, upload_id)
    raise InputError(
        "A POST to an upload must say what it stands for.",
        hint="Send X-HTTP-Method-Override: PATCH, HEAD or DELETE, or use those methods.",
        code="bad_upload_header",
    )


async def _append(services: Services, request: Request, upload_id: str) -> Response:
    tus.check_content_type(request.headers)
    uploads = services.uploads
    async with uploads.turn(upload_id) as turn:
        upload = await asyncio.to_thread(uploads.get, upload_id)
        most_bytes = tus.check_piece(request.headers, upload)
        try:
            upload = await uploads.append(upload, body_of(request, services.disk), most_bytes, turn)
        except ClientDisconnect as error:
            raise InputError(
                "The connection broke.", hint="Ask with HEAD where the upload stands.", code="upload_aborted"
            ) from error
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=tus.headers_of(upload))
