"""A clock that jumps: work goes on, and nothing is taken for older than it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sonotag.jobs import clock
from sonotag.jobs.clock import CautiousClock, RememberedClock
from tests.api.conftest import Server

MakeWav = Callable[..., Path]
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


class Wall:
    """A wall clock that somebody may set."""

    def __init__(self) -> None:
        self.wrong_by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.wrong_by


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(clock, "wall_clock", wall)
    return wall


def test_time_never_runs_ahead_of_either_clock(wall: Wall) -> None:
    cautious = CautiousClock()
    assert abs(cautious.now() - datetime.now(UTC)) < timedelta(seconds=5)
    wall.wrong_by = timedelta(days=400)
    assert abs(cautious.now() - datetime.now(UTC)) < timedelta(seconds=5)
    wall.wrong_by = timedelta(days=-400)
    assert abs(cautious.now() - wall()) < timedelta(seconds=5)


def test_a_clock_that_was_ahead_at_the_start_and_is_put_right(wall: Wall) -> None:
    wall.wrong_by = timedelta(days=20_000)
    cautious = CautiousClock()
    wall.wrong_by = timedelta()
    assert abs(cautious.now() - datetime.now(UTC)) < timedelta(seconds=5)


class Steady:
    """A steady clock that somebody may move on."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s

    def move(self, hours: float, wall: Wall) -> None:
        self.ahead_s += hours * 3600
        wall.wrong_by += timedelta(hours=hours)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    steady = Steady()
    monkeypatch.setattr(clock, "steady_clock_s", steady)
    return steady


def near(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=30)


def test_a_leap_over_a_restart_is_believed_after_a_day_of_running(tmp_path: Path, wall: Wall, steady: Steady) -> None:
    first = RememberedClock(tmp_path / "seen")
    before = first.now()
    assert near(before, datetime.now(UTC))
    first.save()
    wall.wrong_by = timedelta(days=400)
    second = RememberedClock(tmp_path / "seen")
    assert near(second.now(), before)
    steady.move(16, wall)
    assert near(second.now(), before + timedelta(hours=16))
    second.save()
    # Off for an hour, and again for the rest of the day.
    wall.wrong_by += timedelta(hours=1)
    third = RememberedClock(tmp_path / "seen")
    assert near(third.now(), before + timedelta(hours=16))
    steady.move(9, wall)
    assert near(third.now(), wall())
    third.save()
    assert near(RememberedClock(tmp_path / "seen").now(), wall())


def test_a_clock_that_is_put_right_within_the_day_was_never_believed(tmp_path: Path, wall: Wall) -> None:
    RememberedClock(tmp_path / "seen").save()
    wall.wrong_by = timedelta(days=400)
    wrong = RememberedClock(tmp_path / "seen")
    wall.wrong_by = timedelta()
    assert near(wrong.now(), datetime.now(UTC))
    wrong.save()
    assert near(RememberedClock(tmp_path / "seen").now(), datetime.now(UTC))


@pytest.mark.parametrize("note", ["", "[]", '{"seen": "yesterday"}', '{"seen": "2026-01-01", "doubted_s": 0}', "\x00"])
def test_a_note_that_cannot_be_read_is_no_reason_not_to_start(tmp_path: Path, wall: Wall, note: str) -> None:
    (tmp_path / "seen").write_text(note)
    newest = datetime.now(UTC) - timedelta(days=30)
    assert near(RememberedClock(tmp_path / "seen", newest).now(), newest)
    assert near(RememberedClock(tmp_path / "seen").now(), datetime.now(UTC))


def test_a_start_with_a_clock_in_the_future_removes_nothing_for_a_day(
    tmp_path: Path, wall: Wall, steady: Steady, start_server: Callable[..., Any], make_wav: MakeWav
) -> None:
    settings: dict[str, Any] = {"data_dir": tmp_path, "model": "builtin", "keep_days": 30}
    with start_server(**settings) as server:
        kept = server.upload(make_wav(3))["id"]
    wall.wrong_by = timedelta(days=400)
    with start_server(**settings) as server:
        care = server.client.app.state.services.care
        assert care.remove_overdue() == []
        assert server.recording(kept)["state"] == "stored"
        steady.move(25, wall)
        assert care.remove_overdue() == [kept]


@pytest.fixture
def server(wall: Wall, start_server: Callable[..., Any]) -> Iterator[Server]:
    """Keeps recordings for a day, and unfinished uploads for an hour."""
    with start_server(model="builtin", keep_days=1, upload_expiry_s=3600) as server:
        yield server


def test_a_clock_that_jumps_removes_nothing_and_stops_nothing(server: Server, wall: Wall, make_wav: MakeWav) -> None:
    services = server.client.app.state.services  # type: ignore[attr-defined]
    content = make_wav(12).read_bytes()
    begun = server.client.post("/api/uploads", headers={**TUS, "Upload-Length": str(len(content))})
    address, recording_id = f"/api/{begun.headers['location']}", begun.headers["x-recording-id"]
    kept = server.upload(make_wav(3))["id"]
    server.analyze(recording_id, ["rain"])
    offset = 0
    for days in (400, -400, 10_000, 0):
        wall.wrong_by = timedelta(days=days)
        # What is done from time to time.
        services.uploads.expire()
        assert services.care.remove_overdue() == []
        assert server.client.head(address, headers=TUS).headers["upload-offset"] == str(offset)
        piece = content[offset : offset + len(content) // 4 + 1]
        sent = server.client.patch(address, headers={**PIECE, "Upload-Offset": str(offset)}, content=piece)
        assert sent.status_code == 204, sent.text
        offset += len(piece)
    assert offset == len(content)
    assert server.finish(recording_id)["state"] == "done"
    assert server.recording(kept)["state"] == "stored"


def test_what_is_really_too_old_still_goes(server: Server, make_wav: MakeWav, monkeypatch: pytest.MonkeyPatch) -> None:
    services = server.client.app.state.services  # type: ignore[attr-defined]
    recording_id = server.upload(make_wav(3))["id"]
    later_s = time.monotonic() + 2 * 86_400
    monkeypatch.setattr(clock, "steady_clock_s", lambda: later_s)
    monkeypatch.setattr(clock, "wall_clock", lambda: datetime.now(UTC) + timedelta(days=2))
    removed = services.care.remove_overdue()
    monkeypatch.undo()
    assert removed == [recording_id]
