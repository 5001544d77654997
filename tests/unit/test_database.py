"""The database: changes with their events, gapless logs, lists, migrations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import StatementError

from sonotag.domain import Problem, RecordingState, Source, SourceKind
from sonotag.errors import NotFoundError
from sonotag.store.database import Database, new_recording_id
from sonotag.store.tables import Base

SOURCE = Source(SourceKind.UPLOAD, "a, b\n🦆.wav", "audio/wav", 12)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "test.db")
    yield database
    database.close()


def test_a_recording_comes_back_as_it_went_in(database: Database) -> None:
    recording_id = new_recording_id()
    added = database.add_recording(recording_id, "Ducks", SOURCE)
    assert database.recording(recording_id) == added
    assert added.source == SOURCE
    assert added.state is RecordingState.STORED
    assert added.created_at.tzinfo is UTC


def test_events_are_gapless_and_part_of_the_change(database: Database) -> None:
    recording_id = new_recording_id()
    database.add_recording(recording_id, "Ducks", SOURCE)
    database.update(recording_id, [("state", {"state": "queued"})], state=RecordingState.QUEUED)
    problem = Problem("too_long", "It is long.", "Cut it.")
    recording, events = database.update(recording_id, [("progress", {}), ("error", {})], problem=problem)
    assert [event.seq for event in events] == [2, 3]
    assert recording.last_seq == 3
    assert recording.problem == problem
    assert [(e.seq, e.type) for e in database.events_after(recording_id, 1, 10)] == [
        (2, "progress"),
        (3, "error"),
    ]
    assert [e.seq for e in database.events_after(recording_id, 0, 2)] == [1, 2]


def test_a_change_that_fails_leaves_no_event(database: Database) -> None:
    recording_id = new_recording_id()
    database.add_recording(recording_id, "Ducks", SOURCE)
    with pytest.raises(StatementError, match="not JSON serializable"):
        database.update(recording_id, [("state", {"not json": object()})])
    assert database.recording(recording_id).last_seq == 0
    assert database.events_after(recording_id, 0, 10) == []


def test_unknown_ids(database: Database) -> None:
    for call in (database.recording, database.delete_recording, database.update):
        with pytest.raises(NotFoundError):
            call("rec_nothing")


def test_deleting_takes_events_and_analyses_along(database: Database) -> None:
    recording_id = new_recording_id()
    database.add_recording(recording_id, "Ducks", SOURCE)
    database.update(recording_id, [("state", {})])
    database.add_analysis(recording_id, "builtin", ["duck"])
    database.delete_recording(recording_id)
    assert database.events_after(recording_id, 0, 10) == []
    assert database.recording_ids() == set()


def test_the_list_is_walked_from_new_to_old_without_gap_or_repeat(database: Database) -> None:
    ids = [new_recording_id() for _ in range(7)]
    for recording_id in ids:
        database.add_recording(recording_id, recording_id, SOURCE)
    seen: list[str] = []
    before = None
    while page := database.recordings(3, before):
        seen += [recording.id for recording in page]
        before = (page[-1].created_at, page[-1].id)
    assert sorted(seen) == sorted(ids)
    created = [database.recording(recording_id).created_at for recording_id in seen]
    assert created == sorted(created, reverse=True)


def test_unfinished_work_is_found_again(database: Database, tmp_path: Path) -> None:
    ids = [new_recording_id() for _ in RecordingState]
    for recording_id, state in zip(ids, RecordingState, strict=True):
        database.add_recording(recording_id, "x", SOURCE)
        database.update(recording_id, state=state)
    database.close()
    again = Database(tmp_path / "test.db")
    active = [i for i, state in zip(ids, RecordingState, strict=True) if state.is_active]
    assert again.unfinished() == active
    again.close()


def test_migrations_make_exactly_the_tables_that_the_code_uses(database: Database, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
