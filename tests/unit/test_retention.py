"""Which recordings were kept long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sonotag.store.retention import Keeping, Kept, overdue

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def kept(name: str, days: float, size: int = 10, *, spared: bool = False) -> Kept:
    return Kept(name, NOW - timedelta(days=days), size, spared)


def test_old_ones_go_and_pinned_ones_stay() -> None:
    recordings = [kept("new", 1), kept("old", 31), kept("older", 40), kept("pinned", 50, spared=True)]
    assert overdue(recordings, Keeping(days=30), NOW) == ["older", "old"]
    assert overdue(recordings, Keeping(), NOW) == []


def test_the_oldest_go_until_the_sum_is_small_enough() -> None:
    recordings = [kept("c", 1, 40), kept("a", 3, 40), kept("b", 2, 40), kept("pinned", 9, 40, spared=True)]
    assert overdue(recordings, Keeping(total_bytes=160), NOW) == []
    assert overdue(recordings, Keeping(total_bytes=100), NOW) == ["a", "b"]
    assert overdue(recordings, Keeping(total_bytes=1), NOW) == ["a", "b", "c"]


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 100), st.booleans()), max_size=12),
    st.integers(1, 300),
)
def test_no_more_goes_than_must(given_recordings: list[tuple[float, int, bool]], limit: int) -> None:
    recordings = [kept(str(n), days, size, spared=s) for n, (days, size, s) in enumerate(given_recordings)]
    going = overdue(recordings, Keeping(total_bytes=limit), NOW)
    sizes = {one.id: one.size_bytes for one in recordings}
    left = sum(sizes.values()) - sum(sizes[name] for name in going)
    assert not any(one.spared for one in recordings if one.id in going)
    assert left <= limit or all(one.spared for one in recordings if one.id not in going)
    if going:
        assert left + sizes[going[-1]] > limit
