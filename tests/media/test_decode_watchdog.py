"""A decoder that hangs is replaced once, and what comes out is the same. See `nothing_left_behind` for the rest."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.errors import CancelledError, MediaError
from sonotag.media.decode import DecodeLimits, Decoder
from sonotag.media.growing import GrowingFile
from tests.media.conftest import child_processes

Samples = NDArray[np.float32]
WriteWav = Callable[..., Path]


@pytest.fixture
def watched(ffmpeg: Path) -> Decoder:
    return Decoder(ffmpeg, DecodeLimits(stall_s=0.4))


@pytest.fixture
def long(noise: Samples, write_wav: WriteWav) -> tuple[Path, Samples]:
    """Ten windows: more than the pipe holds, so that a decoder is never far ahead of its reader."""
    samples = np.concatenate([noise[:, 0]] * 5)[: 10 * WINDOW_SAMPLES - 777]
    return write_wav("long.wav", samples), samples


def stop_children(before: set[int]) -> set[int]:
    """Stops those that run their program; returns which.

    Whoever starts a child waits until it does: one stopped between fork and exec would halt this very process.
    """
    stopped: set[int] = set()
    ourselves = Path("/proc/self/exe").readlink()
    for pid in child_processes() - before:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/exe").readlink() != ourselves:
                os.kill(pid, signal.SIGSTOP)
                stopped.add(pid)
    return stopped


@pytest.mark.parametrize("skipped", [0, 2])
def test_a_stopped_decoder_is_replaced_and_no_sample_is_lost(
    watched: Decoder, long: tuple[Path, Samples], skipped: int
) -> None:
    path, samples = long
    before = child_processes()
    with watched.open(path, skip_samples=skipped * WINDOW_SAMPLES) as stream:
        windows = [next(stream), next(stream)]
        hung = stop_children(before)
        windows += list(stream)
        assert not hung & child_processes()
        assert stream.samples_read == samples.size
        assert stream.warning is None
    np.testing.assert_array_equal(np.concatenate(windows), samples[skipped * WINDOW_SAMPLES :])


def test_one_that_hangs_again_is_given_up_in_words(watched: Decoder, long: tuple[Path, Samples]) -> None:
    before = child_processes()
    with watched.open(long[0]) as stream:
        next(stream)
        first = stop_children(before)
        # The reader is on its way to find out; whoever takes the first one's place is stopped as well.
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(lambda: list(stream))
            deadline_s = time.monotonic() + 30
            while not reading.done() and time.monotonic() < deadline_s:
                stop_children(before | first)
            with pytest.raises(MediaError) as caught:
                reading.result(30)
        assert caught.value.code == "decoder_stalled"
        with pytest.raises(MediaError):
            next(stream)


def test_a_decoder_that_hangs_while_it_opens_the_file(watched: Decoder, long: tuple[Path, Samples]) -> None:
    before = child_processes()
    stream = watched.open(long[0])
    stop_children(before)
    with stream:
        assert stream.info.duration_s == pytest.approx(long[1].size / 48_000, abs=0.01)
        assert sum(window.size for window in stream) == long[1].size


def test_what_is_arriving_is_fed_to_the_new_one_from_the_beginning(
    watched: Decoder, long: tuple[Path, Samples], tmp_path: Path
) -> None:
    content, before = long[0].read_bytes(), child_processes()
    growing = GrowingFile(tmp_path / "arriving")
    growing.append(content[: len(content) // 2])
    with watched.open(growing) as stream:
        windows = [next(stream)]
        stop_children(before)
        growing.append(content[len(content) // 2 :])
        growing.finish()
        windows += list(stream)
    np.testing.assert_array_equal(np.concatenate(windows), long[1])


def test_one_that_waits_for_bytes_does_not_hang(watched: Decoder, long: tuple[Path, Samples], tmp_path: Path) -> None:
    content = long[0].read_bytes()
    growing = GrowingFile(tmp_path / "arriving")
    growing.append(content[: len(content) // 2])
    with watched.open(growing) as stream, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: sum(window.size for window in stream))
        # Well beyond the limit nothing comes.
        threading.Event().wait(1.0)
        growing.append(content[len(content) // 2 :])
        growing.finish()
        assert reading.result(30) == long[1].size
        assert stream._restarts_left == 1


def test_cancelling_a_hung_one(ffmpeg: Path, long: tuple[Path, Samples]) -> None:
    before = child_processes()
    with Decoder(ffmpeg, DecodeLimits(stall_s=20)).open(long[0]) as stream, ThreadPoolExecutor(1) as pool:
        next(stream)
        stop_children(before)
        reading = pool.submit(lambda: list(stream))
        stream.cancel()
        with pytest.raises(CancelledError):
            reading.result(30)


def test_a_source_that_cannot_be_read_again(watched: Decoder, long: tuple[Path, Samples]) -> None:
    before = child_processes()
    with long[0].open("rb") as file, watched.open(file) as stream:
        next(stream)
        stop_children(before)
        with pytest.raises(MediaError) as caught:
            list(stream)
    assert caught.value.code == "decoder_stalled"
