"""The one thread that runs a model on audio: windows of all jobs in turns, in micro-batches of what is waiting."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from sonotag.domain import WINDOW_S, WINDOW_SAMPLES, Float32
from sonotag.models.encoder import Encoder

log = logging.getLogger(__name__)

RECENT_S = 30.0
"""The speed that is told is that of about the last so many seconds of work."""


@dataclass(frozen=True, slots=True)
class _Request:
    encoder: Encoder
    window: Float32
    result: Future[Float32]
    owner: str
    job: str


class _Turns:
    """Waiting requests. Owners take turns, and so do the jobs of one owner; within a job order is kept.

    Both dicts are in the order of turns: whoever was served goes to the end.
    """

    def __init__(self) -> None:
        self._owners: dict[str, dict[str, deque[_Request]]] = {}
        self.total = 0

    @property
    def jobs(self) -> int:
        return sum(len(jobs) for jobs in self._owners.values())

    def waiting(self, owner: str, job: str) -> int:
        return len(self._owners.get(owner, {}).get(job, ()))

    def push(self, request: _Request) -> None:
        self._owners.setdefault(request.owner, {}).setdefault(request.job, deque()).append(request)
        self.total += 1

    def pop(self, encoder: Encoder | None = None) -> _Request | None:
        """The request whose turn it is, among those for `encoder` if one is given."""
        for owner, jobs in self._owners.items():
            for job, requests in jobs.items():
                if encoder is not None and requests[0].encoder is not encoder:
                    continue
                request = requests.popleft()
                self.total -= 1
                del jobs[job]
                if requests:
                    jobs[job] = requests
                del self._owners[owner]
                if jobs:
                    self._owners[owner] = jobs
                return request
        return None


class InferenceWorker:
    """Encodes windows in one thread, for all jobs and models.

    A window is encoded as soon as the thread is free and it is its job's turn, together with others that wait for the
    same encoder, up to that encoder's `max_batch`: the first window of a recording never waits for company. Owners
    take turns window by window, so ten hours of one person do not hold up ten seconds of another.
    """

    def __init__(self, max_waiting: int = 64) -> None:
        self.windows_encoded = 0
        self.busy_s = 0.0
        self._recent = _Recent()
        self._max_waiting = max_waiting
        self._changed = threading.Condition()
        self._turns = _Turns()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="inference", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Windows that wait."""
        with self._changed:
            return self._turns.total

    @property
    def windows_per_s(self) -> float:
        """Windows encoded per second of late; 0 when nothing was."""
        with self._changed:
            return self._recent.per_second(time.monotonic())

    @property
    def times_real_time(self) -> float:
        """Seconds of audio that the model encoded per second of its own work, of late; 0 before there was any."""
        with self._changed:
            return self._recent.per_busy_second * WINDOW_S

    def submit(self, encoder: Encoder, samples: Float32, *, job: str = "", owner: str = "") -> Future[Float32]:
        """Encodes up to 480,000 samples (shorter ones are padded with zeros) -> frames [T, D] float32.

        Blocks while as many windows wait as the queue takes, or more of this job than its share of them, which is
        what holds a fast decoder back; a job of which nothing waits is never held back.
        """
        if samples.shape[0] != WINDOW_SAMPLES:
            samples = np.pad(samples, (0, WINDOW_SAMPLES - samples.shape[0]))
        request = _Request(encoder, samples, Future(), owner, job)
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._has_room(request))
            if self._closing:
                request.result.cancel()
            else:
                self._turns.push(request)
                self._changed.notify_all()
        return request.result

    def close(self) -> None:
        """Finishes what is queued and ends the thread. What is submitted later is cancelled."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _has_room(self, request: _Request) -> bool:
        mine = self._turns.waiting(request.owner, request.job)
        if mine == 0:
            return True
        return self._turns.total < self._max_waiting and mine < max(2, self._max_waiting // self._turns.jobs)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._turns.total > 0)
                if self._turns.total == 0:
                    return
                batch = self._take()
                self._changed.notify_all()
            self._encode(batch)
            del batch  # the samples are not kept while there is nothing to do

    def _take(self) -> list[_Request]:
        """The batch that is due. Empty when all that was looked at had been cancelled."""
        batch: list[_Request] = []
        encoder: Encoder | None = None
        while (encoder is None or len(batch) < encoder.max_batch) and (request := self._turns.pop(encoder)):
            # A future that was cancelled while it waited is work whose owner has gone: drop it.
            if request.result.set_running_or_notify_cancel():
                batch.append(request)
                encoder = request.encoder
        return batch

    def _encode(self, batch: list[_Request]) -> None:
        if not batch:
            return
        began_s = time.monotonic()
        try:
            windows = batch[0].window[None] if len(batch) == 1 else np.stack([r.window for r in batch])
            frames = batch[0].encoder.encode_audio(windows)
            if len(frames) != len(batch):
                raise RuntimeError(f"{len(frames)} windows of frames came out of {len(batch)} of sound")
        except BaseException as error:
            # The thread is everybody's and lives on; and of several windows perhaps only one is to blame.
            if len(batch) > 1:
                log.warning("encoding %d windows failed: each is tried alone", len(batch), exc_info=error)
                for request in batch:
                    self._encode([request])
                return
            log.exception("encoding a window failed")
            batch[0].result.set_exception(error)
            return
        now_s = time.monotonic()
        with self._changed:
            self.busy_s += now_s - began_s
            self.windows_encoded += len(batch)
            self._recent.add(now_s, len(batch), now_s - began_s)
        for request, result in zip(batch, frames, strict=True):
            request.result.set_result(result)


class _Recent:
    """Sums that fade: what is `RECENT_S` old counts for e^-1 of what is new."""

    def __init__(self) -> None:
        self._windows = 0.0
        self._busy_s = 0.0
        self._at_s: float | None = None
        self._began_s = 0.0

    def add(self, now_s: float, windows: int, busy_s: float) -> None:
        if self._at_s is None:
            self._began_s = now_s - busy_s
        else:
            fading = math.exp(-(now_s - self._at_s) / RECENT_S)
            self._windows *= fading
            self._busy_s *= fading
        self._at_s = now_s
        self._windows += windows
        self._busy_s += busy_s

    def per_second(self, now_s: float) -> float:
        if self._at_s is None:
            return 0.0
        # The weights of all moments since the beginning sum to this many seconds.
        seconds = RECENT_S * (1.0 - math.exp(-(now_s - self._began_s) / RECENT_S))
        return self._windows * math.exp(-(now_s - self._at_s) / RECENT_S) / max(seconds, 1e-3)

    @property
    def per_busy_second(self) -> float:
        return self._windows / self._busy_s if self._busy_s > 0 else 0.0
