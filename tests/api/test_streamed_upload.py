"""POST /upload_audio with prompts: the analysis begins while the body is on its way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from sonotag.main import create_app
from sonotag.settings import Settings


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a real socket: the in-process client sends a whole body before it is read."""
    page = tmp_path_factory.mktemp("page")
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), page_dir=page, shared_library=True))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=8)
        )
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/readyz").status_code == 200:
                    break
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield url
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server does not end"


def listed(address: str) -> list[dict[str, Any]]:
    return httpx.get(f"{address}/api/recordings").json()["recordings"]


def until(address: str, recording_id: str, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while not true(recording := httpx.get(f"{address}/api/recordings/{recording_id}").json()):
        assert time.monotonic() < deadline, recording
        time.sleep(0.01)
    return recording


def test_scores_come_before_the_last_byte(address: str, make_wav: Callable[..., Path]) -> None:
    content = make_wav(45).read_bytes()
    seen: list[dict[str, Any]] = []

    def body() -> Iterator[bytes]:
        half = len(content) // 2
        yield content[:half]
        deadline = time.monotonic() + 60
        while not (listed(address) and listed(address)[0]["windows_done"] >= 2):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        seen.extend(listed(address))
        yield content[half:]

    answer = httpx.post(f"{address}/upload_audio?filename=walk.wav&prompts=rain;wind", content=body(), timeout=120)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (seen[0]["id"], seen[0]["arriving"], seen[0]["state"]) == (made["id"], True, "analyzing")
    assert (made["title"], made["prompts"], made["arriving"]) == ("walk", ["rain", "wind"], False)
    done = until(address, made["id"], lambda r: r["state"] == "done")
    assert done["duration_s"] == pytest.approx(45)
    assert httpx.get(address + done["audio_url"]).content == content
    # The same file as a whole gives the same scores.
    whole = httpx.post(f"{address}/upload_audio", files={"file": ("walk.wav", content)}).json()
    httpx.post(f"{address}/analyze", json={"recording_id": whole["id"], "prompts": ["rain", "wind"]})
    until(address, whole["id"], lambda r: r["state"] == "done")
    scores = [httpx.get(f"{address}/api/recordings/{i}/scores").json()["scores"] for i in (made["id"], whole["id"])]
    assert scores[0] == scores[1]


def test_a_body_that_breaks_off_leaves_nothing(address: str, make_wav: Callable[..., Path]) -> None:
    before = [recording["id"] for recording in listed(address)]
    content = make_wav(30).read_bytes()
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /upload_audio?prompts=rain HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content[: len(content) // 2])
        deadline = time.monotonic() + 60
        while len(listed(address)) == len(before):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    deadline = time.monotonic() + 60
    while [recording["id"] for recording in listed(address)] != before:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("query", "content", "code"),
    [
        ("prompts=rain", b"this is no audio at all" * 100, "unreadable_media"),
        ("prompts=rain", b"", "empty_file"),
        ("preset=nothing", b"x", "unknown_preset"),
        ("prompts=" + "a" * 10_000, b"x", "prompt_too_long"),
    ],
)
def test_what_cannot_be_analysed_is_refused_and_not_kept(address: str, query: str, content: bytes, code: str) -> None:
    before = listed(address)
    answer = httpx.post(f"{address}/upload_audio?{query}", content=content)
    assert answer.status_code >= 400
    assert json.loads(answer.content)["error"]["code"] == code
    assert listed(address) == before
