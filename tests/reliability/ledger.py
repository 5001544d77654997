"""What the server has acknowledged, as its clients remember it, and what it did that it must not do."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field

from tests.reliability.clips import Clip


@dataclass
class Entry:
    """A recording that some client knows.

    `whole`: all its bytes were acknowledged. `analysed`: so was a request to analyse it. `prompts`: what the last such
    request may have left. `last_seq`: the newest event that a viewer was told. `busy`: a client works on it.
    """

    id: str
    clip: Clip
    whole: bool = False
    analysed: bool = False
    prompts: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    last_seq: int = 0
    deleting: bool = False
    deleted: bool = False
    busy: bool = False


class Ledger:
    """Shared by all clients; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.entries: dict[str, Entry] = {}
        self.violations: list[str] = []
        self.done: Counter[str] = Counter()
        """Operations that were acknowledged."""
        self.cut: Counter[str] = Counter()
        """Operations that were under way at a kill."""
        self.under_way: Counter[str] = Counter()

    def add(self, entry: Entry) -> Entry:
        with self._lock:
            self.entries[entry.id] = entry
        return entry

    def accuse(self, words: str) -> None:
        with self._lock:
            self.violations.append(words)
            print(f"chaos: VIOLATION: {words}", flush=True)

    @contextlib.contextmanager
    def operation(self, name: str) -> Generator[None]:
        with self._lock:
            self.under_way[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self.under_way[name] -= 1

    def acknowledged(self, name: str) -> None:
        with self._lock:
            self.done[name] += 1

    def note_kill(self) -> None:
        with self._lock:
            self.cut.update({name: count for name, count in self.under_way.items() if count})

    def living(self) -> list[Entry]:
        with self._lock:
            return [entry for entry in self.entries.values() if not entry.deleting]

    @contextlib.contextmanager
    def borrow(self, rng: random.Random, *, whole: bool = True) -> Generator[Entry | None]:
        """Some recording that nobody else works on; None when there is none."""
        with self._lock:
            free = [e for e in self.entries.values() if not e.deleting and not e.busy and (e.whole or not whole)]
            entry = rng.choice(free) if free else None
            if entry is not None:
                entry.busy = True
        try:
            yield entry
        finally:
            if entry is not None:
                entry.busy = False
