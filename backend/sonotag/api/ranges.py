"""Parts of a file by HTTP byte ranges (RFC 9110, 14), refused in the words of this API."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from sonotag.api.errors import answer
from sonotag.domain import Problem
from sonotag.errors import NotFoundError

_RANGE = re.compile(r"(?=.*[0-9])([0-9]{0,40})-([0-9]{0,40})")


def read_ranges(value: str, size: int) -> list[tuple[int, int]] | None:
    """The [first, last] bytes that a Range header's value asks for of a file of `size` > 0 bytes.

    Ranges beyond the file are left out, so [] means that none can be had. None: the value is no list of byte
    ranges, and HTTP has it ignored.
    """
    unit, _, listed = value.partition("=")
    parts = [part.strip() for part in listed.split(",") if part.strip()]
    if unit.strip().lower() != "bytes" or not parts:
        return None
    ranges: list[tuple[int, int]] = []
    for part in parts:
        found = _RANGE.fullmatch(part)
        if found is None or (found[1] and found[2] and int(found[1]) > int(found[2])):
            return None
        if found[1]:
            first, last = int(found[1]), min(int(found[2] or size), size - 1)
        else:
            first, last = max(size - int(found[2]), 0), size - 1
        if first < size:
            ranges.append((first, last))
    return ranges


class RangedFile(FileResponse):
    """A file, or the parts of it that a request's Range header names."""

    def __init__(self, path: Path, *, media_type: str, headers: dict[str, str]) -> None:
        """Raises NotFoundError when the file is gone, because its recording was just deleted."""
        try:
            status = path.stat()
        except FileNotFoundError as error:
            raise NotFoundError(
                "There is no recording with this id.", hint="It may have been deleted. Go back to the list."
            ) from error
        super().__init__(path, media_type=media_type, headers=headers, stat_result=status)
        self._size = status.st_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it. Ranges are given to Starlette as plainly as it understands them."""
        refused = False

        async def in_words(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 416:
                refused = True
                problem = Problem(
                    "range_not_satisfiable",
                    f"The file has {self._size} bytes; none of them was asked for.",
                    "Ask for a range that begins before its end.",
                )
                await answer(416, problem, {"Content-Range": f"bytes */{self._size}"})(scope, receive, send)
            elif not refused:
                await send(message)

        wanted = Headers(scope=scope).getlist("range")
        ranges = read_ranges(", ".join(wanted), self._size) if wanted else None
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        if ranges is not None:
            listed = ",".join(f"{first}-{last}" for first, last in ranges or [(self._size, self._size)])
            headers.append((b"range", f"bytes={listed}".encode()))
        await super().__call__({**scope, "headers": headers}, receive, in_words)
