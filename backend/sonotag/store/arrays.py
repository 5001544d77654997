"""Append-only arrays on disk: frames, waveform peaks, spectrogram columns of a recording.

The database says how many rows count; bytes beyond are what a crash left and are cut before appending. Rows
are fsynced before the database counts them, so what is counted is whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sonotag.errors import StorageError
from sonotag.store.disk import disk_error, sync_folder


class ArrayAppender:
    """Appends rows [*, *row_shape] of one dtype to a file. Not thread-safe; one job owns it."""

    def __init__(self, path: Path, dtype: DTypeLike, row_shape: tuple[int, ...], rows: int) -> None:
        """Opens or creates `path` and cuts it to exactly `rows` rows.

        Raises StorageError when the file cannot be opened or holds fewer rows than were counted.
        """
        self._path = path
        self._dtype = np.dtype(dtype)
        self._row_shape = row_shape
        size = rows * self._dtype.itemsize * int(np.prod(row_shape, dtype=np.int64))
        try:
            is_new = not path.exists()
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if is_new:
                    sync_folder(path.parent)
                present = os.fstat(self._file).st_size
                if present < size:
                    raise StorageError(
                        "Stored analysis data of this recording is damaged.",
                        hint="Analyse the recording again.",
                        code="frames_damaged",
                        details=f"{path.name}: {present} bytes, {size} counted",
                    )
                os.ftruncate(self._file, size)
                os.lseek(self._file, 0, os.SEEK_END)
            except BaseException:
                os.close(self._file)
                raise
        except OSError as error:
            raise disk_error(error, path) from error

    def append(self, rows: NDArray[Any]) -> None:
        """Writes `rows` at the end; they are durable only after `sync`."""
        if rows.shape[1:] != self._row_shape or rows.dtype != self._dtype:
            raise ValueError(f"rows of {self._dtype}{self._row_shape} expected, got {rows.dtype}{rows.shape[1:]}")
        left = memoryview(np.ascontiguousarray(rows).tobytes())
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise disk_error(error, self._path) from error

    def sync(self) -> None:
        try:
            os.fdatasync(self._file)
        except OSError as error:
            raise disk_error(error, self._path) from error

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> ArrayAppender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_rows(path: Path, dtype: DTypeLike, row_shape: tuple[int, ...], start: int, stop: int) -> NDArray[Any]:
    """Rows [start:stop] of an appended array as a read-only memory map; raises StorageError when they are missing."""
    if stop <= start:
        return np.empty((0, *row_shape), dtype=dtype)
    item = np.dtype(dtype)
    row_bytes = item.itemsize * int(np.prod(row_shape, dtype=np.int64))
    try:
        return np.memmap(path, dtype=item, mode="r", offset=start * row_bytes, shape=(stop - start, *row_shape))
    except (OSError, ValueError) as error:
        raise StorageError(
            "Stored analysis data of this recording is damaged.",
            hint="Analyse the recording again.",
            code="frames_damaged",
            details=f"{path.name}: {error}",
        ) from error
