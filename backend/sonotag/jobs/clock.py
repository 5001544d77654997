"""What time it is for whatever is removed because of its age: never later than two clocks agree on."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

LEAP = timedelta(days=1)
"""A clock that is further ahead of when the server last ran may be wrong."""

BELIEVED_AFTER = timedelta(days=1)
"""How long the server runs with such a clock before it takes it for right."""


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
        return min(wall_clock(), self._began + self._ran)

    @property
    def _ran(self) -> timedelta:
        return timedelta(seconds=steady_clock_s() - self._began_s)


class RememberedClock(CautiousClock):
    """A cautious clock that remembers over restarts when the server last ran.

    A clock that has leapt ahead meanwhile is right, when the server was off for so long, or wrong, as after a battery
    or an operator has failed: from within nobody can tell. So the time between does not count until the server has run
    for `BELIEVED_AFTER`, over any number of starts; somebody may have put the clock right by then, or pinned what
    should stay.
    """

    def __init__(self, path: Path, newest: datetime | None = None) -> None:
        """`path` holds what is remembered; without it `newest`, a moment that is known to be past, has to do."""
        super().__init__()
        self._path = path
        self._seen, self._doubted = self._remembered() or (newest or self._began, timedelta())
        if self._in_doubt:
            log.warning(
                "the clock is %d days ahead of when the server last ran: should it be wrong, put it right; "
                "it is believed, and recordings are removed by it, when the server has run for a day",
                (self._began - self._seen).days,
            )

    def now(self) -> datetime:
        return self._seen + self._ran if self._in_doubt else super().now()

    def save(self) -> None:
        """Remembers what time it is. Raises OSError."""
        doubted = self._doubted + self._ran if self._in_doubt else timedelta()
        draft = self._path.with_name(f".{self._path.name}")
        draft.write_text(
            json.dumps({"seen": self.now().isoformat(), "doubted_s": doubted.total_seconds()}), encoding="ascii"
        )
        draft.replace(self._path)

    @property
    def _in_doubt(self) -> bool:
        leapt = super().now() - (self._seen + self._ran) > LEAP
        return leapt and self._doubted + self._ran < BELIEVED_AFTER

    def _remembered(self) -> tuple[datetime, timedelta] | None:
        try:
            said = json.loads(self._path.read_text(encoding="ascii"))
            seen = datetime.fromisoformat(said["seen"])
            if seen.tzinfo is None:
                raise ValueError("no time zone")
            return seen, timedelta(seconds=float(said["doubted_s"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
            # A crash may have left it empty: it is no reason to remove anything early, nor not to start.
            log.warning("%s cannot be read: %s", self._path.name, error)
            return None
