"""What schemathesis has to be told of this API beside its document: how to get through to what lies behind."""

from __future__ import annotations

import io
import zlib
from collections import deque
from typing import Any

import numpy as np
import schemathesis
import soundfile
from hypothesis import strategies as st

UPLOADS: deque[str] = deque(maxlen=20)
"""Uploads that were begun: random ids would name none."""


@schemathesis.serializer("application/offset+octet-stream")
def pieces_of_uploads(_: Any, value: Any) -> bytes:
    """A tus piece is bytes as they are."""
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(getattr(value, "data", b""))


def _sound() -> bytes:
    target = io.BytesIO()
    noise = np.random.default_rng(1).standard_normal(4000).astype(np.float32) * 0.1
    soundfile.write(target, noise, 8000, format="WAV")
    return target.getvalue()


schemathesis.openapi.format("binary", st.one_of(st.binary(), st.just(_sound())))


def _coin(case: Any) -> bool:
    """Heads for every other case; the same for the same case."""
    return zlib.crc32(repr((case.path_parameters, case.query, case.headers)).encode()) % 2 == 0


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Half of the announced lengths are small, half of the uploads exist."""
    path = case.operation.path
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if path == "/api/uploads" and _coin(case):
        length = (case.headers or {}).get("Upload-Length", "")
        if length.isascii() and length.isdigit() and len(length) > 3:
            case.headers["Upload-Length"] = length[:3]
    elif path == "/api/uploads/{upload_id}" and UPLOADS and _coin(case):
        case.path_parameters["upload_id"] = UPLOADS[-1]
        if "Upload-Offset" in (case.headers or {}) and case.headers["Upload-Offset"].isdigit():
            case.headers["Upload-Offset"] = "0"


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    """Remembers the uploads that were begun."""
    if case.operation.path == "/api/uploads" and response.status_code == 201:
        UPLOADS.append(response.headers["location"][0].rpartition("/")[2])
