"""Memory between jobs: what one worked with goes back to the system."""

from __future__ import annotations

import platform
import threading
from typing import cast

import pytest

from sonotag.jobs.encode import EncodeJob
from sonotag.jobs.memory import used_bytes
from sonotag.jobs.runner import JobRunner

PIECES, PIECE_BYTES = 4_000, 32_000
"""Too small to be returned one by one."""


class HungryJob:
    """Fills 128 MB in small pieces and keeps the last, which lies above all the others."""

    id = recording_id = owner = "hungry"
    remaining_s = None
    arriving = False

    def __init__(self) -> None:
        self.kept = b""
        self.filled_bytes = 0
        self.ended = threading.Event()

    def run(self) -> None:
        before = used_bytes() or 0
        pieces = [bytes([1]) * PIECE_BYTES for _ in range(PIECES)]
        self.filled_bytes = (used_bytes() or 0) - before
        self.kept = pieces[-1]
        del pieces
        self.ended.set()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory and gives it back")
def test_memory_that_a_job_has_freed_goes_back_to_the_system() -> None:
    before = used_bytes()
    assert before is not None
    runner, job = JobRunner(1, 10), HungryJob()
    runner.submit(cast(EncodeJob, job))
    assert job.ended.wait(60)
    runner.close()
    assert job.filled_bytes > 100_000_000
    assert (used_bytes() or 0) - before < 40_000_000
