"""What people said of moments, as the database keeps it. It belongs to the recording, not to an analysis of it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sonotag.domain import Verdict, VerdictKind
from sonotag.errors import ConflictError, NotFoundError
from sonotag.store.database import Database
from sonotag.store.tables import RecordingRow, VerdictRow

MOST_VERDICTS = 20_000
"""Of one recording; a bound for what strangers may write."""


class VerdictStore:
    """Rows of the table `verdicts`. They go away with their recording, and with nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, recording_id: str) -> list[Verdict]:
        """By onset, then by prompt and id; empty for a recording that is not there."""
        query = (
            select(VerdictRow)
            .where(VerdictRow.recording_id == recording_id)
            .order_by(VerdictRow.onset_s, VerdictRow.prompt, VerdictRow.id)
        )
        with self._database.reading() as session:
            return [_verdict(row) for row in session.scalars(query)]

    def put(self, recording_id: str, verdict: Verdict) -> Verdict:
        """Writes a verdict, or another one in the place of that with the same id; on disk when this returns.

        A moment as it was found has one verdict: an older one about the same stretch goes. Raises NotFoundError
        without such a recording, ConflictError when it has MOST_VERDICTS.
        """
        with self._database.writing() as session:
            _check_recording(session, recording_id)
            if verdict.found is not None:
                session.execute(
                    delete(VerdictRow).where(
                        VerdictRow.recording_id == recording_id,
                        VerdictRow.prompt == verdict.prompt,
                        VerdictRow.found_onset_s == verdict.found[0],
                        VerdictRow.found_offset_s == verdict.found[1],
                        VerdictRow.id != verdict.id,
                    )
                )
            row = session.get(VerdictRow, (recording_id, verdict.id))
            if row is None:
                count = select(func.count()).where(VerdictRow.recording_id == recording_id)
                if (session.scalar(count) or 0) >= MOST_VERDICTS:
                    raise ConflictError(
                        f"This recording has {MOST_VERDICTS} verdicts, which is as many as it may have.",
                        hint="Remove some of them.",
                        code="too_many_verdicts",
                    )
                row = VerdictRow(recording_id=recording_id, id=verdict.id)
                session.add(row)
            row.prompt, row.kind = verdict.prompt, verdict.kind.value
            row.onset_s, row.offset_s = verdict.onset_s, verdict.offset_s
            row.found_onset_s, row.found_offset_s = verdict.found or (None, None)
            row.updated_at = datetime.now(UTC)
            session.flush()
            return _verdict(row)

    def remove(self, recording_id: str, verdict_id: str) -> None:
        """Takes a verdict back; one that is not there is as good as taken back. Raises NotFoundError as `put` does."""
        with self._database.writing() as session:
            _check_recording(session, recording_id)
            session.execute(
                delete(VerdictRow).where(VerdictRow.recording_id == recording_id, VerdictRow.id == verdict_id)
            )


def _check_recording(session: Session, recording_id: str) -> None:
    # Within the transaction: who looked before it may have seen a recording that was deleted since.
    if session.get(RecordingRow, recording_id) is None:
        raise NotFoundError("There is no recording with this id.", hint="It may have been deleted.")


def _verdict(row: VerdictRow) -> Verdict:
    found = None
    if row.found_onset_s is not None and row.found_offset_s is not None:
        found = (row.found_onset_s, row.found_offset_s)
    updated_at = row.updated_at if row.updated_at.tzinfo else row.updated_at.replace(tzinfo=UTC)
    return Verdict(row.id, row.prompt, VerdictKind(row.kind), row.onset_s, row.offset_s, found, updated_at)
