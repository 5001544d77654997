"""A bounded queue of encode jobs and the threads that work on them."""

from __future__ import annotations

import logging
import threading
from collections import deque

from sonotag.errors import BusyError
from sonotag.jobs.encode import EncodeJob

log = logging.getLogger(__name__)


class JobRunner:
    """Runs encode jobs in threads, first come first served, at most one per recording.

    Recordings that are still arriving have threads of their own: they mostly wait, and must not keep others waiting.
    """

    def __init__(self, threads: int, max_queued: int, arriving_threads: int = 1) -> None:
        self._max_queued = max_queued
        self._changed = threading.Condition()
        self._queued: deque[EncodeJob] = deque()
        self._running: dict[str, EncodeJob] = {}
        self._closing = False
        lanes = [False] * threads + [True] * arriving_threads
        self._threads = [
            threading.Thread(target=self._work, args=(arriving,), name=f"job-{number}", daemon=True)
            for number, arriving in enumerate(lanes)
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

    def ensure_room(self) -> None:
        """Raises BusyError when the queue is full."""
        with self._changed:
            if len(self._queued) >= self._max_queued:
                raise BusyError(
                    "The server has as many analyses waiting as it takes.",
                    hint="Try again in a little while.",
                    retry_after_s=10,
                )

    def submit(self, job: EncodeJob) -> None:
        """Queues a job whose room was ensured. A recording that already has one keeps that."""
        with self._changed:
            if job.recording_id in self._running or self._waiting(job.recording_id):
                return
            self._queued.append(job)
            self._changed.notify_all()

    def cancel(self, recording_id: str) -> EncodeJob | None:
        """Stops the recording's job. Returns it when it had not begun: its end is then the caller's to record."""
        with self._changed:
            waiting = self._waiting(recording_id)
            if waiting is not None:
                self._queued.remove(waiting)
                self._changed.notify_all()
                return waiting
            running = self._running.get(recording_id)
        if running is not None:
            running.cancel()
        return None

    def wait_idle(self, recording_id: str, timeout_s: float) -> bool:
        """Waits until no job works on the recording; says whether that came true in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: recording_id not in self._running and self._waiting(recording_id) is None, timeout_s
            )

    def close(self) -> None:
        """Suspends running jobs (they resume at the next start), drops the queue and ends the threads."""
        with self._changed:
            self._closing = True
            self._queued.clear()
            running = list(self._running.values())
            self._changed.notify_all()
        for job in running:
            job.cancel(suspend=True)
        for thread in self._threads:
            thread.join()

    def _waiting(self, recording_id: str) -> EncodeJob | None:
        return next((job for job in self._queued if job.recording_id == recording_id), None)

    def _next(self, arriving: bool) -> EncodeJob | None:
        return next((job for job in self._queued if job.arriving is arriving), None)

    def _work(self, arriving: bool) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._next(arriving) is not None)
                job = self._next(arriving)
                if self._closing or job is None:
                    return
                self._queued.remove(job)
                self._running[job.recording_id] = job
            try:
                job.run()
            except Exception:
                # For instance the database is gone: the thread must live on for the next job.
                log.exception("job of recording %s broke", job.recording_id)
            finally:
                with self._changed:
                    del self._running[job.recording_id]
                    self._changed.notify_all()
