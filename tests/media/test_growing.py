"""Audio that is decoded while it arrives is the audio of the whole file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sonotag.errors import CancelledError, MediaError, SonotagError, StorageError
from sonotag.media.decode import DecodeLimits, Decoder
from sonotag.media.growing import GrowingFile, can_stream
from tests.media.conftest import TORN_MP3, Encode, Samples

NEVER = threading.Event()

FORMATS = {
    "wav": ["-c:a", "pcm_s16le"],
    "flac": [],
    "mp3": [],
    "ogg": ["-c:a", "libopus"],
    "webm": ["-c:a", "libopus"],
    "aac": [],
    "ts": ["-c:a", "aac"],
    "aiff": [],
}


class Arriving:
    """A thread that appends `content` to a growing file in pieces and ends it."""

    def __init__(self, path: Path, content: bytes, piece: int, error: SonotagError | None = None) -> None:
        self.growing = GrowingFile(path)
        self._content, self._piece, self._error = content, piece, error
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> GrowingFile:
        self._thread.start()
        return self.growing

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _write(self) -> None:
        for start in range(0, len(self._content), self._piece):
            self.growing.append(self._content[start : start + self._piece])
        if self._error is None:
            self.growing.finish()
        else:
            self.growing.fail(self._error)


def decoded(decoder: Decoder, source: Path | GrowingFile, skip_samples: int = 0) -> list[Samples]:
    with decoder.open(source, skip_samples=skip_samples) as stream:
        return list(stream)


@pytest.fixture
def make(write_wav: Callable[..., Path], encode: Encode, noise: Samples) -> Callable[..., Path]:
    def of(name: str, *arguments: str) -> Path:
        return encode(name, "-i", write_wav("source.wav", noise), *arguments)

    return of


@pytest.mark.parametrize("suffix", FORMATS)
def test_streamed_is_whole(decoder: Decoder, make: Callable[..., Path], tmp_path: Path, suffix: str) -> None:
    whole = make(f"whole.{suffix}", *FORMATS[suffix])
    with Arriving(tmp_path / "arriving", whole.read_bytes(), 50_000) as growing:
        assert can_stream(growing, NEVER)
        streamed = decoded(decoder, growing)
    expected = decoded(decoder, whole)
    assert [window.shape for window in streamed] == [window.shape for window in expected]
    for ours, theirs in zip(streamed, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_opens_only_as_a_stream_is_heard_again_when_it_is_whole(decoder: Decoder, tmp_path: Path) -> None:
    with Arriving(tmp_path / "arriving", TORN_MP3.read_bytes(), 1_000) as growing:
        (streamed,) = decoded(decoder, growing)
    (whole,) = decoded(decoder, TORN_MP3)
    np.testing.assert_array_equal(whole, streamed)
    assert whole.size > 10_000
    assert decoder.probe(TORN_MP3).audio_codec == "mp3"


def test_a_resumed_stream_is_the_tail_of_a_whole_one(
    decoder: Decoder, make: Callable[..., Path], tmp_path: Path
) -> None:
    whole = make("whole.mp3")
    with Arriving(tmp_path / "arriving", whole.read_bytes(), 9_000) as growing:
        tail = decoded(decoder, growing, skip_samples=480_000)
    np.testing.assert_array_equal(np.concatenate(tail), np.concatenate(decoded(decoder, whole)[1:]))


@pytest.mark.parametrize(
    ("flags", "streams"), [([], False), (["-movflags", "faststart"], True), (["-movflags", "empty_moov"], True)]
)
def test_an_mp4_streams_when_its_index_comes_first(
    decoder: Decoder, make: Callable[..., Path], tmp_path: Path, flags: list[str], streams: bool
) -> None:
    whole = make("whole.m4a", *flags)
    with Arriving(tmp_path / "arriving", whole.read_bytes(), 1_000) as growing:
        assert can_stream(growing, NEVER) is streams
        if streams:
            np.testing.assert_array_equal(
                np.concatenate(decoded(decoder, growing)), np.concatenate(decoded(decoder, whole))
            )


def test_the_first_window_comes_before_the_last_byte(
    decoder: Decoder, make: Callable[..., Path], tmp_path: Path
) -> None:
    content = make("whole.wav", "-c:a", "pcm_s16le").read_bytes()
    growing = GrowingFile(tmp_path / "arriving")
    half = len(content) // 2  # nearly twelve of the twenty-three seconds
    growing.append(content[:half])
    with decoder.open(growing) as stream:
        first = next(stream)
        assert first.shape == (480_000,)
        growing.append(content[half:])
        growing.finish()
        assert sum(window.shape[0] for window in stream) + 480_000 == 1_111_111


def test_what_ends_the_bytes_ends_the_stream_after_the_whole_windows(
    decoder: Decoder, make: Callable[..., Path], tmp_path: Path
) -> None:
    content = make("whole.wav", "-c:a", "pcm_s16le").read_bytes()
    gone = MediaError("The line went dead.")
    with Arriving(tmp_path / "arriving", content[: len(content) * 2 // 3], 50_000, gone) as growing:
        heard: list[Samples] = []
        with decoder.open(growing) as stream, pytest.raises(MediaError, match="went dead"):
            heard.extend(stream)
    assert [window.shape for window in heard] == [(480_000,)]


def test_cancelling_ends_a_stream_that_waits_for_bytes(
    decoder: Decoder, make: Callable[..., Path], tmp_path: Path
) -> None:
    growing = GrowingFile(tmp_path / "arriving")
    growing.append(make("whole.flac").read_bytes()[:10_000])
    with decoder.open(growing) as stream:
        timer = threading.Timer(0.2, stream.cancel)
        timer.start()
        with pytest.raises(CancelledError):
            list(stream)
        timer.join()
    growing.fail(CancelledError("over"))


def test_waiting_for_bytes_is_not_the_decoders_time(ffmpeg: Path, make: Callable[..., Path], tmp_path: Path) -> None:
    content = make("whole.wav", "-c:a", "pcm_s16le").read_bytes()
    decoder = Decoder(ffmpeg, DecodeLimits(wall_s=1.0))
    growing = GrowingFile(tmp_path / "arriving")
    growing.append(content[:5000])

    def rest() -> None:
        growing.append(content[5000:])
        growing.finish()

    timer = threading.Timer(2.5, rest)
    timer.start()
    assert sum(window.shape[0] for window in decoded(decoder, growing)) == 1_111_111
    timer.join()


def test_a_writer_goes_on_where_an_earlier_one_got_to(tmp_path: Path) -> None:
    path = tmp_path / "arriving"
    first = GrowingFile(path)
    first.append(b"durable, not")
    assert first.sync() == 12
    first.fail(CancelledError("the server stops"))
    again = GrowingFile(path, size_bytes=9)
    again.append(b"whole")
    again.finish()
    assert path.read_bytes() == b"durable, whole"
    again.append(b"too late")
    assert path.read_bytes() == b"durable, whole"
    with pytest.raises(StorageError):
        GrowingFile(path, size_bytes=100)


def test_the_index_is_looked_for_however_slowly_the_boxes_come(tmp_path: Path) -> None:
    growing = GrowingFile(tmp_path / "arriving")
    free = (5000).to_bytes(4, "big") + b"free" + bytes(4992)
    content = (16).to_bytes(4, "big") + b"ftypM4A " + bytes(4) + free + bytes(3) + b"\x20moov" + bytes(40)
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(can_stream(growing, NEVER)))
    asking.start()
    for start in range(0, len(content), 700):
        growing.append(content[start : start + 700])
    asking.join(10)
    growing.finish()
    assert answers == [True]


def test_asking_ends_with_the_bytes_or_the_wish(tmp_path: Path) -> None:
    growing = GrowingFile(tmp_path / "arriving")
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        can_stream(growing, cancelled)
    growing.fail(MediaError("gone"))
    with pytest.raises(MediaError, match="gone"):
        can_stream(growing, NEVER)
