"""Uploads whose client goes away, against a real server on a socket: what had arrived is removed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.api.conftest import Server

FORM_HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'


@pytest.fixture(scope="module")
def port(server: Server) -> Iterator[int]:
    """The module's application once more, served on a port of this machine."""
    # The application has been started by the test client already; here it only gets a socket.
    config = uvicorn.Config(server.client.app, port=0, lifespan="off", ws="none", log_config=None)
    live = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=live.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        live.should_exit = True
        thread.join(timeout=60)
        assert not thread.is_alive()


def until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.01)


def incoming(server: Server) -> list[Path]:
    return list((server.data_dir / "incoming").iterdir())


def head(content_type: str, length: str) -> bytes:
    lines = ["POST /upload_audio?filename=a.wav HTTP/1.1", "Host: localhost", f"Content-Type: {content_type}", length]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.mark.parametrize("way", ["form", "raw", "chunked"])
@pytest.mark.parametrize("reset", [False, True])
def test_an_aborted_upload_leaves_nothing(server: Server, port: int, way: str, reset: bool) -> None:
    before = server.stored()
    body = b"\0" * 3_000_000
    with socket.create_connection(("127.0.0.1", port)) as client:
        if way == "form":
            client.sendall(head("multipart/form-data; boundary=b", "Content-Length: 9000000") + FORM_HEAD + body)
        elif way == "raw":
            client.sendall(head("audio/wav", "Content-Length: 9000000") + body)
        else:
            chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
            client.sendall(head("audio/wav", "Transfer-Encoding: chunked") + chunk)
        until(lambda: any(path.stat().st_size > 0 for path in incoming(server)), "bytes on disk")
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    until(lambda: not incoming(server), "incoming is empty")
    assert server.stored() == before
    assert server.owned()
    assert server.client.get("/healthz").status_code == 200


def test_many_aborted_uploads_at_once(server: Server, port: int) -> None:
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for client in clients:
        client.sendall(head("audio/wav", "Content-Length: 9000000") + b"\0" * 1_200_000)
    until(lambda: len(incoming(server)) == len(clients), "all have begun")
    for client in clients:
        client.close()
    until(lambda: not incoming(server), "incoming is empty")
    assert server.owned()


def test_a_client_that_sends_no_valid_request(server: Server, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not http\r\n\r\n")
        client.settimeout(30)
        assert client.recv(100).startswith(b"HTTP/1.1 400")
    assert server.client.get("/healthz").status_code == 200
