"""A file that appears under its name only when it is whole and safe on disk."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import threading
from collections.abc import Generator
from pathlib import Path

from sonotag.errors import StorageError


class PartialFile:
    """Grows as `<destination>.part`; `commit` gives it its name, `discard` removes it.

    The methods block and may run in different threads: `discard` waits for a write that is under way, and
    after it the others do nothing, so a writer whose caller has given up cannot bring the file back.
    """

    def __init__(self, destination: Path) -> None:
        """`destination`'s folder exists. Nothing is created before `open`."""
        self._destination = destination
        self._partial = destination.with_name(destination.name + ".part")
        self._lock = threading.Lock()
        self._fd: int | None = None
        self._discarded = False
        self._committed = False
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def open(self) -> None:
        """Create the file, or empty a leftover of it. Raises StorageError."""
        with self._lock, storage_errors():
            if not self._discarded:
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
                self._fd = os.open(self._partial, flags, 0o600)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append `data`. Raises StorageError (`disk_full` when there is no room)."""
        with self._lock, storage_errors(), memoryview(data) as view:
            if self._fd is None:
                return
            written = 0
            while written < len(view):
                written += os.write(self._fd, view[written:])
            self._hash.update(view)
            self.size_bytes += len(view)

    def commit(self) -> str:
        """Make the bytes and the name durable; return the SHA-256 in hexadecimal. Raises StorageError."""
        with self._lock, storage_errors():
            if self._fd is not None:
                os.fsync(self._fd)
                self._close()
                self._partial.replace(self._destination)
                self._committed = True
                folder = os.open(self._destination.parent, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
            return self._hash.hexdigest()

    def discard(self) -> None:
        """Remove the file, also when `commit` has just finished behind the caller's back. Idempotent."""
        # A failure to tidy up must not hide why this is called.
        with self._lock, contextlib.suppress(OSError):
            self._discarded = True
            self._close()
            (self._destination if self._committed else self._partial).unlink(missing_ok=True)

    def _close(self) -> None:
        if self._fd is not None:
            descriptor, self._fd = self._fd, None
            os.close(descriptor)


@contextlib.contextmanager
def storage_errors() -> Generator[None]:
    """Turn what the file system says into a StorageError: `disk_full` or `storage_failed`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                "The server's disk is full.",
                hint="Delete recordings that are no longer needed, or tell the operator.",
                code="disk_full",
                details=str(error),
            ) from error
        raise StorageError(
            "The server could not store the file.",
            hint="Try again; if it fails again, tell the operator.",
            details=str(error),
        ) from error
