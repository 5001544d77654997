"""The data directory: one server at a time, nothing left over, nothing thrown away by mistake, synced in order."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sonotag.domain import Problem, Recording, RecordingState, Source, SourceKind
from sonotag.errors import StorageError
from sonotag.store.database import Database, new_recording_id
from sonotag.store.disk import Disk
from sonotag.store.files import DataDirectory
from sonotag.store.integrity import check_database

RECORDING = Recording(
    "rec_1",
    "Ducks",
    RecordingState.DONE,
    Source(SourceKind.UPLOAD, "a.wav", "audio/wav", 4),
    datetime.now(UTC),
    model="builtin",
    model_version="v2",
    frames_done=1,
)


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


def test_one_server_at_a_time(data: DataDirectory) -> None:
    with data.held(), pytest.raises(StorageError) as error, data.held(wait_s=0):
        pass
    assert error.value.code == "data_in_use"
    with data.held(wait_s=0):
        pass


@pytest.mark.parametrize("left", [None, b""])
def test_recordings_without_their_database_are_not_swept_away(data: DataDirectory, left: bytes | None) -> None:
    data.prepare("rec_1").write_bytes(b"RIFF")
    if left is not None:
        data.database.write_bytes(left)
    with pytest.raises(StorageError) as error, data.held():
        pass
    assert error.value.code == "database_missing"
    assert data.files_of("rec_1").original.read_bytes() == b"RIFF"


@pytest.mark.parametrize("damage", [b"no database at all" * 300, None])
def test_a_damaged_database_is_refused_and_left_as_it_is(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "sonotag.db"
    database = Database(path)
    for _ in range(30):
        database.add_recording(new_recording_id(), "x" * 2000, RECORDING.source, owner="")
    database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096 * 3] = os.urandom(4096 * 3)
    path.write_bytes(damage or bytes(content))
    before = path.read_bytes()
    with pytest.raises(StorageError) as error:
        Database(path)
    assert error.value.code == "database_damaged"
    assert "sonotag restore" in error.value.hint
    assert path.read_bytes() == before


def test_a_database_that_was_killed_is_not_taken_for_damaged(tmp_path: Path) -> None:
    path = tmp_path / "sonotag.db"
    database = Database(path)
    database.add_recording("rec_1", "Ducks", RECORDING.source, owner="")
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("sonotag.db", "sonotag.db-wal"):  # as a power failure leaves them, without the shared memory
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    database.close()
    check_database(killed / "sonotag.db")
    again = Database(killed / "sonotag.db")
    assert again.recording("rec_1").title == "Ducks"
    again.close()


def test_a_database_without_room_says_so_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "sonotag.db"
    database = Database(path)
    database.add_recording("rec_1", "Ducks", RECORDING.source, owner="")
    with database.reading() as session:
        # SQLite's own limit: the same error code as a full disk, from the same place.
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    def tell_much() -> None:
        for number in range(100):
            database.update("rec_1", [("state", {"n": number, "text": "x" * 2000})])

    with pytest.raises(StorageError) as error:
        tell_much()
    assert error.value.code == "disk_full"
    last_seq = database.recording("rec_1").last_seq
    assert last_seq > 0
    assert [event.seq for event in database.events_after("rec_1", 0, 10_000)] == list(range(1, last_seq + 1))
    database.close()


def test_what_is_deleted_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "sonotag.db"
    database = Database(path)
    database.add_recording("rec_1", "a secret meeting", RECORDING.source, owner="")
    database.delete_recording("rec_1")
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert b"a secret meeting" not in path.read_bytes()


def test_tidying_removes_what_a_kill_left_and_nothing_else(data: DataDirectory) -> None:
    data.prepare("rec_1")
    files = data.files_of("rec_1")
    kept = {files.original, files.playable, files.thumbnail, files.peaks, files.frames("builtin", "v2")}
    left = {files.frames("builtin", "v1"), files.frames("flam", "v2"), files.directory / "playable.part"}
    for path in kept | left:
        path.write_bytes(b"RIFF")
    assert set(data.tidy(RECORDING)) == {path.name for path in left}
    assert set(files.directory.iterdir()) == kept


def test_a_recording_that_was_given_up_keeps_no_files(data: DataDirectory) -> None:
    given_up = replace(RECORDING, state=RecordingState.CANCELLED, frames_done=0)
    given_up = replace(given_up, source=replace(given_up.source, size_bytes=0))
    data.prepare("rec_1").write_bytes(b"half of it")
    data.tidy(replace(given_up, arriving=True, problem=Problem("x", "x", "x")))
    assert data.files_of("rec_1").original.exists()
    data.tidy(given_up)
    assert list(data.recordings.iterdir()) == list(data.incoming.iterdir()) == []


def test_removing_leaves_nothing_and_may_be_repeated(data: DataDirectory) -> None:
    data.prepare("rec_1").write_bytes(b"RIFF")
    data.remove("rec_1")
    data.remove("rec_1")
    assert list(data.recordings.iterdir()) == list(data.incoming.iterdir()) == []


def test_sweeping_completes_an_interrupted_deletion(data: DataDirectory) -> None:
    data.prepare("rec_1")
    data.prepare("rec_2").rename(data.incoming / "deleted-x")
    data.files_of("rec_2").directory.rename(data.incoming / "deleted-y")
    (data.incoming / "half.part").write_bytes(b"x")
    assert len(data.sweep({"rec_1"})) == 3
    assert [entry.name for entry in data.recordings.iterdir()] == ["rec_1"]
    assert list(data.incoming.iterdir()) == []


def test_names_are_synced_before_anybody_is_told(data: DataDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", note)
    data.prepare("rec_1")
    incoming = data.new_incoming()
    incoming.write_bytes(b"RIFF")
    data.adopt(incoming, "rec_2")
    folders = [str(data.recordings / "rec_1"), str(data.recordings), str(data.recordings / "rec_2")]
    assert synced == [folders[0], folders[1], folders[2], folders[1]]


def test_the_floor_and_the_reserve(tmp_path: Path) -> None:
    free = {"bytes": 1 << 30}
    disk = Disk(tmp_path, floor_bytes=1 << 20, free=lambda _: free["bytes"])
    disk.ensure_room((1 << 30) - (1 << 20))
    with pytest.raises(StorageError) as error:
        disk.ensure_room(1 << 30)
    assert error.value.code == "disk_full"
    disk.keep_reserve()
    assert disk.is_low is False
    [reserve] = tmp_path.iterdir()
    assert reserve.stat().st_blocks * 512 >= 8 << 20
    disk.release_reserve()
    free["bytes"] = 0
    disk.keep_reserve()
    assert disk.is_low
    assert list(tmp_path.iterdir()) == []
