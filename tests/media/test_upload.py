"""Uploads: every byte or nothing, whatever the client does."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonotag.errors import InputError, MediaError, SonotagError, StorageError, TooLargeError
from sonotag.media import partial
from sonotag.media.upload import ReceivedUpload, receive_upload

BOUNDARY = "----WebKitFormBoundaryabc"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
LIMIT = 10_000_000


def part(name: str, content: bytes, filename: str | None = None, kind: str | None = "audio/wav") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    lines = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n"
    lines += f"Content-Type: {kind}\r\n" if kind else ""
    return lines.encode() + b"\r\n" + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


async def stream_of(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def receive(
    destination: Path,
    headers: dict[str, str],
    chunks: Iterable[bytes],
    limit_bytes: int = LIMIT,
    filename: str | None = None,
) -> ReceivedUpload:
    """Receive an upload, and see that it left the file alone or nothing at all."""
    try:
        received = asyncio.run(
            receive_upload(headers, stream_of(chunks), destination, limit_bytes=limit_bytes, filename=filename)
        )
    except BaseException:
        assert list(destination.parent.iterdir()) == []
        raise
    assert list(destination.parent.iterdir()) == [destination]
    content = destination.read_bytes()
    assert received.size_bytes == len(content)
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    return received


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder / "original"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(min_size=1, max_size=3000)
    | st.lists(st.sampled_from([b"\r\n", b"--", BOUNDARY.encode(), b"x"]), min_size=1).map(b"\r".join),
    size=st.integers(1, 400),
    others=st.lists(st.binary(max_size=50), max_size=2),
)
def test_a_form_gives_back_the_bytes_of_its_file_however_it_is_cut(
    destination: Path, content: bytes, size: int, others: list[bytes]
) -> None:
    mark = b"\r\n--" + BOUNDARY.encode()
    content = content.replace(mark, b"")
    others = [other.replace(mark, b"") for other in others]
    body = b"".join(part(f"other{n}", other, kind=None) for n, other in enumerate(others))
    body += part("file", content, "a.wav") + END
    received = receive(destination, FORM, pieces(body, size))
    assert destination.read_bytes() == content
    assert received.filename == "a.wav"
    assert received.media_type == "audio/wav"
    destination.unlink()


def test_a_large_form_arrives_in_blocks(destination: Path) -> None:
    content = os.urandom(5_000_001)
    body = part("file", content, "big.flac", "audio/flac") + part("prompts", b"dog; cat", kind=None) + END
    headers = FORM | {"Content-Length": str(len(body))}
    assert receive(destination, headers, pieces(body, 65_536)).size_bytes == 5_000_001
    assert destination.read_bytes() == content


def test_one_huge_chunk_is_as_good_as_many(destination: Path) -> None:
    content = os.urandom(3_000_000)
    receive(destination, FORM, [part("file", content, "a.wav") + END])
    assert destination.read_bytes() == content


@pytest.mark.parametrize(
    ("headers", "query", "filename", "media_type"),
    [
        ({}, None, "recording", "application/octet-stream"),
        ({"content-type": "audio/mpeg"}, "from query.mp3", "from query.mp3", "audio/mpeg"),
        ({"Content-Type": "Audio/WAV; codecs=1", "X-Filename": "na%C3%AFve.wav"}, None, "naïve.wav", "audio/wav"),
        ({"Content-Disposition": 'attachment; filename="../a.ogg"'}, None, "a.ogg", "application/octet-stream"),
        (
            {"Content-Disposition": "attachment; filename*=UTF-8''%E2%82%AC.ogg"},
            None,
            "€.ogg",
            "application/octet-stream",
        ),
        ({"Content-Type": "text/html"}, "evil.html", "evil.html", "application/octet-stream"),
        ({"Content-Type": "image/svg+xml"}, "a.svg", "a.svg", "application/octet-stream"),
        ({"Content-Type": "audio/<script>"}, "a.wav", "a.wav", "application/octet-stream"),
        ({"Content-Type": "video/mp4"}, "a\nb.mp4", "a b.mp4", "video/mp4"),
    ],
)
def test_a_raw_body_is_the_file(
    destination: Path, headers: dict[str, str], query: str | None, filename: str, media_type: str
) -> None:
    received = receive(destination, headers, [b"RIFF", b"", b"data"], filename=query)
    assert destination.read_bytes() == b"RIFFdata"
    assert (received.filename, received.media_type) == (filename, media_type)


def test_an_announced_size_over_the_limit_is_refused_before_a_byte_is_read(destination: Path) -> None:
    def never() -> Iterable[bytes]:
        pytest.fail("the body was read")
        yield b""

    for headers in ({}, FORM):
        with pytest.raises(TooLargeError) as caught:
            receive(destination, headers | {"Content-Length": str(LIMIT + 100_000)}, never())
        assert caught.value.code == "too_large"
        assert "10 MB" in caught.value.message


def test_the_limit_counts_the_file_and_not_its_envelope(destination: Path) -> None:
    content = bytes(1000)
    body = part("file", content, "a.wav") + END
    receive(destination, FORM | {"Content-Length": str(len(body))}, [body], limit_bytes=1000)
    destination.unlink()
    receive(destination, {"Content-Length": "1000"}, [content], limit_bytes=1000)
    destination.unlink()
    with pytest.raises(TooLargeError):
        receive(destination, FORM, [part("file", content + b"x", "a.wav") + END], limit_bytes=1000)
    with pytest.raises(TooLargeError):
        receive(destination, {}, [content, b"x"], limit_bytes=1000)


def test_bytes_beyond_the_limit_stop_an_upload_without_a_size(destination: Path) -> None:
    taken = 0

    def endless() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 65_536
            yield bytes(65_536)

    with pytest.raises(TooLargeError):
        receive(destination, {}, endless(), limit_bytes=2_000_000)
    assert taken < 2_200_000


MALFORMED: list[tuple[str, dict[str, str], bytes, str]] = [
    ("no boundary", {"Content-Type": "multipart/form-data"}, part("file", b"x", "a.wav") + END, "malformed_upload"),
    ("huge boundary", {"Content-Type": "multipart/form-data; boundary=" + "b" * 999}, b"", "malformed_upload"),
    ("other boundary", FORM, b"--wrong\r\n\r\nx\r\n--wrong--\r\n", "malformed_upload"),
    ("not a form", FORM, b"RIFF....WAVE", "malformed_upload"),
    ("bad header", FORM, f"--{BOUNDARY}\r\nno colon\r\n\r\n".encode(), "malformed_upload"),
    ("many headers", FORM, f"--{BOUNDARY}\r\n".encode() + b"A: b\r\n" * 500, "malformed_upload"),
    ("bad length", FORM | {"Content-Length": "-5"}, part("file", b"x", "a.wav") + END, "malformed_upload"),
    ("odd length", {"Content-Length": "²"}, b"x", "malformed_upload"),
    ("cut off", FORM, part("file", b"x" * 5000, "a.wav"), "incomplete_upload"),
    ("cut in the mark", FORM, (part("file", b"x" * 5000, "a.wav") + END)[:-6], "incomplete_upload"),
    ("nothing at all", FORM, b"", "incomplete_upload"),
    ("shorter than announced", {"Content-Length": "100"}, b"x" * 99, "incomplete_upload"),
    ("no file", FORM, part("title", b"hello", kind=None) + END, "no_file"),
    ("file in another field", FORM, part("audio", b"x", "a.wav") + END, "no_file"),
    ("two files", FORM, part("file", b"x", "a.wav") + part("file", b"y", "b.wav") + END, "too_many_files"),
    ("large field", FORM, part("title", b"x" * 70_000, kind=None) + END, "field_too_large"),
]


@pytest.mark.parametrize(("headers", "body", "code"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
@pytest.mark.parametrize("size", [7, 100_000])
def test_what_is_no_upload_is_refused(
    destination: Path, headers: dict[str, str], body: bytes, code: str, size: int
) -> None:
    with pytest.raises(InputError) as caught:
        receive(destination, headers, pieces(body, size))
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("body", [b"", part("file", b"", "a.wav") + END])
def test_an_empty_file_is_refused(destination: Path, body: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        receive(destination, FORM if body else {}, [body])
    assert caught.value.code == "empty_file"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=500), valid_start=st.booleans())
def test_no_body_breaks_the_receiver(destination: Path, body: bytes, valid_start: bool) -> None:
    start = f"--{BOUNDARY}\r\n".encode() if valid_start else b""
    codes: set[str] = set()
    try:
        receive(destination, FORM, pieces(start + body, 50))
        destination.unlink()
    except SonotagError as error:
        codes.add(error.code)
    assert codes <= {"malformed_upload", "incomplete_upload", "no_file", "empty_file", "too_many_files"}


class ClientGoneError(Exception):
    """Stands for what the web framework raises when the connection breaks."""


@pytest.mark.parametrize("headers", [{}, FORM])
def test_a_client_that_goes_away_leaves_nothing(destination: Path, headers: dict[str, str]) -> None:
    def breaking() -> Iterable[bytes]:
        yield part("file", bytes(3_000_000), "a.wav")
        raise ClientGoneError

    with pytest.raises(ClientGoneError):
        receive(destination, headers, breaking())


def test_a_cancelled_upload_leaves_nothing(destination: Path) -> None:
    async def scenario() -> None:
        waiting = asyncio.Event()

        async def stalling() -> AsyncIterator[bytes]:
            yield bytes(3_000_000)
            waiting.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(receive_upload({}, stalling(), destination, limit_bytes=LIMIT))
        await waiting.wait()
        assert [path.name for path in destination.parent.iterdir()] == ["original.part"]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert list(destination.parent.iterdir()) == []


@pytest.mark.parametrize("step", ["open", "write", "commit"])
def test_cancelling_while_a_thread_works_leaves_nothing(
    destination: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        original = getattr(partial.PartialFile, step)

        def cancelling(self: partial.PartialFile, *arguments: bytes) -> object:
            loop.call_soon_threadsafe(task.cancel)
            return original(self, *arguments)

        monkeypatch.setattr(partial.PartialFile, step, cancelling)
        task = asyncio.create_task(
            receive_upload({}, stream_of([bytes(1_500_000)] * 3), destination, limit_bytes=LIMIT)
        )
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert list(destination.parent.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EIO, "storage_failed")])
def test_a_disk_that_takes_no_more_is_named(
    destination: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def full(descriptor: int, data: bytes) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(partial.os, "write", full)
    with pytest.raises(StorageError) as caught:
        receive(destination, {}, [bytes(2_000_000)])
    assert caught.value.code == code


def test_a_folder_that_is_missing_is_a_storage_error(tmp_path: Path) -> None:
    async def scenario() -> None:
        await receive_upload({}, stream_of([b"x"]), tmp_path / "no" / "original", limit_bytes=LIMIT)

    with pytest.raises(StorageError) as caught:
        asyncio.run(scenario())
    assert caught.value.code == "storage_failed"


def test_a_leftover_of_a_crash_is_overwritten(destination: Path) -> None:
    destination.with_name("original.part").write_bytes(b"old " * 1000)
    receive(destination, {}, [b"new"])
    assert destination.read_bytes() == b"new"
