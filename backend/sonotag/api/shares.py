"""Share links: a token in the place of a recording's id, which reads and nothing else.

All of it happens here, before and after the routes: a route that knows nothing of shares, or comes later, can neither
change a recording through one nor tell its true id, which would let the reader do more.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Generator
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonotag.api.errors import answer
from sonotag.api.origins import SAFE_METHODS
from sonotag.domain import Problem, Share
from sonotag.store.access import ShareStore

GUEST_HEADER = "x-share"
GUEST_PATHS = frozenset({"/api/model", "/api/presets", "/api/prompts", "/api/limits", "/api/system"})
"""What the page needs besides to show a shared recording: the same for all recordings. Its requests for that name the
link in a header, so that a closed server answers them."""

SHARED_PATH = re.compile(r"/(?:api|ws)/recordings/(s-[A-Za-z0-9_-]{8,100})(?:/.*)?")
WITHDRAWN = 4404
READ_ONLY = Problem(
    "read_only_share",
    "This link is for looking and listening only.",
    "Ask whoever sent it, or bring the recording yourself.",
)


class OpenShares:
    """Streams that are open by share links, so that withdrawing one ends them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @contextlib.contextmanager
    def watch(self, share_id: str) -> Generator[asyncio.Event]:
        """An event of this loop that is set when the share is withdrawn."""
        bell = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._bells.setdefault(share_id, set()).add(bell)
        try:
            yield bell[1]
        finally:
            with self._lock:
                bells = self._bells[share_id]
                bells.discard(bell)
                if not bells:
                    del self._bells[share_id]

    def end(self, share_id: str) -> None:
        """Called from any thread, after the share was removed."""
        with self._lock:
            for loop, event in self._bells.get(share_id, ()):
                # A loop that has closed has no streams left to end.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(event.set)


class ShareMiddleware:
    """Puts the recording's id where the path has a token, and the token where an answer has the id.

    `scope["state"]["share"]` then holds the share. A token that is not, or no longer, one is left as it is: no
    recording has it as its id, so routes answer that there is none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        services = scope["app"].state.services
        store: ShareStore = services.shares
        token = shared_token(scope)
        if token is None:
            guest = _guest_token(scope)
            share = None if guest is None else await asyncio.to_thread(store.find, guest)
            if share is not None:
                scope.setdefault("state", {})["share"] = share
            await self._app(scope, receive, send)
            return
        share = await asyncio.to_thread(store.find, token)
        if share is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            await answer(403, READ_ONLY)(scope, receive, send)
        else:
            # In place: what routes note in the scope is read further out, for the log and the counters.
            scope["path"] = scope["path"].replace(token, share.recording_id, 1)
            scope.setdefault("state", {})["share"] = share
            masked = _Masked(send, share.recording_id, token)
            if scope["type"] == "http" and not scope["path"].endswith("/events"):
                await self._app(scope, receive, masked.send)
                return
            with services.open_shares.watch(share.id) as withdrawn:
                # It may have been withdrawn between the look into the database and the watch.
                if await asyncio.to_thread(store.find, token) is None:
                    withdrawn.set()
                await self._follow(scope, receive, masked, withdrawn)

    async def _follow(self, scope: Scope, receive: Receive, masked: _Masked, withdrawn: asyncio.Event) -> None:
        """Runs a stream until it ends or its link is withdrawn."""
        work = asyncio.ensure_future(self._app(scope, receive, masked.send))
        bell = asyncio.ensure_future(withdrawn.wait())
        try:
            await asyncio.wait({work, bell}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                return
        finally:
            for task in (work, bell):
                task.cancel()
            await asyncio.gather(work, bell, return_exceptions=True)
        await masked.end(scope, receive)


class _Masked:
    """Sends on, with the token in the place of the id in everything that is text."""

    def __init__(self, send: Send, recording_id: str, token: str) -> None:
        self._send = send
        self._id, self._token = recording_id, token
        self._start: Message | None = None
        self._whole = bytearray()
        self._begun = False
        self._kind = ""

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            await self._begin(message)
        elif kind == "http.response.body":
            await self._pass(message)
        else:
            self._begun = self._begun or kind == "websocket.accept"
            await self._send(self._masked_socket(message))

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in headers.items():
            if self._id in value:
                headers[name] = value.replace(self._id, self._token)
        self._kind = headers.get("content-type", "").partition(";")[0]
        if self._is_text():
            # Its length is known when the whole of it has come.
            self._start = message
        else:
            self._begun = True
            await self._send(message)

    def _is_text(self) -> bool:
        return self._kind == "application/json" or (
            self._kind.startswith("text/") and self._kind != "text/event-stream"
        )

    async def _pass(self, message: Message) -> None:
        body: bytes = message.get("body", b"")
        if self._start is not None:
            self._whole += body
            if message.get("more_body", False):
                return
            body = self._replace(bytes(self._whole))
            headers = MutableHeaders(scope=self._start)
            if body or "content-length" not in headers:  # the answer to HEAD has a length and no body
                headers["content-length"] = str(len(body))
            self._begun = True
            await self._send(self._start)
            self._start = None
        elif self._kind == "text/event-stream":
            # Each message is sent as a whole.
            body = self._replace(body)
        await self._send({**message, "body": body})

    def _replace(self, body: bytes) -> bytes:
        return body.replace(self._id.encode(), self._token.encode())

    def _masked_socket(self, message: Message) -> Message:
        changed: dict[str, Any] = {
            name: value.replace(self._id, self._token)
            for name, value in message.items()
            if name in ("text", "reason") and isinstance(value, str)
        }
        return {**message, **changed}

    async def end(self, scope: Scope, receive: Receive) -> None:
        """Tells the viewer of a stream that its link was withdrawn."""
        if scope["type"] == "http":
            if self._begun:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                problem = Problem("not_found", "This link no longer works.", "Ask whoever sent it for a new one.")
                await answer(404, problem)(scope, receive, self._send)
            return
        if not self._begun:
            # Only a socket that was accepted can be told a code.
            await self._send({"type": "websocket.accept"})
        await self._send({"type": "websocket.close", "code": WITHDRAWN, "reason": "This link no longer works."})


def shared_token(scope: Scope) -> str | None:
    """The token in the path, if there is one."""
    match = SHARED_PATH.fullmatch(_path(scope))
    return match[1] if match else None


def _guest_token(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in SAFE_METHODS or _path(scope) not in GUEST_PATHS:
        return None
    return Headers(scope=scope).get(GUEST_HEADER)


def _path(scope: Scope) -> str:
    """The path without what a proxy put before it, as far as that is known."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


def share_of(scope: Scope) -> Share | None:
    """The share that this request came by."""
    return scope.get("state", {}).get("share")
