"""Prompts over the API: groups and contrasts in everything that is made from scores, and what models know of lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sonotag.sample import load_sample
from tests.api.conftest import Server

EITHER = "dog barking | church bell"
MORE = "dog barking > church bell"
PROMPTS = ["dog barking", "church bell", EITHER, MORE]


@pytest.fixture(scope="module")
def sample_id(server: Server) -> str:
    recording_id = server.upload(load_sample().path)["id"]
    server.analyze(recording_id, PROMPTS)
    assert server.finish(recording_id)["prompts"] == PROMPTS
    return recording_id


def read(server: Server, recording_id: str, what: str, **params: Any) -> dict[str, Any]:
    answer = server.client.get(f"/api/recordings/{recording_id}/{what}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_groups_and_contrasts_are_scored_frame_by_frame(server: Server, sample_id: str) -> None:
    fine = read(server, sample_id, "scores", prompts=PROMPTS, max_columns=20_000)
    dog, bell, either, more = np.array(fine["scores"])
    assert fine["seconds_per_column"] == 0.125
    assert dog.max() > 0.5 < bell.max()
    np.testing.assert_allclose(either, np.maximum(dog, bell), atol=1e-9)
    np.testing.assert_allclose(more, np.maximum(dog - bell, 0), atol=0.0011)
    info = fine["prompts"][3]
    assert (info["covered"], info["matched"]) == (True, MORE)
    assert [(w["words"], w["against"]) for w in info["wordings"]] == [("dog barking", False), ("church bell", True)]

    coarse = read(server, sample_id, "scores", prompts=PROMPTS, max_columns=9)
    per_column = round(coarse["seconds_per_column"] / 0.125)
    for row, columns in zip((dog, bell, either, more), coarse["scores"], strict=True):
        groups = [row[start : start + per_column].max() for start in range(0, row.size, per_column)]
        np.testing.assert_allclose(columns, groups, atol=1e-9)


def test_moments_and_exports_agree(server: Server, sample_id: str) -> None:
    asked = {"prompts": [MORE, EITHER], "thresholds": [0.3, 0.6]}
    found = read(server, sample_id, "detections", **asked)["detections"]
    assert {moment["prompt"] for moment in found} == {MORE, EITHER}
    either = [moment for moment in found if moment["prompt"] == EITHER]
    alone = read(server, sample_id, "detections", prompts="church bell", threshold=0.6)["detections"]
    for bell in alone:
        assert any(m["onset_s"] <= bell["onset_s"] and bell["offset_s"] <= m["offset_s"] for m in either)
    address = f"/api/recordings/{sample_id}/detections"
    labels = server.client.get(address, params={**asked, "format": "audacity"}).text.splitlines()
    assert [line.split("\t")[2] for line in labels] == [moment["prompt"] for moment in found]
    rows = server.client.get(address, params={**asked, "format": "csv"}).text.splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [moment["prompt"] for moment in found]


def test_the_socket_scores_them_too(server: Server, sample_id: str) -> None:
    with server.client.websocket_connect(f"/ws/recordings/{sample_id}?prompts={MORE}") as socket:
        snapshot = socket.receive_json()
        assert [info["prompt"] for info in snapshot["prompts"]] == [MORE]
        socket.send_json({"type": "prompts", "prompts": [EITHER, "dog barking > zzz"]})
        snapshot = socket.receive_json()
    assert snapshot["scores"][0] is not None
    assert snapshot["scores"][1] is None, "nothing can be held against what is not known"
    assert "zzz" in snapshot["prompts"][1]["note"]


def test_every_wording_counts(start_server: Callable[..., Any]) -> None:
    with start_server(max_prompts=4) as server:
        assert server.client.get("/api/prompts", params={"prompts": "a | b; c > d"}).status_code == 200
        answer = server.client.get("/api/prompts", params={"prompts": "a | b; c > d | e"})
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "too_many_prompts"


def test_lists_say_what_a_model_knows(server: Server) -> None:
    lists = server.client.get("/api/presets", params={"model": "builtin"}).json()["presets"]
    music = next(preset for preset in lists if preset["name"] == "music")
    known = [prompt for prompt, covered in zip(music["prompts"], music["covered"], strict=True) if covered]
    assert 0 < len(known) < len(music["prompts"])
    told = server.client.get("/api/prompts", params={"prompts": music["prompts"], "model": "builtin"}).json()["prompts"]
    assert [info["covered"] for info in told] == music["covered"]
    assert all(preset["covered"] is None for preset in server.client.get("/api/presets?model=flam").json()["presets"])
    assert server.client.get("/api/presets?model=whisper").status_code == 422
    assert server.client.get("/api/prompts?prompts=dog&model=flam").json()["error"]["code"] == "model_absent"
