"""The event stream of a recording over WebSocket, and the same over Server-Sent Events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from fastapi import APIRouter, Header, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from sonotag.api.deps import PromptsDep, Services, ServicesDep, check_prompts, split_prompts
from sonotag.api.messages import EventMessage, Message, PromptsMessage
from sonotag.api.origins import origin_allowed
from sonotag.api.viewer import Viewer
from sonotag.domain import Problem
from sonotag.errors import InputError, NotFoundError, SonotagError
from sonotag.jobs.events import Subscription
from sonotag.jobs.shutdown import Shutdown

log = logging.getLogger(__name__)

router = APIRouter()

MIN_INTERVAL_S = 0.03
"""Between two batches of messages to one viewer: what comes faster than a screen draws is merged."""

HEARTBEAT_S = 15.0
"""A comment on a silent SSE stream, so that proxies keep it open."""

UNKNOWN_RECORDING = 4404
INTERNAL_ERROR = 1011
SERVICE_RESTART = 1012


def _viewer(services: Services, recording_id: str, prompts: list[str] | None, after: int | None) -> Viewer:
    return Viewer(services.database, services.events, services.scorer, recording_id, prompts, after)


async def _batches(viewer: Viewer, bell: Subscription, shutdown: Shutdown) -> AsyncIterator[list[Message]]:
    """Messages as they become due, until the server stops; raises NotFoundError when the recording is deleted."""
    while not shutdown.has_begun:
        messages = await anyio.to_thread.run_sync(viewer.pull, abandon_on_cancel=True)
        if messages:
            yield messages
            await asyncio.sleep(MIN_INTERVAL_S)
        else:
            await bell.wait()


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
    viewer = _viewer(services, recording_id, prompts, after)
    with services.events.subscribe(recording_id, asyncio.get_running_loop()) as bell:
        code, reason = await _serve(socket, viewer, bell, services)
        if code is None and services.shutdown.has_begun:
            code, reason = SERVICE_RESTART, "The server is restarting."
    if code is not None:
        with contextlib.suppress(RuntimeError):  # the connection itself may be what broke
            await socket.close(code, reason)


async def _serve(
    socket: WebSocket, viewer: Viewer, bell: Subscription, services: Services
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
        group.start_soon(run, _send(socket, viewer, bell, services.shutdown), group)
        group.start_soon(run, _receive(socket, viewer, bell, services), group)
    return ending


async def _send(socket: WebSocket, viewer: Viewer, bell: Subscription, shutdown: Shutdown) -> None:
    async for messages in _batches(viewer, bell, shutdown):
        for message in messages:
            await socket.send_text(message.model_dump_json())


async def _receive(socket: WebSocket, viewer: Viewer, bell: Subscription, services: Services) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"], message.get("reason"))
        try:
            # A binary message has no text, which is no valid one either.
            request = PromptsMessage.model_validate_json(message.get("text") or "")
            viewer.set_prompts(check_prompts(request.prompts, services.settings))
        except ValidationError:
            problem = Problem(
                "bad_message",
                "That message is not understood.",
                'Send {"type": "prompts", "prompts": ["…"]}.',
            )
            await socket.send_text(viewer.reject(problem).model_dump_json())
        except InputError as error:
            await socket.send_text(viewer.reject(error.problem).model_dump_json())
        else:
            bell.ring()


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
    viewer = _viewer(services, recording_id, prompts, after)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_sse(services, recording_id, viewer), headers=headers, media_type="text/event-stream")


async def _sse(services: Services, recording_id: str, viewer: Viewer) -> AsyncIterator[str]:
    with services.events.subscribe(recording_id, asyncio.get_running_loop()) as bell:
        batches = _batches(viewer, bell, services.shutdown)
        while True:
            following = asyncio.ensure_future(anext(batches))
            try:
                while not (await asyncio.wait({following}, timeout=HEARTBEAT_S))[0]:
                    yield ": still here\n\n"
                messages = following.result()
            except StopAsyncIteration:
                return
            except NotFoundError as error:
                body = json.dumps({"code": error.code, "message": error.message, "hint": error.hint})
                yield f"event: gone\ndata: {body}\n\n"
                return
            finally:
                following.cancel()
            for message in messages:
                yield f"id: {message.seq}\ndata: {message.model_dump_json()}\n\n"
