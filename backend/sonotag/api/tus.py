"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload): read, checked and written. Nothing here does I/O.

Core protocol with the extensions creation, termination and expiration.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from email.utils import format_datetime

from sonotag.domain import Upload
from sonotag.errors import ConflictError, InputError
from sonotag.jobs.uploads import too_many_bytes

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PATCH_CONTENT_TYPE = "application/offset+octet-stream"
RECORDING_HEADER = "X-Recording-Id"

MAX_METADATA_CHARS = 4096
_LARGEST = 2**53 - 1
"""Numbers beyond this are not exact in every client, and no disk is that large."""


def check_version(headers: Mapping[str, str]) -> None:
    """Raises ConflictError `tus_version` for a client that speaks another version, or does not say which."""
    if headers.get("tus-resumable") != VERSION:
        raise ConflictError(
            f"This server takes uploads in the tus protocol {VERSION} only.",
            hint=f"Send the header Tus-Resumable: {VERSION}, or send the whole file to POST /upload_audio.",
            code="tus_version",
        )


def read_number(headers: Mapping[str, str], name: str) -> int:
    """A header that must be a whole number from 0. Raises InputError `bad_upload_header`."""
    value = headers.get(name.lower(), "")
    # isdigit alone would let other scripts' digits through.
    if not (value.isascii() and value.isdigit()) or len(value) > 16 or int(value) > _LARGEST:
        raise _bad_header(f"{name} must be a whole number of bytes.")
    return int(value)


def read_length(headers: Mapping[str, str]) -> int:
    """How long the whole upload will be. Raises InputError: a length that is told later is not supported."""
    if "upload-defer-length" in headers:
        raise _bad_header("Upload-Defer-Length is not supported: the length must be known at the start.")
    return read_number(headers, "Upload-Length")


def read_metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """The pairs of Upload-Metadata: keys with values in base64, separated by commas. Raises InputError."""
    header = headers.get("upload-metadata", "")
    if len(header) > MAX_METADATA_CHARS:
        raise _bad_header(f"Upload-Metadata is longer than {MAX_METADATA_CHARS} characters.")
    found: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _, value = pair.strip().partition(" ")
        if not key or not key.isascii() or key in found:
            raise _bad_header("Each key of Upload-Metadata must be ASCII, not empty, and given once.")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise _bad_header(f"The value of {key[:40]} in Upload-Metadata is not UTF-8 in base64.") from error
    return found


def check_content_type(headers: Mapping[str, str]) -> None:
    """Raises InputError `bad_upload_type` unless a PATCH says that its body is a piece of an upload."""
    if headers.get("content-type", "").split(";")[0].strip().lower() != PATCH_CONTENT_TYPE:
        raise InputError(
            "The piece of an upload does not say what it is.",
            hint=f"Send the header Content-Type: {PATCH_CONTENT_TYPE}.",
            code="bad_upload_type",
        )


def check_piece(headers: Mapping[str, str], upload: Upload) -> int:
    """How many bytes the body of a PATCH may have. Raises before any of them is read:

    ConflictError `wrong_offset` when it does not begin where the upload stands, TooLargeError when it announces
    more than is missing, InputError for headers that are no numbers.
    """
    offset = read_number(headers, "Upload-Offset")
    if offset != upload.offset_bytes:
        raise ConflictError(
            f"The upload stands at byte {upload.offset_bytes}, not {offset}.",
            hint="Ask with HEAD where it stands and go on from there.",
            code="wrong_offset",
        )
    missing = upload.length_bytes - offset
    if "content-length" in headers and read_number(headers, "Content-Length") > missing:
        raise too_many_bytes(upload)
    return missing


def headers_of(upload: Upload, *, whole: bool = False) -> dict[str, str]:
    """Where the upload stands and until when it waits; `whole`: everything that HEAD tells."""
    headers = {"Upload-Offset": str(upload.offset_bytes), RECORDING_HEADER: upload.recording_id}
    if not upload.is_complete:
        headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    if whole:
        headers |= {"Upload-Length": str(upload.length_bytes), "Cache-Control": "no-store"}
        if upload.metadata:
            headers["Upload-Metadata"] = upload.metadata
    return headers


def server_headers(max_bytes: int) -> dict[str, str]:
    """What this server can do, for OPTIONS."""
    return {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(max_bytes)}


def _bad_header(message: str) -> InputError:
    return InputError(message, hint="See https://tus.io/protocols/resumable-upload.", code="bad_upload_header")
