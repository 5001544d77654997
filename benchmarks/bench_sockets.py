"""Five hundred sockets follow one analysis, fifty of which never read: what that costs the analysis, and memory."""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.bench_job import Listener
from benchmarks.server import PeakMemory, Server, make_recording, running_server

DURATION_S = 3600.0
ROUNDS = 3
SOCKETS = 500
UNREAD = 50
MB = 1_000_000
PROMPTS = ["dog barking", "rain", "siren", "engine", "footsteps"]


class Follower:
    """One socket, read frame by frame (RFC 6455, 5.2) without a look at what is in them; pings are answered."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = 0
        self._rest = b""
        self._to_skip = 0

    def handshake(self) -> None:
        answer = b""
        while b"\r\n\r\n" not in answer:
            # Byte by byte at the end, so that the first frame stays where it is.
            answer += self.connection.recv(1)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"a socket was refused: {answer[:60]!r}")

    def read(self) -> bool:
        """Reads what is there; says whether the socket is still open."""
        data = self.connection.recv(1 << 18)
        self.received += len(data)
        if not data:
            return False
        if len(data) <= self._to_skip:
            self._to_skip -= len(data)
            return True
        view, self._to_skip = self._rest + data[self._to_skip :], 0
        at = 0
        while at + 2 <= len(view):
            length, header = view[at + 1], 2
            if length >= 126:
                header = 4 if length == 126 else 10
                length = int.from_bytes(view[at + 2 : at + header], "big")
            if at + header > len(view):
                break
            if view[at] & 15 == 9:
                if at + header + length > len(view):
                    break
                payload = view[at + header : at + header + length]
                self.connection.sendall(bytes((0x8A, 0x80 | length)) + bytes(4) + payload)
            at += header + length
        self._to_skip = max(0, at - len(view))
        self._rest = view[at:]
        return True


def follow(host: str, port: int, path: str) -> None:
    """Opens the sockets and reads all but `UNREAD` of them until standard input ends.

    It runs beside the server on the same processors, so it must cost as little as it can.
    """
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    opened = [Follower(socket.create_connection((host, port))) for _ in range(SOCKETS)]
    for one in opened:
        one.connection.sendall(request)
    for number, one in enumerate(opened):
        one.handshake()
        if number >= UNREAD:
            selector.register(one.connection, selectors.EVENT_READ, one)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("open", flush=True)
    ended = 0
    while True:
        for key, _ in selector.select():
            if key.data is None:
                print(sum(one.received for one in opened), ended, flush=True)
                return
            if not key.data.read():
                ended += 1
                selector.unregister(key.fileobj)


@contextmanager
def followers(server: Server, recording_id: str) -> Iterator[list[int]]:
    """The sockets, open; what they received, and how many were closed, is in the list at the end."""
    host, _, port = server.address.partition(":")
    path = f"/ws/recordings/{recording_id}?prompts={';'.join(PROMPTS).replace(' ', '+')}"
    command = [sys.executable, "-m", "benchmarks.bench_sockets", host, port, path]
    counts: list[int] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != "open\n":
            raise RuntimeError("the sockets could not be opened")
        yield counts
        process.stdin.close()
        counts += map(int, process.stdout.readline().split())


def one_job(server: Server, recording_id: str) -> tuple[float, float]:
    """Seconds of the analysis, from its first event to its last, and of the server's processor time."""
    listener = Listener(server, recording_id)
    listener.start()
    began_cpu = sum(server.process.cpu_times()[:2])
    began_s = time.monotonic()
    server.analyze(recording_id, PROMPTS)
    server.wait_until_done(recording_id, every_s=0.05)
    took_s = time.monotonic() - began_s
    listener.join(timeout=60)
    if not listener.done_at:
        raise RuntimeError("a socket was not told of the end")
    return took_s, sum(server.process.cpu_times()[:2]) - began_cpu


def main() -> dict[str, Any]:
    alone: list[tuple[float, float]] = []
    followed: list[tuple[float, float]] = []
    growth = received = 0
    with running_server(SONOTAG_MODEL="builtin", SONOTAG_LIMIT_STREAMS="0", SONOTAG_LIMIT_REQUESTS_PER_MINUTE="0") as (
        server,
        folder,
    ):
        file = make_recording(folder, DURATION_S)
        warm = server.upload(file)
        one_job(server, warm)
        for _ in range(ROUNDS):
            alone.append(one_job(server, server.upload(file)))
            recording_id = server.upload(file)
            before = server.resident_bytes()
            with PeakMemory(server) as memory, followers(server, recording_id) as counts:
                followed.append(one_job(server, recording_id))
                memory.peak_bytes = max(memory.peak_bytes, server.resident_bytes())
                # The decoder is a child whose memory counts in both cases.
                growth = max(growth, server.resident_bytes() - before)
            received = counts[0]
            if counts[1]:
                raise RuntimeError(f"{counts[1]} sockets were closed")
    slower = min(took for took, _ in followed) / min(took for took, _ in alone) - 1
    return {
        "recording, seconds": DURATION_S,
        "sockets, of which never read": f"{SOCKETS}, {UNREAD}",
        f"analysis alone, seconds (best of {ROUNDS})": min(took for took, _ in alone),
        f"followed, seconds (best of {ROUNDS})": min(took for took, _ in followed),
        "slow-down, per cent": 100 * slower,
        "processor alone, seconds": min(cpu for _, cpu in alone),
        "processor followed, seconds": min(cpu for _, cpu in followed),
        "received by the sockets, MB": received / MB,
        "growth of memory, MB": growth / MB,
        "gates": {"slows by less than 10 per cent": slower < 0.10, "grows by less than 100 MB": growth < 100 * MB},
    }


if __name__ == "__main__":
    follow(sys.argv[1], int(sys.argv[2]), sys.argv[3])
