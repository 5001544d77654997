"""Append-only arrays: what is counted is whole, what a crash left is cut, a full disk says so."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.errors import StorageError
from sonotag.store.arrays import ArrayAppender, read_rows


def rows(count: int, start: int = 0) -> np.ndarray:
    return np.arange(start, start + count * 3, dtype=np.float16).reshape(count, 3)


@given(parts=st.lists(st.integers(0, 5), max_size=6), left_over=st.integers(0, 20))
def test_what_was_appended_is_read_and_leftovers_of_a_crash_are_cut(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int], left_over: int
) -> None:
    path = tmp_path_factory.mktemp("array") / "a.f16"
    written = np.empty((0, 3), np.float16)
    for part in parts:
        with ArrayAppender(path, np.float16, (3,), len(written)) as array:
            new = rows(part, len(written) * 3)
            array.append(new)
            array.sync()
            written = np.concatenate([written, new])
        with path.open("ab") as file:
            file.write(b"x" * left_over)
    np.testing.assert_array_equal(read_rows(path, np.float16, (3,), 0, len(written)), written)
    middle = len(written) // 2
    np.testing.assert_array_equal(read_rows(path, np.float16, (3,), middle, len(written)), written[middle:])


def test_fewer_rows_than_were_counted_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.f16"
    path.write_bytes(b"1234")
    with pytest.raises(StorageError) as damage:
        ArrayAppender(path, np.float16, (3,), 2)
    assert damage.value.code == "frames_damaged"
    with pytest.raises(StorageError):
        read_rows(path, np.float16, (3,), 0, 2)
    with pytest.raises(StorageError):
        read_rows(tmp_path / "missing", np.float16, (3,), 0, 2)


def test_rows_of_another_shape_or_type_are_a_mistake(tmp_path: Path) -> None:
    with ArrayAppender(tmp_path / "a", np.float16, (3,), 0) as array:
        with pytest.raises(ValueError, match="rows of float16"):
            array.append(np.zeros((1, 4), np.float16))
        with pytest.raises(ValueError, match="rows of float16"):
            array.append(np.zeros((1, 3), np.float32))


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with ArrayAppender(tmp_path / "a", np.float16, (3,), 0) as array:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(StorageError) as error:
            array.append(rows(1))
    assert error.value.code == "disk_full"
    assert error.value.hint


def test_no_descriptor_is_left_when_opening_fails(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(StorageError):
            ArrayAppender(path, np.float16, (3,), 1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
