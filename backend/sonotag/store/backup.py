"""Copies of a data directory: taken while a server works on it, checked, and put back.

A backup is a folder: `sonotag.db`, `recordings/`, `secret` and `manifest.json` with the SHA-256 of each file. It
appears under its name only when it is whole. Models and caches are not in it: they can be had again.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sonotag.errors import InputError, StorageError
from sonotag.store.disk import disk_error, sync_file, sync_folder
from sonotag.store.files import DataDirectory
from sonotag.store.integrity import check_database, sha256_of

MANIFEST = "manifest.json"
FORMAT = 1
DATABASE = "sonotag.db"
RECORDINGS = "recordings"
SECRET = "secret"  # noqa: S105 (the name of its file)
_PARTS = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", RECORDINGS, SECRET, "seen", "incoming", "quarantine")
"""What a restored backup takes the place of."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BackupReport:
    recordings: int
    size_bytes: int


def back_up(data: DataDirectory, target: Path, told: Told = lambda _: None) -> BackupReport:
    """Copies `data` to `target`, which must not exist or be empty. A server may be working on it.

    The copy is the state of one moment: the database as it was then, and of every file as much as it counted. Frames
    only grow, originals never change, so that much is still there; of a recording that was deleted or begun anew in
    between, nothing is taken over but what fits. Raises StorageError, InputError `target_exists`.
    """
    if not data.database.exists():
        raise InputError("There is no SonoTag data there.", hint="Name its directory with SONOTAG_DATA_DIR.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is not empty.", hint="Name a folder that does not exist yet.", code="target_exists")
    draft = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        draft.mkdir(parents=True, mode=0o700)
        (draft / RECORDINGS).mkdir(mode=0o700)
        _copy_database(data.database, draft / DATABASE)
        taken = _copy_recordings(data, draft, told)
        if data.secret.exists():
            _copy(data.secret, draft / SECRET, None)
        report = _write_manifest(draft, taken)
        if target.exists():
            target.rmdir()
        draft.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise disk_error(error, target) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return report


def _copy_database(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself


def _copy_recordings(data: DataDirectory, draft: Path, told: Told) -> int:
    """Copies the files that the copied database knows, and strikes from it what is not there any more."""
    with contextlib.closing(sqlite3.connect(draft / DATABASE)) as database:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA foreign_keys=ON")
        rows = list(database.execute("SELECT * FROM recordings ORDER BY created_at"))
        for number, row in enumerate(rows, start=1):
            told(f"{number} of {len(rows)}")
            _copy_recording(data, draft, database, row)
        database.commit()
        return database.execute("SELECT count(*) FROM recordings").fetchone()[0]


def _copy_recording(data: DataDirectory, draft: Path, database: sqlite3.Connection, row: sqlite3.Row) -> None:
    files = data.files_of(row["id"])
    folder = draft / RECORDINGS / row["id"]
    folder.mkdir(mode=0o700)
    sizes = {"original": _original_bytes(database, row)}
    frames = files.frames(row["model"], row["model_version"]).name if row["model"] is not None else "frames"
    for name in ("original", "thumbnail", "peaks.i8", "spectrogram.u8", frames):
        try:
            _copy(files.directory / name, folder / name, sizes.get(name))
        except FileNotFoundError:
            continue
    lost = row["source_size_bytes"] > 0 and not (folder / "original").exists()
    set_aside = "original_damaged" in f"{row['warning']}{row['problem']}"
    if lost and not row["arriving"] and not set_aside:
        # Deleted since. What cannot be had any more is not brought back by half.
        database.execute("DELETE FROM recordings WHERE id = ?", (row["id"],))
        shutil.rmtree(folder)
        return
    done = row["state"] == "done"
    begun_anew = row["frames_done"] > 0 and not (folder / frames).exists()
    if begun_anew or (done and not _holds(folder, json.loads(row["derived_sha256"] or "null"))):
        # With another model, for instance. What was done is to be encoded after a restore.
        database.execute(
            "UPDATE recordings SET state = ?, windows_done = 0, samples_done = 0, frames_done = 0,"
            " derived_sha256 = NULL WHERE id = ?",
            ("queued" if done else row["state"], row["id"]),
        )


def _original_bytes(database: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    """How much of the original counts; None for all of it."""
    if not row["arriving"]:
        return row["source_size_bytes"] or None
    upload = database.execute("SELECT offset_bytes FROM uploads WHERE recording_id = ?", (row["id"],)).fetchone()
    return upload["offset_bytes"] if upload is not None else None


def _holds(folder: Path, checksums: dict[str, str] | None) -> bool:
    """Whether what was made of a recording was copied as it was; unknown (None) is taken for good."""
    return checksums is None or all(
        (folder / name).exists() and sha256_of(folder / name) == sha256 for name, sha256 in checksums.items()
    )


def _copy(source: Path, target: Path, most_bytes: int | None) -> None:
    """Copies a file, or its first bytes, and makes the copy durable. Raises OSError."""
    with source.open("rb") as reading, target.open("xb") as writing:
        os.fchmod(writing.fileno(), 0o600)
        shutil.copyfileobj(reading, writing, 1 << 20)
        if most_bytes is not None and writing.tell() > most_bytes:
            writing.truncate(most_bytes)
        writing.flush()
        os.fsync(writing.fileno())


def _write_manifest(draft: Path, recordings: int) -> BackupReport:
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    files = {str(path.relative_to(draft)): sha256_of(path) for path in paths}
    size_bytes = sum(path.stat().st_size for path in paths)
    content = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "recordings": recordings,
        "size_bytes": size_bytes,
        "sha256": files,
    }
    (draft / MANIFEST).write_text(json.dumps(content, indent=1))
    for path in (draft / MANIFEST, draft / DATABASE):
        sync_file(path)
    for folder in (*(path.parent for path in paths), draft / RECORDINGS, draft):
        sync_folder(folder)
    return BackupReport(recordings, size_bytes)


def check_backup(source: Path) -> BackupReport:
    """Reads all of a backup. Raises InputError `no_backup`, StorageError `backup_damaged`."""
    try:
        manifest = cast("dict[str, Any]", json.loads((source / MANIFEST).read_text()))
        expected = cast("dict[str, str]", manifest["sha256"])
        version, recordings, size_bytes = manifest["format"], manifest["recordings"], manifest["size_bytes"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{source} is no backup of SonoTag.", hint="Name the folder that `sonotag backup` made.", code="no_backup"
        ) from error
    if version != FORMAT:
        raise InputError(f"{source} was made by a newer SonoTag.", hint="Restore it with that.", code="no_backup")
    for name, sha256 in expected.items():
        path = source / name
        if not path.is_file() or sha256_of(path) != sha256:
            raise StorageError(
                f"The backup is damaged: {name}.",
                hint="Nothing was changed. Restore another backup.",
                code="backup_damaged",
            )
    check_database(source / DATABASE)
    return BackupReport(recordings, size_bytes)


def restore(data: DataDirectory, source: Path, *, replace: bool) -> Path | None:
    """Puts a backup in the place of what is in `data`, which no server may be using; returns where that is now.

    All of it is copied and compared before anything is moved. Interrupted, it can be begun again. Raises InputError
    `data_exists` when there is something and not `replace`; StorageError, also `data_in_use`.
    """
    check_backup(source)
    with data.locked():
        present = [name for name in _PARTS if _is_something(data.root / name)]
        if present and not replace:
            raise InputError(
                f"There is data in {data.root} already.",
                hint="Say --replace to restore all the same; what is there is kept beside it.",
                code="data_exists",
            )
        staging = data.restoring
        try:
            shutil.rmtree(staging, ignore_errors=True)
            shutil.copytree(source, staging)
            check_backup(staging)
            for path in (*staging.rglob("*"), staging):
                sync_folder(path) if path.is_dir() else sync_file(path)
            aside = _move_aside(data.root, present)
            # The database last: a server that is started in between finds none, and says so.
            for name in (SECRET, RECORDINGS, DATABASE):
                if (staging / name).exists():
                    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                        (data.root / name).rmdir()
                    (staging / name).rename(data.root / name)
            sync_folder(data.root)
            shutil.rmtree(staging, ignore_errors=True)
        except OSError as error:
            raise disk_error(error, data.root) from error
    DataDirectory(data.root)  # the folders that a backup has not
    return aside


def _is_something(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _move_aside(root: Path, names: list[str]) -> Path | None:
    if not names:
        return None
    aside = root / f"replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    aside.mkdir(mode=0o700)
    for name in names:
        (root / name).rename(aside / name)
    sync_folder(aside)
    sync_folder(root)
    return aside
