"""Links by which others look at a recording: they read everything, change nothing, and end when they are withdrawn."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.api.conftest import Server
from tests.api.test_access import refused
from tests.api.test_access_owners import stranger

READS = (
    "",
    "/access",
    "/audio",
    "/detections?prompts=duck",
    "/detections?prompts=duck&format=csv",
    "/peaks",
    "/scores?prompts=duck",
    "/spectrogram",
    "/spectrogram/0/0",
    "/verdicts",
)


@pytest.fixture(scope="module")
def recording(server: Server, make_wav: Callable[..., Path]) -> str:
    recording_id = server.upload(make_wav(1))["id"]
    server.analyze(recording_id, ["duck"])
    server.finish(recording_id)
    return recording_id


@pytest.fixture
def token(server: Server, recording: str) -> Iterator[str]:
    made = server.client.post(f"/api/recordings/{recording}/shares")
    assert made.status_code == 201
    yield made.json()["token"]
    for share in server.client.get(f"/api/recordings/{recording}/shares").json()["shares"]:
        server.client.delete(f"/api/recordings/{recording}/shares/{share['id']}")


def without_id(text: str, recording: str) -> str:
    assert recording not in text
    return text


@pytest.mark.parametrize("path", READS)
def test_everything_is_read_through_a_link_and_nothing_tells_the_true_id(
    server: Server, recording: str, token: str, path: str
) -> None:
    shared = stranger(server).get(f"/api/recordings/{token}{path}")
    true = stranger(server).get(f"/api/recordings/{recording}{path}")
    assert shared.status_code == true.status_code == 200
    without_id(str(shared.headers), recording)
    if path == "/access":
        assert shared.json() == {"owner": False, "read_only": True}
    elif path == "/audio":
        assert shared.content == true.content
    else:
        assert shared.content == true.content.replace(recording.encode(), token.encode())
        assert int(shared.headers["content-length"]) == len(shared.content)
        assert token in shared.text or recording not in true.text


def test_every_route_that_reads_a_recording_was_looked_at(server: Server) -> None:
    """A new one must come into READS above, or be one that its owner alone may use."""
    known = {f"/api/recordings/{{recording_id}}{path.partition('?')[0]}" for path in READS}
    others = {"/events", "/thumbnail", "/shares"}
    paths = server.client.get("/openapi.json").json()["paths"]
    reading = {path for path in paths if path.startswith("/api/recordings/{") and "get" in paths[path]}
    reading = {path.replace("{level}", "0").replace("{tile}", "0") for path in reading}
    assert reading - known <= {f"/api/recordings/{{recording_id}}{path}" for path in others} | {
        "/api/recordings/{recording_id}/statistics"
    }


def test_nothing_is_changed_through_a_link(server: Server, recording: str, token: str) -> None:
    """Not even by the owner: what the link shows is what others see."""
    paths = server.client.get("/openapi.json").json()["paths"]
    tried = 0
    for path, operations in paths.items():
        if not path.startswith("/api/recordings/{recording_id}"):
            continue
        url = path.replace("{recording_id}", token).replace("{share_id}", "x").replace("{verdict_id}", "x")
        for method in {"delete", "patch", "post", "put"} & operations.keys():
            for client in (stranger(server), server.client):
                refused(client.request(method, url, json={}), 403, "read_only_share")
                tried += 1
    assert tried >= 8
    for client in (stranger(server), server.client):
        answer = client.post("/analyze", json={"recording_id": token, "prompts": ["x"]})
        refused(answer, 403, "read_only_share")
        refused(client.get(f"/api/recordings/{token}/shares"), 403, "read_only_share")
    assert server.recording(recording)["state"] == "done"


def test_only_the_owner_makes_lists_and_withdraws_links(server: Server, recording: str, token: str) -> None:
    url = f"/api/recordings/{recording}/shares"
    other = stranger(server)
    refused(other.post(url), 403, "not_yours")
    refused(other.get(url), 403, "not_yours")
    (share,) = server.client.get(url).json()["shares"]
    assert share["ends_with"] == token[-4:]
    assert token not in server.client.get(url).text
    refused(other.delete(f"{url}/{share['id']}"), 403, "not_yours")
    refused(server.client.delete(f"{url}/unknown"), 404, "share_not_found")
    assert other.get(f"/api/recordings/{token}").status_code == 200
    assert server.client.delete(f"{url}/{share['id']}").status_code == 204
    refused(other.get(f"/api/recordings/{token}"), 404, "not_found")
    refused(other.delete(f"/api/recordings/{token}"), 404, "not_found")
    assert server.client.get(url).json()["shares"] == []


def test_a_link_of_one_recording_says_nothing_of_another(server: Server, token: str) -> None:
    other = server.client.post("/api/sample").json()["id"]
    shares = server.client.get(f"/api/recordings/{other}/shares").json()["shares"]
    assert shares == []
    (share,) = server.client.get(f"/api/recordings/{_true_id(server, token)}/shares").json()["shares"]
    refused(server.client.delete(f"/api/recordings/{other}/shares/{share['id']}"), 404, "share_not_found")
    assert server.client.delete(f"/api/recordings/{other}").status_code == 204


def _true_id(server: Server, token: str) -> str:
    share = server.client.app.state.services.shares.find(token)  # type: ignore[attr-defined]
    assert share is not None
    return share.recording_id


def test_only_a_hash_of_the_token_is_kept(server: Server, token: str) -> None:
    kept = b"".join(path.read_bytes() for path in Path(server.data_dir).glob("sonotag.db*"))
    assert b"ends_with" in kept
    assert token.encode() not in kept
    assert token.removeprefix("s-").encode() not in kept


def test_a_socket_tells_the_link_s_own_id_and_ends_when_it_is_withdrawn(
    server: Server, recording: str, token: str
) -> None:
    (share,) = server.client.get(f"/api/recordings/{recording}/shares").json()["shares"]
    other = stranger(server)
    with server.client.websocket_connect(f"/ws/recordings/{token}?prompts=duck") as socket:
        snapshot = json.loads(without_id(socket.receive_text(), recording))
        assert snapshot["recording"]["id"] == token
        assert snapshot["recording"]["audio_url"] == f"/api/recordings/{token}/audio"
        socket.send_json({"type": "prompts", "prompts": ["rain"]})
        assert json.loads(without_id(socket.receive_text(), recording))["prompts"][0]["prompt"] == "rain"
        assert server.client.delete(f"/api/recordings/{recording}/shares/{share['id']}").status_code == 204
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
        assert ended.value.code == 4404
        assert "link" in ended.value.reason
    with server.client.websocket_connect(f"/ws/recordings/{token}") as socket:
        with pytest.raises(WebSocketDisconnect) as refusal:
            socket.receive_text()
        assert refusal.value.code == 4404
    refused(other.get(f"/api/recordings/{token}/events"), 404, "not_found")


def test_a_stream_of_events_tells_the_link_s_own_id_and_ends_with_it(
    server: Server, recording: str, token: str
) -> None:
    (share,) = server.client.get(f"/api/recordings/{recording}/shares").json()["shares"]
    open_shares = server.client.app.state.services.open_shares  # type: ignore[attr-defined]
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(stranger(server).get, f"/api/recordings/{token}/events?prompts=duck")
        deadline = time.monotonic() + 60
        while share["id"] not in open_shares._bells:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert server.client.delete(f"/api/recordings/{recording}/shares/{share['id']}").status_code == 204
        answer = following.result(60)
    if answer.status_code == 200:  # else it was withdrawn before the first word of it
        assert token in answer.text or answer.text == ""
    without_id(answer.text, recording)
    assert open_shares._bells == {}


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "s-\\ud800", "x" * 10_000])
def test_an_odd_id_in_a_body_names_nothing(server: Server, odd: str) -> None:
    """JSON can spell half of a character, which no recording and no token holds."""
    body = f'{{"recording_id": "{odd}", "prompts": []}}'.encode()
    answer = server.client.post("/analyze", content=body, headers={"Content-Type": "application/json"})
    refused(answer, 404, "not_found")


def test_deleting_the_recording_ends_its_links(server: Server) -> None:
    recording_id = server.client.post("/api/sample").json()["id"]
    token = server.client.post(f"/api/recordings/{recording_id}/shares").json()["token"]
    assert server.client.delete(f"/api/recordings/{recording_id}").status_code == 204
    refused(stranger(server).get(f"/api/recordings/{token}"), 404, "not_found")
    assert server.client.app.state.services.shares.find(token) is None  # type: ignore[attr-defined]


def test_links_are_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sonotag.store.access.MAX_SHARES", 2)
    recording_id = server.client.post("/api/sample").json()["id"]
    url = f"/api/recordings/{recording_id}/shares"
    made: list[Any] = [server.client.post(url) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 409]
    assert made[-1].json()["error"]["code"] == "too_many_shares"
    assert server.client.delete(f"/api/recordings/{recording_id}").status_code == 204
