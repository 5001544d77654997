"""The event stream of a recording over WebSocket, and the same over Server-Sent Events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import Annotated

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from fastapi import APIRouter, Header, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from sonotag.api.broadcast import Batch, View
from sonotag.api.deps import PromptsDep, Services, ServicesDep, check_prompts, split_prompts
from sonotag.api.messages import EventMessage, PromptsMessage
from sonotag.api.origins import origin_allowed
from sonotag.domain import Problem
from sonotag.errors import InputError, NotFoundError, SonotagError

log = logging.getLogger(__name__)

router = APIRouter()

HEARTBEAT_S = 15.0
"""A comment on a silent SSE stream, so that proxies keep it open."""

UNKNOWN_RECORDING = 4404
INTERNAL_ERROR = 1011
SERVICE_RESTART = 1012


@router.websocket("/ws/recordings/{recording_id}")
async def recording_socket(socket: WebSocket, recording_id: str) -> None:
    services: Services = socket.app.state.services
    if socket.scope["state"].get("key") is None and not origin_allowed(
        socket.headers, services.settings.allowed_origins, socket.scope["scheme"]
    ):
        # Before accept: the browser of an uninvited page gets a refusal, not a socket.
        await socket.close(code=1008)
        return
    await socket.accept()
    query = socket.query_params
    try:
        after = int(query["after"]) if "after" in query else None
        prompts = (
            check_prompts(split_prompts(query.getlist("prompts")), services.settings) if "prompts" in query else None
        )
        if after is not None and after < 0:
            raise ValueError
    except (ValueError, SonotagError) as error:
        reason = error.message if isinstance(error, SonotagError) else "after is a whole number from 0"
        await socket.close(code=1008, reason=reason[:120])
        return
    view = View(None if prompts is None else tuple(prompts), after)
    with services.broadcasts.join(recording_id, view) as broadcast:
        code, reason = await _serve(socket, view, broadcast.batches(view), services)
        if code is None and services.shutdown.has_begun:
            code, reason = SERVICE_RESTART, "The server is restarting."
    if code is not None:
        # The connection itself may be what broke, or the server has closed it meanwhile.
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code, reason)


async def _serve(
    socket: WebSocket, view: View, batches: AsyncGenerator[Batch], services: Services
) -> tuple[int | None, str | None]:
    """Sends and receives until one of them ends; returns the close code and reason, or None when the viewer left."""
    ending: tuple[int | None, str | None] = (None, None)

    async def run(work: Awaitable[None], group: TaskGroup) -> None:
        nonlocal ending
        try:
            await work
        except WebSocketDisconnect:
            ending = (None, None)
        except NotFoundError as error:
            ending = (UNKNOWN_RECORDING, error.message)
        except Exception:
            log.exception("the stream of a recording broke")
            ending = (INTERNAL_ERROR, None)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(run, _send(socket, batches), group)
        group.start_soon(run, _receive(socket, view, services), group)
    return ending


async def _send(socket: WebSocket, batches: AsyncGenerator[Batch]) -> None:
    async with contextlib.aclosing(batches):
        async for batch in batches:
            for _, text in batch.messages:
                try:
                    await socket.send_text(text)
                except RuntimeError as error:
                    # The server has closed it meanwhile, for instance because pings were not answered.
                    raise WebSocketDisconnect(1006) from error


async def _receive(socket: WebSocket, view: View, services: Services) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"], message.get("reason"))
        try:
            # A binary message has no text, which is no valid one either.
            request = PromptsMessage.model_validate_json(message.get("text") or "")
            view.set_prompts(check_prompts(request.prompts, services.settings))
        except ValidationError:
            problem = Problem(
                "bad_message",
                "That message is not understood.",
                'Send {"type": "prompts", "prompts": ["…"]}.',
            )
            await socket.send_text(view.reject(problem).model_dump_json())
        except InputError as error:
            await socket.send_text(view.reject(error.problem).model_dump_json())


@router.get(
    "/api/recordings/{recording_id}/events",
    response_class=StreamingResponse,
    responses={200: {"model": EventMessage, "content": {"text/event-stream": {}}}},
    tags=["recordings"],
)
async def recording_events(
    services: ServicesDep,
    recording_id: str,
    prompts: PromptsDep,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The messages of the socket as Server-Sent Events; a browser that reconnects goes on where it was."""
    await anyio.to_thread.run_sync(services.database.recording, recording_id)
    if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
        after = int(last_event_id[:15])
    view = View(None if prompts is None else tuple(prompts), after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_sse(services, recording_id, view), headers=headers, media_type="text/event-stream")


async def _sse(services: Services, recording_id: str, view: View) -> AsyncIterator[str]:
    with services.broadcasts.join(recording_id, view) as broadcast:
        batches = broadcast.batches(view)
        while True:
            following = asyncio.ensure_future(anext(batches))
            try:
                while not (await asyncio.wait({following}, timeout=HEARTBEAT_S))[0]:
                    yield ": still here\n\n"
                batch = following.result()
            except StopAsyncIteration:
                return
            except NotFoundError as error:
                body = json.dumps({"code": error.code, "message": error.message, "hint": error.hint})
                yield f"event: gone\ndata: {body}\n\n"
                return
            finally:
                following.cancel()
            for seq, text in batch.messages:
                yield f"id: {seq}\ndata: {text}\n\n"
