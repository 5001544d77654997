"""Recordings followed by many: looked at once for all viewers, and told once for all who are at the same place.

All of it lives on the event loop, but for the making of messages, which scores and serialises in a worker thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import dataclass, field

import anyio.to_thread

from sonotag.analysis.wordings import AskedPrompts, ask
from sonotag.api.messages import RejectedMessage
from sonotag.api.viewer import Viewer
from sonotag.domain import Problem, Recording
from sonotag.jobs.events import EventLog
from sonotag.jobs.scores import Scorer
from sonotag.jobs.shutdown import Shutdown
from sonotag.models.encoder import Encoder
from sonotag.store.database import Database

MIN_INTERVAL_S = 0.03
"""Between two looks at a recording: what comes faster than a screen draws is merged."""

PER_VIEWER_S = 0.002
"""A look more rarely by so much for each viewer: sending to one takes about a twentieth of it, so that the telling
takes a small part of one processor however many listen, and the analysis keeps the rest."""

PER_MAKING = 4.0
"""Making messages may take a fifth of one processor."""

MOST_ASKED = 64

Place = tuple[tuple[str, ...], int | None, bool]
"""Prompts, last entry known, whether a snapshot is due."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages as (seq, JSON), and the last entry that is known after them."""

    messages: tuple[tuple[int, str], ...]
    seq: int


@dataclass(slots=True, eq=False)
class View:
    """One viewer's place. `prompts` None = those of the recording's last analysis; `seq` None = from a snapshot on."""

    prompts: tuple[str, ...] | None
    seq: int | None
    snapshot_due: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    asked_times: int = 0

    def set_prompts(self, prompts: Sequence[str]) -> None:
        """The next batch begins with a snapshot for these prompts."""
        self.prompts, self.snapshot_due = tuple(prompts), True
        self.asked_times += 1
        self.wake.set()

    def reject(self, problem: Problem) -> RejectedMessage:
        seq = self.seq or 0
        return RejectedMessage(seq=seq, from_seq=seq, code=problem.code, message=problem.message, hint=problem.hint)


class _Asked:
    """Prompts as encoders see them, the latest ones. Used by worker threads: a dict's own steps are atomic."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, tuple[str, ...]], AskedPrompts] = OrderedDict()

    def of(self, encoder: Encoder, prompts: Sequence[str]) -> AskedPrompts:
        key = (encoder.version, tuple(prompts))
        asked = self._known.get(key)
        if asked is None:
            asked = self._known[key] = ask(prompts, encoder.encode_text)
            if len(self._known) > MOST_ASKED:
                with contextlib.suppress(KeyError):
                    self._known.popitem(last=False)
        return asked


class _Look:
    """A recording as it was at one moment, and what was made of it for viewers at different places."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.made: dict[Place, asyncio.Future[Batch]] = {}
        self.making_s = 0.0


class Broadcast:
    """One recording and its viewers, who all move from look to look."""

    def __init__(
        self, database: Database, events: EventLog, scorer: Scorer, shutdown: Shutdown, recording_id: str
    ) -> None:
        self._database = database
        self._events = events
        self._scorer = scorer
        self._shutdown = shutdown
        self._id = recording_id
        self._asked = _Asked()
        self._look: _Look | None = None
        self._error: Exception | None = None
        self.views: set[View] = set()
        self._ticker = asyncio.ensure_future(self._tick())

    def close(self) -> None:
        self._ticker.cancel()

    @property
    def is_broken(self) -> bool:
        return self._error is not None

    async def batches(self, view: View) -> AsyncGenerator[Batch]:
        """Batches as they become due, until the server stops. Raises NotFoundError when the recording is deleted."""
        while not self._shutdown.has_begun:
            view.wake.clear()
            if self._error is not None:
                raise self._error
            batch = None if self._look is None else await self._due(view, self._look)
            if batch is None:
                await view.wake.wait()
            else:
                yield batch
                await asyncio.sleep(MIN_INTERVAL_S)

    async def _due(self, view: View, look: _Look) -> Batch | None:
        """What `view` is to be told at this look; it moves there."""
        if view.seq is not None and view.seq > look.recording.last_seq:
            # It has heard of the recording by another way since.
            await self._renew()
            look = self._look or look
        prompts = view.prompts = look.recording.prompts if view.prompts is None else view.prompts
        if view.seq == look.recording.last_seq and not view.snapshot_due:
            return None
        place, asked_times = (prompts, view.seq, view.snapshot_due), view.asked_times
        making = look.made.get(place)
        if making is None:
            making = look.made[place] = asyncio.ensure_future(self._make(look, place))
            making.add_done_callback(_retrieved)
        # Shielded: others wait for it too.
        batch = await asyncio.shield(making)
        view.seq = batch.seq
        if view.asked_times == asked_times:  # else prompts were asked for meanwhile, and their snapshot is due
            view.snapshot_due = False
        return batch

    async def _make(self, look: _Look, place: Place) -> Batch:
        def make() -> tuple[Batch, float]:
            began_s = time.thread_time()
            prompts, seq, snapshot_due = place
            viewer = Viewer(self._database, self._events, self._scorer, self._id, prompts, seq, asked_of=self._asked.of)
            if snapshot_due:
                viewer.set_prompts(prompts)
            messages = tuple((message.seq, message.model_dump_json()) for message in viewer.pull(look.recording))
            return Batch(messages, viewer.seq), time.thread_time() - began_s

        batch, took_s = await anyio.to_thread.run_sync(make, abandon_on_cancel=True)
        look.making_s += took_s
        return batch

    async def _tick(self) -> None:
        try:
            with self._events.subscribe(self._id, asyncio.get_running_loop()) as bell:
                while True:
                    await self._renew()
                    if self._shutdown.has_begun:
                        self._wake_all()
                    making_s = self._look.making_s if self._look else 0.0
                    await asyncio.sleep(max(MIN_INTERVAL_S, PER_VIEWER_S * len(self.views), PER_MAKING * making_s))
                    await bell.wait()
        except Exception as error:
            # Raised for every viewer; among them NotFoundError, once the recording is gone.
            self._error = error
            self._wake_all()

    async def _renew(self) -> None:
        recording = await anyio.to_thread.run_sync(self._database.recording, self._id, abandon_on_cancel=True)
        if self._look is None or recording != self._look.recording:
            self._look = _Look(recording)
            self._wake_all()

    def _wake_all(self) -> None:
        for view in self.views:
            view.wake.set()


def _retrieved(making: asyncio.Future[Batch]) -> None:
    """Whoever waited for it may have left: then nobody is told, and the loop need not complain."""
    if not making.cancelled():
        making.exception()


class Broadcasts:
    """The recordings that somebody follows."""

    def __init__(self, database: Database, events: EventLog, scorer: Scorer, shutdown: Shutdown) -> None:
        self._parts = (database, events, scorer, shutdown)
        self._open: dict[str, Broadcast] = {}

    @contextlib.contextmanager
    def join(self, recording_id: str, view: View) -> Generator[Broadcast]:
        """The recording's broadcast, with one viewer more for as long as the context lasts."""
        broadcast = self._open.get(recording_id)
        if broadcast is None or broadcast.is_broken:
            broadcast = self._open[recording_id] = Broadcast(*self._parts, recording_id)
        broadcast.views.add(view)
        try:
            yield broadcast
        finally:
            broadcast.views.discard(view)
            if not broadcast.views:
                broadcast.close()
                if self._open.get(recording_id) is broadcast:
                    del self._open[recording_id]
