"""A bounded queue of encode jobs, taken in fair turns, and the threads that work on them."""

from __future__ import annotations

import enum
import logging
import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable

from sonotag.errors import BusyError
from sonotag.jobs.encode import EncodeJob
from sonotag.jobs.memory import trim
from sonotag.jobs.shutdown import shutting_down
from sonotag.logs import log_context

log = logging.getLogger(__name__)

SHORT_S = 300.0
"""Recordings of which no more than this is left have a thread of their own beside the others."""

DRAIN_S = 6.0
"""How long a job that is suspended may take to finish and store the windows it has in hand."""

MEMORY_POLL_S = 1.0
REMEMBERED_OWNERS = 1024

ASSUMED_SPEED = 50.0
"""Seconds of audio a second, for an estimate made before anything was measured."""
ASSUMED_LEFT_S = 600.0
"""Seconds of audio left in a recording that does not tell its length."""
LONGEST_RETRY_S = 600


class _Lane(enum.Enum):
    """What a thread takes: anything that is here, only what is soon done, or what is still arriving."""

    GENERAL = enum.auto()
    SHORT = enum.auto()
    ARRIVING = enum.auto()

    def takes(self, job: EncodeJob) -> bool:
        if job.arriving or self is _Lane.ARRIVING:
            return job.arriving and self is _Lane.ARRIVING
        return self is _Lane.GENERAL or (job.remaining_s is not None and job.remaining_s <= SHORT_S)


class JobRunner:
    """Runs encode jobs in threads, at most one per recording, owners in turns.

    The next job is that of the owner with the fewest at work, among these of the one who was served longest ago;
    within an owner, first come first served. One thread more takes only what is soon done: when long recordings hold
    all the others, a short one still begins at once (and from then on the model takes turns window by window, see
    `InferenceWorker`). Recordings that are still arriving have threads of their own too: they mostly wait, and must not
    keep others waiting.
    """

    def __init__(
        self,
        threads: int,
        max_queued: int,
        arriving_threads: int = 1,
        *,
        max_queued_per_owner: int = 0,
        speed: Callable[[], float] | None = None,
        has_memory: Callable[[], bool] | None = None,
    ) -> None:
        """`max_queued_per_owner` 0 = no bound of its own. `speed`: seconds of audio encoded per second of late, 0 when
        unknown. While `has_memory` says no, a job begins only where none is at work.
        """
        self._max_queued = max_queued
        self._max_queued_per_owner = max_queued_per_owner
        self._speed = speed or (lambda: 0.0)
        self._has_memory = has_memory or (lambda: True)
        self._changed = threading.Condition()
        self._queued: list[EncodeJob] = []
        self._running: dict[str, EncodeJob] = {}
        self._served: OrderedDict[str, int] = OrderedDict()
        self._turn = 0
        self._closing = False
        lanes = [_Lane.GENERAL] * threads + [_Lane.SHORT] + [_Lane.ARRIVING] * arriving_threads
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"job-{number}", daemon=True)
            for number, lane in enumerate(lanes)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def queued(self) -> int:
        with self._changed:
            return len(self._queued)

    @property
    def running(self) -> int:
        with self._changed:
            return len(self._running)

    def ensure_room(self, owner: str) -> None:
        """Raises BusyError when the queue, or this owner's part of it, is full, or the server is stopping."""
        with self._changed:
            if self._closing:
                raise shutting_down()
            if len(self._queued) >= self._max_queued:
                raise BusyError(
                    "The server has as many analyses waiting as it takes.",
                    hint="Try again in a little while.",
                    retry_after_s=self._next_start_s(),
                )
            mine = sum(job.owner == owner for job in self._queued)
            if 0 < self._max_queued_per_owner <= mine:
                raise BusyError(
                    f"You have {mine} analyses waiting, which is as many as one may have.",
                    hint="Try again when one of them has begun.",
                    retry_after_s=self._next_start_s(among=len({job.owner for job in self._queued})),
                )

    def submit(self, job: EncodeJob) -> None:
        """Queues a job whose room was ensured. A recording that already has one keeps that.

        When the server is stopping the recording is left as it is in the database, for the next start.
        """
        with self._changed:
            if self._closing or job.recording_id in self._running or self._waiting(job.recording_id):
                return
            self._queued.append(job)
            self._changed.notify_all()

    def cancel(self, recording_id: str, *, suspend: bool = False) -> EncodeJob | None:
        """Stops the recording's job. Returns it when it had not begun: its end is then the caller's to record.

        With `suspend` the recording stays unfinished in the database.
        """
        with self._changed:
            waiting = self._waiting(recording_id)
            if waiting is not None:
                self._queued.remove(waiting)
                self._changed.notify_all()
                return waiting
            running = self._running.get(recording_id)
        if running is not None:
            running.cancel(suspend=suspend, at_once=True)
        return None

    def wait_idle(self, recording_id: str, timeout_s: float) -> bool:
        """Waits until no job works on the recording; says whether that came true in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: recording_id not in self._running and self._waiting(recording_id) is None, timeout_s
            )

    def suspend(self) -> None:
        """Takes no more work, drops the queue and has running jobs stop after the windows they have in hand.

        All of it resumes at the next start. Returns at once; idempotent.
        """
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._queued.clear()
            running = list(self._running.values())
            self._changed.notify_all()
        for job in running:
            job.cancel(suspend=True)

    def close(self) -> None:
        """Suspends what runs and ends the threads. What takes longer than `DRAIN_S` is cut off."""
        self.suspend()
        with self._changed:
            self._changed.wait_for(lambda: not self._running, DRAIN_S)
            late = list(self._running.values())
        for job in late:
            log.warning("recording %s is suspended before its windows in hand are stored", job.recording_id)
            job.cancel(suspend=True, at_once=True)
        for thread in self._threads:
            thread.join()

    def _waiting(self, recording_id: str) -> EncodeJob | None:
        return next((job for job in self._queued if job.recording_id == recording_id), None)

    def _next_start_s(self, among: int = 1) -> int:
        """Whole seconds until one more waiting job will have begun; that of one owner `among` so many who wait."""
        here = [job for job in self._running.values() if not job.arriving]
        left_s = [ASSUMED_LEFT_S if job.remaining_s is None else job.remaining_s for job in here]
        speed = (self._speed() or ASSUMED_SPEED) / max(1, len(here))
        return min(max(1, math.ceil(min(left_s, default=0.0) / speed * among)), LONGEST_RETRY_S)

    def _next(self, lane: _Lane) -> EncodeJob | None:
        if self._running and self._queued and not self._has_memory():
            return None
        at_work = Counter(job.owner for job in self._running.values())
        candidates = (job for job in self._queued if lane.takes(job))
        # The first of equals: the queue is in the order of coming.
        return min(candidates, key=lambda job: (at_work[job.owner], self._served.get(job.owner, 0)), default=None)

    def _begin(self, lane: _Lane) -> EncodeJob | None:
        """Waits for a job and takes it; None when the runner closes."""
        with self._changed:
            while not self._closing:
                job = self._next(lane)
                if job is None:
                    # Memory becomes free without a word.
                    self._changed.wait(MEMORY_POLL_S if self._queued else None)
                    continue
                self._queued.remove(job)
                self._running[job.recording_id] = job
                self._turn += 1
                self._served[job.owner] = self._turn
                self._served.move_to_end(job.owner)
                if len(self._served) > REMEMBERED_OWNERS:
                    self._served.popitem(last=False)
                return job
            return None

    def _work(self, lane: _Lane) -> None:
        while (job := self._begin(lane)) is not None:
            try:
                with log_context(job=job.id, recording=job.recording_id, owner=job.owner):
                    job.run()
            except Exception:
                # For instance the database is gone: the thread must live on for the next job.
                log.exception("job of recording %s broke", job.recording_id)
            finally:
                with self._changed:
                    del self._running[job.recording_id]
                    self._changed.notify_all()
                    idle = not self._running
            del job
            if idle:
                # The next job may be hours away: what this one worked with is not kept for it.
                trim()
