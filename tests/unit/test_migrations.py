"""Every schema that there has been is brought to the newest one with what is in it, all at once or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import alembic.op
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from sonotag.errors import StorageError
from sonotag.store.database import MIGRATIONS, Database, migrate

VALUES: dict[str, object] = {
    "id": "rec_old",
    "recording_id": "rec_old",
    "state": "done",
    "source_kind": "upload",
    "created_at": "2026-10-01 12:00:00.000000",
    "expires_at": "2026-10-02 12:00:00.000000",
    "title": "Ducks, 1 🦆",
    "prompts": '["duck", "rain"]',
    "frames_done": 80,
    "samples_done": 480_000,
    "windows_done": 1,
    "last_seq": 2,
    "body": "{}",
}
"""What a column of an old schema holds; any other gets a value that its type allows."""

OF_TYPE: dict[str, object] = {
    "VARCHAR": "x",
    "INTEGER": 1,
    "BOOLEAN": 0,
    "FLOAT": 1.5,
    "DATETIME": VALUES["created_at"],
}


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def fill(path: Path) -> None:
    """A row in every table of the schema that the database has, two in that of events."""
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in sorted(set(tables) - {"alembic_version"}, key=lambda name: name != "recordings"):
            columns = list(connection.execute(f"PRAGMA table_info({table})"))
            row: dict[str, object] = {}
            for _, name, kind, required, _, _ in columns:
                if name in VALUES:
                    row[name] = VALUES[name]
                elif required:
                    row[name] = "{}" if kind == "JSON" else OF_TYPE[kind]
            for seq in (1, 2) if table == "events" else (1,):
                values = {**row, "seq": seq} if table == "events" else row
                marks = ", ".join("?" for _ in values)
                statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
                connection.execute(statement, list(values.values()))


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in tables}


@pytest.mark.parametrize("revision", revisions())
def test_what_an_older_schema_holds_is_there_in_the_newest(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "old.db"
    migrate(path, revision)
    fill(path)
    before = contents(path)
    database = Database(path)
    try:
        recording = database.recording("rec_old")
        assert (recording.title, recording.prompts) == ("Ducks, 1 🦆", ("duck", "rain"))
        assert (recording.frames_done, recording.samples_done, recording.last_seq) == (80, 480_000, 2)
        assert [event.seq for event in database.events_after("rec_old", 0, 10)] == [1, 2]
    finally:
        database.close()
    after = contents(path)
    for table in set(before) - {"alembic_version"}:
        for old, new in zip(before[table], after[table], strict=True):
            assert {name: new[name] for name in old} == old


def test_a_migration_that_is_interrupted_leaves_the_schema_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    migrate(path, "0001")
    fill(path)
    before = contents(path)
    monkeypatch.setattr(alembic.op, "create_index", _break_off)
    with pytest.raises(KeyboardInterrupt):
        migrate(path, "0002")
    assert contents(path) == before
    monkeypatch.undo()
    migrate(path)
    assert contents(path)["recordings"][0]["title"] == "Ducks, 1 🦆"


def _break_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_schema_of_the_future_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    content = path.read_bytes()
    with pytest.raises(StorageError) as error:
        Database(path)
    assert error.value.code == "database_newer"
    assert path.read_bytes() == content
