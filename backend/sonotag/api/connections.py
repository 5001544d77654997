"""Connections that must not cost more than they bring: heads that never end, and more than there is room for.

Uvicorn waits for the head of a request as long as its sender likes, and keeps as much of it as comes; and with the
last file descriptor it can neither accept, nor open a file, nor start a decoder.
"""

from __future__ import annotations

import asyncio
import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 1 << 16
"""Of all the headers of a request together: browsers send a few thousand."""

RESERVED_FILES = 256
"""Descriptors that connections leave to everything else: database, recordings, decoders and their pipes."""

_BODY = (
    b'{"error":{"code":"busy","message":"As many connections are open as this server takes.",'
    b'"hint":"Try again in a little while."}}'
)
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 5\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


def most_connections() -> int:
    """How many connections there is room for: the limit on open files is first raised as far as that is allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(1, (1 << 20 if hard == resource.RLIM_INFINITY else hard) - RESERVED_FILES)


def guarded_protocol(head_timeout_s: float, most: int) -> type[asyncio.Protocol]:
    """Uvicorn's protocol, which closes a connection whose next head is not whole in time, or is too large.

    Beyond `most` connections a new one is answered 503 at once.
    """

    class GuardedProtocol(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _head_bytes = 0
        _in_body = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > most:
                transport.write(_TOO_MANY)
                transport.close()
            else:
                self._expect_head()

        def data_received(self, data: bytes) -> None:
            # Also while the rest of a body comes that was answered before its end: not for ever either.
            if self._timer is None and (not self.cycle or self.cycle.response_complete):
                self._expect_head()
            super().data_received(data)
            if self._timer is not None and not self._in_body:
                self._head_bytes += len(data)
                if self._head_bytes > MOST_HEAD_BYTES:
                    self._give_up()

        def on_headers_complete(self) -> None:
            self._stop_waiting()
            self._in_body = True
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._in_body = False
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _expect_head(self) -> None:
            self._head_bytes = 0
            self._timer = self.loop.call_later(head_timeout_s, self._give_up)

        def _stop_waiting(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _give_up(self) -> None:
            # Nobody waits for an answer to half a question.
            if not self.transport.is_closing():
                self.transport.abort()

    return GuardedProtocol
