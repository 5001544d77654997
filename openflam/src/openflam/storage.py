"""Files that are there whole or not at all, written by one process at a time, and failures in words."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from openflam.errors import OpenFLAMError, StorageDeniedError, StorageError, StorageFullError

log = logging.getLogger(__name__)


@contextmanager
def storage_errors(doing: str) -> Generator[None]:
    """Turns the operating system's errors into this package's: "cannot <doing>: <why>"."""
    try:
        yield
    except OpenFLAMError:  # some are OSErrors too, and say it better
        raise
    except OSError as error:
        reason = f"cannot {doing}: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(reason, "Free some space, or name a folder on another disk") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageDeniedError(reason, "Grant access to it, or name a folder that may be written") from error
        raise StorageError(reason) from error


def require_space(folder: Path, size_bytes: int) -> None:
    """Raises StorageFullError when `size_bytes` do not fit on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes:
        raise StorageFullError(
            f"{folder} has {free / 1e6:.0f} MB left, and {size_bytes / 1e6:.0f} MB are needed",
            "Free some space, or name a folder on another disk",
        )


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """One holder at a time, across processes; others wait. The lock file stays, as removing it would race."""
    with storage_errors(f"lock {path}"):
        handle = path.with_name(f".{path.name}.lock").open("w")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("waiting for another process that makes %s", path)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def written_whole(path: Path) -> Generator[IO[bytes]]:
    """A file to write that takes `path`'s place when the block ends well, and leaves nothing behind otherwise.

    Survives a loss of power: what stands at `path` is the old or the new file, complete. One writer at a time (see
    :func:`exclusive`), so what a killed one left behind is overwritten by the next.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with storage_errors(f"read {path}"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
