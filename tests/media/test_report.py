"""The reader of ffmpeg's words, fed with strangers' text."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.domain import MediaInfo
from sonotag.media.report import Report

BANNER = b"""\
[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'fd:':
[info]   Metadata:
[info]     title           : a title
[info]                     : Duration: 99:00:00.00, of two lines
[info]   Duration: 01:02:03.50, start: 0.000000, bitrate: 146 kb/s
[info]   Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv444p, 64x64 (default)
[info]     Metadata:
[info]       handler_name    : Stream #0:0: Audio: evil
[info]   Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp (default)
[info] Stream mapping:
[info]   Stream #0:1 -> #0:0 (aac (native) -> pcm_f32le (native))
"""
SECOND_TRACK = b"[info]   Stream #0:2: Audio: aac (LC), 48000 Hz, mono, fltp\n[info] Stream mapping"
INFO = MediaInfo(duration_s=3723.5, container="mov", audio_codec="aac", has_video=True)


@given(st.lists(st.integers(0, len(BANNER)), max_size=10))
def test_the_banner_is_read_however_it_is_cut(cuts: list[int]) -> None:
    report = Report()
    edges = [0, *sorted(cuts), len(BANNER)]
    for start, stop in itertools.pairwise(edges):
        report.feed(BANNER[start:stop])
    assert report.banner_complete
    assert report.info == INFO
    assert report.error_lines == 0


@given(st.binary(max_size=2000))
def test_any_bytes_are_taken(data: bytes) -> None:
    report = Report()
    report.feed(data)
    report.feed(BANNER)
    assert len(report.details) <= 2000
    assert report.limit_error(0) is None
    assert report.input_error(1).code in {"unreadable_media", "decoder_failed", "no_audio_track"}


def test_floods_of_words_take_no_memory() -> None:
    report = Report()
    report.feed(BANNER)
    tracemalloc.start()
    try:
        for _ in range(300):
            report.feed(b"[mp3 @ 0x1] [error] Header missing\n" * 1000)
            report.feed(b"one line without an end " * 2000)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.error_lines > 290_000
    assert report.info == INFO
    assert peak_bytes < 1_000_000


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (b"Exiting normally, received signal 24.\n", 255, "decode_timeout"),
        (b"[info] Exiting normally, received signal 24.\n", 255, "decode_timeout"),
        (b"[info]     title : Exiting normally, received signal 24.\n", 0, None),
        (b"", -24, "decode_timeout"),
        (b"", -9, "decoder_failed"),
        (b"", -11, "decoder_failed"),
        (b"", 244, "decoder_failed"),
        (b"[error] Cannot allocate memory\n", 1, "decoder_failed"),
        (b"[info]     title : Cannot allocate memory\n", 183, None),
        (b"[error] Cannot allocate memory\n", 0, None),
        (b"[error] Invalid data found\n", 183, None),
        (b"", 0, None),
    ],
)
def test_limits_are_told_from_bad_files(said: bytes, status: int, code: str | None) -> None:
    report = Report()
    report.feed(BANNER + said)
    error = report.limit_error(status)
    assert (error.code if error else None) == code


def test_the_rate_is_that_of_the_track_that_is_decoded() -> None:
    report = Report()
    report.feed(BANNER.replace(b"44100 Hz", b"2 Hz").replace(b"[info] Stream mapping", SECOND_TRACK))
    assert "2 Hz" in report.input_error(0).message


def test_an_ordinary_rate_is_not_blamed() -> None:
    report = Report()
    report.feed(BANNER)
    assert report.input_error(0).code == "empty_file"
    assert "Hz" not in report.input_error(0).message
