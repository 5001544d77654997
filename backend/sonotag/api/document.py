"""The OpenAPI document: what FastAPI makes of the routes, put right where it cannot know better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from sonotag.api.limits import FREE_PATHS
from sonotag.api.messages import EventMessage, PromptsMessage
from sonotag.api.schemas import ErrorResponse

API_DESCRIPTION = """Find sounds in recordings: upload, analyse, follow, read scores of any prompts.

Every error of every route is an `ErrorResponse`. The event stream of a recording is a WebSocket at
`/ws/recordings/{id}?after=SEQ&prompts=a;b`: it sends `EventMessage` and takes `PromptsMessage`. The same messages
come as Server-Sent Events from `/api/recordings/{id}/events`.
"""

_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}

_MAKES_A_RECORDING = (("/upload_audio", "201"), ("/api/sample", "201"), ("/download_youtube", "202"))


def error_responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of the errors that it may answer with."""
    return {code: {"model": ErrorResponse} for code in codes}


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the socket's messages among its components."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=API_DESCRIPTION, routes=app.routes)
        schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        for name, adapter in (
            ("EventMessage", TypeAdapter[Any](EventMessage)),
            ("PromptsMessage", TypeAdapter[Any](PromptsMessage)),
        ):
            schema = adapter.json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
            schemas.update(schema.pop("$defs", {}))
            schemas[name] = schema
        for path, operation in _operations(document):
            _describe_refusals(path, operation)
            _describe_parameters(operation)
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        _link_recordings(document)
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _describe_refusals(path: str, operation: dict[str, Any]) -> None:
    """What middleware and FastAPI itself refuse, in the words of every other error (api/errors.py)."""
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = {"description": "The request cannot be carried out as it stands.", "content": _ERROR}
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        responses["400"] = {"description": "The body is no text in UTF-8.", "content": _ERROR}
        responses["408"] = {"description": "The body did not come in time.", "content": _ERROR}
        responses["413"] = {"description": "The body is too large.", "content": _ERROR}
    if path not in FREE_PATHS:
        responses.setdefault("429", {"description": "Too much at once; `Retry-After` says when.", "content": _ERROR})


def _describe_parameters(operation: dict[str, Any]) -> None:
    """A parameter that may be left out is not one that may be null: an address cannot say null."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del schema["anyOf"]
            schema.update(kinds[0])


def _link_recordings(document: dict[str, Any]) -> None:
    """Says which answers hold the ids that other operations ask for."""
    paths = document["paths"]
    of_recording = {
        operation["operationId"]: operation
        for path, methods in paths.items()
        if path.startswith("/api/recordings/{recording_id}")
        for operation in methods.values()
    }
    for path, status in _MAKES_A_RECORDING:
        links = {
            name: {"operationId": name, "parameters": {"recording_id": "$response.body#/id"}} for name in of_recording
        }
        links["analyze"] = {
            "operationId": paths["/analyze"]["post"]["operationId"],
            "requestBody": {"recording_id": "$response.body#/id", "prompts": ["dog barking", "rain"]},
        }
        paths[path]["post"]["responses"][status]["links"] = links
