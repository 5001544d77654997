"""Verdicts in the database, beside others who write there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sonotag.domain import Recording, Source, SourceKind, Verdict, VerdictKind
from sonotag.errors import ConflictError, NotFoundError
from sonotag.store import verdicts
from sonotag.store.database import Database
from sonotag.store.verdicts import VerdictStore


def verdict(verdict_id: str = "v", onset_s: float = 1.0) -> Verdict:
    span = (onset_s, onset_s + 1)
    return Verdict(verdict_id, "rain", VerdictKind.ACCEPTED, *span, span, datetime.now(UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "test.db")
    database.add_recording("rec", "Ducks", Source(SourceKind.UPLOAD, "a.wav", "audio/wav", 12))
    yield database
    database.close()


def test_a_recording_that_is_deleted_meanwhile_is_not_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = database.recording("rec")

    def still_seen(recording_id: str) -> Recording:
        assert recording_id == seen.id
        return seen

    database.delete_recording("rec")
    # Whoever looked a moment ago still believes in it.
    monkeypatch.setattr(database, "recording", still_seen)
    store = VerdictStore(database)
    with pytest.raises(NotFoundError):
        store.put("rec", verdict())
    with pytest.raises(NotFoundError):
        store.remove("rec", "v")
    assert store.of("rec") == []


def test_a_recording_has_only_so_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "MOST_VERDICTS", 2)
    store = VerdictStore(database)
    for index in range(2):
        store.put("rec", verdict(f"v{index}", onset_s=3.0 * index))
    with pytest.raises(ConflictError) as refused:
        store.put("rec", verdict("v2", onset_s=9.0))
    assert refused.value.code == "too_many_verdicts"
    store.put("rec", verdict("v1", onset_s=20.0))  # in the place of one that is there
    store.put("rec", verdict("v3", onset_s=20.0))  # about the same stretch as one that is there
    assert [v.id for v in store.of("rec")] == ["v0", "v3"]
