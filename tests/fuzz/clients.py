"""Clients in great number and of bad manners, against a real server: `make clients`.

    CLIENTS_SOCKETS=4000 CLIENTS_SLOW=100 python -m tests.fuzz.clients

Sockets by the thousand, readers that do not read, and a clock that jumps (by libfaketime, where Debian's package is
installed). Each part prints what it saw (0 leaves it out); the exit status is 1 where something did not hold.
"""

from __future__ import annotations

import base64
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import psutil

from tests.api.server_process import ServerProcess

SETTINGS = {
    "SONOTAG_MODEL": "builtin",
    "SONOTAG_LIMIT_REQUESTS_PER_MINUTE": "0",
    "SONOTAG_LIMIT_STREAMS": "0",
    "SONOTAG_LOG_LEVEL": "WARNING",
}
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
ANSWER_LIMIT_S = 10.0
"""Within which others are still answered, on a machine with other work."""

REAPED_WITHIN_S = 120.0
"""Half a minute after the last byte that a reader took, its connection is given up; the rest is patience."""

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


class Judge:
    """Says what held, and remembers what did not."""

    def __init__(self) -> None:
        self.failures = 0

    def __call__(self, holds: bool, what: str) -> None:
        self.failures += not holds
        print(f"clients: {'held' if holds else 'NOT HELD'}: {what}", flush=True)


def begin(folder: Path, **settings: str) -> ServerProcess:
    server = ServerProcess(folder, **SETTINGS, **settings)
    server.wait_ready()
    return server


def analysed_sample(server: ServerProcess) -> str:
    recording_id: str = server.client.post("/api/sample").json()["id"]
    server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["dog barking", "rain"]})
    server.wait(recording_id, lambda r: r["state"] == "done")
    return recording_id


def long_sound(seconds: int) -> bytes:
    """A WAV at 48 kHz of nothing in particular."""
    data = bytes(range(256)) * (seconds * 48_000 * 2 // 256)
    form = b"fmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0"
    body = b"WAVE" + form + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def answered_in_s(server: ServerProcess) -> float:
    began_s = time.monotonic()
    with httpx2.Client(base_url=server.client.base_url, timeout=120) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/recordings").status_code == 200
    return time.monotonic() - began_s


def connect(server: ServerProcess, small_buffer: bool = False) -> socket.socket:
    url = server.client.base_url
    connection = socket.socket()
    if small_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(120)
    connection.connect((url.host, url.port))
    return connection


def upgrade(recording_id: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /ws/recordings/{recording_id} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def waits_until(condition: Callable[[], bool], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def many_sockets(judge: Judge, wanted: int) -> None:
    """Each gets its snapshot; others are answered meanwhile; when they go, nothing of them stays."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(wanted, hard - 1000)
    with tempfile.TemporaryDirectory(prefix="sonotag-clients-") as folder:
        server = begin(Path(folder))
        held: list[socket.socket] = []
        try:
            recording_id = analysed_sample(server)
            process = psutil.Process(server.process.pid)
            files, memory = process.num_fds(), process.memory_info().rss
            told = 0
            for _ in range(0, count, 100):
                fresh = [connect(server) for _ in range(min(100, count - len(held)))]
                for connection in fresh:
                    connection.sendall(upgrade(recording_id))
                held += fresh
                for connection in fresh:
                    got = b""
                    while b'"type":"snapshot"' not in got and (data := connection.recv(65536)):
                        got += data
                    told += got.startswith(b"HTTP/1.1 101 ") and b'"type":"snapshot"' in got
            judge(told == count, f"{told} of {count} sockets were told where the recording stands")
            took_s = answered_in_s(server)
            judge(took_s < ANSWER_LIMIT_S, f"with them open, others were answered in {took_s:.2f} s")
            grown = process.memory_info().rss - memory
            print(f"clients: {grown / 1e6:.0f} MB more, {grown / count / 1e3:.1f} kB a socket", flush=True)
            for connection in held:
                connection.close()
            gone = waits_until(lambda: process.num_fds() <= files + 20, 60)
            judge(gone, f"when they had gone, {process.num_fds()} files were open, {files} before")
        finally:
            server.end(signal.SIGTERM)


def slow_readers(judge: Judge, count: int) -> None:
    """Downloads, event streams and sockets of which nobody reads a byte."""
    with tempfile.TemporaryDirectory(prefix="sonotag-clients-") as folder:
        server = begin(Path(folder))
        held: list[socket.socket] = []
        try:
            content = long_sound(400)
            recording_id = server.client.post("/upload_audio?filename=a.wav", content=content).json()["id"]
            process = psutil.Process(server.process.pid)
            files, memory = process.num_fds(), process.memory_info().rss
            for number in range(count):
                connection = connect(server, small_buffer=True)
                if number % 3 == 0:
                    connection.sendall(f"GET /api/recordings/{recording_id}/audio HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                elif number % 3 == 1:
                    connection.sendall(
                        f"GET /api/recordings/{recording_id}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                    )
                else:
                    connection.sendall(upgrade(recording_id))
                held.append(connection)
            words = [f"dog barking {number} times" for number in range(100)]
            server.client.post("/analyze", json={"recording_id": recording_id, "prompts": words})
            worst_s = 0.0
            while server.recording(recording_id)["state"] != "done":
                worst_s = max(worst_s, answered_in_s(server))
                time.sleep(0.2)
            judge(
                worst_s < ANSWER_LIMIT_S,
                f"beside {count} readers that do not read, the slowest answer took {worst_s:.2f} s",
            )
            grown = (process.memory_info().rss - memory) / 1e6
            judge(grown < 300, f"the server grew by {grown:.0f} MB, its work on the recording included")
            began_s = time.monotonic()
            # Those whose pipe was never filled wait for news, as they may.
            idle = count - -(-count // 3)
            gone = waits_until(lambda: process.num_fds() <= files + idle + 5, REAPED_WITHIN_S)
            judge(gone, f"downloads that nobody read were given up after {time.monotonic() - began_s:.0f} s more")
            for connection in held:
                connection.close()
            judge(waits_until(lambda: process.num_fds() <= files + 20, 60), "the rest left nothing open")
        finally:
            server.end(signal.SIGTERM)


def jumping_clock(judge: Judge) -> None:
    """The server's wall clock is set forth and back by a year while it receives and analyses."""
    if not FAKETIME.exists():
        print("clients: NOT RUN: a clock that jumps (Debian's package libfaketime is not installed)")
        return
    with tempfile.TemporaryDirectory(prefix="sonotag-clients-") as name:
        folder = Path(name)
        clock = folder / "clock"
        clock.write_text("+0d\n")
        fake = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}
        server = begin(folder / "data", SONOTAG_KEEP_DAYS="30", FAKETIME_DONT_FAKE_MONOTONIC="1", **fake)
        try:
            content = long_sound(60)
            begun = server.client.post("/api/uploads", headers={**TUS, "Upload-Length": str(len(content))})
            address, recording_id = f"/api/{begun.headers['location']}", begun.headers["x-recording-id"]
            server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["rain"]})
            offset, statuses = 0, set[int]()
            for shift in ("+400d", "-400d", "+4000d", "+0d"):
                clock.write_text(f"{shift}\n")
                time.sleep(1.2)  # libfaketime looks at its file once a second
                date = server.client.get("/healthz").headers["date"]
                print(f"clients: the server believes it is {date}", flush=True)
                piece = content[offset : offset + len(content) // 4 + 1]
                headers = {**PIECE, "Upload-Offset": str(offset)}
                statuses.add(server.client.patch(address, headers=headers, content=piece).status_code)
                offset += len(piece)
            judge(statuses == {204}, f"pieces of an upload across the jumps were answered {sorted(statuses)}")
            done = server.wait(recording_id, lambda r: r["state"] == "done")
            judge(done["windows_done"] == 6, "the analysis across the jumps is whole")
        finally:
            judge(server.end(signal.SIGTERM) in (0, -signal.SIGTERM), "the server ended as it should")


def main() -> int:
    judge = Judge()
    began_s = time.monotonic()
    if sockets := int(os.environ.get("CLIENTS_SOCKETS", "4000")):
        many_sockets(judge, sockets)
    if slow := int(os.environ.get("CLIENTS_SLOW", "100")):
        slow_readers(judge, slow)
    jumping_clock(judge)
    print(f"clients: {judge.failures} not held, {(time.monotonic() - began_s) / 60:.1f} minutes")
    return 1 if judge.failures else 0


if __name__ == "__main__":
    sys.exit(main())
