"""Log lines: readable ones for a terminal, JSON for machines. On standard error, never the contents of recordings.

A line may name the request, the job, the recording and the owner it is about, by id. Titles, prompts, names of files
and the queries of links stay out of it (see `without_contents`).
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import logging
import re
import sys
from collections.abc import Generator, Mapping
from datetime import UTC, datetime

_EMPTY: Mapping[str, str] = {}
_context: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("log_context", default=_EMPTY)

_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://(?:[^\s/?#@]*@)?([^\s/?#\"'<>]*)[^\s\"'<>]*", re.IGNORECASE)
# What ffmpeg prints of a file's tags: a name, spaces, a colon and the words of whoever made the file.
_TAG = re.compile(r"^((?:\[\w+\] )?\s{2,}[\w-]{1,40}\s*: ).*$", re.MULTILINE)


@contextlib.contextmanager
def log_context(**ids: str) -> Generator[None]:
    """Lines logged in here, by this thread or task and those it hands work to, carry these ids."""
    token = _context.set({**_context.get(), **ids})
    try:
        yield
    finally:
        _context.reset(token)


def without_contents(text: str) -> str:
    """`text` without what follows the host of an address, and without the tags that a decoder reads out of a file."""
    return _TAG.sub(r"\1…", _ADDRESS.sub(r"\1://\2/…", text))


class _Contents(logging.Filter):
    """Gives every record its ids, and takes out of its words what belongs to users."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.ids = dict(_context.get())
        record.msg, record.args = without_contents(record.getMessage()), None
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, the ids it is about, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "ids", {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = without_contents(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A line for people: the ids follow the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is logging's)
        ids = " ".join(f"{name}={value}" for name, value in getattr(record, "ids", {}).items())
        return super().formatMessage(record) + (f" [{ids}]" if ids else "")

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name is logging's)
        return without_contents(super().formatException(ei))  # type: ignore[arg-type]


def configure_logging(level: str, style: str) -> None:
    """Sets up the root logger. `style` is "text" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Contents())
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    # Others speak up only when something is wrong: at lower levels they tell of addresses, queries and messages.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in ("sonotag", "openflam"):
        logging.getLogger(ours).setLevel(level)
