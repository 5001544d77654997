"""Which originals a browser plays, and the copies of those that it does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sonotag.domain import MediaInfo
from sonotag.errors import CancelledError, MediaError, StorageError
from sonotag.media.decode import DecodeLimits, Decoder
from sonotag.media.playback import PLAYBACK_MEDIA_TYPE, PlaybackMaker, is_browser_playable, media_type_of
from sonotag.media.sandbox import FORMAT_WHITELIST
from tests.media.conftest import TORN_MP3

Samples = NDArray[np.float32]

ORIGINALS = [
    ("a.wav", ["-c:a", "pcm_s16le"], True, "audio/wav"),
    ("adpcm.wav", ["-c:a", "adpcm_ms"], False, "audio/wav"),
    ("a.mp3", [], True, "audio/mpeg"),
    ("mp2.mp3", ["-c:a", "mp2", "-f", "mp2"], False, "audio/mpeg"),
    ("a.m4a", [], True, "audio/mp4"),
    ("alac.m4a", ["-c:a", "alac"], False, "audio/mp4"),
    ("a.aac", [], True, "audio/aac"),
    ("a.flac", [], True, "audio/flac"),
    ("a.ogg", ["-c:a", "libvorbis"], True, "audio/ogg"),
    ("a.opus", ["-c:a", "libopus"], True, "audio/ogg"),
    ("a.webm", ["-c:a", "libopus"], True, "audio/webm"),
    ("a.aiff", [], False, "audio/aiff"),
    ("a.caf", [], False, "audio/x-caf"),
    ("a.wma", [], False, "audio/x-ms-wma"),
    ("a.ac3", [], False, "audio/ac3"),
    ("a.ts", [], False, "video/mp2t"),
    ("a.avi", ["-c:a", "libmp3lame"], False, "video/x-msvideo"),
    ("a.flv", ["-c:a", "libmp3lame"], False, "video/x-flv"),
    ("a.amr", ["-ar", "8000", "-ac", "1"], False, "audio/amr"),
]


@pytest.mark.parametrize(("name", "arguments", "playable", "kind"), ORIGINALS, ids=[row[0] for row in ORIGINALS])
def test_originals_are_known_by_what_they_are(
    decoder: Decoder,
    encode: Callable[..., Path],
    write_wav: Callable[..., Path],
    name: str,
    arguments: list[str],
    playable: bool,
    kind: str,
) -> None:
    info = decoder.probe(encode(name, "-i", write_wav("source.wav", np.zeros((48_000, 2), np.float32)), *arguments))
    assert is_browser_playable(info) is playable
    assert media_type_of(info) == kind


def test_a_video_with_sound_is_played_as_a_video(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path]
) -> None:
    wav = write_wav("a.wav", np.zeros(48_000, np.float32))
    info = decoder.probe(encode("a.mp4", "-f", "lavfi", "-i", "color=size=32x32:duration=1", "-i", wav))
    assert is_browser_playable(info)
    assert media_type_of(info) == "video/mp4"


@pytest.mark.parametrize("has_video", [False, True])
@pytest.mark.parametrize("container", [*FORMAT_WHITELIST.split(","), "", "html", "svg", "unheard-of"])
def test_no_original_is_served_as_something_that_runs(container: str, has_video: bool) -> None:
    kind = media_type_of(MediaInfo(None, container, "aac", has_video))
    assert kind.split("/")[0] in {"audio", "video"} or kind == "application/octet-stream"
    known = container in FORMAT_WHITELIST.split(",")
    assert (kind != "application/octet-stream") is known


def decode_whole(decoder: Decoder, path: Path) -> Samples:
    with decoder.open(path) as stream:
        return np.concatenate(list(stream))


@pytest.mark.parametrize(("name", "arguments"), [("a.aiff", []), ("a.wma", []), ("a.avi", ["-c:a", "libmp3lame"])])
def test_a_copy_keeps_the_clock_of_its_original(
    ffmpeg: Path,
    decoder: Decoder,
    encode: Callable[..., Path],
    write_wav: Callable[..., Path],
    tmp_path: Path,
    name: str,
    arguments: list[str],
) -> None:
    samples = np.zeros((200_000, 2), np.float32)
    samples[96_000:96_400] = np.sin(np.arange(400) * 0.2)[:, None] * 0.5
    original = encode(name, "-i", write_wav("source.wav", samples), *arguments)
    copy = tmp_path / "copy.ogg"
    PlaybackMaker(ffmpeg).make(original, copy)
    info = decoder.probe(copy)
    assert (info.container, info.audio_codec) == ("ogg", "opus")
    assert is_browser_playable(info)
    assert media_type_of(info) == PLAYBACK_MEDIA_TYPE
    before, after = decode_whole(decoder, original), decode_whole(decoder, copy)
    assert after.size == before.size
    lag = np.correlate(after[95_000:105_000], before[96_000:104_000], "valid").argmax() - 1_000
    assert abs(int(lag)) <= 2
    assert not (tmp_path / "copy.ogg.part").exists()


@pytest.mark.parametrize(("content", "code"), [(b"", "empty_file"), (b"not a recording " * 99, "unreadable_media")])
def test_no_copy_of_what_is_no_recording(ffmpeg: Path, tmp_path: Path, content: bytes, code: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with pytest.raises(MediaError) as caught:
        PlaybackMaker(ffmpeg).make(source, tmp_path / "copy.ogg")
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == [source]


def test_what_opens_only_as_a_stream_has_a_copy(ffmpeg: Path, decoder: Decoder, tmp_path: Path) -> None:
    PlaybackMaker(ffmpeg).make(TORN_MP3, tmp_path / "copy.ogg")
    assert decode_whole(decoder, tmp_path / "copy.ogg").size == decode_whole(decoder, TORN_MP3).size


def test_no_copy_of_a_silent_film(ffmpeg: Path, encode: Callable[..., Path], tmp_path: Path) -> None:
    source = encode("a.avi", "-f", "lavfi", "-i", "color=size=32x32:duration=1")
    with pytest.raises(MediaError) as caught:
        PlaybackMaker(ffmpeg).make(source, tmp_path / "copy.ogg")
    assert caught.value.code == "no_audio_track"
    assert list(tmp_path.iterdir()) == [source]


def test_a_copy_ends_at_the_limit(
    ffmpeg: Path, decoder: Decoder, write_wav: Callable[..., Path], tmp_path: Path
) -> None:
    source = write_wav("a.wav", np.zeros(480_000, np.float32))
    PlaybackMaker(ffmpeg, DecodeLimits(max_duration_s=3.0)).make(source, tmp_path / "copy.ogg")
    assert decode_whole(decoder, tmp_path / "copy.ogg").size == 144_000


def test_a_maker_cancelled_before_it_starts_makes_nothing(
    ffmpeg: Path, write_wav: Callable[..., Path], tmp_path: Path
) -> None:
    source = write_wav("a.wav", np.zeros(1000, np.float32))
    maker = PlaybackMaker(ffmpeg)
    maker.cancel()
    with pytest.raises(CancelledError):
        maker.make(source, tmp_path / "copy.ogg")
    assert list(tmp_path.iterdir()) == [source]


def test_cancelling_a_copy_from_another_thread_removes_it(ffmpeg: Path, tmp_path: Path) -> None:
    # A pipe with a name and no writer's end: the copy waits for its input until it is cancelled.
    source = tmp_path / "source"
    os.mkfifo(source)
    maker = PlaybackMaker(ffmpeg)
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(maker.make, source, tmp_path / "copy.ogg")
        with source.open("wb"):  # opens as soon as the maker has opened its side
            maker.cancel()
            with pytest.raises(CancelledError):
                making.result(30)
    assert list(tmp_path.iterdir()) == [source]


def test_a_place_that_cannot_be_written_is_a_storage_error(
    ffmpeg: Path, write_wav: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(StorageError):
        PlaybackMaker(ffmpeg).make(write_wav("a.wav", np.zeros(10, np.float32)), tmp_path / "no" / "copy.ogg")
