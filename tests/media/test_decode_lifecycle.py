"""Cancelling, limits and cleanliness. The fixture `nothing_left_behind` judges every test of this folder."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.errors import CancelledError, MediaError
from sonotag.media import sandbox
from sonotag.media.decode import DecodeLimits, Decoder
from sonotag.media.sandbox import ProcessLimits, limited_command

Samples = NDArray[np.float32]

ENDLESS_WAV = (
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00"
    b"\x01\x00\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00"
    b"data\xff\xff\xff\xff"
)


@contextmanager
def endless_source(stop_after_bytes: int | None = None) -> Generator[BinaryIO]:
    """A pipe that gives 48 kHz silence for ever, or goes quiet (but stays open) after some bytes."""
    reading, writing = os.pipe()
    closing = threading.Event()

    def fill() -> None:
        with os.fdopen(writing, "wb", buffering=0) as sink:
            sink.write(ENDLESS_WAV)
            sent = 0
            block = bytes(65_536)
            try:
                while stop_after_bytes is None or sent < stop_after_bytes:
                    sent += sink.write(block)
                closing.wait(30)
            except BrokenPipeError:
                return  # the decoder has gone, as it should

    with ThreadPoolExecutor(1) as pool:
        filling = pool.submit(fill)
        with os.fdopen(reading, "rb") as source:
            yield source
        closing.set()
        filling.result(30)


def test_cancel_from_another_thread_ends_a_reader_that_waits(decoder: Decoder) -> None:
    # One window comes out; then ffmpeg waits for its input and the reader for ffmpeg.
    with endless_source(WINDOW_SAMPLES * 2 + 500_000) as source, decoder.open(source) as stream:
        first_arrived = threading.Event()
        sizes: list[int] = []

        def read() -> None:
            for window in stream:
                sizes.append(window.size)
                first_arrived.set()

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            assert first_arrived.wait(30)
            stream.cancel()
            with pytest.raises(CancelledError):
                reading.result(30)
        assert sizes == [WINDOW_SAMPLES]
        with pytest.raises(CancelledError):
            next(stream)
        with pytest.raises(CancelledError):
            _ = stream.info


def test_cancel_while_the_file_is_being_opened(decoder: Decoder) -> None:
    reading, writing = os.pipe()
    with (
        os.fdopen(writing, "wb"),
        os.fdopen(reading, "rb") as source,
        decoder.open(source) as stream,
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(lambda: stream.info)
        stream.cancel()
        with pytest.raises(CancelledError):
            waiting.result(30)


def test_cancel_before_and_after_everything_is_harmless(decoder: Decoder, write_wav: Callable[..., Path]) -> None:
    path = write_wav("a.wav", np.zeros(1000, np.float32))
    stream = decoder.open(path)
    stream.cancel()
    stream.cancel()
    with pytest.raises(CancelledError):
        next(stream)
    stream.close()
    stream.close()
    stream.cancel()
    with decoder.open(path) as stream:
        assert len(list(stream)) == 1
        stream.cancel()


def test_leaving_early_ends_the_child(decoder: Decoder) -> None:
    with endless_source() as source, decoder.open(source) as stream:
        next(stream)


def test_a_stream_without_a_reader_is_cleaned_up(decoder: Decoder) -> None:
    with endless_source() as source, decoder.open(source):
        pass


def test_after_close_there_is_nothing_more(decoder: Decoder, write_wav: Callable[..., Path]) -> None:
    with decoder.open(write_wav("a.wav", np.zeros(2 * WINDOW_SAMPLES, np.float32))) as stream:
        next(stream)
    assert list(stream) == []


def test_waiting_too_long_is_a_timeout_that_stays(ffmpeg: Path) -> None:
    decoder = Decoder(ffmpeg, DecodeLimits(wall_s=0.3))
    with endless_source(WINDOW_SAMPLES * 2 + 500_000) as source, decoder.open(source) as stream:
        next(stream)
        for _ in range(2):
            with pytest.raises(MediaError) as caught:
                next(stream)
            assert caught.value.code == "decode_timeout"


def test_a_slow_consumer_does_not_make_a_file_slow(ffmpeg: Path) -> None:
    decoder = Decoder(ffmpeg, DecodeLimits(wall_s=20.0))
    # Nothing is waited for between windows, so the waiting of ten of them is the decoder's alone.
    with endless_source() as source, decoder.open(source) as stream:
        for _ in range(10):
            assert next(stream).size == WINDOW_SAMPLES


def test_too_much_processor_time_is_a_timeout(ffmpeg: Path) -> None:
    decoder = Decoder(ffmpeg, DecodeLimits(cpu_s=1))
    with endless_source() as source, decoder.open(source) as stream, pytest.raises(MediaError) as caught:
        for _ in stream:
            pass
    assert caught.value.code == "decode_timeout"


@pytest.mark.parametrize("memory_bytes", [16_000_000, 220_000_000])
def test_too_little_memory_is_a_failure_of_the_decoder(
    ffmpeg: Path, write_wav: Callable[..., Path], memory_bytes: int
) -> None:
    decoder = Decoder(ffmpeg, DecodeLimits(memory_bytes=memory_bytes))
    path = write_wav("a.wav", np.zeros(480_000, np.float32))
    with decoder.open(path) as stream, pytest.raises(MediaError) as caught:
        list(stream)
    assert caught.value.code == "decoder_failed"


@pytest.mark.parametrize("without_prlimit", [False, True])
def test_a_missing_decoder_says_so(
    tmp_path: Path,
    write_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    without_prlimit: bool,
) -> None:
    if without_prlimit:
        monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    decoder = Decoder(tmp_path / "no-ffmpeg")
    with decoder.open(write_wav("a.wav", np.zeros(10, np.float32))) as stream, pytest.raises(MediaError) as caught:
        list(stream)
    assert caught.value.code == "decoder_failed"
    assert "operator" in caught.value.hint


def test_without_prlimit_the_limits_and_the_samples_are_the_same(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = ProcessLimits(memory_bytes=300_000_000, cpu_s=7, open_files=33)

    def limits_of_child() -> str:
        command = limited_command(["/bin/cat", "/proc/self/limits"], limits)
        return subprocess.run(command, env={}, check=True, capture_output=True, text=True).stdout

    with_prlimit = limits_of_child()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    assert limits_of_child() == with_prlimit
    values = {line[:26].strip(): line[26:].split()[:2] for line in with_prlimit.splitlines()[1:]}
    assert values["Max address space"] == ["300000000", "300000000"]
    assert values["Max cpu time"] == ["7", "12"]
    assert values["Max open files"] == ["33", "33"]
    assert values["Max file size"] == ["0", "0"]
    assert values["Max core file size"] == ["0", "0"]
    with decoder.open(write_wav("a.wav", noise[:, 0])) as stream:
        np.testing.assert_array_equal(np.concatenate(list(stream)), noise[:, 0])


def test_streams_of_several_threads_do_not_disturb_each_other(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    paths = [write_wav(f"{n}.wav", noise[: 200_000 + n, 0]) for n in range(4)]

    def decode(path: Path) -> Samples:
        with decoder.open(path) as stream:
            return np.concatenate(list(stream))

    with ThreadPoolExecutor(4) as pool:
        for n, samples in enumerate(pool.map(decode, paths)):
            np.testing.assert_array_equal(samples, noise[: 200_000 + n, 0])
