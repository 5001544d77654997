"""The server's own secret, with which it signs what browsers bring back: made at the first start, never shown."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sonotag.errors import StorageError
from sonotag.store.arrays import disk_error

SECRET_BYTES = 32
MIN_SECRET_CHARS = 16
"""A shorter one is a password that somebody typed, which can be tried out without asking the server."""

MIN_PASSWORD_CHARS = 8
"""Of the site's password, which only the server itself can be asked about, and that not often."""


def read_secret(path: Path, min_chars: int = MIN_SECRET_CHARS) -> bytes:
    """The secret in the file at `path`, without white space around it. Raises StorageError."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise disk_error(error, path) from error
    if len(secret) < min_chars:
        raise StorageError(
            f"The secret in {path} is shorter than {min_chars} characters.",
            hint="Put a longer one there.",
            code="bad_secret",
        )
    return secret


def kept_secret(path: Path) -> bytes:
    """The secret in the file at `path`, which is made where there is none, readable by its owner alone.

    Raises StorageError.
    """
    if not path.exists():
        _make(path)
    return read_secret(path)


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_hex(SECRET_BYTES).encode())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise disk_error(error, path) from error
