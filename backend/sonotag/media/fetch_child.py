"""Runs in a process of its own: asks yt-dlp what a link is and writes its media to standard output.

Standard input holds one JSON object, a FetchSpec. What happens is told as JSON lines on the descriptor it names, each
with a `type`: `info` (what it is), `refused` (a code), `error` (reason, message, log) or `done`.

Nothing of SonoTag's server is imported here, so that the process starts fast and holds little.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, cast

import yt_dlp  # pyright: ignore[reportMissingTypeStubs]
from yt_dlp.networking.exceptions import HTTPError  # pyright: ignore[reportMissingTypeStubs]

Info = dict[str, Any]

AUDIO_FORMAT = "bestaudio[format_id!$=_preview]/best[format_id!$=_preview]"
"""SoundCloud offers half a minute of what is not free: never taken for the track."""

SOCKET_TIMEOUT_S = 20.0
_TEXT_CHARS = 500
_CHAPTERS = 500


class Teller:
    """Writes events, one JSON object a line."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def tell(self, kind: str, **values: Any) -> None:
        self._file.write(json.dumps({"type": kind, **values}) + "\n")
        self._file.flush()


class _Quiet:
    """yt-dlp's log: the last warnings and errors explain a failure, the rest is noise."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, _: str) -> None:
        """Progress and debugging: nobody reads it."""

    def warning(self, message: str) -> None:
        self.lines = [*self.lines[-9:], message]

    error = warning


def options_of(spec: Info, log: _Quiet) -> Info:
    """yt-dlp's parameters for a FetchSpec."""
    options: Info = {
        "outtmpl": {"default": "-"},
        "logtostderr": True,
        "logger": log,
        "noprogress": True,
        # Small and fixed: otherwise a slow server's bytes wait for a block of a megabyte to fill.
        "buffersize": 8192,
        "noresizebuffer": True,
        "format": AUDIO_FORMAT,
        # Exact names: the patterns are matched from the beginning.
        "allowed_extractors": [f"{name}$" for name in spec["extractors"]],
        "noplaylist": True,
        "playlist_items": "1",
        "enable_file_urls": False,
        "proxy": spec["proxy_url"],
        "socket_timeout": SOCKET_TIMEOUT_S,
        "retries": 3,
        "extractor_retries": 2,
        "fragment_retries": 3,
        # A fragment that is missing is a hole that nobody would see.
        "skip_unavailable_fragments": False,
        "cachedir": spec["cache"],
        "hls_prefer_native": True,
        "ffmpeg_location": os.devnull,
        "updatetime": False,
        "fixup": "never",
        "check_formats": False,
    }
    if spec.get("cookies"):
        options["cookiefile"] = spec["cookies"]
    if spec.get("own_certificates"):
        # Then SSL_CERT_FILE counts, which is how tests stand in for a site.
        options["compat_opts"] = {"no-certifi"}
    return options


def refusal_of(info: Info, max_duration_s: float, max_bytes: int) -> Info | None:
    """Why this is not fetched although it could be, as the values of a `refused` event; None when it may be."""
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming", "post_live"):
        return {"code": "link_live"}
    duration_s, size = info.get("duration"), info.get("filesize")
    if duration_s is not None and duration_s > max_duration_s:
        return {"code": "link_too_long", "duration_s": duration_s}
    if size is not None and size > max_bytes:
        return {"code": "link_too_large", "size_bytes": size}
    if str(info.get("format_id", "")).endswith("preview"):
        return {"code": "link_preview_only"}
    return None


def description_of(info: Info, listed: bool) -> Info:
    """The values of an `info` event."""

    def text(name: str) -> str | None:
        value = info.get(name)
        return str(value)[:_TEXT_CHARS] if value else None

    told = cast("list[Info]", info.get("chapters") or [])
    chapters = [
        {"start_s": float(chapter["start_time"]), "title": str(chapter.get("title") or "")[:_TEXT_CHARS]}
        for chapter in told[:_CHAPTERS]
        if isinstance(chapter.get("start_time"), int | float)
    ]
    return {
        "title": text("title"),
        "uploader": text("uploader") or text("channel"),
        "duration_s": info.get("duration"),
        "thumbnail": text("thumbnail"),
        "chapters": chapters,
        "size_bytes": info.get("filesize"),
        "extension": text("ext"),
        "listed": listed,
    }


def retry_after_of(error: BaseException) -> float | None:
    """Seconds that the site asks to wait (`Retry-After`, RFC 9110, 10.2.3), if it does in any error on the way."""
    for cause in _causes(error):
        said = cause.response.headers.get("Retry-After", "") if isinstance(cause, HTTPError) else ""
        if said.isdecimal():
            return float(said)
        with contextlib.suppress(ValueError):
            return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what led to it; yt-dlp keeps causes in attributes of its own."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        told = getattr(current, "exc_info", None) or (None, None, None)
        waiting += [current.__cause__, current.__context__, getattr(current, "cause", None), told[1]]


def fetch(spec: Info, teller: Teller) -> bool:
    """Tells what the link is and writes its media; says whether all went well."""
    log = _Quiet()
    try:
        with yt_dlp.YoutubeDL(cast(Any, options_of(spec, log))) as downloader:
            info = cast(Info, downloader.extract_info(spec["url"], download=False))
            listed = "entries" in info
            if listed:
                entries = [entry for entry in info["entries"] if entry]
                if not entries:
                    teller.tell("refused", code="link_empty_list")
                    return False
                info = entries[0]
            refusal = refusal_of(info, spec["max_duration_s"], spec["max_bytes"])
            if refusal is not None:
                teller.tell("refused", **refusal)
                return False
            teller.tell("info", **description_of(info, listed))
            downloader.process_info(cast(Any, info))
    except Exception as error:
        # Whatever it was, the parent puts it into words; here nobody could read them.
        retry_after_s = retry_after_of(error)
        teller.tell(
            "error", reason=type(error).__name__, message=str(error)[:4000], log=log.lines, retry_after_s=retry_after_s
        )
        return False
    teller.tell("done")
    return True


def main() -> int:
    spec = cast(Info, json.load(sys.stdin))
    teller = Teller(spec["events_fd"])
    return 0 if fetch(spec, teller) else 1


if __name__ == "__main__":
    sys.exit(main())
