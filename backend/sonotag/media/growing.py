"""Media that is still arriving: one writer appends to a file while others already read it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from pathlib import Path

from sonotag.errors import CancelledError, SonotagError, StorageError
from sonotag.media.partial import storage_errors

_BLOCK_BYTES = 1 << 18
_BOX_HEADER_BYTES = 16
# Boxes of an MP4 file that may come before its index or its media data.
_MOST_BOXES = 64


class GrowingFile:
    """A file with one writer and any number of readers, each in a thread of its own.

    It ends either `complete` or with an `error`, once; after that nothing is written any more.
    """

    def __init__(self, path: Path, *, size_bytes: int = 0) -> None:
        """Creates the file, or goes on with one after its first `size_bytes`, cutting away what is beyond.

        Raises StorageError, also when there are fewer bytes than that.
        """
        self.path = path
        self._changed = threading.Condition()
        self._error: SonotagError | None = None
        self._complete = False
        with storage_errors():
            self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.fstat(self._fd).st_size < size_bytes:
                    raise StorageError(
                        "Some of what had arrived of this file is gone.",
                        hint="Send the file again.",
                        details=f"{path.name}: fewer than {size_bytes} bytes",
                    )
                os.ftruncate(self._fd, size_bytes)
            except BaseException:
                os.close(self._fd)
                raise
        self._size = size_bytes
        # What an earlier run wrote is hashed at the end, from the disk: reading gigabytes now would hold up the start.
        self._hashed = 0
        self._hash = hashlib.sha256()

    @property
    def size_bytes(self) -> int:
        return self._size

    @property
    def is_complete(self) -> bool:
        return self._complete

    @property
    def error(self) -> SonotagError | None:
        """Why no more bytes come although some are missing."""
        return self._error

    @property
    def has_ended(self) -> bool:
        return self._complete or self._error is not None

    def append(self, data: bytes | bytearray | memoryview) -> None:
        """Adds `data` at the end. After an error nothing is written. Raises StorageError."""
        with self._changed, storage_errors(), memoryview(data) as view:
            if self._fd is None:
                return
            written = 0
            while written < len(view):
                # At its place: what a full disk took of an earlier attempt is written over.
                written += os.pwrite(self._fd, view[written:], self._size + written)
            if self._hashed == self._size:
                self._hash.update(view)
                self._hashed += len(view)
            self._size += len(view)
            self._changed.notify_all()

    def sync(self) -> int:
        """Makes what was written durable and says how many bytes that are. Raises StorageError."""
        with self._changed, storage_errors():
            if self._fd is not None:
                os.fdatasync(self._fd)
            return self._size

    def finish(self) -> str:
        """All bytes are here: returns their SHA-256. Raises StorageError when they cannot be made durable."""
        self.sync()
        with self._changed, storage_errors():
            if self._hashed < self._size:
                with self.path.open("rb") as file:
                    self._hash = hashlib.file_digest(file, "sha256")
                self._hashed = self._size
            self._complete = self._error is None
            self._close()
            return self._hash.hexdigest()

    def fail(self, error: SonotagError) -> None:
        """No more bytes will come, because of `error`. The first such word counts; a finished file stays so."""
        with self._changed:
            if not self.has_ended:
                self._error = error
                self._close()

    def wait_beyond(self, offset: int, timeout_s: float) -> bool:
        """Waits until there are more than `offset` bytes or no more will come; says whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: self._size > offset or self.has_ended, timeout_s)

    def wait_end(self, timeout_s: float) -> bool:
        """Waits until no more bytes will come; says whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: self.has_ended, timeout_s)

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        self._changed.notify_all()


class Feeder:
    """Writes a growing file into a pipe as it grows, from a thread of its own; `read_fd` is the pipe's other end."""

    def __init__(self, source: GrowingFile) -> None:
        self._source = source
        self._closing = False
        self.starved_s = 0.0
        """How long it has waited for bytes that were not there yet."""
        self.read_fd, self._write_fd = os.pipe()
        self._thread = threading.Thread(target=self._feed, name="feed", daemon=True)

    def start(self) -> None:
        """Called once the child holds `read_fd`, which is closed here: then a dead child ends the writing."""
        os.close(self.read_fd)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread. The child that reads must have ended, or the wait is for it. Idempotent."""
        self._closing = True
        if self._thread.is_alive():
            self._thread.join()

    def _feed(self) -> None:
        offset = 0
        try:
            # A child that has what it wants, or was killed, closes its end.
            with self._source.path.open("rb", buffering=0) as file, contextlib.suppress(BrokenPipeError):
                while not self._closing:
                    block = file.read(_BLOCK_BYTES)
                    if block:
                        offset += len(block)
                        _write_all(self._write_fd, block)
                    elif self._source.has_ended and offset >= self._source.size_bytes:
                        return
                    else:
                        self._starve(offset)
        finally:
            os.close(self._write_fd)

    def _starve(self, offset: int) -> None:
        began_s = time.monotonic()
        self._source.wait_beyond(offset, 0.2)
        self.starved_s += time.monotonic() - began_s


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def can_stream(source: GrowingFile, cancelled: threading.Event) -> bool:
    """Whether `source` can be decoded from its beginning on, while it arrives; waits for the bytes that tell.

    All accepted containers can, but for an MP4 whose index (`moov`) lies behind its media data (`mdat`)
    (ISO/IEC 14496-12, 6.3). Raises CancelledError, and the error that ended the source.
    """
    offset = 0
    for _ in range(_MOST_BOXES):
        header = _bytes_at(source, offset, _BOX_HEADER_BYTES, cancelled)
        kind, size = header[4:8], int.from_bytes(header[:4], "big")
        if offset == 0 and kind not in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"):
            return True
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if kind == b"mdat":
            return False
        # A size of 0 reaches to the end of the file; smaller than its own header is damage: ffmpeg's to judge.
        if kind == b"moov" or size < 8 or len(header) < _BOX_HEADER_BYTES:
            return True
        offset += size
    return True


def _bytes_at(source: GrowingFile, offset: int, count: int, cancelled: threading.Event) -> bytes:
    while not source.wait_beyond(offset + count - 1, 0.2):
        if cancelled.is_set():
            raise CancelledError("The work on this recording was cancelled.")
    if source.error is not None:
        raise source.error
    with source.path.open("rb") as file:
        file.seek(offset)
        return file.read(count)
