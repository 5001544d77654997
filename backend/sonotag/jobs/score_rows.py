"""Rows of scores that were made lately: who comes back, or asks for one prompt more, waits for no others."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from sonotag.domain import Float32

MAX_BYTES = 16 << 20
"""A thousand rows of ten hours, as the map shows them."""


class ScoreRows:
    """Rows by what they were made of, those asked for last. Thread-safe."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._rows: OrderedDict[Hashable, Float32] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Float32 | None:
        """The row [columns], not to be written to."""
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
            return row

    def put(self, key: Hashable, row: Float32) -> None:
        """Keeps a copy, as the row may be part of a large table."""
        kept = row.copy()
        kept.flags.writeable = False
        with self._lock:
            before = self._rows.pop(key, None)
            self._rows[key] = kept
            self._bytes += kept.nbytes - (0 if before is None else before.nbytes)
            while self._bytes > self._max_bytes:
                self._bytes -= self._rows.popitem(last=False)[1].nbytes

    def forget(self) -> None:
        """All of them; they can be made again."""
        with self._lock:
            self._rows.clear()
            self._bytes = 0
