"""Uploads in pieces, as the database keeps them: what must be known to go on after a restart."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update

from sonotag.domain import Upload
from sonotag.errors import NotFoundError
from sonotag.store.database import Database
from sonotag.store.tables import UploadRow


def new_upload_id() -> str:
    """128 unguessable bits: knowing the id is what lets somebody write."""
    return f"upl_{secrets.token_hex(16)}"


class UploadStore:
    """Rows of the table `uploads`. A row goes away with its recording."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload: Upload) -> None:
        row = UploadRow(
            id=upload.id,
            recording_id=upload.recording_id,
            length_bytes=upload.length_bytes,
            offset_bytes=upload.offset_bytes,
            upload_metadata=upload.metadata,
            created_at=upload.created_at,
            expires_at=upload.expires_at,
            owner=upload.owner,
        )
        with self._database.writing() as session:
            session.add(row)

    def get(self, upload_id: str) -> Upload:
        """Raises NotFoundError when there is none."""
        with self._database.reading() as session:
            row = session.get(UploadRow, upload_id)
            if row is None:
                raise NotFoundError(
                    "There is no upload with this id.", hint="Start the upload again.", code="upload_not_found"
                )
            return _upload(row)

    def all(self) -> list[Upload]:
        """Oldest first."""
        with self._database.reading() as session:
            return [_upload(row) for row in session.scalars(select(UploadRow).order_by(UploadRow.created_at))]

    def open_count(self) -> int:
        """Uploads of which bytes are missing."""
        query = select(func.count()).where(UploadRow.offset_bytes < UploadRow.length_bytes)
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def missing_bytes(self) -> int:
        """How many bytes may still come, of all uploads together."""
        with self._database.reading() as session:
            return session.scalar(select(func.sum(UploadRow.length_bytes - UploadRow.offset_bytes))) or 0

    def note(self, upload_id: str, offset_bytes: int, expires_at: datetime) -> None:
        """Notes how much is durable. Nothing happens where the upload was removed meanwhile."""
        query = update(UploadRow).where(UploadRow.id == upload_id)
        with self._database.writing() as session:
            session.execute(query.values(offset_bytes=offset_bytes, expires_at=expires_at))

    def remove(self, upload_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(UploadRow).where(UploadRow.id == upload_id))


def _utc(stored: datetime) -> datetime:
    # SQLite keeps no time zone; everything is written in UTC.
    return stored if stored.tzinfo else stored.replace(tzinfo=UTC)


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        recording_id=row.recording_id,
        length_bytes=row.length_bytes,
        offset_bytes=row.offset_bytes,
        metadata=row.upload_metadata,
        created_at=_utc(row.created_at),
        expires_at=_utc(row.expires_at),
        owner=row.owner,
    )
