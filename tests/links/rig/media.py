"""Servers of media files with the manners that servers have: slow, cut, endless, lying, redirecting, HLS."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from tests.links.rig.hosts import Exchange

HOST = "media.example.com"


@dataclass
class MediaSite:
    """Files by path. `gates`: how far each may be sent until `open_gate`, so that a test decides when bytes come."""

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    bytes_per_s: dict[str, float] = field(default_factory=dict)
    cut_at: dict[str, int] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)
    endless: set[str] = field(default_factory=set)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    answer_headers: dict[str, str] = field(default_factory=dict)
    """Sent with the answers of `statuses`."""
    gates: dict[str, int] = field(default_factory=dict)
    ranges: bool = True
    sent: dict[str, int] = field(default_factory=dict)
    first_byte_s: dict[str, float] = field(default_factory=dict)
    cookies: str = ""
    """Those of the last request."""

    def __post_init__(self) -> None:
        self._gate = threading.Condition()
        self._stopping = False

    def open_gate(self, path: str) -> None:
        with self._gate:
            self.gates.pop(path, None)
            self._gate.notify_all()

    def stop(self) -> None:
        with self._gate:
            self._stopping = True
            self._gate.notify_all()

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.path.split("?")[0]
        self.cookies = exchange.headers.get("Cookie", "")
        if path in self.statuses:
            exchange.give(self.statuses[path], b"no", "text/plain", **self.answer_headers)
        elif path in self.redirects:
            exchange.give(302, b"", "text/plain", Location=self.redirects[path])
        elif path in self.files:
            self._send(exchange, path)
        else:
            exchange.give(404, b"not here", "text/plain")

    def _wait_gate(self, path: str, position: int) -> bool:
        with self._gate:
            self._gate.wait_for(lambda: self._stopping or position < self.gates.get(path, position + 1))
            return not self._stopping

    def _send(self, exchange: Exchange, path: str) -> None:
        kind, content = self.files[path]
        first = 0
        asked = exchange.headers.get("Range", "")
        if self.ranges and asked.startswith("bytes="):
            first = int(asked[6:].split("-")[0] or 0)
        exchange.send_response(206 if first or (self.ranges and asked) else 200)
        exchange.send_header("Content-Type", kind)
        if self.ranges and asked:
            exchange.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if path in self.endless:
            exchange.send_header("Connection", "close")
            exchange.close_connection = True
        else:
            exchange.send_header("Content-Length", str(self.claimed.get(path, len(content)) - first))
        exchange.end_headers()
        if exchange.command == "HEAD":
            return
        self.first_byte_s.setdefault(path, time.monotonic())
        position = first
        while position < len(content) or path in self.endless:
            if not self._wait_gate(path, position):
                break
            end = min(position + 16_384, self.gates.get(path, position + 16_384), self.cut_at.get(path, 1 << 60))
            if end <= position:
                break
            start = position % len(content) if path in self.endless else position
            piece = content[start : start + end - position]
            exchange.wfile.write(piece)
            position += len(piece)
            self.sent[path] = position
            if path in self.bytes_per_s:
                time.sleep(len(piece) / self.bytes_per_s[path])
        if position < self.claimed.get(path, len(content)):
            exchange.close_connection = True
