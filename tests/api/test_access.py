"""Who sees, changes and deletes which recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from sonotag.store.database import new_recording_id
from tests.api.conftest import Server
from tests.api.test_access_owners import stranger


def listed(client: TestClient) -> list[str]:
    return [recording["id"] for recording in client.get("/api/recordings").json()["recordings"]]


def refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]


def test_a_stranger_with_the_id_reads_and_analyses_but_does_not_delete(
    server: Server, make_wav: Callable[..., Path]
) -> None:
    mine = server.upload(make_wav(1))["id"]
    other = stranger(server)
    theirs = other.post("/api/sample").json()["id"]
    assert mine in listed(server.client)
    assert theirs not in listed(server.client)
    assert listed(other) == [theirs]
    assert listed(stranger(server)) == []
    assert other.get(f"/api/recordings/{mine}").json()["id"] == mine
    assert other.post("/analyze", json={"recording_id": mine, "prompts": []}).status_code == 202
    refused(other.delete(f"/api/recordings/{mine}"), 403, "not_yours")
    refused(stranger(server).delete(f"/api/recordings/{mine}"), 403, "not_yours")
    server.finish(mine)
    assert server.client.delete(f"/api/recordings/{mine}").status_code == 204
    refused(other.delete(f"/api/recordings/{mine}"), 404, "not_found")


def test_only_its_owner_cancels_what_is_still_arriving(server: Server) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
    announced = server.client.post("/api/uploads", headers=headers)
    url = f"/api/recordings/{announced.headers['X-Recording-Id']}"
    refused(stranger(server).post(f"{url}/cancel"), 403, "not_yours")
    assert server.client.get(url).json()["arriving"] is True
    assert server.client.post(f"{url}/cancel").json()["state"] == "cancelled"


def test_what_has_no_owner_is_nobody_s_until_the_library_is_shared(
    start_server: Callable[..., Any],
) -> None:
    with start_server() as server:
        recording_id = server.client.post("/api/sample").json()["id"]
        database = server.client.app.state.services.database
        database.update(recording_id, owner="")
        assert listed(server.client) == []
        refused(server.client.delete(f"/api/recordings/{recording_id}"), 403, "not_yours")
        assert server.client.get(f"/api/recordings/{recording_id}").status_code == 200
        directory = server.data_dir
    with start_server(directory, shared_library=True) as home:
        assert listed(stranger(home)) == [recording_id]
        assert stranger(home).delete(f"/api/recordings/{recording_id}").status_code == 204
        assert listed(home.client) == []


def test_lists_of_one_owner_are_paged_without_others_between(server: Server) -> None:
    one, other = stranger(server), stranger(server)
    mine: list[str] = []
    for client in (one, other, one, other, one):
        recording = client.post("/api/sample").json()["id"]
        if client is one:
            mine.insert(0, recording)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = one.get("/api/recordings", params={"limit": 1, **cursor}).json()
        seen += [recording["id"] for recording in page["recordings"]]
        if page["next"] is None:
            break
        cursor = {"before": page["next"]}
    assert seen == mine


def test_ids_cannot_be_guessed() -> None:
    """128 bits: each of the 32 hexadecimal digits takes every value (a miss has a chance of 1 in 10^12)."""
    ids = [new_recording_id().removeprefix("rec_") for _ in range(600)]
    assert {len(one) for one in ids} == {32}
    assert len(set(ids)) == len(ids)
    assert all(len({one[place] for one in ids}) == 16 for place in range(32))
