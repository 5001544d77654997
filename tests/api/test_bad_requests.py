"""Requests that cannot be met: each has its own answer, the server goes on, nothing unowned stays on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Server, problem
from tests.api.silent_flac import silent_flac

MakeWav = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("nothing_unowned")


# ---------------------------------------------------------------- prompts


def test_no_prompts_only_encodes(server: Server, make_wav: MakeWav) -> None:
    recording = server.upload(make_wav(3))
    server.analyze(recording["id"], [])
    done = server.finish(recording["id"])
    assert (done["state"], done["prompts"]) == ("done", [])
    scores = server.client.get(f"/api/recordings/{recording['id']}/scores").json()
    assert scores["scores"] == scores["prompts"] == []
    later = server.client.get(f"/api/recordings/{recording['id']}/scores", params={"prompts": "rain"}).json()
    assert len(later["scores"][0]) > 0


def test_prompts_of_nothing_but_space_are_no_prompts(server: Server, stored: str) -> None:
    server.analyze(stored, ["", " \n", "\t"])
    assert server.recording(stored)["prompts"] == []


def test_the_same_prompt_twice_is_one(server: Server, stored: str) -> None:
    server.analyze(stored, ["rain", " rain ", "rain", "wind"])
    assert server.recording(stored)["prompts"] == ["rain", "wind"]


def test_ten_thousand_prompts(server: Server, stored: str) -> None:
    before = server.recording(stored)["prompts"]
    many = [f"sound {number}" for number in range(10_000)]
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": many})
    error = problem(answer, 422, "too_many_prompts")
    assert "200" in error["message"]
    assert server.recording(stored)["prompts"] == before
    few_bytes = {"prompts": ";".join(f"s{number}" for number in range(500))}
    for url in (f"/api/recordings/{stored}/scores", f"/api/recordings/{stored}/detections", "/api/prompts"):
        problem(server.client.get(url, params=few_bytes), 422, "too_many_prompts")


def test_a_prompt_of_ten_kilobytes(server: Server, stored: str) -> None:
    long = "dog " * 2_500
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": ["rain", long]})
    assert "10000" not in server.recording(stored)["prompts"]
    error = problem(answer, 422, "prompt_too_long")
    assert len(error["message"]) < 500
    for url in (f"/api/recordings/{stored}/scores", f"/api/recordings/{stored}/detections", "/api/prompts"):
        problem(server.client.get(url, params={"prompts": long}), 422, "prompt_too_long")


@pytest.mark.parametrize(
    "prompt",
    ["\x00", "a\x00b", "\U0001f415", "\u202e\u72ac", "<script>alert(1)</script>", "' OR 1=1 --", "\ufdfa" * 50],
)
def test_any_text_is_a_prompt(server: Server, stored: str, prompt: str) -> None:
    server.analyze(stored, [prompt])
    answer = server.client.get(f"/api/recordings/{stored}/scores")
    assert answer.status_code == 200
    info = answer.json()["prompts"]
    assert [p["prompt"] for p in info] == server.recording(stored)["prompts"]
    assert answer.json()["scores"] == [None] * len(info)


def test_half_a_character_is_refused(start_server: Callable[..., Any], make_wav: MakeWav) -> None:
    """JSON can write a lone surrogate, which no answer and no export can hold: kept, it would break every list."""
    with start_server() as own:
        recording = own.upload(make_wav(3))
        body = f'{{"recording_id": "{recording["id"]}", "prompts": ["a \\ud800"]}}'.encode()
        answer = own.client.post("/analyze", content=body, headers={"content-type": "application/json"})
        problem(answer, 422, "invalid_input")
        assert own.recording(recording["id"])["prompts"] == []
        assert own.owned()


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_input"),
        (b"{", "invalid_input"),
        (b"[]", "invalid_input"),
        (b"{}", "invalid_input"),
        (b'{"recording_id": 1}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": "rain"}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": [1]}', "invalid_input"),
        (b'{"recording_id": "ID", "prompt": ["rain"]}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": ["rain"], "preset": "general"}', "prompts_and_preset"),
    ],
)
def test_a_request_to_analyse_that_is_none(server: Server, stored: str, body: bytes, code: str) -> None:
    content = body.replace(b"ID", stored.encode())
    answer = server.client.post("/analyze", content=content, headers={"content-type": "application/json"})
    problem(answer, 422, code)


def test_unknown_preset_and_model(server: Server, stored: str) -> None:
    answer = server.client.post("/analyze", json={"recording_id": stored, "preset": "whales"})
    assert "general" in problem(answer, 404, "unknown_preset")["hint"]
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": ["rain"], "model": "gpt"})
    problem(answer, 422, "invalid_input")


@pytest.mark.parametrize(
    "query",
    [
        {"threshold": "nan"},
        {"threshold": "2"},
        {"threshold": "loud"},
        {"threshold": "0.3", "release": "0.4"},
        {"merge_gap_s": "-1"},
        {"merge_gap_s": "inf"},
        {"min_length_s": "1e999"},
        {"format": "xlsx"},
    ],
)
def test_impossible_rules_for_detections(server: Server, stored: str, query: dict[str, str]) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/detections", params=query)
    problem(answer, 422, "bad_rule" if "release" in query else "invalid_input")


@pytest.mark.parametrize(
    "query", ["from_s=-1", "from_s=nan", "from_s=5&to_s=2", "max_columns=0", "max_columns=99999999"]
)
@pytest.mark.parametrize("what", ["scores", "peaks"])
def test_impossible_ranges(server: Server, stored: str, what: str, query: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/{what}?{query}")
    assert problem(answer, 422, answer.json()["error"]["code"])["code"] in ("invalid_input", "bad_range")


@pytest.mark.parametrize("tile", ["-1/0", "0/-1", "99/0", "0/99999999999999999999", "a/b"])
def test_impossible_tiles(server: Server, stored: str, tile: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/spectrogram/{tile}")
    assert answer.status_code in (404, 422), answer.text
    problem(answer, answer.status_code, answer.json()["error"]["code"])


UNKNOWN_IDS = [
    "rec_000000000000",
    "nothing",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%F0%9F%90%95",
    "x" * 3000,
    "-1",
    "' OR 1=1",
]


@pytest.mark.parametrize("identity", UNKNOWN_IDS)
def test_unknown_recording(server: Server, identity: str) -> None:
    url = f"/api/recordings/{identity}"
    for suffix in ("", "/audio", "/peaks", "/spectrogram", "/spectrogram/0/0", "/scores", "/detections", "/events"):
        problem(server.client.get(url + suffix), 404, "not_found")
    problem(server.client.delete(url), 404, "not_found")
    problem(server.client.post(url + "/cancel"), 404, "not_found")


def test_analysis_of_an_unknown_recording(server: Server) -> None:
    answer = server.client.post("/analyze", json={"recording_id": "rec_000000000000", "prompts": ["rain"]})
    problem(answer, 404, "not_found")


def test_unknown_addresses_and_methods(server: Server) -> None:
    problem(server.client.get("/api/nothing"), 404, "not_found")
    problem(server.client.put("/analyze", json={}), 405, "method_not_allowed")


# ---------------------------------------------------------------- at once


def test_two_analyses_of_one_recording_at_once(server: Server, make_wav: MakeWav) -> None:
    """Both are accepted, the work is done once, and the later prompts are what the recording shows."""
    recording = server.upload(make_wav(25))
    together = threading.Barrier(4)

    def analyze(number: int) -> Any:
        together.wait(timeout=300)  # four threads of a machine that may be busy
        prompts = ["dog barking", "rain"] if number % 2 else ["sneezing"]
        return server.client.post("/analyze", json={"recording_id": recording["id"], "prompts": prompts})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(analyze, range(4)))
    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.json()["analysis_id"] for answer in answers}) == 4
    done = server.finish(recording["id"])
    assert done["state"] == "done"
    assert done["windows_done"] == done["windows_total"] == 3
    assert done["duration_s"] == pytest.approx(25)
    assert done["prompts"] in (["sneezing"], ["dog barking", "rain"])
    frames = [name for name in server.stored() if recording["id"] in name and "frames" in name]
    assert len(frames) == 1


def test_deleting_what_is_being_analysed(server: Server) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("long.flac", silent_flac(10 * 3600))})
    assert answer.status_code == 201, answer.text
    recording = answer.json()
    server.analyze(recording["id"], ["rain"])
    begun = server.wait(recording["id"], lambda r: r["windows_done"] > 0, timeout_s=300)
    assert begun["state"] == "analyzing", begun
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204
    problem(server.client.get(f"/api/recordings/{recording['id']}"), 404, "not_found")
    assert not [name for name in server.stored() if recording["id"] in name]


def test_a_full_queue_says_when_to_come_back(start_server: Callable[..., Any]) -> None:
    """One job runs, one waits, the third is refused and its recording stays as it was."""
    with start_server(concurrent_jobs=1, max_queued_jobs=1) as busy:
        # Long enough that the first job cannot end while the others are sent, however slow that is.
        long = silent_flac(10 * 3600)
        answers = [busy.client.post("/upload_audio", files={"file": ("long.flac", long)}) for _ in range(4)]
        recordings = [answer.json()["id"] for answer in answers]
        for asked in recordings:
            last = busy.client.post("/analyze", json={"recording_id": asked, "prompts": ["rain"]})
            if last.status_code != 202:
                break
        problem(last, 429, "busy")
        assert int(last.headers["retry-after"]) > 0
        assert busy.recording(asked)["state"] == "stored"
        for recording in recordings:
            assert busy.client.delete(f"/api/recordings/{recording}").status_code == 204
        assert busy.stored() == set()


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=5-2", "bytes=abc", "bytes=-0", "chapters=1-2"])
def test_ranges_that_are_not_there(server: Server, stored: str, wanted: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/audio", headers={"range": wanted})
    if answer.status_code == 200:
        assert len(answer.content) == int(answer.headers["content-length"]) > 0
    elif answer.status_code != 416:
        problem(answer, 400, answer.json()["error"]["code"])


def test_cancelling_what_does_not_run(server: Server, stored: str) -> None:
    problem(server.client.post(f"/api/recordings/{stored}/cancel"), 409, "conflict")
