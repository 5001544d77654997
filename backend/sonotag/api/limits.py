"""How much one address and one owner may ask for, and when the server takes no new work at all.

Token buckets: each key may use its whole allowance at once and then what flows back. They live in this process and
forget whoever was silent longest, so their memory is bounded; no library is used because those there are count in
fixed windows or never forget. Addresses are those of the connection, or what a proxy says that uvicorn was told to
trust (FORWARDED_ALLOW_IPS).
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonotag.api.errors import answer_of
from sonotag.errors import BusyError
from sonotag.jobs.memory import MemoryGuard
from sonotag.jobs.shutdown import Shutdown
from sonotag.logs import log_context
from sonotag.settings import Settings

MOST_KEYS = 4096
"""Addresses, and owners, that are remembered at a time."""

FREE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
UPLOAD_PATHS = frozenset({"/upload_audio", "/api/upload_audio"})
ORDER_PATHS = frozenset({"/analyze", "/api/analyze", "/download_youtube", "/api/download_youtube"})
NEW_WORK_PATHS = UPLOAD_PATHS | ORDER_PATHS | {"/api/sample", "/api/uploads"}
TRY_AGAIN_LATER = 1013
"""Of the registry of close codes that RFC 6455, 11.7, began."""


@dataclass(slots=True)
class _Level:
    tokens: float
    at_s: float


class Buckets:
    """One bucket for each key, full at first. `capacity` tokens flow back in `period_s`; 0 = no limit."""

    def __init__(self, capacity: float, period_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._per_second = capacity / period_s
        self._clock = clock
        self._levels: OrderedDict[str, _Level] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def wait_s(self, key: str, count: float = 1.0) -> float:
        """Seconds until `count` tokens, or a whole bucket if that is less, are there; 0 when they are now."""
        if self._capacity <= 0:
            return 0.0
        missing = min(count, self._capacity) - self._level(key).tokens
        return max(0.0, missing / self._per_second)

    def take(self, key: str, count: float = 1.0) -> None:
        """Takes tokens, also such as are not there: what has come cannot be refused, but is to be made up for."""
        if self._capacity > 0:
            self._level(key).tokens -= count

    def _level(self, key: str) -> _Level:
        now_s = self._clock()
        level = self._levels.get(key)
        if level is None:
            level = self._levels[key] = _Level(self._capacity, now_s)
            if len(self._levels) > MOST_KEYS:
                self._levels.popitem(last=False)
        else:
            self._levels.move_to_end(key)
            flowed = (now_s - level.at_s) * self._per_second
            level.tokens, level.at_s = min(self._capacity, level.tokens + flowed), now_s
        return level


def network_of(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Limiter:
    """The allowances of addresses and owners. Lives on the event loop: nothing here is locked."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._requests = Buckets(settings.limit_requests_per_minute, 60.0, clock)
        self._orders = Buckets(settings.limit_jobs_per_hour, 3600.0, clock)
        self._bytes = Buckets(settings.limit_upload_bytes_per_hour, 3600.0, clock)
        self._most_streams = settings.limit_streams
        self._streams: Counter[str] = Counter()

    def request(self, keys: tuple[str, ...]) -> None:
        """Raises BusyError `too_many_requests`."""
        self._charge(self._requests, keys, "too_many_requests", "Too many requests came from you in a short time.")

    def order(self, keys: tuple[str, ...]) -> None:
        """Raises BusyError `too_many_jobs`."""
        message = "You have started as many analyses in the last hour as one may."
        self._charge(self._orders, keys, "too_many_jobs", message)

    def ensure_bytes(self, keys: tuple[str, ...], count: int) -> None:
        """Raises BusyError `too_many_bytes` unless `count` bytes more may come."""
        wait_s = max(self._bytes.wait_s(key, count) for key in keys)
        if wait_s > 0:
            raise _busy("too_many_bytes", "You have uploaded as much in the last hour as one may.", wait_s)

    def received(self, keys: tuple[str, ...], count: int) -> None:
        for key in keys:
            self._bytes.take(key, count)

    def open_stream(self, keys: tuple[str, ...]) -> None:
        """Raises BusyError `too_many_streams`; each that is opened has to be closed."""
        if self._most_streams and any(self._streams[key] >= self._most_streams for key in keys):
            message = "You follow as many recordings at the same time as one may."
            raise _busy("too_many_streams", message, 10.0, "Close pages that you no longer need.")
        self._streams.update(keys)

    def close_stream(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            self._streams[key] -= 1
            if self._streams[key] <= 0:
                del self._streams[key]

    @staticmethod
    def _charge(buckets: Buckets, keys: tuple[str, ...], code: str, message: str) -> None:
        wait_s = max(buckets.wait_s(key) for key in keys)
        if wait_s > 0:
            raise _busy(code, message, wait_s)
        for key in keys:
            buckets.take(key)


def _busy(code: str, message: str, wait_s: float, hint: str = "") -> BusyError:
    seconds = max(1, math.ceil(wait_s))
    return BusyError(message, hint=hint or f"Try again in {_words(seconds)}.", code=code, retry_after_s=seconds)


def _words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{math.ceil(seconds / 60)} minutes"


class Admission:
    """Middleware that lets requests and sockets in, or says when to come again. Behind that which finds the owner."""

    def __init__(self, app: ASGIApp, limiter: Limiter, memory: MemoryGuard, shutdown: Shutdown) -> None:
        self._app = app
        self._limiter = limiter
        self._memory = memory
        self._shutdown = shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope) if scope["type"] in ("http", "websocket") else ""
        if not path or path in FREE_PATHS:
            await self._app(scope, receive, send)
            return
        owner: str = scope["state"]["owner"]
        client = scope.get("client")
        keys = (f"address {network_of(client[0]) if client else '-'}", f"owner {owner}")
        with log_context(owner=owner):
            if scope["type"] == "websocket":
                await self._socket(scope, receive, send, keys)
            else:
                await self._request(path, keys, scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send, keys: tuple[str, ...]) -> None:
        try:
            self._ensure_open()
            self._limiter.request(keys)
            self._limiter.open_stream(keys)
        except BusyError as error:
            scope["state"].setdefault("seen", {})["error_code"] = error.code
            await receive()
            # Accepted first: of a socket that never opened a browser tells its page nothing.
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": error.message[:120]})
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._limiter.close_stream(keys)

    async def _request(self, path: str, keys: tuple[str, ...], scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        follows = method == "GET" and path.startswith("/api/recordings/") and path.endswith("/events")
        try:
            self._limiter.request(keys)
            if method == "POST" and path in NEW_WORK_PATHS:
                self._ensure_open()
                if path in ORDER_PATHS:
                    self._limiter.order(keys)
            if brings_bytes(method, path):
                self._limiter.ensure_bytes(keys, _announced_bytes(scope))
                receive = self._counted(receive, keys)
            if follows:
                self._ensure_open()
                self._limiter.open_stream(keys)
        except BusyError as error:
            await answer_of(Request(scope), error)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            if follows:
                self._limiter.close_stream(keys)

    def _ensure_open(self) -> None:
        self._shutdown.ensure_open()
        self._memory.ensure()

    def _counted(self, receive: Receive, keys: tuple[str, ...]) -> Receive:
        async def receive_counted() -> Message:
            # Raised in the route, which reads: what has come of an upload in pieces is kept.
            self._limiter.ensure_bytes(keys, 1)
            message = await receive()
            self._limiter.received(keys, len(message.get("body", b"")))
            return message

        return receive_counted


def path_of(scope: Scope) -> str:
    """The path behind the prefix that a proxy gives the server, whether that proxy took it off or not."""
    path, prefix = scope["path"], scope.get("root_path", "").rstrip("/")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def brings_bytes(method: str, path: str) -> bool:
    """Whether a request's body is a file, or a piece of one."""
    if method == "POST" and path in UPLOAD_PATHS:
        return True
    return method in ("PATCH", "POST") and path.startswith("/api/uploads/")


def _announced_bytes(scope: Scope) -> int:
    announced = Headers(scope=scope).get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 20 else 1
