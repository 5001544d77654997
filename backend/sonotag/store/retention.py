"""Which recordings have been kept long enough: a pure choice by age and by size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording as far as keeping it matters. `spared`: pinned, or being worked on."""

    id: str
    created_at: datetime
    size_bytes: int
    spared: bool


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long recordings are kept, and how many bytes of them; 0 is no limit."""

    days: float = 0.0
    total_bytes: int = 0

    @property
    def is_limited(self) -> bool:
        return self.days > 0 or self.total_bytes > 0


def overdue(recordings: Iterable[Kept], keeping: Keeping, now: datetime) -> list[str]:
    """Ids of what goes, oldest first: all that is too old, then as much as brings the sum down to its limit.

    What is spared counts into the sum but never goes, so that the sum may stay above its limit.
    """
    oldest_first = sorted(recordings, key=lambda one: (one.created_at, one.id))
    total = sum(one.size_bytes for one in oldest_first)
    going: list[str] = []
    for one in oldest_first:
        too_old = keeping.days > 0 and now - one.created_at > timedelta(days=keeping.days)
        too_much = keeping.total_bytes > 0 and total > keeping.total_bytes
        if not one.spared and (too_old or too_much):
            going.append(one.id)
            total -= one.size_bytes
    return going
