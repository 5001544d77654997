"""Uploads to a real server whose connections break, fall silent and get in each other's way, and that is killed."""

from __future__ import annotations

import base64
import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.api.server_process import PATIENCE_S, ServerProcess

MakeWav = Callable[..., Path]
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("data"))
    try:
        process.wait_ready()
        yield process
    finally:
        process.end(signal.SIGTERM)


def begin(server: ServerProcess, length: int) -> tuple[str, str]:
    metadata = f"filename {base64.b64encode(b'noise.wav').decode()}"
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    answer = server.client.post("/api/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return f"/api/{answer.headers['Location']}", answer.headers["X-Recording-Id"]


def offset_of(server: ServerProcess, address: str) -> int:
    answer = server.client.head(address, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def patch(server: ServerProcess, address: str, offset: int, content: bytes) -> httpx2.Response:
    return server.client.patch(address, headers={**PIECE, "Upload-Offset": str(offset)}, content=content)


@contextlib.contextmanager
def begun_piece(server: ServerProcess, address: str, offset: int, announced: int) -> Iterator[socket.socket]:
    """A PATCH of which only the head has been sent, in a connection of its own."""
    url = server.client.base_url
    with socket.create_connection((str(url.host), int(url.port or 0)), timeout=PATIENCE_S) as connection:
        lines = [f"PATCH {address} HTTP/1.1", "Host: localhost", f"Content-Length: {announced}"]
        lines += [f"{name}: {value}" for name, value in {**PIECE, "Upload-Offset": str(offset)}.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        yield connection


def wait_until_some_came(server: ServerProcess, recording_id: str) -> None:
    """Asks nothing of the upload itself: it would get in the way of the piece that is coming."""
    server.wait(recording_id, lambda r: r["source"]["size_bytes"] > 0)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stored(data_dir: Path, recording_id: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data_dir / "recordings" / recording_id).iterdir()}


def test_a_broken_connection_keeps_what_came(server: ServerProcess, make_wav: MakeWav) -> None:
    content = make_wav(60).read_bytes()
    address, recording_id = begin(server, len(content))
    with begun_piece(server, address, 0, len(content)) as connection:
        connection.sendall(content[:1_234_567])
    wait_for(lambda: offset_of(server, address) > 0)
    durable = offset_of(server, address)
    # What the server's sockets still held when the end came may be missing: the sender asks and goes on from there.
    assert 1_234_567 - 600_000 < durable <= 1_234_567
    assert patch(server, address, durable, content[durable:]).status_code == 204
    played = server.client.get(f"/api/recordings/{recording_id}/audio")
    assert played.content == content


def test_of_two_pieces_at_once_one_is_refused(server: ServerProcess, make_wav: MakeWav) -> None:
    content = make_wav(120).read_bytes()
    address, recording_id = begin(server, len(content))
    with begun_piece(server, address, 0, len(content)) as connection:
        connection.sendall(content[:2_500_000])
        wait_until_some_came(server, recording_id)
        assert patch(server, address, 0, content).status_code == 423
        connection.sendall(content[2_500_000:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 204")
    assert server.client.get(f"/api/recordings/{recording_id}/audio").content == content


def test_a_piece_that_fell_silent_gives_way(server: ServerProcess, make_wav: MakeWav) -> None:
    content = make_wav(60).read_bytes()
    address, recording_id = begin(server, len(content))
    with begun_piece(server, address, 0, len(content)) as connection:
        connection.sendall(content[:500_000])
        # As after a dead mobile connection: the server has heard of no end.
        wait_for(lambda: offset_of(server, address) == 500_000)
        assert patch(server, address, 500_000, content[500_000:]).status_code == 204
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")
    assert server.client.get(f"/api/recordings/{recording_id}/audio").content == content


@pytest.mark.parametrize("way", ["cancel", "delete"])
def test_a_recording_nobody_wants_any_more_ends_the_piece_that_is_coming(
    server: ServerProcess, make_wav: MakeWav, way: str
) -> None:
    content = make_wav(120).read_bytes()
    address, recording_id = begin(server, len(content))
    server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["rain"]})
    with begun_piece(server, address, 0, len(content)) as connection:
        connection.sendall(content[:2_500_000])
        server.wait(recording_id, lambda r: r["windows_done"] > 0)
        if way == "delete":
            assert server.client.delete(f"/api/recordings/{recording_id}").status_code == 204
        else:
            assert server.client.post(f"/api/recordings/{recording_id}/cancel").status_code == 202
        connection.sendall(content[2_500_000:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 404" if way == "delete" else b"HTTP/1.1 410")
    assert server.client.head(address, headers=TUS).status_code == (404 if way == "delete" else 410)


def test_bytes_of_a_slow_sender_are_heard_at_once(server: ServerProcess, make_wav: MakeWav) -> None:
    content = make_wav(25).read_bytes()
    address, recording_id = begin(server, len(content))
    server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["rain"]})
    with begun_piece(server, address, 0, len(content)) as connection:
        # Ten seconds of sound and a little, far less than a block, then nothing for now.
        connection.sendall(content[:400_000])
        server.wait(recording_id, lambda r: r["windows_done"] >= 1)
        connection.sendall(content[400_000:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 204")
    server.wait(recording_id, lambda r: r["state"] == "done")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_server_goes_on_with_the_upload_and_its_analysis(
    make_wav: MakeWav, tmp_path: Path, how: signal.Signals
) -> None:
    content = make_wav(300, rate=48_000).read_bytes()
    data_dir = tmp_path / "data"
    server = ServerProcess(data_dir)
    try:
        server.wait_ready()
        whole = server.client.post("/upload_audio", params={"filename": "noise.wav"}, content=content).json()["id"]
        server.client.post("/analyze", json={"recording_id": whole, "prompts": ["rain"]})
        server.wait(whole, lambda r: r["state"] == "done")

        address, cut = begin(server, len(content))
        server.client.post("/analyze", json={"recording_id": cut, "prompts": ["rain"]})
        first = len(content) // 3
        assert patch(server, address, 0, content[:first]).status_code == 204
        with begun_piece(server, address, first, len(content) - first) as connection:
            connection.sendall(content[first : 2 * first])
            server.wait(cut, lambda r: r["windows_done"] > 2)
            server.end(how)

        server = ServerProcess(data_dir)
        server.wait_ready()
        durable = offset_of(server, address)
        assert first <= durable <= 2 * first
        resumed = server.recording(cut)
        assert (resumed["arriving"], resumed["state"] in ("queued", "analyzing", "fetching")) == (True, True)
        assert patch(server, address, durable, content[durable:]).status_code == 204
        done = server.wait(cut, lambda r: r["state"] == "done")
        assert (done["windows_done"], done["arriving"]) == (30, False)
        assert stored(data_dir, cut) == stored(data_dir, whole)
    finally:
        if server.process.poll() is None:
            server.end(signal.SIGTERM)
