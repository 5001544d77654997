"""Whether what is stored is still what was written: the database file, originals, and what was made of them."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sonotag.domain import Recording, RecordingState
from sonotag.errors import StorageError
from sonotag.store.disk import disk_full
from sonotag.store.files import RecordingFiles

_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_BASE_CODE = 0xFF
_BLOCK_BYTES = 1 << 20

Pace = Callable[[int], None]
"""Called after so many bytes were read; may wait, or raise to end the reading."""


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


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written. `words` say in what, for the log and the operator."""

    path: Path
    words: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at a recording's files came to.

    `original` and `derived` are damaged or missing files. `new` are checksums that nobody had noted, of a recording
    from before there were any: columns of the recording with their values.
    """

    original: Damage | None
    derived: tuple[Damage, ...]
    new: dict[str, Any]


def at_once(_: int) -> None:
    """The pace of somebody who waits for the answer."""


def sha256_of(path: Path, pace: Pace = at_once) -> str:
    """SHA-256 of a file in hexadecimal. Raises OSError, and what `pace` raises."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            pace(len(block))
    return digest.hexdigest()


def checksums(files: RecordingFiles, recording: Recording, pace: Pace = at_once) -> dict[str, str]:
    """SHA-256 of what the analysis of `recording` made, by file name. Raises OSError."""
    return {path.name: sha256_of(path, pace) for path in files.derived(recording)}


def look_at(files: RecordingFiles, recording: Recording, pace: Pace = at_once) -> Findings:
    """Reads every file of a recording that must not change any more, and compares. Raises what `pace` raises."""
    new: dict[str, Any] = {}
    original: Damage | None = None
    if not recording.arriving and recording.source.size_bytes > 0:
        sha256, original = _compare(files.original, recording.original_sha256, pace)
        if original is None and recording.original_sha256 is None:
            new["original_sha256"] = sha256
    derived: list[Damage] = []
    if recording.state is RecordingState.DONE and recording.model is not None:
        known = recording.derived_sha256 or {}
        found: dict[str, str] = {}
        for path in files.derived(recording):
            found[path.name], damage = _compare(path, known.get(path.name), pace)
            if damage is not None:
                derived.append(damage)
        if not derived and not known:
            new["derived_sha256"] = found
    return Findings(original, tuple(derived), new)


def _compare(path: Path, expected: str | None, pace: Pace) -> tuple[str, Damage | None]:
    """The file's checksum, and what is wrong with it."""
    try:
        found = sha256_of(path, pace)
    except OSError as error:  # among them what a bad sector says
        return "", Damage(path, error.strerror or str(error))
    if expected is not None and found != expected:
        return found, Damage(path, f"SHA-256 is {found}, not {expected}")
    return found, None
