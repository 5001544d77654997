"""The disk under the data directory: what makes a change durable, and what happens when there is no room."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from sonotag.errors import StorageError

log = logging.getLogger(__name__)

RESERVE_BYTES = 8 << 20
"""Given up when the disk is full to the last byte, so that a recording can still be deleted to make room."""

MARGIN_BYTES = 16 << 20
"""Work that was paused goes on when there is so much more than the floor: it would only pause again otherwise."""

POLL_S = 1.0


def disk_full(details: str = "") -> StorageError:
    return StorageError(
        "The server's disk is full.",
        hint="Delete recordings that are no longer needed, then try again.",
        code="disk_full",
        details=details,
    )


def disk_error(error: OSError, path: Path) -> StorageError:
    """An OSError of the data directory in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(f"{path.name}: {error}")
    return StorageError(
        "The server cannot write to its data directory.",
        hint="Check that the directory named by SONOTAG_DATA_DIR exists and is writable.",
        details=f"{path.name}: {error}",
    )


def is_disk_full(error: BaseException) -> bool:
    return isinstance(error, StorageError) and error.code == "disk_full"


def sync_folder(path: Path) -> None:
    """Makes durable which names are in a folder. Raises OSError.

    A file that was synced can still lose its name when the power fails, until its folder is synced too.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Makes durable what is in a file. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(folder: Path) -> int:
    """Bytes that this process may still write below `folder`."""
    return shutil.disk_usage(folder).free


class Disk:
    """The room below the data directory. Any thread may ask."""

    def __init__(self, root: Path, floor_bytes: int, free: Callable[[Path], int] = free_bytes) -> None:
        """`floor_bytes` are left to the database and to others; `free` tells how many bytes there are."""
        self.root = root
        self.floor_bytes = floor_bytes
        self._free = free
        self._reserve = root / ".reserve"

    @property
    def free_bytes(self) -> int:
        return self._free(self.root)

    @property
    def is_low(self) -> bool:
        """Whether less is free than the floor."""
        return self.free_bytes < self.floor_bytes

    def ensure_room(self, more_bytes: int = 0) -> None:
        """Raises StorageError `disk_full` when fewer than the floor would be left after `more_bytes`."""
        free = self.free_bytes
        if free - more_bytes < self.floor_bytes:
            raise disk_full(f"{free} bytes free, {more_bytes} wanted, {self.floor_bytes} to be left")

    def wait_for_room(self, stopped: threading.Event) -> bool:
        """Waits until there is room to go on with; says whether that came true before `stopped`."""
        while not stopped.wait(POLL_S):
            if self.free_bytes >= self.floor_bytes + MARGIN_BYTES:
                return True
        return False

    def keep_reserve(self) -> None:
        """Sets bytes aside for a disk that is full to the last one; nothing happens where there is no room now."""
        try:
            if self.free_bytes < self.floor_bytes + MARGIN_BYTES or self._reserve.exists():
                return
            descriptor = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.info("no bytes are set aside for a full disk: %s", error)
            self.release_reserve()

    def release_reserve(self) -> None:
        """Gives up what was set aside."""
        with contextlib.suppress(OSError):
            self._reserve.unlink()
