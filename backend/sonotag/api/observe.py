"""Sees every request come and go: gives it an id, counts it, and writes a line about it without its contents."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonotag.api.counters import Counters
from sonotag.logs import log_context

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[\w.-]{1,64}", re.ASCII)
QUIET_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Observer:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self._app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        # Made here, so that what is noted further in is seen here.
        scope.setdefault("state", {})["seen"] = {}
        with log_context(request=request_id):
            if scope["type"] == "websocket":
                await self._socket(scope, receive, send)
            else:
                await self._request(scope, receive, send, request_id)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._counters.sockets.inc()
        try:
            await self._app(scope, receive, send)
        finally:
            self._counters.sockets.dec()
            if code := scope["state"]["seen"].get("error_code"):
                self._counters.refused_socket(code)
                log.info("a socket was refused: %s", code)

    async def _request(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        status = 500
        is_stream = False

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = request_id
                is_stream = headers.get("content-type", "").startswith("text/event-stream")
            await send(message)

        began_s = time.monotonic()
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            took_s = time.monotonic() - began_s
            route = _route_of(scope, status)
            code: str | None = scope["state"]["seen"].get("error_code")
            self._counters.request(scope["method"], route, status, None if is_stream else took_s, code)
            level = logging.DEBUG if scope["method"] in QUIET_METHODS and status < 500 else logging.INFO
            fields = {"method": scope["method"], "route": route, "status": status, "took_ms": round(took_s * 1000)}
            # The owner is found further in.
            fields |= {name: value for name, value in (("code", code), ("owner", scope["state"].get("owner"))) if value}
            log.log(level, "%s %s %d", scope["method"], route, status, extra={"fields": fields})


def _route_of(scope: Scope, status: int) -> str:
    """The template of the address, never the address itself, which may name a recording or hold prompts."""
    template = getattr(scope.get("route"), "path", None)
    if isinstance(template, str) and template:
        return template
    return "page" if status < 400 else "none"
