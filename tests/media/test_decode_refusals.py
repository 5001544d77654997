"""Files that are refused, or read with a warning, each with the code that says why."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sonotag.domain import WINDOW_SAMPLES
from sonotag.errors import MediaError, StorageError
from sonotag.media.decode import DecodeLimits, Decoder

Samples = NDArray[np.float32]


def refusal(decoder: Decoder, path: Path) -> MediaError:
    """Return what reading `path` raises; probing it must say the same when it is seen before the first sample."""
    with pytest.raises(MediaError) as caught, decoder.open(path) as stream:
        for _ in stream:
            pass
    problem = caught.value.problem
    assert problem.message.endswith(".")
    assert problem.hint.endswith(".")
    assert "ffmpeg" not in problem.message
    return caught.value


def wav_header(rate_hz: int, data_bytes: int, bits: int = 8) -> bytes:
    frame_bytes = bits // 8
    form = struct.pack("<HHIIHH", 1, 1, rate_hz, rate_hz * frame_bytes, frame_bytes, bits)
    riff_bytes = min(36 + data_bytes, 0xFFFFFFFF)
    return (
        b"RIFF"
        + struct.pack("<I", riff_bytes)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + (b"data" + struct.pack("<I", data_bytes))
    )


def test_an_empty_file(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    assert refusal(decoder, path).code == "empty_file"
    with pytest.raises(MediaError) as caught:
        decoder.probe(path)
    assert caught.value.code == "empty_file"


def test_a_header_without_a_sample(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(48_000, 0))
    assert refusal(decoder, path).code == "empty_file"


@pytest.mark.parametrize("rate_hz", [1, 4, 100])
def test_a_rate_too_low_for_the_few_samples_is_named(decoder: Decoder, tmp_path: Path, rate_hz: int) -> None:
    # ffmpeg's resampler gives nothing for fewer than 24 samples, and calls that a success.
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(rate_hz, 10) + b"\x20\xe0" * 5)
    error = refusal(decoder, path)
    assert error.code == "unreadable_media"
    assert f"{rate_hz} Hz" in error.message
    assert "empty" not in error.message
    assert "sample rate" in error.hint


def test_a_low_rate_with_samples_enough_is_read(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(1, 60) + b"\x20\xe0" * 30)
    with decoder.open(path) as stream:
        assert sum(window.size for window in stream) == 60 * 48_000


def test_a_few_samples_at_an_ordinary_rate_are_not_called_none(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_header(16_000, 10) + b"\x20\xe0" * 5)
    error = refusal(decoder, path)
    assert error.code == "empty_file"
    assert "a few samples" in error.message


def test_a_file_that_is_not_there(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        decoder.open(tmp_path / "missing.wav")
    assert caught.value.code == "storage_failed"


@pytest.mark.parametrize(
    "content",
    [
        b"Dear diary, today I recorded nothing at all.\n" * 40,
        b"\x00" * 4096,
        bytes(range(256)) * 16,
        b"<html><script>alert(1)</script></html>" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"%PDF-1.7\n" + b"x" * 3000,
        b"\x7fELF" + b"\x00" * 3000,
    ],
    ids=["text", "zeros", "ramp", "html", "svg", "pdf", "elf"],
)
def test_what_is_no_recording_is_unreadable(decoder: Decoder, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    assert refusal(decoder, path).code == "unreadable_media"
    with pytest.raises(MediaError) as caught:
        decoder.probe(path)
    assert caught.value.code == "unreadable_media"


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile neighbour.wav\n",
        "ffconcat version 1.0\nfile '{folder}/neighbour.wav'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{folder}/neighbour.wav\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{folder}/neighbour.wav\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nconcat:{folder}/neighbour.wav\n#EXT-X-ENDLIST\n",
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' profiles='urn:mpeg:dash:profile:full:2011'>"
        "<Period><AdaptationSet><BaseURL>{folder}/neighbour.wav</BaseURL></AdaptationSet></Period></MPD>",
    ],
    ids=["concat", "concat-absolute", "hls", "hls-file", "hls-concat", "dash"],
)
@pytest.mark.parametrize("name", ["a.mp3", "a.m3u8", "a.mpd", "a.ffconcat"])
def test_a_list_of_other_files_is_refused_and_reads_none_of_them(
    decoder: Decoder, write_wav: Callable[..., Path], tmp_path: Path, text: str, name: str
) -> None:
    neighbour = write_wav("neighbour.wav", np.full(48_000, 0.5, np.float32))
    before = neighbour.stat().st_atime_ns
    path = tmp_path / name
    path.write_text(text.format(folder=tmp_path))
    error = refusal(decoder, path)
    assert error.code == "unreadable_media"
    assert "neighbour.wav" not in error.details
    assert neighbour.stat().st_atime_ns == before


def test_a_video_without_sound(decoder: Decoder, encode: Callable[..., Path]) -> None:
    path = encode("a.mp4", "-f", "lavfi", "-i", "color=size=32x32:duration=1")
    assert refusal(decoder, path).code == "no_audio_track"
    with pytest.raises(MediaError) as caught:
        decoder.probe(path)
    assert caught.value.code == "no_audio_track"


def test_an_mp4_that_was_cut_off_before_its_index(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path], noise: Samples
) -> None:
    whole = encode("whole.mp4", "-i", write_wav("a.wav", noise))
    path = whole.with_name("cut.mp4")
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    error = refusal(decoder, path)
    assert error.code == "unreadable_media"
    assert "index" in error.message


def test_a_wav_that_ends_early_gives_what_it_has_and_says_so(
    decoder: Decoder, write_wav: Callable[..., Path], noise: Samples
) -> None:
    path = write_wav("a.wav", noise[:, 0])
    path.write_bytes(path.read_bytes()[:-400_000])
    with decoder.open(path) as stream:
        samples = np.concatenate(list(stream))
        assert stream.warning is not None
        assert stream.warning.code == "truncated_media"
    np.testing.assert_array_equal(samples, noise[:-100_000, 0])


def test_a_damaged_flac_is_read_around_the_damage(
    decoder: Decoder, encode: Callable[..., Path], write_wav: Callable[..., Path], noise: Samples
) -> None:
    path = encode("a.flac", "-i", write_wav("a.wav", noise[:, 0]))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = b"\x55" * 20_000
    path.write_bytes(content)
    with decoder.open(path) as stream:
        samples = np.concatenate(list(stream))
        assert stream.warning is not None
        assert stream.warning.code == "damaged_media"
    assert abs(samples.size - noise.shape[0]) < 96_000


@pytest.mark.parametrize("channels", [4, 6, 8, 16])
def test_many_channels_become_one(decoder: Decoder, write_wav: Callable[..., Path], channels: int) -> None:
    path = write_wav("a.wav", np.full((4_800, channels), 0.25, np.float32))
    with decoder.open(path) as stream:
        np.testing.assert_allclose(np.concatenate(list(stream)), 0.25, atol=1e-6)


def test_channels_without_an_arrangement_are_named(decoder: Decoder, write_wav: Callable[..., Path]) -> None:
    error = refusal(decoder, write_wav("a.wav", np.zeros((4_800, 9), np.float32)))
    assert error.code == "unreadable_media"
    assert "channels" in error.message


def test_a_claim_over_the_limit_is_refused_before_any_work(ffmpeg: Path, tmp_path: Path) -> None:
    # One megabyte of samples, one a second: 277 hours.
    path = tmp_path / "bomb.wav"
    path.write_bytes(wav_header(1, 1_000_000) + b"\x80" * 1_000_000)
    decoder = Decoder(ffmpeg)
    error = refusal(decoder, path)
    assert error.code == "too_long"
    assert "277" in error.message
    with pytest.raises(MediaError) as caught:
        decoder.probe(path)
    assert caught.value.code == "too_long"


def test_a_bomb_without_a_claim_stops_at_the_cap_in_flat_memory(ffmpeg: Path, encode: Callable[..., Path]) -> None:
    silence = ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1800", "-frame_size", "16384"]
    path = encode("bomb.flac", *silence)
    content = bytearray(path.read_bytes())
    assert len(content) < 30_000
    content[21] &= 0xF0  # the number of samples in STREAMINFO: 36 bits, from here
    content[22:26] = bytes(4)
    path.write_bytes(content)
    decoder = Decoder(ffmpeg, DecodeLimits(max_duration_s=600.0))
    windows = 0
    tracemalloc.start()
    try:
        with decoder.open(path) as stream:
            assert stream.info.duration_s is None
            for _ in range(60):
                windows += next(stream).size // WINDOW_SAMPLES
            with pytest.raises(MediaError) as caught:
                next(stream)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "too_long"
    assert windows == 60
    assert peak_bytes < 4 * WINDOW_SAMPLES * 4


def test_a_recording_of_exactly_the_limit_is_taken(ffmpeg: Path, write_wav: Callable[..., Path]) -> None:
    decoder = Decoder(ffmpeg, DecodeLimits(max_duration_s=12.5))
    with decoder.open(write_wav("a.wav", np.zeros(600_000, np.float32))) as stream:
        assert sum(window.size for window in stream) == 600_000
    error = refusal(decoder, write_wav("b.wav", np.zeros(601_000, np.float32)))
    assert error.code == "too_long"
    assert "12.5 seconds" in error.message


def test_a_guess_from_the_bitrate_is_no_claim(
    ffmpeg: Path, encode: Callable[..., Path], write_wav: Callable[..., Path]
) -> None:
    # Silence first, at 8 kbit/s, then noise at 320: ffmpeg extrapolates its first packets over the whole
    # file.
    generator = np.random.default_rng(3)
    quiet = encode("q.mp3", "-i", write_wav("q.wav", np.zeros(16_000, np.float32), 8_000), "-b:a", "8k")
    loud = generator.uniform(-0.9, 0.9, 480_000).astype(np.float32)
    noisy = encode("n.mp3", "-i", write_wav("n.wav", loud), "-b:a", "320k", "-write_xing", "0")
    path = quiet.with_name("vbr.mp3")
    path.write_bytes(noisy.read_bytes()[:320_000] + noisy.read_bytes())
    with Decoder(ffmpeg, DecodeLimits(max_duration_s=60.0)).open(path) as stream:
        assert stream.info.duration_s is None
        assert sum(window.size for window in stream) > 800_000
