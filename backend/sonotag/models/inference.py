"""The one thread that runs a model on audio, with micro-batches made of whatever is waiting."""

from __future__ import annotations

import logging
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from sonotag.domain import WINDOW_SAMPLES, Float32
from sonotag.models.encoder import Encoder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Request:
    encoder: Encoder
    window: Float32
    result: Future[Float32]


class InferenceWorker:
    """Encodes windows in one thread, for all jobs and models.

    A window is encoded as soon as the thread is free, together with those waiting behind it for the same encoder,
    up to that encoder's `max_batch`: the first window of a recording never waits for company.
    """

    def __init__(self, max_waiting: int = 64) -> None:
        self.windows_encoded = 0
        self.busy_s = 0.0
        self._requests: queue.Queue[_Request | None] = queue.Queue(max_waiting)
        self._thread = threading.Thread(target=self._run, name="inference", daemon=True)
        self._thread.start()

    def submit(self, encoder: Encoder, samples: Float32) -> Future[Float32]:
        """Encodes up to 480,000 samples (shorter ones are padded with zeros) -> frames [T, D] float32.

        Blocks while the queue is full, which is what holds a fast decoder back.
        """
        if samples.shape[0] != WINDOW_SAMPLES:
            samples = np.pad(samples, (0, WINDOW_SAMPLES - samples.shape[0]))
        request = _Request(encoder, samples, Future())
        self._requests.put(request)
        return request.result

    def close(self) -> None:
        """Finishes what is queued and ends the thread."""
        self._requests.put(None)
        self._thread.join()

    def _run(self) -> None:
        held: _Request | None = None
        ending = False
        while True:
            first = held or (None if ending else self._requests.get())
            held = None
            if first is None:
                return
            batch = [first]
            while len(batch) < first.encoder.max_batch and not ending:
                try:
                    following = self._requests.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    ending = True
                elif following.encoder is first.encoder:
                    batch.append(following)
                else:
                    held = following
                    break
            self._encode(batch)

    def _encode(self, batch: list[_Request]) -> None:
        # A future that was cancelled while it waited is work whose owner has gone: drop it.
        wanted = [request for request in batch if request.result.set_running_or_notify_cancel()]
        if not wanted:
            return
        began_s = time.monotonic()
        try:
            windows = wanted[0].window[None] if len(wanted) == 1 else np.stack([r.window for r in wanted])
            frames = wanted[0].encoder.encode_audio(windows)
        except BaseException as error:
            log.exception("encoding %d windows failed", len(wanted))
            for request in wanted:
                request.result.set_exception(error)
            return
        self.busy_s += time.monotonic() - began_s
        self.windows_encoded += len(wanted)
        for request, result in zip(wanted, frames, strict=True):
            request.result.set_result(result)
