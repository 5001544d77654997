"""Verdicts through the API: kept, matched to what is found later, carried by exports, gone with their recording."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Server

PROMPTS = ["dog barking", "church bell", "rain"]


@pytest.fixture(scope="module")
def sample(server: Server) -> dict[str, Any]:
    recording = server.client.post("/api/sample").json()
    server.analyze(recording["id"], PROMPTS)
    return server.finish(recording["id"])


@pytest.fixture
def url(server: Server, sample: dict[str, Any]) -> str:
    """The sample's address; what a test said of it is taken back first."""
    address = f"/api/recordings/{sample['id']}"
    for verdict in server.client.get(f"{address}/verdicts").json()["verdicts"]:
        assert server.client.delete(f"{address}/verdicts/{verdict['id']}").status_code == 204
    return address


def found(server: Server, url: str, **params: Any) -> list[dict[str, Any]]:
    answer = server.client.get(f"{url}/detections", params={"prompts": PROMPTS, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["detections"]


def put(server: Server, url: str, verdict_id: str, **body: Any) -> dict[str, Any]:
    answer = server.client.put(f"{url}/verdicts/{verdict_id}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def about(moment: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"prompt": moment["prompt"], "kind": kind, **{name: moment[name] for name in ("onset_s", "offset_s")}}


def test_a_verdict_is_kept_replaced_and_taken_back(server: Server, url: str) -> None:
    first, second = found(server, url)[:2]
    kept = put(server, url, "verdict-1", **about(first, "accepted"))
    assert kept["found_onset_s"] == first["onset_s"]
    put(server, url, "verdict-2", **about(second, "rejected"))
    listed = server.client.get(f"{url}/verdicts").json()["verdicts"]
    assert [(v["id"], v["kind"]) for v in listed] == [("verdict-1", "accepted"), ("verdict-2", "rejected")]
    put(server, url, "verdict-1", **about(first, "rejected"))
    # Another client judges the same moment anew: the last word counts, and only that.
    put(server, url, "verdict-9", **about(first, "accepted"))
    listed = server.client.get(f"{url}/verdicts").json()["verdicts"]
    assert sorted((v["id"], v["kind"]) for v in listed) == [("verdict-2", "rejected"), ("verdict-9", "accepted")]
    for _ in range(2):
        assert server.client.delete(f"{url}/verdicts/verdict-9").status_code == 204
    assert [v["id"] for v in server.client.get(f"{url}/verdicts").json()["verdicts"]] == ["verdict-2"]


def test_exports_carry_what_people_left_and_leave_out_what_they_rejected(server: Server, url: str) -> None:
    plain = found(server, url)
    bell = next(m for m in plain if m["prompt"] == "church bell")
    dog = next(m for m in plain if m["prompt"] == "dog barking")
    put(server, url, "rejected-1", **about(bell, "rejected"))
    put(
        server,
        url,
        "adjusted-1",
        prompt="dog barking",
        kind="adjusted",
        onset_s=dog["onset_s"] + 0.25,
        offset_s=dog["offset_s"],
        found_onset_s=dog["onset_s"],
        found_offset_s=dog["offset_s"],
    )
    put(server, url, "by-hand-1", prompt="church bell", kind="added", onset_s=3.0, offset_s=4.5)
    assert found(server, url) == plain, "verdicts are applied only where they are asked for"

    params = {"prompts": PROMPTS, "verdicts": True}
    answer = server.client.get(f"{url}/detections", params=params).json()
    assert answer["verdicts"] == {"accepted": 0, "adjusted": 1, "added": 1, "rejected": 1, "with_rejected": False}
    left = answer["detections"]
    assert len(left) == len(plain)
    assert not any(m["prompt"] == "church bell" and m["onset_s"] == bell["onset_s"] for m in left)
    adjusted = next(m for m in left if m["verdict"] == "adjusted")
    assert adjusted["onset_s"] == dog["onset_s"] + 0.25
    assert 0 < adjusted["mean"] <= adjusted["peak"] <= 1
    assert next(m for m in left if m["verdict"] == "added")["onset_s"] == 3.0
    everything = server.client.get(f"{url}/detections", params={**params, "rejected": True}).json()["detections"]
    assert [m["verdict_id"] for m in everything if m not in left] == ["rejected-1"]

    table = server.client.get(f"{url}/detections", params={**params, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(r["prompt"], r["verdict"] or None) for r in rows] == [(m["prompt"], m["verdict"]) for m in left]
    assert "moments-reviewed.csv" in table.headers["content-disposition"]
    labels = server.client.get(f"{url}/detections", params={**params, "format": "audacity"})
    assert [line.split("\t")[2] for line in labels.text.splitlines()] == [m["prompt"] for m in left]
    assert "moments-reviewed.txt" in labels.headers["content-disposition"]


def test_verdicts_outlive_other_thresholds_and_another_analysis(
    server: Server, url: str, sample: dict[str, Any]
) -> None:
    bell = max((m for m in found(server, url) if m["prompt"] == "church bell"), key=lambda m: m["peak"])
    put(server, url, "rejected-1", **about(bell, "rejected"))
    put(server, url, "by-hand-1", prompt="church bell", kind="added", onset_s=3.0, offset_s=4.5)

    def kinds(**params: Any) -> list[str]:
        moments = found(server, url, verdicts=True, rejected=True, **params)
        return sorted(m["verdict"] for m in moments if m["verdict"])

    assert kinds() == kinds(threshold=0.4) == kinds(threshold=0.6) == ["added", "rejected"]
    assert kinds(threshold=1) == ["added"]
    server.analyze(sample["id"], ["rain"])
    server.finish(sample["id"])
    assert kinds() == ["added", "rejected"]
    assert [m["prompt"] for m in found(server, url, prompts="rain", verdicts=True) if m["verdict"]] == []


def test_a_sound_the_model_does_not_know_can_be_marked_by_hand(server: Server, url: str) -> None:
    put(server, url, "by-hand-1", prompt="zxqv flumph", kind="added", onset_s=1, offset_s=2)
    params = {"prompts": "zxqv flumph", "verdicts": True}
    (moment,) = server.client.get(f"{url}/detections", params=params).json()["detections"]
    assert (moment["peak"], moment["mean"]) == (None, None)
    (row,) = csv.DictReader(
        io.StringIO(server.client.get(f"{url}/detections", params={**params, "format": "csv"}).text)
    )
    assert (row["peak"], row["verdict"]) == ("", "added")
    (numbers,) = server.client.get(f"{url}/statistics", params={"prompts": "zxqv flumph"}).json()["prompts"]
    assert (numbers["count"], numbers["share"], numbers["histogram"]) == (1, None, [])


def test_statistics_are_those_of_the_scores_and_heed_verdicts(server: Server, url: str) -> None:
    params = {"prompts": PROMPTS, "thresholds": [0.5, 0.6, 0.5]}
    answer = server.client.get(f"{url}/statistics", params=params).json()
    scores = server.client.get(f"{url}/scores", params={"prompts": PROMPTS, "max_columns": 20_000}).json()
    for numbers, row in zip(answer["prompts"], scores["scores"], strict=True):
        above = sum(score >= numbers["threshold"] for score in row) / len(row)
        assert numbers["share"] == pytest.approx(above, abs=2 / len(row))
        assert numbers["peaks"][0]["score"] == pytest.approx(max(row), abs=6e-4)
        assert sum(numbers["histogram"]) == len(row)
    bell = next(m for m in found(server, url, **params) if m["prompt"] == "church bell")
    put(server, url, "rejected-1", **about(bell, "rejected"))
    after = server.client.get(f"{url}/statistics", params=params).json()["prompts"]
    assert after[1]["count"] == answer["prompts"][1]["count"] - 1
    assert after[0] == answer["prompts"][0]
    embedded = server.client.get(f"{url}/detections", params={**params, "verdicts": True, "statistics": True}).json()
    assert embedded["statistics"] == after


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"onset_s": 5}, "bad_range"),
        ({"offset_s": 9999}, "bad_range"),
        ({"kind": "adjusted"}, "bad_verdict"),
        ({"kind": "added", "found_onset_s": 1, "found_offset_s": 2}, "bad_verdict"),
        ({"found_onset_s": 1.5, "found_offset_s": 2}, "bad_verdict"),
        ({"found_onset_s": 1}, "bad_range"),
        ({"prompt": "  "}, "no_prompt"),
        ({"kind": "doubted"}, None),
        ({"offset_s": float("1e300")}, None),
    ],
)
def test_what_makes_no_sense_is_refused(server: Server, url: str, change: dict[str, Any], code: str | None) -> None:
    body = {"prompt": "rain", "kind": "accepted", "onset_s": 1, "offset_s": 2, **change}
    answer = server.client.put(f"{url}/verdicts/verdict-1", json=body)
    assert answer.status_code == 422
    assert code in (None, answer.json()["error"]["code"])
    assert server.client.get(f"{url}/verdicts").json()["verdicts"] == []


def test_nothing_is_written_for_recordings_or_by_ids_that_are_not_there(server: Server, url: str) -> None:
    body = {"prompt": "rain", "kind": "accepted", "onset_s": 1, "offset_s": 2}
    assert server.client.put("/api/recordings/nobody/verdicts/verdict-1", json=body).status_code == 404
    assert server.client.delete("/api/recordings/nobody/verdicts/verdict-1").status_code == 404
    assert server.client.get("/api/recordings/nobody/verdicts").status_code == 404
    assert server.client.put(f"{url}/verdicts/no%20id%20at%20all", json=body).status_code == 422


def test_verdicts_go_with_their_recording(server: Server, make_wav: Callable[..., Path]) -> None:
    recording = server.upload(make_wav(2))
    url = f"/api/recordings/{recording['id']}"
    put(server, url, "by-hand-1", prompt="rain", kind="added", onset_s=0.5, offset_s=1)

    def rows() -> int:
        # A connection of its own sees only what is committed, which it must be once it is answered.
        with sqlite3.connect(server.data_dir / "sonotag.db") as database:
            query = "select count(*) from verdicts where recording_id = ?"
            return database.execute(query, (recording["id"],)).fetchone()[0]

    assert rows() == 1
    assert server.client.delete(url).status_code == 204
    assert rows() == 0
