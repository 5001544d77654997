"""Parts of a recording's audio by any Range header, against a model of what HTTP says of it (RFC 9110, 14)."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sonotag.api.ranges import read_ranges
from tests.api.conftest import Server

MakeWav = Callable[..., Path]


@dataclass(frozen=True)
class Stored:
    url: str
    content: bytes


@pytest.fixture(scope="module")
def stored(server: Server, make_wav: MakeWav) -> Stored:
    path = make_wav(0.1)
    return Stored(server.upload(path)["audio_url"], path.read_bytes())


SIZE = 3_244
"""Of that recording: bounds that matter are near it."""

NUMBERS = st.one_of(st.integers(0, 20), st.integers(SIZE - 20, SIZE + 20), st.integers(0, 10**25))
RANGES = st.one_of(
    st.builds("{}-{}".format, NUMBERS, NUMBERS),
    st.builds("{}-".format, NUMBERS),
    st.builds("-{}".format, NUMBERS),
)
SPACED = st.builds("{}{}{}".format, st.sampled_from(["", " ", "\t"]), RANGES, st.sampled_from(["", " "]))
SETS = st.builds(
    "{}={}".format,
    st.sampled_from(["bytes", "bytes", "bytes", "Bytes", "BYTES "]),
    st.lists(st.one_of(SPACED, st.just("")), min_size=1, max_size=6).map(",".join),
)
NONSENSE = st.one_of(
    st.sampled_from(
        ["bytes", "bytes=", "bytes=-", "bytes=a-b", "items=0-5", "bytes=1--2", "=0-1", "bytes=0-1;2-3", "bytes=²-3"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)


def wanted_bytes(value: str) -> set[int] | None:
    """Which bytes a header asks for, found in the plainest way; None when HTTP has it ignored."""
    unit, equals, listed = value.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    wanted: set[int] = set()
    parts = [part.strip(" \t") for part in listed.split(",") if part.strip(" \t")]
    for part in parts:
        first, dash, last = part.partition("-")
        if (
            not dash
            or not (first + last)
            or not all(end == "" or (end.isascii() and end.isdigit()) for end in (first, last))
        ):
            return None
        if first and last and int(first) > int(last):
            return None
        start = int(first) if first else max(0, SIZE - int(last))
        stop = min(int(last), SIZE - 1) + 1 if first and last else SIZE
        wanted |= set(range(start, stop))
    return wanted if parts else None


@settings(max_examples=60)
@given(value=st.one_of(SETS, NONSENSE))
@example(value="bytes=0-0,-1")
@example(value="bytes=-0")
@example(value=f"bytes={SIZE}-")
@example(value=f"bytes=0-1,{SIZE}-")
@example(value="bytes=" + ",".join(f"{n}-{n}" for n in range(0, 1000, 2)))
def test_any_range_gives_exactly_its_bytes(server: Server, stored: Stored, value: str) -> None:
    assert len(stored.content) == SIZE
    answer = server.client.get(stored.url, headers={"range": value.encode("latin-1")})
    wanted = wanted_bytes(value)
    if wanted is None or (answer.status_code == 200 and value.count(",") > 90):  # too many parts may be ignored too
        assert (answer.status_code, answer.content) == (200, stored.content)
    elif not wanted:
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
        assert answer.json()["error"]["code"] == "range_not_satisfiable"
    else:
        assert answer.status_code == 206
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert got_bytes(answer.headers, answer.content, stored.content) == wanted


def got_bytes(headers: object, body: bytes, whole: bytes) -> set[int]:
    """The places of the bytes in an answer of one or several parts, each compared with the file's."""
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()  # type: ignore[index]
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    if not message.is_multipart():
        return _part(headers["content-range"], body, whole)  # type: ignore[index]
    boundary = b"--" + message.get_boundary("").encode()
    got: set[int] = set()
    for part in body.split(boundary)[1:-1]:
        fields, _, content = part.partition(b"\r\n\r\n")
        place = next(line for line in fields.decode().splitlines() if line.lower().startswith("content-range:"))
        got |= _part(place.partition(":")[2].strip(), content.removesuffix(b"\r\n"), whole)
    return got


def _part(content_range: str, content: bytes, whole: bytes) -> set[int]:
    place, _, size = content_range.removeprefix("bytes ").partition("/")
    first, last = (int(end) for end in place.split("-"))
    assert int(size) == len(whole)
    assert content == whole[first : last + 1]
    return set(range(first, last + 1))


@settings(max_examples=100)
@given(value=st.one_of(SETS, NONSENSE, st.text(max_size=40)), size=st.integers(1, 10_000))
def test_what_is_read_lies_within_the_file(value: str, size: int) -> None:
    for first, last in read_ranges(value, size) or []:
        assert 0 <= first <= last < size


def test_a_range_of_another_version_gives_the_whole(server: Server, stored: Stored) -> None:
    whole = server.client.get(stored.url)
    for tag, status in ((whole.headers["etag"], 206), (whole.headers["last-modified"], 206), ('"other"', 200)):
        answer = server.client.get(stored.url, headers={"range": "bytes=5-9", "if-range": tag})
        assert answer.status_code == status
        assert answer.content == (stored.content[5:10] if status == 206 else stored.content)
    beyond = server.client.get(stored.url, headers={"range": f"bytes={SIZE}-", "if-range": '"other"'})
    assert (beyond.status_code, beyond.content) == (200, stored.content)
