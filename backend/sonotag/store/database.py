"""The database of recordings, analyses and event logs: SQLite in WAL mode through SQLAlchemy.

Calls block for well under a millisecond to a few milliseconds and are made from worker threads.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Generator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, delete, event, insert, select, tuple_, update
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from sonotag.domain import Chapter, Event, LinkInfo, Problem, Recording, RecordingState, Source, SourceKind
from sonotag.errors import ConflictError, NotFoundError, StorageError
from sonotag.store.integrity import check_database, storage_error
from sonotag.store.tables import AnalysisRow, EventRow, RecordingRow

MIGRATIONS = Path(__file__).parent / "migrations"

_PAGE = 500

NewEvent = tuple[str, dict[str, Any]]
"""Type and body of an event that has no seq yet."""


def new_recording_id() -> str:
    """128 unguessable bits: knowing the id is what lets a stranger see a recording."""
    return f"rec_{secrets.token_hex(16)}"


def new_analysis_id() -> str:
    return f"ana_{secrets.token_hex(16)}"


class Database:
    """Recordings by id, their analyses, and their gapless event logs.

    A change of a recording and the events that tell of it are one transaction: nobody sees one without the other.
    """

    def __init__(self, path: Path) -> None:
        """Opens or creates the database at `path` and migrates it to the newest schema.

        Raises StorageError `database_damaged` or `database_newer`; then nothing was written.
        """
        check_database(path)
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _configure_connection)
        event.listen(self._engine, "handle_error", _say_what_is_wrong)
        # SQLite has one writer; waiting here is fairer than its busy loop.
        self._write = threading.Lock()
        migrate(path)

    def close(self) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Generator[Session]:
        """For tables that have a class of their own."""
        with Session(self._engine) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Generator[Session]:
        """Commits at the end; nothing is kept of what raised."""
        with self._write, Session(self._engine) as session:
            yield session
            session.commit()

    def add_recording(
        self,
        recording_id: str,
        title: str,
        source: Source,
        *,
        owner: str = "",
        original_sha256: str | None = None,
        arriving: bool = False,
        expected_bytes: int | None = None,
        link: LinkInfo | None = None,
    ) -> Recording:
        """Stores a new recording in the state STORED, or FETCHING while its bytes are `arriving`."""
        row = RecordingRow(
            id=recording_id,
            title=title,
            state=(RecordingState.FETCHING if arriving else RecordingState.STORED).value,
            source_kind=source.kind.value,
            source_filename=source.filename,
            source_media_type=source.media_type,
            source_size_bytes=source.size_bytes,
            source_playable=source.playable,
            source_url=source.url,
            source_attribution=source.attribution,
            created_at=datetime.now(UTC),
            duration_exact=False,
            windows_done=0,
            samples_done=0,
            frames_done=0,
            prompts=[],
            arriving=arriving,
            expected_bytes=expected_bytes,
            link=asdict(link) if link else None,
            last_seq=0,
            owner=owner,
            original_sha256=original_sha256,
            pinned=False,
        )
        with self._write, Session(self._engine, expire_on_commit=False) as session:
            session.add(row)
            session.commit()
            return _recording(row)

    def recording(self, recording_id: str) -> Recording:
        """Raises NotFoundError when there is none."""
        with Session(self._engine) as session:
            return _recording(_row(session, recording_id))

    def recordings(
        self, limit: int, before: tuple[datetime, str] | None = None, *, owner: str | None = None
    ) -> list[Recording]:
        """Newest first, those of `owner`, or of all when it is None; `before` is (created_at, id) of the last seen."""
        query = select(RecordingRow).order_by(RecordingRow.created_at.desc(), RecordingRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(RecordingRow.owner == owner)
        if before is not None:
            query = query.where(tuple_(RecordingRow.created_at, RecordingRow.id) < before)
        with Session(self._engine) as session:
            return [_recording(row) for row in session.scalars(query)]

    def all_recordings(self) -> Generator[Recording]:
        """Every recording, newest first, a page at a time; what is added meanwhile may be missed."""
        before: tuple[datetime, str] | None = None
        while page := self.recordings(_PAGE, before):
            yield from page
            before = (page[-1].created_at, page[-1].id)

    def recording_ids(self) -> set[str]:
        with Session(self._engine) as session:
            return set(session.scalars(select(RecordingRow.id)))

    def unfinished(self) -> list[str]:
        """Ids of recordings on which work was going on or waiting, oldest first."""
        active = [state.value for state in RecordingState if state.is_active]
        query = select(RecordingRow.id).where(RecordingRow.state.in_(active)).order_by(RecordingRow.created_at)
        with Session(self._engine) as session:
            return list(session.scalars(query))

    def update(
        self,
        recording_id: str,
        events: Sequence[NewEvent] = (),
        *,
        while_in: RecordingState | None = None,
        **changes: Any,
    ) -> tuple[Recording, list[Event]]:
        """Changes columns and appends events in one transaction; returns the recording as it is now and the events.

        `problem` and `warning` are given as Problem or None, `link` as LinkInfo or None, `state` as RecordingState.
        Raises NotFoundError, and ConflictError where the recording is no longer in the state `while_in`.
        """
        for name in ("problem", "warning"):
            if isinstance(changes.get(name), Problem):
                problem: Problem = changes[name]
                changes[name] = asdict(problem)
        if isinstance(changes.get("link"), LinkInfo):
            changes["link"] = asdict(changes["link"])
        with self._write, Session(self._engine, expire_on_commit=False) as session:
            row = _row(session, recording_id)
            if while_in is not None and row.state != while_in.value:
                raise ConflictError("The recording's state has changed meanwhile.", hint="Look at it again.")
            if row.duration_exact and not changes.get("duration_exact"):
                # Measured meanwhile: what a file or a site claims of its length comes too late.
                for claim in ("duration_s", "windows_total"):
                    changes.pop(claim, None)
            numbered = [Event(row.last_seq + place, kind, body) for place, (kind, body) in enumerate(events, start=1)]
            if numbered:
                changes["last_seq"] = numbered[-1].seq
                session.execute(
                    insert(EventRow),
                    [{"recording_id": recording_id, "seq": e.seq, "type": e.type, "body": e.body} for e in numbered],
                )
            if changes:
                session.execute(update(RecordingRow).where(RecordingRow.id == recording_id).values(**changes))
            session.commit()
            session.refresh(row)
            return _recording(row), numbered

    def delete_recording(self, recording_id: str) -> None:
        """Removes the recording, its analyses and its events. Raises NotFoundError when there is none."""
        with self._write, Session(self._engine) as session:
            _row(session, recording_id)
            session.execute(delete(RecordingRow).where(RecordingRow.id == recording_id))
            session.commit()

    def add_analysis(self, recording_id: str, model: str, prompts: Sequence[str]) -> str:
        """Notes a request to analyse and returns its id."""
        analysis_id = new_analysis_id()
        with self._write, Session(self._engine) as session:
            session.add(
                AnalysisRow(
                    id=analysis_id,
                    recording_id=recording_id,
                    model=model,
                    prompts=list(prompts),
                    created_at=datetime.now(UTC),
                )
            )
            session.commit()
        return analysis_id

    def events_after(self, recording_id: str, seq: int, limit: int) -> list[Event]:
        """Events with a higher seq than `seq`, in order, at most `limit`."""
        query = (
            select(EventRow)
            .where(EventRow.recording_id == recording_id, EventRow.seq > seq)
            .order_by(EventRow.seq)
            .limit(limit)
        )
        with Session(self._engine) as session:
            return [Event(row.seq, row.type, row.body) for row in session.scalars(query)]


def migrate(path: Path, revision: str = "head") -> None:
    """Brings the database at `path` to the newest schema, or to another; all of it or nothing."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}".replace("%", "%%"))
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StorageError(
            "The database was written by a newer SonoTag.",
            hint="Run that version, or restore a backup that is older: sonotag restore BACKUP --replace.",
            code="database_newer",
            details=str(error),
        ) from error


def _configure_connection(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # WAL: readers never wait for the writer. FULL: what was committed, and so perhaps told to somebody, outlives a
    # power failure. secure_delete: what is deleted is written over, not only forgotten.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _say_what_is_wrong(context: ExceptionContext) -> None:
    """Turns what SQLite says of the disk, or of a damaged file, into a StorageError."""
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        words = storage_error(error)
        if words is not None:
            raise words from error


def _row(session: Session, recording_id: str) -> RecordingRow:
    # All ids are ASCII; half of a character, which JSON can spell, could not even be asked for.
    row = session.get(RecordingRow, recording_id) if recording_id.isascii() else None
    if row is None:
        raise NotFoundError(
            "There is no recording with this id.", hint="It may have been deleted. Go back to the list."
        )
    return row


def _problem(stored: dict[str, str] | None) -> Problem | None:
    return Problem(**stored) if stored else None


def _link(stored: dict[str, Any] | None) -> LinkInfo | None:
    if stored is None:
        return None
    values: dict[str, Any] = dict(stored)
    values["chapters"] = tuple(Chapter(**chapter) for chapter in stored["chapters"])
    return LinkInfo(**values)


def _recording(row: RecordingRow) -> Recording:
    # SQLite keeps no time zone; everything is written in UTC.
    created_at = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)
    return Recording(
        id=row.id,
        title=row.title,
        state=RecordingState(row.state),
        source=Source(
            kind=SourceKind(row.source_kind),
            filename=row.source_filename,
            media_type=row.source_media_type,
            size_bytes=row.source_size_bytes,
            playable=row.source_playable,
            url=row.source_url,
            attribution=row.source_attribution,
        ),
        created_at=created_at,
        duration_s=row.duration_s,
        duration_exact=row.duration_exact,
        model=row.model,
        model_version=row.model_version,
        seconds_per_frame=row.seconds_per_frame,
        windows_done=row.windows_done,
        windows_total=row.windows_total,
        samples_done=row.samples_done,
        frames_done=row.frames_done,
        prompts=tuple(row.prompts),
        problem=_problem(row.problem),
        warning=_problem(row.warning),
        arriving=row.arriving,
        expected_bytes=row.expected_bytes,
        link=_link(row.link),
        last_seq=row.last_seq,
        owner=row.owner,
        original_sha256=row.original_sha256,
        derived_sha256=row.derived_sha256,
        pinned=row.pinned,
    )
