"""How long, and for how much, the server waits for the body of a request: what trickles or never ends is given up."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonotag.api.limits import brings_bytes, path_of
from sonotag.errors import InputError

LEAST_BYTES_PER_S = 1_000
"""An upload that brings less on average, after its first silence is forgiven, would occupy the server for days."""

MOST_BODY_BYTES = 1 << 20
"""Of a request that brings no file: two hundred prompts are forty thousand characters."""


class Patience:
    """Middleware: a body has to come, all of it within `timeout_s` of waiting, or an upload's without such a silence.

    What is too slow is answered 408 and its connection closed; what is too large and no upload, 413.
    """

    def __init__(self, app: ASGIApp, timeout_s: float) -> None:
        self._app = app
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = brings_bytes(scope["method"], path_of(scope))
        body = _Body(receive, send, self._timeout_s, upload)
        await self._app(scope, body.receive, body.send)


class _Body:
    def __init__(self, receive: Receive, send: Send, timeout_s: float, upload: bool) -> None:
        self._receive = receive
        self._send = send
        self._timeout_s = timeout_s
        self._upload = upload
        self._whole = False
        self._answered = False
        self._given_up = False
        self._waited_s = 0.0
        self._bytes = 0

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()  # what comes now is the end of the connection, whenever that is
        began_s = time.monotonic()
        allowed_s = self._timeout_s if self._upload else max(0.0, self._timeout_s - self._waited_s)
        try:
            message = await asyncio.wait_for(self._receive(), allowed_s)
        except TimeoutError:
            return self._give_up()
        self._waited_s += time.monotonic() - began_s
        self._bytes += len(message.get("body", b""))
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        if not self._upload and self._bytes > MOST_BODY_BYTES:
            raise HTTPException(413)
        # Only the time spent waiting counts: a slow disk is not the sender's fault.
        if self._upload and self._bytes < (self._waited_s - self._timeout_s) * LEAST_BYTES_PER_S and not self._whole:
            return self._give_up()
        return message

    def _give_up(self) -> Message:
        self._given_up = self._whole = True
        if self._answered:  # somebody sends, and does not care about the rest
            return {"type": "http.disconnect"}
        if self._upload:
            raise InputError(
                "The file came too slowly: for too long nothing, or next to nothing, arrived.",
                hint="Check the connection and send the file again, or what is missing of it.",
                code="upload_stalled",
            )
        raise HTTPException(408)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._answered = True
            if self._given_up:
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await self._send(message)
