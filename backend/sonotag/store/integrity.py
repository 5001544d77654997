"""Whether what is stored is still what was written: the database file, originals, and what was made of them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sonotag.errors import StorageError
from sonotag.store.disk import disk_full

_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_BASE_CODE = 0xFF


def storage_error(error: sqlite3.Error) -> StorageError | None:
    """What SQLite says of the disk or of its file, in words; None for all else."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    if code & _BASE_CODE == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return disk_full(f"the database: {error}")
    if code & _BASE_CODE in _DAMAGED:
        return _damaged(str(error))
    if code & _BASE_CODE in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return StorageError(
            "The server cannot read or write its database.",
            hint="Check that the directory named by SONOTAG_DATA_DIR exists and is writable.",
            details=str(error),
        )
    return None


def _damaged(details: str) -> StorageError:
    return StorageError(
        "The database is damaged.",
        hint="Nothing was changed. Restore a backup (sonotag restore BACKUP --replace); what is there now is kept.",
        code="database_damaged",
        details=details,
    )


def check_database(path: Path) -> None:
    """Reads every page of the database at `path`, if there is one, and writes nothing.

    Raises StorageError: `database_damaged`, or `storage_failed` when it cannot be read at all.
    """
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise storage_error(error) or _damaged(str(error)) from error
    if found != "ok":
        raise _damaged(found)
