"""A file that grows over a limit of the system goes on where it was once there is room again."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sonotag.errors import StorageError
from sonotag.media.growing import GrowingFile


@contextmanager
def no_file_larger_than(size_bytes: int) -> Iterator[None]:
    """As a full disk: a write is cut short at the limit, the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_a_full_disk_refused_can_be_sent_again(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40
    growing = GrowingFile(tmp_path / "original")
    growing.append(content[:3000])
    with no_file_larger_than(5000), pytest.raises(StorageError):
        growing.append(content[3000:])
    assert growing.size_bytes == growing.sync() == 3000
    # The one who sends may cut it up differently this time.
    growing.append(content[3000:4000])
    growing.append(content[4000:])
    growing.finish()
    assert growing.path.read_bytes() == content


def test_a_restart_cuts_away_what_was_not_yet_counted(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(b"durable" + b"\0" * 100)
    growing = GrowingFile(path, size_bytes=7)
    growing.append(b" and on")
    growing.finish()
    assert path.read_bytes() == b"durable and on"
