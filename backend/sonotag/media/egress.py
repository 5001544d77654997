"""The one way out for what fetches links: a CONNECT proxy on loopback that reaches allowed names only.

A name is resolved once, every address must be a global one, and the connection goes to the very address that was
looked at; so neither a redirect nor a name server that changes its mind leads into the host's own network.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import logging
import re
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)

HTTPS_PORT = 443
_HEAD_BYTES = 8192
_HEAD_TIMEOUT_S = 10.0
_CONNECT_TIMEOUT_S = 15.0
_CLOSE_TIMEOUT_S = 5.0
_BLOCK_BYTES = 1 << 16
_REQUEST = re.compile(rb"CONNECT ([A-Za-z0-9.-]{1,253}):(\d{1,5}) HTTP/1\.[01]")
# Loopback answers of a resolver are as forbidden as private ones; these wrap IPv4 addresses in IPv6 ones.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = tuple[str, int]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
Connector = Callable[[str, int], Awaitable[Streams]]


def is_public(address: str) -> bool:
    """Whether an IP address in numbers is one of the open internet, also when IPv6 wraps an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip.teredo is not None:
            inner = ip.teredo[1]
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not (inner.is_global and not inner.is_multicast):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast


async def _resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _connect(address: str, port: int) -> Streams:
    return await asyncio.open_connection(address, port)


@dataclass(frozen=True, slots=True)
class EgressLimits:
    """For one session: bytes received in all, seconds of one connection, seconds without a byte."""

    max_bytes: int = 6 * 1024**3
    wall_s: float = 6 * 3600.0
    idle_s: float = 60.0


@dataclass(slots=True)
class Session:
    """What one job may reach, and what came of it. `refusals`: what it tried beyond that, newest last."""

    job: str
    reach: tuple[str, ...]
    limits: EgressLimits
    proxy_url: str
    refusals: list[str] = field(default_factory=list[str])
    received_bytes: int = 0

    def allows(self, host: str) -> bool:
        """Whether `host` is one of the allowed names or lies below one."""
        return any(host == name or host.endswith(f".{name}") for name in self.reach)


class _RefusedError(Exception):
    """Answered with an HTTP status instead of a connection."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status


class EgressGuard:
    """The proxy, with a thread and an event loop of its own. Every session has its own credentials."""

    def __init__(
        self, *, upstream: str | None = None, resolve: Resolver = _resolve, connect: Connector = _connect
    ) -> None:
        """`upstream`: the operator's own HTTP proxy, through which everything then goes (it resolves the names)."""
        self._upstream = upstream
        self._resolve = resolve
        self._connect = connect
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="egress", daemon=True)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._thread.start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        async def begin() -> None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_BYTES)
            self._port = self._server.sockets[0].getsockname()[1]

        try:
            self._loop.run_until_complete(begin())
        finally:
            ready.set()
        self._loop.run_forever()
        self._loop.close()

    def close(self) -> None:
        """Ends every connection and the thread. Idempotent."""
        if not self._thread.is_alive():
            return

        async def end() -> None:
            assert self._server is not None
            # Nobody else is let in. Who is being let in at this moment is given a transport first: that needs an open
            # server, and of a closed one asyncio drops the socket without closing it.
            for listening in self._server.sockets:
                self._loop.remove_reader(listening.fileno())
            for _ in range(2):
                await asyncio.sleep(0)
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)
            self._server.close()
            # Sockets are closed in the turn after the one that their transports end in.
            self._loop.call_soon(self._loop.call_soon, self._loop.stop)

        asyncio.run_coroutine_threadsafe(end(), self._loop)
        self._thread.join()

    @contextlib.contextmanager
    def session(self, job: str, reach: Sequence[str], limits: EgressLimits | None = None) -> Generator[Session]:
        """Lets the holder of `proxy_url` reach the names in `reach`, for as long as the context lasts."""
        token = secrets.token_urlsafe(24)
        url = f"http://sonotag:{token}@127.0.0.1:{self._port}"
        session = Session(job, tuple(name.lower() for name in reach), limits or EgressLimits(), url)
        self._sessions[token] = session
        try:
            yield session
        finally:
            del self._sessions[token]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio makes of a coroutine is logged as an error when it is cancelled.
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session: Session | None = None
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_TIMEOUT_S)
            session = self._session_of(head)
            host, port = self._target_of(head, session)
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                outside = await self._open(host, port)
            try:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                async with asyncio.timeout(session.limits.wall_s):
                    await self._relay(session, (reader, writer), outside)
            finally:
                await _close(outside[1])
        except _RefusedError as refusal:
            self._note(session, str(refusal), refused=refusal.status.startswith("403"))
            writer.write(f"HTTP/1.1 {refusal.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            self._note(session, f"connection failed: {error!r}")
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        finally:
            await _close(writer)

    def _note(self, session: Session | None, why: str, *, refused: bool = False) -> None:
        log.warning("egress of %s: %s", session.job if session else "nobody", why)
        if refused and session is not None and len(session.refusals) < 100:
            session.refusals.append(why)

    def _session_of(self, head: bytes) -> Session:
        found = re.search(rb"\r\nproxy-authorization: *basic +([A-Za-z0-9+/=]+) *\r\n", head, re.IGNORECASE)
        token = ""
        if found is not None:
            with contextlib.suppress(ValueError):
                token = base64.b64decode(found[1]).decode("latin-1").partition(":")[2]
        session = self._sessions.get(token)
        if session is None:
            raise _RefusedError("407 Proxy Authentication Required", "unknown credentials")
        return session

    @staticmethod
    def _target_of(head: bytes, session: Session) -> Address:
        found = _REQUEST.match(head)
        if found is None:
            line = head.split(b"\r\n", 1)[0][:200].decode("latin-1")
            raise _RefusedError("403 Forbidden", f"only CONNECT to a name is allowed, not {line!r}")
        host, port = found[1].decode().lower().rstrip("."), int(found[2])
        if port != HTTPS_PORT:
            raise _RefusedError("403 Forbidden", f"port {port} of {host} is not allowed")
        if not session.allows(host):
            raise _RefusedError("403 Forbidden", f"{host} is not allowed")
        if session.received_bytes >= session.limits.max_bytes:
            raise _RefusedError("403 Forbidden", "more bytes than allowed")
        return host, port

    async def _open(self, host: str, port: int) -> Streams:
        if self._upstream is not None:
            return await self._open_upstream(self._upstream, host, port)
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise _RefusedError("502 Bad Gateway", f"{host} cannot be resolved: {error}") from error
        public = [address for address in addresses if is_public(address)]
        if not public or len(public) < len(addresses):
            # A name with both kinds of address is nobody's mistake: none of them is used.
            raise _RefusedError("403 Forbidden", f"{host} has an address that is not public: {list(addresses)}")
        failure: OSError | None = None
        for address in public[:4]:
            try:
                return await self._connect(address, port)
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    async def _open_upstream(self, upstream: str, host: str, port: int) -> Streams:
        parts = urlsplit(upstream)
        reader, writer = await self._connect(parts.hostname or "", parts.port or 8080)
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        try:
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if not re.match(rb"HTTP/1\.[01] 200", answer):
                raise _RefusedError("502 Bad Gateway", f"the operator's proxy refused {host}: {answer[:60]!r}")
        except BaseException:
            await _close(writer)
            raise
        return reader, writer

    async def _relay(self, session: Session, inside: Streams, outside: Streams) -> None:
        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: bool) -> None:
            while block := await asyncio.wait_for(reader.read(_BLOCK_BYTES), session.limits.idle_s):
                if counted:
                    session.received_bytes += len(block)
                    if session.received_bytes > session.limits.max_bytes:
                        self._note(session, "more bytes than allowed", refused=True)
                        return
                writer.write(block)
                await writer.drain()

        up = asyncio.create_task(copy(inside[0], outside[1], False))
        down = asyncio.create_task(copy(outside[0], inside[1], True))
        try:
            # TLS ends on both sides together: when one direction is over, so is the connection.
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    """Ends a connection: when what was written is taken, or it is clear that nobody takes it."""
    try:
        with contextlib.suppress(OSError, TimeoutError):
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), _CLOSE_TIMEOUT_S)
    finally:
        writer.transport.abort()
