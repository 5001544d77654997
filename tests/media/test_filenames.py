"""Names of files: always harmless, readable where possible."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.media.filenames import (
    MAX_FILENAME_BYTES,
    clean_filename,
    disposition_filename,
    header_filename,
    title_from_filename,
)

NAMES = st.text() | st.text(alphabet="a./\\ \n\r\0\u202e\u2066\ufeff🦜é\u0301é\u200d-_", max_size=400)


@given(NAMES)
def test_a_clean_name_is_harmless(raw: str) -> None:
    name = clean_filename(raw)
    assert name
    assert name.strip() == name
    assert name not in {".", ".."}
    assert len(name.encode()) <= MAX_FILENAME_BYTES
    assert not set(name) & set("/\\\0\n\r\t\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name)


@given(NAMES)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean_filename(clean_filename(raw)) == clean_filename(raw)


@given(st.text(alphabet="aé🦜", min_size=300, max_size=600), st.sampled_from([".wav", ".mp3", ".webm", ".ogg"]))
def test_an_overlong_name_keeps_its_extension(stem: str, extension: str) -> None:
    name = clean_filename(stem + extension)
    assert name.endswith(extension)
    assert stem.startswith(name.removesuffix(extension))
    assert MAX_FILENAME_BYTES - 4 < len(name.encode()) <= MAX_FILENAME_BYTES


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("dawn chorus.wav", "dawn chorus.wav"),
        ("🦜 парк 公園.flac", "🦜 парк 公園.flac"),
        ("👩\u200d🔬 lab.mp3", "👩\u200d🔬 lab.mp3"),
        ("e\u0301tude.mp3", "\u00e9tude.mp3"),
        ("C:\\Users\\me\\Music\\a.wav", "a.wav"),
        ("../../etc/passwd", "passwd"),
        ("folder/", "folder"),
        ("a\r\nSet-Cookie: x.mp3", "a Set-Cookie: x.mp3"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("nul\0byte.wav", "nulbyte.wav"),
        ("  spaces \t everywhere  .wav ", "spaces everywhere .wav"),
        (".hidden", ".hidden"),
        ("", "recording"),
        ("..", "recording"),
        ("///", "recording"),
        ("\u200f\n", "recording"),
        ("a\ud800b.wav", "ab.wav"),
    ],
)
def test_names_become(raw: str, clean: str) -> None:
    assert clean_filename(raw) == clean


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("dawn_chorus.wav", "dawn chorus"),
        ("Symphony No. 5.flac", "Symphony No. 5"),
        ("Vol. 2", "Vol. 2"),
        ("archive.tar.gz", "archive.tar"),
        (".wav", ".wav"),
        ("___.mp3", "___.mp3".replace("_", " ").strip()),
        ("", "recording"),
    ],
)
def test_titles_become(filename: str, title: str) -> None:
    assert title_from_filename(filename) == title


@given(NAMES)
def test_a_title_is_never_empty(raw: str) -> None:
    title = title_from_filename(raw)
    assert title
    assert title.strip() == title


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'form-data; name="file"; filename="a.wav"', "a.wav"),
        (b"attachment; filename=a.wav", "a.wav"),
        ('form-data; name="file"; filename="пение.wav"'.encode(), "пение.wav"),
        (b'form-data; name="file"; filename="say %22hi%22.wav"', 'say "hi".wav'),
        (b'form-data; name="file"; filename="a; b.wav"', "a; b.wav"),
        (b"attachment; filename=\"x.wav\"; filename*=UTF-8''na%C3%AFve%20%F0%9F%A6%9C.wav", "naïve 🦜.wav"),
        (b"attachment; filename*=iso-8859-1'en'%A3%20rates.wav; filename=\"x.wav\"", "£ rates.wav"),
        (b"attachment; filename*=no-such-charset''%A3.wav; filename=\"x.wav\"", "x.wav"),
        (b"attachment; filename*=UTF-8''%ff%fe.wav", "\ufffd\ufffd.wav"),
        (b'form-data; name="file"', None),
        (b"", None),
    ],
)
def test_names_are_found_in_content_disposition(value: bytes, name: str | None) -> None:
    assert disposition_filename(value) == name


@given(st.binary())
def test_any_content_disposition_gives_a_name_or_none(value: bytes) -> None:
    name = disposition_filename(value)
    assert name is None or clean_filename(name)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("a.wav", "a.wav"),
        ("na%C3%AFve.wav", "naïve.wav"),
        ("naïve.wav".encode().decode("latin-1"), "naïve.wav"),
        ("50% off.wav", "50% off.wav"),
    ],
)
def test_names_are_found_in_a_header(value: str, name: str) -> None:
    assert header_filename(value) == name
