"""Names that strangers give to files: made harmless, kept readable, never used to open anything."""

from __future__ import annotations

import re
import unicodedata
import urllib.parse

from python_multipart.multipart import parse_options_header

MAX_FILENAME_BYTES = 200
"""Room for a suffix of ours within the 255 bytes that file systems allow."""

FALLBACK_NAME = "recording"

_MAX_SUFFIX_BYTES = 20
# Joiners and tags build emoji and some scripts' letters; every other format character (bidi overrides, byte
# order marks, soft hyphens) can only make a name look like another one.
_JOINERS = frozenset("\u200c\u200d") | frozenset(chr(code) for code in range(0xE0020, 0xE0080))
_EXTENDED_NAME = re.compile(r"(?i)(?:^|;)\s*filename\*\s*=\s*\"?([\w!#$&+^`{}~.-]+)'[^';]*'([^;\"\s]*)")


def clean_filename(raw: str) -> str:
    """Return the last part of a path as a name without control, format or separator characters.

    At most MAX_FILENAME_BYTES bytes of UTF-8, cut in the stem so that the extension stays; "recording" when
    nothing is left. Cleaning twice gives the same.
    """
    base = ""
    for component in re.split(r"[/\\]", raw):
        base = _visible(component) or base
    return _shortened(base) or FALLBACK_NAME


def _visible(text: str) -> str:
    kept: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        if character.isspace() or category in ("Zl", "Zp"):
            kept.append(" ")
        elif character in _JOINERS or category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(character)
    text = unicodedata.normalize("NFC", "".join(kept))
    text = " ".join(text.split())
    return "" if not text.strip(". ") else text


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_FILENAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    suffix = dot + extension
    if not stem.strip(". ") or not extension.strip() or len(suffix.encode()) > _MAX_SUFFIX_BYTES:
        stem, suffix = name, ""
    room = MAX_FILENAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + suffix


def title_from_filename(filename: str) -> str:
    """Return a title for people: the name without its extension, underscores as spaces."""
    name = clean_filename(filename)
    stem, _, extension = name.rpartition(".")
    # "Vol. 2" has no extension; "take.wav" has one.
    is_extension = bool(stem.strip("._ ")) and len(extension) <= 5 and extension.isalnum()
    title = " ".join((stem if is_extension else name).replace("_", " ").split())
    return title or FALLBACK_NAME


def disposition_filename(value: bytes) -> str | None:
    """Return the file name of a Content-Disposition value, or None when it has none.

    `filename*` (RFC 5987) is preferred over `filename`; the latter is taken as UTF-8, with the `%22` that
    browsers write for a quotation mark. The name is as the client sent it: clean it before use.
    """
    text = value.decode("latin-1")
    if found := _EXTENDED_NAME.search(text):
        try:
            return urllib.parse.unquote(found[2], encoding=found[1], errors="replace")
        except LookupError:  # an unknown character set: the plain name may still do
            pass
    _, options = parse_options_header(text)
    plain = options.get(b"filename")
    return None if plain is None else plain.decode("utf-8", "replace").replace("%22", '"')


def header_filename(value: str) -> str:
    """Return the name in an `X-Filename` header: percent-encoded, or plain UTF-8 bytes read as Latin-1."""
    return urllib.parse.unquote_to_bytes(value.encode("latin-1", "replace")).decode("utf-8", "replace")
