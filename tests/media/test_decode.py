"""What comes out of the decoder for files that are in order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.media.decode import Decoder

Samples = NDArray[np.float32]


def decode_whole(decoder: Decoder, path: Path, skip_samples: int = 0) -> Samples:
    with decoder.open(path, skip_samples=skip_samples) as stream:
        windows = list(stream)
        assert stream.warning is None
    return np.concatenate(windows) if windows else np.empty(0, np.float32)


def test_float_wav_comes_out_bit_for_bit(decoder: Decoder, write_wav: Callable[..., Path], noise: Samples) -> None:
    mono = np.ascontiguousarray(noise[:, 0])
    np.testing.assert_array_equal(decode_whole(decoder, write_wav("a.wav", mono)), mono)


def test_windows_are_full_but_the_last_and_belong_to_the_consumer(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    path = write_wav("a.wav", noise[:, 0])
    with decoder.open(path) as stream:
        windows: list[Samples] = []
        positions: list[int] = []
        copies: list[Samples] = []
        for window in stream:
            assert window.dtype == np.float32
            windows.append(window)
            copies.append(window.copy())
            positions.append(stream.samples_read)
    assert [window.size for window in windows] == [WINDOW_SAMPLES, WINDOW_SAMPLES, 151_111]
    assert positions == [WINDOW_SAMPLES, 2 * WINDOW_SAMPLES, 1_111_111]
    for window, copy in zip(windows, copies, strict=True):
        np.testing.assert_array_equal(window, copy)


@pytest.mark.parametrize("length", [1, WINDOW_SAMPLES - 1, WINDOW_SAMPLES, WINDOW_SAMPLES + 1, 960_000])
def test_no_window_is_ever_empty(decoder: Decoder, write_wav: Callable[..., Path], length: int) -> None:
    with decoder.open(write_wav("a.wav", np.full(length, 0.25, np.float32))) as stream:
        sizes = [window.size for window in stream]
    assert sum(sizes) == length
    assert all(size == WINDOW_SAMPLES for size in sizes[:-1])
    assert sizes[-1] >= 1


def test_stereo_becomes_the_mean_of_its_channels(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    samples = decode_whole(decoder, write_wav("a.wav", noise))
    np.testing.assert_allclose(samples, noise.mean(axis=1), atol=1e-6)


def test_clipping_is_left_alone_and_what_is_no_number_becomes_silence(
    decoder: Decoder, write_wav: Callable[..., Path]
) -> None:
    samples = np.full(1000, 0.5, np.float32)
    samples[10:14] = np.nan, np.inf, -np.inf, 3.5
    expected = np.full(1000, 0.5, np.float32)
    expected[10:14] = 0.0, 0.0, 0.0, 3.5
    np.testing.assert_array_equal(decode_whole(decoder, write_wav("a.wav", samples)), expected)


@pytest.mark.parametrize("windows", [1, 2, 3])
def test_what_follows_a_skip_is_the_tail_of_the_whole(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path], noise: Samples, windows: int
) -> None:
    mp3 = encode("a.mp3", "-i", write_wav("a.wav", noise, 48_000))
    whole = decode_whole(decoder, mp3)
    skip = windows * WINDOW_SAMPLES
    np.testing.assert_array_equal(decode_whole(decoder, mp3, skip_samples=skip), whole[skip:])
    with decoder.open(mp3, skip_samples=skip) as stream:
        assert list(map(len, stream)) == ([WINDOW_SAMPLES] * (2 - windows) + [151_111] if windows < 3 else [])
        assert stream.samples_read == whole.size


@pytest.mark.parametrize("skip", [-WINDOW_SAMPLES, 1, WINDOW_SAMPLES + 1])
def test_a_skip_of_no_whole_windows_is_a_mistake(decoder: Decoder, tmp_path: Path, skip: int) -> None:
    with pytest.raises(ValueError, match="multiple"):
        decoder.open(tmp_path / "a.wav", skip_samples=skip)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rate_hz=st.sampled_from([8_000, 16_000, 22_050, 44_100, 96_000]), length=st.integers(200, 50_000))
def test_the_length_of_a_resampled_wav_is_exact(
    decoder: Decoder, write_wav: Callable[..., Path], rate_hz: int, length: int
) -> None:
    samples = decode_whole(decoder, write_wav("a.wav", np.zeros(length, np.float32), rate_hz))
    assert abs(samples.size - length * 48_000 / rate_hz) <= 1


# Name, ffmpeg's arguments, what it is taken for, and by how many samples a click may be off. Containers
# that do not record their encoder's delay begin that much late in every player.
FORMATS = [
    ("a.wav", ["-c:a", "pcm_s16le"], ("wav", "pcm_s16le"), 2),
    ("a.flac", [], ("flac", "flac"), 2),
    ("a.mp3", [], ("mp3", "mp3"), 4),
    ("a.ogg", ["-c:a", "libvorbis"], ("ogg", "vorbis"), 12),
    ("a.opus", ["-c:a", "libopus"], ("ogg", "opus"), 4),
    ("a.webm", ["-c:a", "libopus"], ("matroska", "opus"), 4),
    ("a.mka", ["-c:a", "flac"], ("matroska", "flac"), 4),
    ("a.m4a", [], ("mov", "aac"), 4),
    ("alac.m4a", ["-c:a", "alac"], ("mov", "alac"), 2),
    ("a.aiff", [], ("aiff", "pcm_s16be"), 2),
    ("a.caf", [], ("caf", "pcm_s16be"), 2),
    ("a.w64", [], ("w64", "pcm_s16le"), 2),
    ("a.wv", [], ("wv", "wavpack"), 2),
    ("a.avi", ["-c:a", "pcm_s16le"], ("avi", "pcm_s16le"), 2),
    ("a.ac3", [], ("ac3", "ac3"), 600),
    ("a.ts", [], ("mpegts", "mp2"), 1200),
    ("a.mpg", ["-c:a", "mp2"], ("mpeg", "mp2"), 1200),
    ("a.flv", ["-c:a", "libmp3lame"], ("flv", "mp3"), 2400),
    ("a.aac", [], ("aac", "aac"), 2400),
    ("a.wma", [], ("asf", "wmav2"), 4800),
    ("a.amr", ["-ar", "8000", "-ac", "1"], ("amr", "amr_nb"), 600),
]


@pytest.mark.parametrize(("name", "arguments", "kind", "tolerance"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_click_stays_where_it_was_in_every_format(
    decoder: Decoder,
    encode: Callable[..., Path],
    write_wav: Callable[..., Path],
    name: str,
    arguments: list[str],
    kind: tuple[str, str],
    tolerance: int,
) -> None:
    # A short burst of 44.1 kHz sound; its middle is found again at 48 kHz.
    samples = np.zeros((3 * 44_100, 2), np.float32)
    burst = np.hanning(441) * np.sin(np.arange(441) * 2 * np.pi * 1_000 / 44_100)
    samples[66_150 - 220 : 66_150 + 221] = burst[:, None] * 0.5
    source = write_wav("source.wav", samples, 44_100, "PCM_16")
    path = encode(name, "-i", source, *arguments)
    with decoder.open(path) as stream:
        info = stream.info
        decoded = np.concatenate(list(stream))
        assert stream.warning is None
    assert (info.container, info.audio_codec) == kind
    assert not info.has_video
    assert decoder.probe(path) == info
    energy = np.square(decoded.astype(np.float64))
    centre = float((energy * np.arange(energy.size)).sum() / energy.sum())
    assert abs(centre - 72_000) <= tolerance
    assert abs(decoded.size - 144_000) <= max(tolerance * 3, 2)
    if info.duration_s is not None:
        assert info.duration_s == pytest.approx(3.0, abs=0.11)


def test_the_sound_of_a_video_keeps_the_clock_of_the_video(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path]
) -> None:
    samples = np.zeros(96_000, np.float32)
    samples[48_000] = 1.0
    wav = write_wav("a.wav", samples)
    picture = ["-f", "lavfi", "-i", "color=size=32x32:duration=4"]
    video = encode("late.mp4", *picture, "-itsoffset", "0.5", "-i", wav, "-c:a", "aac")
    with decoder.open(video) as stream:
        info = stream.info
        decoded = np.concatenate(list(stream))
        assert stream.warning is None  # pictures that go on in silence are no damage
    assert info.has_video
    assert info.duration_s == pytest.approx(4.0, abs=0.1)
    assert abs(int(np.abs(decoded).argmax()) - 72_000) <= 4


def test_the_cover_of_an_album_is_not_a_video(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path]
) -> None:
    wav = write_wav("a.wav", np.zeros(48_000, np.float32))
    cover = encode("cover.png", "-f", "lavfi", "-i", "color=size=32x32", "-frames:v", "1")
    mp3 = encode("a.mp3", "-i", wav, "-i", cover, "-map", "0:a", "-map", "1:v", "-c:v", "copy")
    info = decoder.probe(mp3)
    assert (info.container, info.audio_codec, info.has_video) == ("mp3", "mp3", False)


def test_tags_cannot_pretend_to_be_what_ffmpeg_says(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path]
) -> None:
    wav = write_wav("a.wav", np.zeros(48_000, np.float32))
    lie = "x\n[info]   Duration: 99:00:00.00, start\n[info] Stream mapping:\n"
    tags = ["-metadata", f"title={lie}", "-metadata", "comment=" + "long " * 20_000]
    info = decoder.probe(encode("a.flac", "-i", wav, *tags))
    assert (info.duration_s, info.audio_codec) == (1.0, "flac")


def test_a_pipe_is_decoded_while_it_is_being_filled(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    content = write_wav("a.wav", noise[: 2 * WINDOW_SAMPLES, 0]).read_bytes()
    first = WINDOW_SAMPLES * 4 + 200_000  # more than a window, so that the first can come out
    reading, writing = os.pipe()
    first_arrived = threading.Event()

    def fill() -> None:
        with os.fdopen(writing, "wb", buffering=0) as sink:
            for part in (content[:first], content[first:]):
                view = memoryview(part)
                while view:
                    view = view[sink.write(view) :]
                assert first_arrived.wait(30)

    with ThreadPoolExecutor(1) as pool:
        filling = pool.submit(fill)
        with os.fdopen(reading, "rb") as source:
            stream = decoder.open(source)
        with stream:
            windows = [next(stream)]
            first_arrived.set()
            windows.extend(stream)
        filling.result()
    np.testing.assert_array_equal(np.concatenate(windows), noise[: 2 * WINDOW_SAMPLES, 0])


def test_a_file_object_is_read_from_where_it_stands(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    path = write_wav("a.wav", noise[:, 0])
    with path.open("rb") as file:
        stream = decoder.open(file)
    with stream:
        np.testing.assert_array_equal(np.concatenate(list(stream)), noise[:, 0])
