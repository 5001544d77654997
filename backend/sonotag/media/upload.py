"""Receives an upload straight into its file: no spooling, bounded memory, nothing left after a failure."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from sonotag.errors import InputError, MediaError, TooLargeError
from sonotag.media.filenames import FALLBACK_NAME, clean_filename, disposition_filename, header_filename
from sonotag.media.partial import PartialFile

_BLOCK_BYTES = 1 << 20
_FEED_BYTES = 1 << 18
_FORM_OVERHEAD_BYTES = 1 << 16
_MEDIA_TYPE = re.compile(r"(?:audio|video)/[a-z0-9][a-z0-9.+-]{0,60}")


@dataclass(frozen=True, slots=True)
class ReceivedUpload:
    """What was stored. `filename` is cleaned; `media_type` is the client's word if it says audio or video."""

    filename: str
    media_type: str
    size_bytes: int
    sha256: str


class Target(Protocol):
    """Where an upload's bytes go; its methods block. Exactly one of `commit` and `discard` ends it."""

    @property
    def size_bytes(self) -> int: ...

    def write(self, data: bytes | bytearray | memoryview) -> None: ...
    def commit(self) -> str:
        """All bytes came; returns their SHA-256 in hexadecimal, or "" where nobody wants it."""
        ...

    def discard(self) -> None: ...


async def receive_upload(
    headers: Mapping[str, str],
    stream: AsyncIterator[bytes],
    destination: Path | Callable[[str], Target],
    *,
    limit_bytes: int,
    filename: str | None = None,
) -> ReceivedUpload:
    """Store the one file of a request's body at `destination`, whose folder exists, or give it to another target.

    A target is made, by the file's name, when its first bytes have come.

    The body is multipart/form-data with the file in the field `file`, or the file itself, named by
    `filename` (from the query), by `X-Filename` or by `Content-Disposition`. Bytes go to
    `<destination>.part`, which becomes `destination` only when all of them are safe on disk; on any error,
    cancellation included, it is removed.

    Raises TooLargeError (before a byte is stored when the client announces the size); InputError
    `malformed_upload`, `incomplete_upload`, `no_file`, `too_many_files` or `field_too_large`; MediaError
    `empty_file`; StorageError `disk_full` or `storage_failed`; and whatever `stream` raises when the client
    goes away.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    kind, options = parse_options_header(lowered.get("content-type", ""))
    announced = _announced_bytes(lowered)
    if kind == b"multipart/form-data":
        body: _Body = _FormBody(options.get(b"boundary", b""), limit_bytes)
    else:
        body = _Body(_raw_name(lowered, filename), kind.decode("latin-1"), limit_bytes)
    if announced is not None and announced > body.limit_bytes:
        raise _too_large(limit_bytes)
    # What is followed while it arrives goes on in small pieces, what only lies there in large ones.
    block_bytes = _BLOCK_BYTES if isinstance(destination, Path) else _FEED_BYTES // 4
    target: Target = _LateTarget(destination if callable(destination) else partial(_opened, destination), body)
    try:
        await _copy(stream, body, target, limit_bytes, announced, block_bytes)
        digest = await asyncio.to_thread(target.commit)
    except BaseException:
        # Shielded: the file goes away even when this task is cancelled a second time.
        await asyncio.shield(asyncio.to_thread(target.discard))
        raise
    return ReceivedUpload(clean_filename(body.filename), _safe_type(body.media_type), target.size_bytes, digest)


def _opened(destination: Path, _: str) -> Target:
    target = PartialFile(destination)
    target.open()
    return target


class _LateTarget:
    """A target that is made when there is something to write, for then the file's name is known."""

    def __init__(self, make: Callable[[str], Target], body: _Body) -> None:
        self._make = make
        self._body = body
        self._target: Target | None = None
        self._lock = threading.Lock()
        self._discarded = False

    @property
    def size_bytes(self) -> int:
        return self._target.size_bytes if self._target else 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with self._lock:
            if self._discarded:
                return  # this write was under way in a thread when its request ended
            if self._target is None:
                self._target = self._make(clean_filename(self._body.filename))
            target = self._target
        target.write(data)

    def commit(self) -> str:
        assert self._target is not None
        return self._target.commit()

    def discard(self) -> None:
        with self._lock:
            self._discarded = True
        if self._target is not None:
            self._target.discard()


async def _copy(
    stream: AsyncIterator[bytes],
    body: _Body,
    target: Target,
    limit_bytes: int,
    announced: int | None,
    block_bytes: int,
) -> None:
    received = stored = 0
    async for chunk in stream:
        received += len(chunk)
        if received > body.limit_bytes:
            raise _too_large(limit_bytes)
        for start in range(0, len(chunk), _FEED_BYTES):
            body.feed(chunk[start : start + _FEED_BYTES])
            if stored + len(body.pending) > limit_bytes:
                raise _too_large(limit_bytes)
            if len(body.pending) >= block_bytes:
                stored += len(body.pending)
                await asyncio.to_thread(target.write, body.take())
    if announced is not None and received < announced:
        raise _incomplete()
    body.finish()
    stored += len(body.pending)
    if stored == 0:
        raise MediaError(
            "The file is empty (0 bytes).",
            hint="Check that the recording was saved completely and choose it again.",
            code="empty_file",
        )
    await asyncio.to_thread(target.write, body.take())


class _Body:
    """A body that is the file itself: what arrives waits in `pending` until it is taken."""

    def __init__(self, filename: str, media_type: str, limit_bytes: int) -> None:
        self.filename = filename
        self.media_type = media_type
        self.limit_bytes = limit_bytes
        self.pending = bytearray()

    def feed(self, data: bytes) -> None:
        self.pending += data

    def take(self) -> bytearray:
        taken, self.pending = self.pending, bytearray()
        return taken

    def finish(self) -> None:
        """A raw body has no end mark of its own; its length was compared with the announced one."""


class _FormBody(_Body):
    """A multipart/form-data body: collects the bytes of the field `file`, lets small other fields pass by."""

    def __init__(self, boundary: bytes, limit_bytes: int) -> None:
        super().__init__(FALLBACK_NAME, "", limit_bytes + _FORM_OVERHEAD_BYTES)
        if not boundary:
            raise _malformed("the boundary is missing")
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._part_headers: dict[bytes, bytes] = {}
        self._in_file = False
        self._files = 0
        self._other_bytes = 0
        self._complete = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._take_header_name,
                    "on_header_value": self._take_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._take_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def finish(self) -> None:
        if not self._complete:
            raise _incomplete()
        if self._files == 0:
            raise InputError(
                "The upload contains no file.",
                hint="Send the recording in the form field `file`.",
                code="no_file",
            )

    def _begin_part(self) -> None:
        self._part_headers = {}
        self._in_file = False

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._part_headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _end_headers(self) -> None:
        disposition = self._part_headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition.decode("latin-1"))
        self._in_file = options.get(b"name") == b"file"
        if not self._in_file:
            return
        self._files += 1
        if self._files > 1:
            raise InputError(
                "The upload contains more than one file.",
                hint="Send one recording per request.",
                code="too_many_files",
            )
        self.filename = disposition_filename(disposition) or FALLBACK_NAME
        self.media_type = self._part_headers.get(b"content-type", b"").decode("latin-1")

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.pending += data[start:end]
            return
        self._other_bytes += end - start
        if self._other_bytes > _FORM_OVERHEAD_BYTES:
            raise InputError(
                "A form field besides `file` is too large.",
                hint="Send the recording in the form field `file`.",
                code="field_too_large",
            )

    def _end(self) -> None:
        self._complete = True


def _announced_bytes(headers: Mapping[str, str]) -> int | None:
    value = headers.get("content-length", "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise _malformed("the Content-Length is no number")
    return int(value)


def _raw_name(headers: Mapping[str, str], query_name: str | None) -> str:
    if query_name:
        return query_name
    if header := headers.get("x-filename"):
        return header_filename(header)
    disposition = headers.get("content-disposition", "").encode("latin-1", "replace")
    return disposition_filename(disposition) or FALLBACK_NAME


def _safe_type(claimed: str) -> str:
    essence = claimed.split(";")[0].strip().lower()
    return essence if _MEDIA_TYPE.fullmatch(essence) else "application/octet-stream"


def _too_large(limit_bytes: int) -> TooLargeError:
    size = f"{limit_bytes / 1e9:.3g} GB" if limit_bytes >= 1e9 else f"{limit_bytes / 1e6:.3g} MB"
    return TooLargeError(
        f"The file is larger than this server takes ({size}).",
        hint="Compress it (MP3 or OGG are a tenth of WAV) or cut it into shorter pieces.",
    )


def _incomplete() -> InputError:
    return InputError(
        "The upload broke off before its end.",
        hint="Check the connection and upload the file again.",
        code="incomplete_upload",
    )


def _malformed(reason: str) -> InputError:
    return InputError(
        "The upload is not valid multipart/form-data.",
        hint="Send the recording in the form field `file` of a multipart form, or as the body itself.",
        code="malformed_upload",
        details=reason,
    )
