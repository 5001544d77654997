"""The event log of every recording as its viewers see it: persisted, gapless, replayable, and announced.

Writers are job threads and request threads; readers are sockets on the event loop. A reader asks for what came
after the last seq it has, so a slow one simply finds more to merge: nobody waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Any

from sonotag.domain import Event, Recording, RecordingState
from sonotag.store.database import Database, NewEvent

TAIL_EVENTS = 512
"""Newest events kept in memory per recording with viewers: they are read without asking the database."""

REPLAY_EVENTS = 2_000
"""Most events read from the database at a time."""


class Subscription:
    """A viewer's bell. `wait` returns once something was committed since the last `wait`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Called from any thread. A loop that has closed has no viewers left to tell."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._bell.set)

    async def wait(self) -> None:
        await self._bell.wait()
        self._bell.clear()


class _Channel:
    """What is kept in memory for a recording that somebody watches."""

    def __init__(self) -> None:
        self.tail: deque[Event] = deque(maxlen=TAIL_EVENTS)
        self.subscriptions: set[Subscription] = set()


class EventLog:
    """Changes recordings and tells their viewers; the only way jobs and requests change a recording."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._channels: dict[str, _Channel] = {}
        self.observe: Callable[[Sequence[Event]], None] | None = None
        """Called with the events of every commit, for whoever counts them."""

    def commit(
        self,
        recording_id: str,
        events: Sequence[NewEvent] = (),
        *,
        while_in: RecordingState | None = None,
        **changes: Any,
    ) -> Recording:
        """Changes the recording and appends `events` in one transaction, then rings its viewers.

        Raises NotFoundError, and ConflictError where the recording is no longer in the state `while_in`.
        """
        # The lock spans both steps so that tails receive events in the order of their seq.
        with self._lock:
            recording, numbered = self._database.update(recording_id, events, while_in=while_in, **changes)
            channel = self._channels.get(recording_id)
            if channel is not None:
                channel.tail.extend(numbered)
                for subscription in channel.subscriptions:
                    subscription.ring()
        if self.observe is not None and numbered:
            self.observe(numbered)
        return recording

    def ring(self, recording_id: str) -> None:
        """Wakes the viewers without an event, for instance after the recording was deleted."""
        with self._lock:
            channel = self._channels.get(recording_id)
            for subscription in channel.subscriptions if channel else ():
                subscription.ring()

    def ring_all(self) -> None:
        """Wakes every viewer, to be told that the server stops."""
        with self._lock:
            for channel in self._channels.values():
                for subscription in channel.subscriptions:
                    subscription.ring()

    @contextlib.contextmanager
    def subscribe(self, recording_id: str, loop: asyncio.AbstractEventLoop) -> Generator[Subscription]:
        """A bell for one viewer, for as long as the context lasts."""
        subscription = Subscription(loop)
        with self._lock:
            channel = self._channels.setdefault(recording_id, _Channel())
            channel.subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                channel.subscriptions.discard(subscription)
                if not channel.subscriptions:
                    self._channels.pop(recording_id, None)

    def forget(self) -> None:
        """Empties the memory of newest events: readers find them in the database."""
        with self._lock:
            for channel in self._channels.values():
                channel.tail.clear()

    def after(self, recording_id: str, seq: int) -> list[Event]:
        """Events after `seq` in order, from memory when it reaches back far enough, else from the database."""
        with self._lock:
            channel = self._channels.get(recording_id)
            if channel is not None and channel.tail and channel.tail[0].seq <= seq + 1:
                return [event for event in channel.tail if event.seq > seq]
        return self._database.events_after(recording_id, seq, REPLAY_EVENTS)
