"""Upload, analyse, follow, read, export, delete: the main job through the API."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.websockets import WebSocketDisconnect

from sonotag.sample import load_sample
from tests.api.conftest import Server

MakeWav = Callable[..., Path]


@pytest.fixture(scope="module")
def sample(server: Server) -> dict[str, Any]:
    """The bundled sample, analysed with its own prompts."""
    added = server.client.post("/api/sample")
    assert added.status_code == 201
    recording = added.json()
    assert recording["state"] == "stored"
    server.analyze(recording["id"], recording["prompts"])
    return server.finish(recording["id"])


def test_the_sample_is_done_and_its_time_axis_is_exact(sample: dict[str, Any]) -> None:
    assert sample["state"] == "done", sample["error"]
    assert sample["duration_exact"]
    assert sample["duration_s"] == pytest.approx(load_sample().duration_s, abs=0.06)
    assert sample["analyzed_s"] == sample["duration_s"]
    assert sample["windows_done"] == sample["windows_total"] == 7


def test_every_known_sound_of_the_sample_is_found_at_its_time(server: Server, sample: dict[str, Any]) -> None:
    scores = server.client.get(f"/api/recordings/{sample['id']}/scores", params={"max_columns": 20_000}).json()
    assert scores["end_s"] == pytest.approx(sample["duration_s"])
    row_of = {info["prompt"]: row for info, row in zip(scores["prompts"], scores["scores"], strict=True)}
    hop_s = scores["seconds_per_column"]
    for event in load_sample().events:
        row = row_of[event.prompt]
        inside = row[round(event.onset_s / hop_s) : round(event.offset_s / hop_s) + 1]
        assert max(inside) >= 0.5, f"{event} is not seen"


def test_sounds_of_the_sample_are_not_found_where_they_are_not(server: Server, sample: dict[str, Any]) -> None:
    found = server.client.get(f"/api/recordings/{sample['id']}/detections").json()["detections"]
    slack_s = 1.0
    strays = [
        d
        for d in found
        if not any(
            e.prompt == d["prompt"] and d["onset_s"] < e.offset_s + slack_s and d["offset_s"] > e.onset_s - slack_s
            for e in load_sample().events
        )
    ]
    assert sum(d["offset_s"] - d["onset_s"] for d in strays) < 0.05 * sample["duration_s"], strays


def test_other_prompts_are_scored_at_once_and_unknown_ones_are_not(server: Server, sample: dict[str, Any]) -> None:
    answer = server.client.get(
        f"/api/recordings/{sample['id']}/scores", params={"prompts": ["a dog barks; zxqv flumph", "puppy"]}
    ).json()
    assert [p["matched"] for p in answer["prompts"]] == ["dog barking", None, "dog barking"]
    assert answer["scores"][1] is None
    assert answer["scores"][0] == answer["scores"][2]
    assert max(answer["scores"][0]) >= 0.5


def test_parts_and_columns(server: Server, sample: dict[str, Any]) -> None:
    def scores(**params: Any) -> dict[str, Any]:
        return server.client.get(
            f"/api/recordings/{sample['id']}/scores", params={"prompts": "dog barking", **params}
        ).json()

    whole = scores(max_columns=20_000)
    part = scores(from_s=10, to_s=20, max_columns=20_000)
    first = round(10 / whole["seconds_per_column"])
    assert part["start_s"] == 10
    assert part["scores"][0] == whole["scores"][0][first : first + len(part["scores"][0])]
    coarse = scores(max_columns=50)
    assert len(coarse["scores"][0]) <= 50
    assert max(coarse["scores"][0]) == max(whole["scores"][0])


def test_detections_in_every_format_say_the_same(server: Server, sample: dict[str, Any]) -> None:
    url = f"/api/recordings/{sample['id']}/detections"
    as_json = server.client.get(url).json()["detections"]
    assert as_json
    as_csv = server.client.get(url, params={"format": "csv"})
    assert as_csv.headers["content-type"].startswith("text/csv")
    assert "attachment" in as_csv.headers["content-disposition"]
    assert len(list(csv.DictReader(io.StringIO(as_csv.text)))) == len(as_json)
    audacity = server.client.get(url, params={"format": "audacity"})
    assert len(audacity.text.splitlines()) == len(as_json)
    stricter = server.client.get(url, params={"threshold": 0.999}).json()["detections"]
    assert len(stricter) < len(as_json)
    assert all(d["peak"] >= 0.999 for d in stricter)


def test_each_prompt_can_have_a_threshold_of_its_own(server: Server, sample: dict[str, Any]) -> None:
    url = f"/api/recordings/{sample['id']}/detections"
    prompts = ["dog barking", "rain"]
    lax, strict = (
        server.client.get(url, params={"prompts": prompts, "threshold": t}).json()["detections"] for t in (0.3, 0.9)
    )
    mixed = server.client.get(url, params={"prompts": prompts, "thresholds": [0.3, 0.9]}).json()["detections"]

    def of(found: list[dict[str, Any]], prompt: str) -> list[dict[str, Any]]:
        return [d for d in found if d["prompt"] == prompt]

    assert of(mixed, "dog barking") == of(lax, "dog barking")
    assert of(mixed, "rain") == of(strict, "rain")
    assert of(lax, "rain") != of(strict, "rain")
    wrong = server.client.get(url, params={"prompts": prompts, "thresholds": [0.3]})
    assert wrong.status_code == 422
    assert wrong.json()["error"]["code"] == "bad_rule"


def test_waveform_and_spectrogram_cover_the_recording(server: Server, sample: dict[str, Any]) -> None:
    peaks = server.client.get(f"/api/recordings/{sample['id']}/peaks", params={"max_columns": 300}).json()
    assert len(peaks["min"]) == len(peaks["max"]) <= 300
    assert peaks["end_s"] == pytest.approx(sample["duration_s"], abs=0.01)
    assert -1 <= min(peaks["min"]) < 0 < max(peaks["max"]) <= 1
    info = server.client.get(f"/api/recordings/{sample['id']}/spectrogram").json()
    tile = server.client.get(f"/api/recordings/{sample['id']}/spectrogram/0/0")
    pixels = np.frombuffer(tile.content, np.uint8).reshape(-1, info["bands"])
    assert pixels.shape[0] == 512
    assert pixels.max() > 100
    top = info["levels"] - 1
    whole = server.client.get(f"/api/recordings/{sample['id']}/spectrogram/{top}/0")
    assert int(whole.headers["x-columns"]) == -(-info["columns"] // 2**top)


def test_audio_is_served_with_ranges(server: Server, sample: dict[str, Any]) -> None:
    url = sample["audio_url"]
    whole = server.client.get(url)
    assert whole.headers["content-type"] == "audio/mpeg"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = server.client.get(url, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]


def collect(socket: Any, last: int, stop: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Messages up to the one that satisfies `stop`, checked to be gapless after `last`."""
    messages: list[dict[str, Any]] = []
    while not messages or not stop(messages[-1]):
        message = socket.receive_json()
        assert message["from_seq"] == last + 1 or message["type"] == "snapshot", message
        last = message["seq"]
        messages.append(message)
    return messages


def is_done(message: dict[str, Any]) -> bool:
    return message["type"] == "state" and message["state"] == "done"


def test_a_socket_sees_everything_as_it_happens(server: Server, make_wav: MakeWav) -> None:
    recording = server.upload(make_wav(65))
    prompts = ["dog barking", "flumph"]
    with server.client.websocket_connect(f"/ws/recordings/{recording['id']}?after=0&prompts=dog barking;flumph") as s:
        server.analyze(recording["id"], prompts)
        messages = collect(s, 0, is_done)
    windows = [m for m in messages if m["type"] == "window"]
    assert sum(m["count"] for m in windows) == 7
    assert all(m["prompts"] == prompts and m["scores"][1] is None for m in windows)
    live = [score for m in windows for score in m["scores"][0]]
    stored = server.client.get(
        f"/api/recordings/{recording['id']}/scores", params={"prompts": "dog barking", "max_columns": 20_000}
    ).json()["scores"][0]
    assert live == stored
    assert windows[-1]["end_s"] == 65.0
    states = [m["state"] for m in messages if m["type"] == "state"]
    assert states == ["queued", "analyzing", "done"]

    # Whoever missed it reads the same again, from anywhere.
    middle = messages[len(messages) // 2]["seq"]
    with server.client.websocket_connect(f"/ws/recordings/{recording['id']}?after={middle}") as s:
        assert [m["seq"] for m in collect(s, middle, is_done)][-1] == messages[-1]["seq"]


def test_a_late_viewer_gets_a_snapshot_and_may_change_the_prompts(server: Server, sample: dict[str, Any]) -> None:
    with server.client.websocket_connect(f"/ws/recordings/{sample['id']}") as socket:
        first = socket.receive_json()
        assert first["type"] == "snapshot"
        assert [p["prompt"] for p in first["prompts"]] == sample["prompts"]
        assert first["recording"]["state"] == "done"
        socket.send_json({"type": "prompts", "prompts": ["puppy"]})
        second = socket.receive_json()
        assert (second["type"], second["seq"]) == ("snapshot", first["seq"])
        assert second["scores"] == [first["scores"][sample["prompts"].index("dog barking")]]
        for nonsense in ("not json", "{}", '{"type": "prompts", "prompts": "x"}', '{"type":"prompts","prompts":[1]}'):
            socket.send_text(nonsense)
            assert socket.receive_json()["type"] == "rejected"
        socket.send_json({"type": "prompts", "prompts": [f"p{n}" for n in range(500)]})
        assert socket.receive_json()["code"] == "too_many_prompts"


def test_an_unknown_recording_closes_the_socket_with_its_own_code(server: Server) -> None:
    with server.client.websocket_connect("/ws/recordings/rec_nothing") as socket:
        assert socket.receive() == {"type": "websocket.close", "code": 4404, "reason": socket_reason()}


def socket_reason() -> str:
    return "There is no recording with this id."


def test_other_sites_pages_are_refused(server: Server, sample: dict[str, Any]) -> None:
    evil = {"Origin": "https://evil.example"}
    refused = server.client.post("/api/sample", headers=evil)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_refused")
    with (
        pytest.raises(WebSocketDisconnect),
        server.client.websocket_connect(f"/ws/recordings/{sample['id']}", headers=evil),
    ):
        raise AssertionError("the socket was accepted")
    own = server.client.post("/api/recordings/nothing/cancel", headers={"Origin": "http://localhost"})
    assert own.status_code == 404


def test_analysing_again_only_scores_again(server: Server, sample: dict[str, Any]) -> None:
    again = server.analyze(sample["id"], ["rain"])
    assert again["state"] == "done"
    now = server.recording(sample["id"])
    assert now["prompts"] == ["rain"]
    assert now["last_seq"] == sample["last_seq"]
    server.analyze(sample["id"], sample["prompts"])


@pytest.fixture
def stops_midway(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs store their first windows and then stand still until they are told to stop, however fast the machine is."""
    services = server.client.app.state.services  # type: ignore[attr-defined]
    ensure_room, cancel = services.disk.ensure_room, services.runner.cancel
    stored, told = threading.Semaphore(1), threading.Event()

    def wait_after_the_first(*arguments: Any) -> None:
        if threading.current_thread().name.startswith("job-") and not stored.acquire(blocking=False):
            assert told.wait(120)
        ensure_room(*arguments)

    def cancel_and_tell(*arguments: Any, **options: Any) -> Any:
        job = cancel(*arguments, **options)
        told.set()
        return job

    monkeypatch.setattr(services.disk, "ensure_room", wait_after_the_first)
    monkeypatch.setattr(services.runner, "cancel", cancel_and_tell)
    yield
    told.set()


def test_cancelled_work_goes_on_where_it_was_and_ends_the_same(
    server: Server, make_wav: MakeWav, request: pytest.FixtureRequest
) -> None:
    path = make_wav(300)
    straight, stopped = server.upload(path)["id"], server.upload(path)["id"]
    server.analyze(straight, [])
    server.finish(straight)
    request.getfixturevalue("stops_midway")
    server.analyze(stopped, [])
    server.wait(stopped, lambda r: r["windows_done"] > 0)
    cancelled = server.client.post(f"/api/recordings/{stopped}/cancel")
    assert cancelled.status_code == 202, cancelled.text
    assert cancelled.json()["state"] == "cancelled"
    part = cancelled.json()["windows_done"]
    assert 0 < part < 30
    server.analyze(stopped, [])
    assert server.finish(stopped)["windows_done"] == 30

    def files(recording_id: str) -> dict[str, bytes]:
        directory = server.data_dir / "recordings" / recording_id
        return {path.name: path.read_bytes() for path in directory.iterdir()}

    assert files(straight) == files(stopped)
    for recording_id in (straight, stopped):
        server.client.delete(f"/api/recordings/{recording_id}")


@pytest.mark.usefixtures("stops_midway")
def test_deleting_leaves_nothing(server: Server, make_wav: MakeWav) -> None:
    recording = server.upload(make_wav(300))
    server.analyze(recording["id"], [])
    server.wait(recording["id"], lambda r: r["windows_done"] > 0)
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204
    assert not any(recording["id"] in name for name in server.stored())
    assert server.client.get(f"/api/recordings/{recording['id']}").status_code == 404
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 404


def test_catalogue_and_health(server: Server) -> None:
    assert server.client.get("/healthz").json()["status"] == "ok"
    assert server.client.get("/readyz").status_code == 200
    model = server.client.get("/api/model").json()["model"]
    assert (model["name"], model["state"]) == ("builtin", "ready")
    assert "dog barking" in model["labels"]
    presets = server.client.get("/api/presets").json()["presets"]
    assert presets[0]["name"] == "general"
    covered = server.client.get("/api/prompts", params={"prompts": "puppy;flumph"}).json()["prompts"]
    assert [p["covered"] for p in covered] == [True, False]
    assert covered[1]["nearest"] is not None
    assert 'sonotag_model_ready{model="builtin"} 1.0' in server.client.get("/metrics").text
    for path in ("/nothing", "/api/nothing"):
        assert server.client.get(path).json()["error"]["code"] == "not_found"
