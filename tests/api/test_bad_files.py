"""Files and uploads that cannot be used: each has its own answer, the server goes on, nothing unowned stays on disk."""

from __future__ import annotations

import struct
import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from tests.api.conftest import Server, problem
from tests.api.silent_flac import silent_flac

MakeWav = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("nothing_unowned")


@pytest.fixture
def refused(server: Server) -> Iterator[Callable[..., dict[str, str]]]:
    """Uploads bytes that must be refused, and leave nothing at all behind."""
    before = server.stored()

    def upload(content: bytes, name: str, status: int, code: str) -> dict[str, str]:
        answer = server.client.post("/upload_audio", files={"file": (name, content)})
        return problem(answer, status, code)

    yield upload
    assert server.stored() == before


@pytest.fixture(scope="module")
def ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Makes a file with ffmpeg from its arguments and returns its bytes."""
    directory = tmp_path_factory.mktemp("made")

    def make(name: str, *arguments: str) -> bytes:
        path = directory / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", *arguments, str(path)]
        subprocess.run(command, check=True)
        return path.read_bytes()

    return make


# ---------------------------------------------------------------- files


def test_empty_file(refused: Callable[..., dict[str, str]]) -> None:
    refused(b"", "nothing.wav", 422, "empty_file")


def test_empty_raw_body(server: Server) -> None:
    problem(server.client.post("/upload_audio?filename=a.wav", content=b""), 422, "empty_file")


def test_text_named_mp3(refused: Callable[..., dict[str, str]]) -> None:
    refused(b"Dear diary, today I heard a dog.\n" * 200, "diary.mp3", 422, "unreadable_media")


def test_bytes_of_no_kind(refused: Callable[..., dict[str, str]]) -> None:
    refused(bytes(range(256)) * 64, "noise.bin", 422, "unreadable_media")


def test_mp4_without_its_index(refused: Callable[..., dict[str, str]], ffmpeg: Callable[..., bytes]) -> None:
    """A camera that died: the index stands at the end, and the end is missing."""
    whole = ffmpeg("whole.mp4", "-i", "anoisesrc=d=12:a=0.1:seed=1", "-c:a", "aac")
    refused(whole[: len(whole) // 2], "cut.mp4", 422, "unreadable_media")


def test_mp4_that_ends_early_is_analysed_with_a_warning(server: Server, ffmpeg: Callable[..., bytes]) -> None:
    whole = ffmpeg("early.mp4", "-i", "anoisesrc=d=12:a=0.1:seed=1", "-c:a", "aac", "-movflags", "+faststart")
    answer = server.client.post("/upload_audio", files={"file": ("cut.mp4", whole[: len(whole) // 2])})
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "done"
    assert 3 < recording["duration_s"] < 9
    assert recording["duration_exact"]
    assert recording["warning"]["code"] in ("truncated_media", "damaged_media")
    assert recording["warning"]["message"]
    assert recording["warning"]["hint"]


def test_video_without_sound(refused: Callable[..., dict[str, str]], ffmpeg: Callable[..., bytes]) -> None:
    silent = ffmpeg("mute.mp4", "-i", "testsrc=d=1:s=64x64:r=5", "-c:v", "mpeg4")
    refused(silent, "mute.mp4", 422, "no_audio_track")


def test_playlist_that_names_other_files(refused: Callable[..., dict[str, str]], stored: str) -> None:
    """A file that points elsewhere is never followed."""
    refused(
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n", "a.m3u8", 422, "unreadable_media"
    )
    refused(b"ffconcat version 1.0\nfile '/etc/hostname'\n", "a.ffconcat", 422, "unreadable_media")


def failure_of(server: Server, answer: Any) -> dict[str, str]:
    """The complete error of a file that was stored, and whose analysis fails."""
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "failed"
    assert recording["error"]["message"]
    assert recording["error"]["hint"]
    return recording["error"]


def refused_or_failing(server: Server, answer: Any, code: str) -> str:
    """The code of a file's error: `code` if it was refused at once, else that of its analysis."""
    if answer.status_code == 201:
        return failure_of(server, answer)["code"]
    return problem(answer, 422, code)["code"]


def wav_at(rate_hz: int, samples: int) -> bytes:
    data = struct.pack(f"<{samples}h", *([0, 1000] * (samples // 2)))
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, (rate_hz * 2) & 0xFFFFFFFF, 2, 16)
    body = b"WAVEfmt " + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("rate_hz", "samples"), [(10, 100), (768_000, 7_680_000)])
def test_odd_rates_keep_their_time(server: Server, rate_hz: int, samples: int) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("odd.wav", wav_at(rate_hz, samples))})
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "done", recording["error"]
    assert recording["duration_s"] == pytest.approx(10, abs=0.01)


def test_wav_at_one_hertz(server: Server) -> None:
    """Nothing can be resampled from ten samples: the recording fails, and is not called empty."""
    answer = server.client.post("/upload_audio", files={"file": ("slow.wav", wav_at(1, 10))})
    error = failure_of(server, answer)
    assert error["code"] == "unreadable_media"
    assert "1 Hz" in error["message"]
    assert "sample rate" in error["hint"]


@pytest.mark.parametrize("rate_hz", [0, 0x7FFF_FFFF, 0xFFFF_FFFF])
def test_rates_that_no_recording_has(server: Server, rate_hz: int) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("odd.wav", wav_at(rate_hz, 1000))})
    assert refused_or_failing(server, answer, "unreadable_media") in ("decoder_failed", "unreadable_media")


def test_wav_without_a_sample(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "header.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    answer = server.client.post("/upload_audio", files={"file": (path.name, path.read_bytes())})
    assert refused_or_failing(server, answer, "empty_file") == "empty_file"


def test_a_day_of_silence_in_a_tiny_file(refused: Callable[..., dict[str, str]]) -> None:
    """150 kB that would become 16 GB of samples: refused for what it claims."""
    day = silent_flac(24 * 3600)
    assert len(day) < 300_000
    refused(day, "day.flac", 422, "too_long")


def test_a_long_silence_that_hides_its_length(start_server: Callable[..., Any]) -> None:
    """The same without a claim in the header: stopped once it has gone on for too long."""
    with start_server(max_duration_s=30) as small:
        answer = small.client.post("/upload_audio", files={"file": ("long.flac", silent_flac(600, claim=False))})
        assert refused_or_failing(small, answer, "too_long") == "too_long"
        assert small.owned()
        assert small.client.get("/healthz").status_code == 200


# ---------------------------------------------------------------- names

NAMES = [
    "night\n\U0001f989 owl\r\n.wav",
    "../../etc/passwd\x00.wav",
    "\u202egnp.wav",
    "x" * 300 + ".wav",
    " ",
    ".",
    "a\tb;c\"d'.wav",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("raw", [False, True])
def test_any_name_is_made_harmless(server: Server, make_wav: MakeWav, name: str, raw: bool) -> None:
    content = make_wav(0.5).read_bytes()
    if raw:
        answer = server.client.post("/upload_audio", params={"filename": name}, content=content)
    else:
        answer = server.client.post("/upload_audio", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    recording = answer.json()
    for shown in (recording["title"], recording["source"]["filename"]):
        assert shown.strip()
        assert shown.isprintable() or "\U0001f989" in shown
        assert not set(shown) & set("\n\r\t\0/\\\u202e")
        assert len(shown.encode()) <= 255
    if "\U0001f989" in name:
        assert "\U0001f989 owl" in recording["title"]
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204


# ---------------------------------------------------------------- uploads


@pytest.fixture(scope="module")
def small_server(start_server: Callable[..., Any]) -> Iterator[Server]:
    """Takes files of up to 100 kB."""
    with start_server(max_upload_bytes=100_000) as small:
        yield small


@pytest.mark.parametrize("raw", [False, True])
def test_upload_over_the_limit_is_refused_before_it_is_stored(small_server: Server, raw: bool) -> None:
    content = b"\0" * 300_000
    if raw:
        answer = small_server.client.post("/upload_audio?filename=a.wav", content=content)
    else:
        answer = small_server.client.post("/upload_audio", files={"file": ("a.wav", content)})
    assert "0.1 MB" in problem(answer, 413, "too_large")["message"]
    assert small_server.stored() == set()


def test_upload_over_the_limit_that_does_not_say_so(small_server: Server) -> None:
    """Without a Content-Length the limit is noticed on the way, and what was written is removed."""

    def body() -> Iterator[bytes]:
        for _ in range(30):
            yield b"\0" * 10_000

    answer = small_server.client.post("/upload_audio?filename=a.wav", content=body())
    problem(answer, 413, "too_large")
    assert small_server.stored() == set()


def test_upload_of_exactly_the_limit_is_taken(small_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "full.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\0" * (100_000 - 44))
    assert path.stat().st_size == 100_000
    recording = small_server.upload(path)
    assert small_server.owned()
    assert small_server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204
    assert small_server.stored() == set()


MULTIPART = {"content-type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.wav"\r\n\r\nRIFF\r\n'


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (PART % b"other" + b"--b--\r\n", MULTIPART, 422, "no_file"),
        (PART % b"file" + PART % b"file" + b"--b--\r\n", MULTIPART, 422, "too_many_files"),
        (PART % b"file", MULTIPART, 422, "incomplete_upload"),
        (b"no form at all", MULTIPART, 400, "malformed_upload"),
        (PART % b"file" + b"--b--\r\n", {"content-type": "multipart/form-data"}, 400, "malformed_upload"),
        (b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n' + b"n" * 65_600, MULTIPART, 422, "field_too_large"),
    ],
)
def test_forms_that_hold_no_file(
    server: Server, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    before = server.stored()
    problem(server.client.post("/upload_audio", content=content, headers=headers), status, code)
    assert server.stored() == before
