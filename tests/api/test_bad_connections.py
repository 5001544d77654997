"""Senders that are slow, silent or endless, byte by byte: each is given up in time, and nobody else notices."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sonotag.api.connections import MOST_HEAD_BYTES
from sonotag.main import create_app
from sonotag.settings import Settings
from tests.api.serving import PATIENCE_S, serving

TIMEOUT_S = 1.0


@dataclass
class Served:
    """A server on loopback that waits a second for what others wait a minute for."""

    address: tuple[str, int]
    data_dir: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, PATIENCE_S)

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=f"http://{self.address[0]}:{self.address[1]}", timeout=PATIENCE_S)

    def stored(self) -> list[Path]:
        return [path for folder in ("recordings", "incoming") for path in (self.data_dir / folder).glob("*")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data_dir = tmp_path_factory.mktemp("data")
    page_dir = tmp_path_factory.mktemp("page")
    app = create_app(Settings(data_dir=data_dir, page_dir=page_dir, model="builtin", request_timeout_s=TIMEOUT_S))
    with serving(app, TIMEOUT_S) as address:
        yield Served(address, data_dir)


def head(line: str, length: int | None = None, **fields: str) -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: x", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    lines += [f"Content-Length: {length}"] if length is not None else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    got = b""
    try:
        while data := connection.recv(65536):
            got += data
    except ConnectionResetError:
        pass  # it had not read all that was sent
    return got


def trickled(connection: socket.socket, data: bytes, every_s: float) -> bytes:
    """What is answered to a sender of single bytes."""
    ended = threading.Event()

    def drip() -> None:
        try:
            for place in range(len(data)):
                connection.sendall(data[place : place + 1])
                if ended.wait(every_s):
                    return
        except OSError:
            pass  # the server has had enough

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        return received(connection)
    finally:
        ended.set()
        thread.join()


JSON = {"Content_Type": "application/json"}
TUS = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}


def silent_head(_: Served, c: socket.socket) -> bytes:
    c.sendall(b"POST /analyze HTTP/1.1\r\nHost: ")
    return received(c)


def nothing_at_all(_: Served, c: socket.socket) -> bytes:
    return received(c)


def trickling_head(_: Served, c: socket.socket) -> bytes:
    return trickled(c, b"GET /healthz HTTP/1.1\r\n" + b"X-A: b\r\n" * 100, 0.05)


def endless_head(_: Served, c: socket.socket) -> bytes:
    c.sendall(b"GET /healthz HTTP/1.1\r\n")
    try:
        for _n in range(100):
            c.sendall(b"X-Filler: " + b"y" * (MOST_HEAD_BYTES // 8) + b"\r\n")
    except OSError:
        return b"cut off"
    return received(c)


def second_head_after_an_answer(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("GET /healthz"))
    # The answer's head and its body may come one by one.
    answer = HTTPResponse(c)
    answer.begin()
    assert answer.status == 200
    answer.read()
    c.sendall(b"GET /heal")
    return received(c)


def silent_json(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("POST /analyze", 100, **JSON) + b'{"recording_id"')
    return received(c)


def trickling_json(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("POST /api/link", 1000, **JSON))
    return trickled(c, b" " * 1000, 0.1)


def silent_upload(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("POST /upload_audio?filename=a.wav", 1_000_000) + b"RIFF" * 1000)
    return received(c)


def trickling_upload(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("POST /upload_audio?filename=a.wav", 1_000_000))
    return trickled(c, b"R" * 1000, 0.1)


def trickling_upload_that_is_analysed(_: Served, c: socket.socket) -> bytes:
    c.sendall(head("POST /upload_audio?filename=a.wav&prompts=rain", 1_000_000))
    return trickled(c, b"R" * 1000, 0.1)


def silent_form(_: Served, c: socket.socket) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
    c.sendall(head("POST /upload_audio", 1_000_000, Content_Type="multipart/form-data; boundary=b") + part)
    return received(c)


def silent_piece(served: Served, c: socket.socket) -> bytes:
    """What came of it is kept: the upload goes on there."""
    with served.client() as client:
        name = base64.b64encode(b"a.wav").decode()
        begun = client.post(
            "/api/uploads",
            headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100000", "Upload-Metadata": f"filename {name}"},
        )
        address = f"/api/{begun.headers['location']}"
        c.sendall(head(f"PATCH {address}", 100_000, Upload_Offset="0", **TUS) + b"x" * 5000)
        said = received(c)
        stands = client.head(address, headers={"Tus-Resumable": "1.0.0"})
        assert stands.headers["upload-offset"] == "5000"
        assert client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    return said


CASES: dict[Callable[[Served, socket.socket], bytes], tuple[int, str] | None] = {
    nothing_at_all: None,
    silent_head: None,
    trickling_head: None,
    endless_head: None,
    second_head_after_an_answer: None,
    silent_json: (408, "request_stalled"),
    trickling_json: (408, "request_stalled"),
    silent_upload: (408, "upload_stalled"),
    trickling_upload: (408, "upload_stalled"),
    trickling_upload_that_is_analysed: (408, "upload_stalled"),
    silent_form: (408, "upload_stalled"),
    silent_piece: (408, "upload_stalled"),
}


@pytest.fixture(scope="module")
def outcomes(served: Served) -> dict[str, bytes | BaseException]:
    """What each sender got; all of them at once, for they mostly wait."""

    def play(case: Callable[[Served, socket.socket], bytes]) -> bytes | BaseException:
        try:
            with served.connect() as connection:
                return case(served, connection)
        except BaseException as error:
            return error

    with ThreadPoolExecutor(len(CASES) + 1) as pool:
        playing = {case.__name__: pool.submit(play, case) for case in CASES}
        with served.client() as client:  # meanwhile others are served
            assert client.get("/healthz").status_code == 200
            assert client.post("/api/sample").status_code == 201
        return {name: future.result() for name, future in playing.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_slow_sender_is_given_up(outcomes: dict[str, Any], case: Callable[..., bytes]) -> None:
    said, wanted = outcomes[case.__name__], CASES[case]
    if isinstance(said, BaseException):
        raise said
    if wanted is None:
        assert said in (b"", b"cut off")
        return
    status, code = wanted
    fields, _, body = said.partition(b"\r\n\r\n")
    assert fields.startswith(b"HTTP/1.1 %d " % status), said
    assert b"connection: close" in fields.lower()
    error = json.loads(body)["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]


def test_nothing_is_left_of_what_was_given_up(served: Served, outcomes: dict[str, Any]) -> None:
    assert outcomes
    with served.client() as client:
        deadline = time.monotonic() + PATIENCE_S
        while len(served.stored()) > 1:  # the sample that was added meanwhile
            assert time.monotonic() < deadline, served.stored()
            time.sleep(0.05)
        assert client.get("/healthz").status_code == 200


def test_a_body_that_is_no_upload_may_not_be_large(served: Served) -> None:
    with served.client() as client:
        answer = client.post("/api/link", content=b" " * 2_000_000, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        endless = (b" " * 100_000 for _ in range(30))
        answer = client.post("/api/link", content=endless, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_more_connections_than_there_is_room_for_are_told_so() -> None:
    app = Starlette(routes=[Route("/", lambda _: Response())])
    with serving(app, most=3) as address, contextlib.ExitStack() as held:
        open_ones = [held.enter_context(socket.create_connection(address, PATIENCE_S)) for _ in range(3)]
        with socket.create_connection(address, PATIENCE_S) as one_more:
            said = received(one_more)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: " in said
        assert json.loads(said.partition(b"\r\n\r\n")[2])["error"]["code"] == "busy"
        for connection in open_ones:
            connection.sendall(head("GET /"))
            assert connection.recv(4096).startswith(b"HTTP/1.1 200"), "those that are there are served"
        open_ones[0].close()
        deadline = time.monotonic() + PATIENCE_S
        while True:  # until the server has noticed that one is gone
            with socket.create_connection(address, PATIENCE_S) as next_one:
                next_one.sendall(head("GET /"))
                if next_one.recv(4096).startswith(b"HTTP/1.1 200"):
                    break
            assert time.monotonic() < deadline
