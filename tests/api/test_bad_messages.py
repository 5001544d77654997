"""What viewers may send by mistake or malice: an answer that says so, and the stream goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.api.conftest import Server

MakeWav = Callable[..., Path]


@pytest.fixture(autouse=True)
def _nothing_unowned(server: Server) -> Iterator[None]:
    yield
    assert server.client.get("/healthz").status_code == 200
    assert server.owned(), server.stored()


@pytest.fixture(scope="module")
def stored(server: Server, make_wav: MakeWav) -> str:
    recording = server.upload(make_wav(3))
    server.analyze(recording["id"], ["rain"])
    assert server.finish(recording["id"])["state"] == "done"
    return recording["id"]


def next_of(socket: Any, kind: str) -> dict[str, Any]:
    while (message := socket.receive_json())["type"] != kind:
        pass
    return message


BAD_MESSAGES = {
    "empty": "",
    "no JSON": "hello",
    "no object": "[]",
    "no type": "{}",
    "another type": '{"type": "delete"}',
    "no prompts": '{"type": "prompts"}',
    "a string": '{"type": "prompts", "prompts": "rain"}',
    "a number": '{"type": "prompts", "prompts": [1]}',
    "something more": '{"type": "prompts", "prompts": [], "and": 1}',
    "half a character": '{"type": "prompts", "prompts": ["\\ud800"]}',
    "ten thousand": json.dumps({"type": "prompts", "prompts": [f"s{n}" for n in range(10_000)]}),
    "ten kilobytes": json.dumps({"type": "prompts", "prompts": ["x" * 10_000]}),
    "deep": "[" * 20_000,
}


@pytest.mark.parametrize("what", BAD_MESSAGES)
def test_a_bad_message_is_rejected_and_the_socket_goes_on(server: Server, stored: str, what: str) -> None:
    with server.client.websocket_connect(f"/ws/recordings/{stored}") as socket:
        first = next_of(socket, "snapshot")
        assert [p["prompt"] for p in first["prompts"]] == ["rain"]
        socket.send_text(BAD_MESSAGES[what])
        rejected = next_of(socket, "rejected")
        assert rejected["code"]
        assert rejected["message"]
        assert rejected["hint"]
        assert len(rejected["message"]) < 500
        socket.send_json({"type": "prompts", "prompts": ["dog barking"]})
        assert [p["prompt"] for p in next_of(socket, "snapshot")["prompts"]] == ["dog barking"]


def test_a_binary_message_is_rejected_and_the_socket_goes_on(server: Server, stored: str) -> None:
    with server.client.websocket_connect(f"/ws/recordings/{stored}") as socket:
        next_of(socket, "snapshot")
        socket.send_bytes(b"\x00\xff")
        assert next_of(socket, "rejected")["code"] == "bad_message"
        socket.send_json({"type": "prompts", "prompts": ["dog barking"]})
        next_of(socket, "snapshot")


def closed_with(server: Server, url: str) -> int:
    """The close code that a viewer at `url` gets instead of messages."""
    with server.client.websocket_connect(url) as socket, pytest.raises(WebSocketDisconnect) as caught:
        socket.receive_json()
    return caught.value.code


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", f"after={'9' * 5000}", f"prompts={'x' * 10_000}"]
)
def test_a_socket_with_an_impossible_query_is_closed_with_a_reason(server: Server, stored: str, query: str) -> None:
    assert closed_with(server, f"/ws/recordings/{stored}?{query}") == 1008


@pytest.mark.parametrize("after", [10**6, 2**53, 10**30])
def test_a_viewer_from_the_future_gets_a_snapshot(server: Server, stored: str, after: int) -> None:
    with server.client.websocket_connect(f"/ws/recordings/{stored}?after={after}") as socket:
        assert socket.receive_json()["type"] == "snapshot"


@pytest.mark.parametrize("identity", ["rec_000000000000", "nothing", "%00", "x" * 3000])
def test_a_socket_for_an_unknown_recording(server: Server, identity: str) -> None:
    assert closed_with(server, f"/ws/recordings/{identity}") == 4404


def test_a_socket_from_another_site_is_refused(server: Server, stored: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        server.client.websocket_connect(f"/ws/recordings/{stored}", headers={"origin": "https://evil.example"}),
    ):
        raise AssertionError("a socket was opened")


@pytest.mark.parametrize("query", ["after=-1", "after=x", f"after={'9' * 30}", f"prompts={'x' * 10_000}"])
def test_server_sent_events_with_an_impossible_query(server: Server, stored: str, query: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/events?{query}")
    assert answer.status_code == 422
    assert set(answer.json()["error"]) == {"code", "message", "hint"}
