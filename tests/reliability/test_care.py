"""Damaged files are found, set aside and mended or reported; old recordings go, pinned and active ones stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from sonotag.api.deps import Services
from sonotag.store.retention import Keeping
from sonotag.store.tables import RecordingRow
from tests.api.conftest import Server


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server(verify_hours=0) as server:
        yield server


@pytest.fixture
def services(server: Server) -> Services:
    return server.client.app.state.services  # pyright: ignore[reportAttributeAccessIssue]


def done(server: Server, make_wav: Callable[..., Path]) -> str:
    recording_id = server.upload(make_wav(23))["id"]
    server.analyze(recording_id, ["rain"])
    server.finish(recording_id)
    return recording_id


def files(server: Server, recording_id: str) -> dict[str, bytes]:
    folder = server.data_dir / "recordings" / recording_id
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["frames-*", "spectrogram.u8"])
def test_a_flipped_bit_in_what_was_made_is_mended_from_the_original(
    server: Server, services: Services, make_wav: Callable[..., Path], name: str
) -> None:
    recording_id = done(server, make_wav)
    before = files(server, recording_id)
    [path] = (server.data_dir / "recordings" / recording_id).glob(name)
    spoil(path)
    services.care.verify_all()
    assert server.finish(recording_id)["state"] == "done"
    assert files(server, recording_id) == before
    [aside] = (server.data_dir / "quarantine" / recording_id).iterdir()
    assert aside.name.startswith(path.name)
    server.client.delete(f"/api/recordings/{recording_id}")
    assert list((server.data_dir / "quarantine").iterdir()) == []


def test_a_missing_file_is_made_again(server: Server, services: Services, make_wav: Callable[..., Path]) -> None:
    recording_id = done(server, make_wav)
    before = files(server, recording_id)
    (server.data_dir / "recordings" / recording_id / "peaks.i8").unlink()
    services.care.verify_all()
    assert server.finish(recording_id)["state"] == "done"
    assert files(server, recording_id) == before


def test_a_damaged_original_is_reported_and_its_scores_stay(
    server: Server, services: Services, make_wav: Callable[..., Path]
) -> None:
    recording_id = done(server, make_wav)
    other = done(server, make_wav)
    scores = server.client.get(f"/api/recordings/{recording_id}/scores").json()
    spoil(server.data_dir / "recordings" / recording_id / "original")
    services.care.verify_all()
    recording = server.recording(recording_id)
    assert recording["state"] == "done"
    assert recording["warning"]["code"] == "original_damaged"
    audio = server.client.get(f"/api/recordings/{recording_id}/audio")
    assert (audio.status_code, audio.json()["error"]["code"]) == (409, "original_damaged")
    assert server.client.get(f"/api/recordings/{recording_id}/scores").json() == scores
    assert server.recording(other)["warning"] is None
    assert server.client.get(f"/api/recordings/{other}/audio").status_code == 200


def test_with_the_original_gone_damaged_frames_are_a_failure(
    server: Server, services: Services, make_wav: Callable[..., Path]
) -> None:
    recording_id = done(server, make_wav)
    for name in ("original", "spectrogram.u8"):
        spoil(server.data_dir / "recordings" / recording_id / name)
    services.care.verify_all()
    recording = server.recording(recording_id)
    assert (recording["state"], recording["error"]["code"]) == ("failed", "original_damaged")
    assert server.client.get(f"/api/recordings/{recording_id}/scores").status_code == 200


def test_checksums_of_older_recordings_are_noted_and_held_to(
    server: Server, services: Services, make_wav: Callable[..., Path]
) -> None:
    recording_id = done(server, make_wav)
    known = services.database.recording(recording_id)
    services.database.update(recording_id, original_sha256=None, derived_sha256=None)
    services.care.verify_all()
    assert services.database.recording(recording_id) == known
    assert known.original_sha256 is not None
    assert len(known.derived_sha256 or {}) == 3


def test_a_file_sent_in_pieces_has_the_checksum_of_the_whole(
    server: Server, services: Services, make_wav: Callable[..., Path]
) -> None:
    content = make_wav(5).read_bytes()
    answer = server.client.post("/upload_audio", params={"filename": "a.wav", "prompts": "rain"}, content=content)
    whole = server.upload(make_wav(5))
    sums = [services.database.recording(one["id"]).original_sha256 for one in (answer.json(), whole)]
    assert sums[0] is not None
    assert sums[0] == sums[1]


def test_old_recordings_go_and_pinned_ones_stay(
    server: Server, services: Services, make_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, pinned, new = (server.upload(make_wav(5))["id"] for _ in range(3))
    answer = server.client.patch(f"/api/recordings/{pinned}", json={"pinned": True})
    assert (answer.status_code, answer.json()["pinned"]) == (200, True)
    with services.database.writing() as session:
        query = update(RecordingRow).where(RecordingRow.id.in_([old, pinned]))
        session.execute(query.values(created_at=datetime.now(UTC) - timedelta(days=31)))
    assert services.care.remove_overdue() == []
    monkeypatch.setattr(services.care, "keeping", Keeping(days=30))
    assert services.care.remove_overdue() == [old]
    assert server.client.get(f"/api/recordings/{old}").status_code == 404
    assert not (server.data_dir / "recordings" / old).exists()
    assert server.recording(pinned)["pinned"]
    assert server.recording(new)["id"] == new


def test_only_its_owner_pins_a_recording(server: Server, make_wav: Callable[..., Path]) -> None:
    recording_id = server.upload(make_wav(5))["id"]
    cookies = dict(server.client.cookies)
    server.client.cookies.clear()
    try:
        answer = server.client.patch(f"/api/recordings/{recording_id}", json={"pinned": True})
    finally:
        server.client.cookies.update(cookies)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")
    assert server.recording(recording_id)["pinned"] is False


def test_how_long_recordings_are_kept_is_announced(server: Server) -> None:
    assert server.client.get("/api/system").json()["keep_days"] is None
