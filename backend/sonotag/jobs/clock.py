"""What time it is for whatever is removed because of its age: never later than two clocks agree on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def wall_clock() -> datetime:
    return datetime.now(UTC)


def steady_clock_s() -> float:
    return time.monotonic()


class CautiousClock:
    """The earlier of the wall clock and of the time since the start added to what it said then.

    A wall clock that jumps ahead, or was ahead at the start and is put right, makes nothing seem older than it is.
    One that falls back only makes things stay longer.
    """

    def __init__(self) -> None:
        self._began = wall_clock()
        self._began_s = steady_clock_s()

    def now(self) -> datetime:
        """In UTC."""
        return min(wall_clock(), self._began + timedelta(seconds=steady_clock_s() - self._began_s))
