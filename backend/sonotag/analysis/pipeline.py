"""Decoded audio -> encoded windows, composed as a stream: decoding, encoding and storing overlap.

Nothing here knows files, databases or sockets; the caller stores what is yielded.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis.windows import frames_in
from sonotag.domain import Float32

STORED_LATE = 12
"""Windows that may wait to be stored, and again as many on their way there. Theirs are frames and pictures only."""


def windows_in_hand(max_batch: int) -> int:
    """How many windows' samples (1.9 MB each) are held for an encoder that takes up to `max_batch` at once: those that
    it works on, as many that wait, and the one that is being decoded.

    More would hold more memory and win nothing: whoever is slower, decoder or encoder, sets the pace.
    """
    return 2 * max_batch + 1


@dataclass(frozen=True, slots=True)
class EncodedWindow:
    """One window with everything that is stored of it. `samples` <= 480,000 is the length of its audio.

    frames float16 [T, D]; pictures: what the caller's `draw` made of the samples (waveform, spectrogram).
    """

    index: int
    samples: int
    frames: NDArray[np.float16]
    pictures: tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class _Pending:
    samples: int
    frames: Future[Float32]
    pictures: tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def encode_windows(
    windows: Iterable[Float32],
    encode: Callable[[Float32], Future[Float32]],
    draw: Callable[[Float32], tuple[NDArray[Any], ...]],
    *,
    frames_per_window: int,
    first_window: int = 0,
    in_hand: int = windows_in_hand(1),
) -> Generator[list[EncodedWindow]]:
    """Encodes `windows` (float32 [<= 480000], all but the last full) in order, holding samples of at most `in_hand`.

    Yields the windows that became ready together, at least one. Frames that lie wholly in the padding of the last
    window are cut away. An exception of `windows` or `encode` is raised after the windows before it were yielded.
    The consumer ends the iteration early by closing the generator; `windows` must then stop on its own (a decoder
    does when it is cancelled), because reading it goes on in another thread.
    """
    ready: queue.Queue[_Pending | _End] = queue.Queue(STORED_LATE)
    stopped = threading.Event()
    free = threading.Semaphore(in_hand)

    def read() -> None:
        error: BaseException | None = None
        try:
            source = iter(windows)
            while free.acquire() and not stopped.is_set() and (samples := next(source, None)) is not None:
                frames = encode(samples)
                frames.add_done_callback(lambda _: free.release())
                pending = _Pending(samples.shape[0], frames, draw(samples))
                del samples  # not while the next one is waited for
                if not _put(ready, pending, stopped):
                    frames.cancel()
                    return
        except BaseException as raised:
            error = raised
        _put(ready, _End(error), stopped)

    reader = threading.Thread(target=read, name="decode", daemon=True)
    reader.start()
    waiting: deque[_Pending] = deque()
    end: _End | None = None
    index = first_window
    try:
        while True:
            while end is None and len(waiting) < STORED_LATE:
                try:
                    entry = ready.get(block=not waiting)
                except queue.Empty:
                    break
                if isinstance(entry, _End):
                    end = entry
                else:
                    waiting.append(entry)
            if not waiting:
                break
            group = [_finish(waiting.popleft(), index, frames_per_window)]
            while waiting and waiting[0].frames.done():
                group.append(_finish(waiting.popleft(), index + len(group), frames_per_window))
            index += len(group)
            yield group
        if end is not None and end.error is not None:
            raise end.error
    finally:
        stopped.set()
        free.release()
        # Windows that nobody waits for any more are not encoded; nor does the reader wait for their turn.
        for pending in (*waiting, *_drained(ready)):
            pending.frames.cancel()
        reader.join()
        for pending in _drained(ready):
            pending.frames.cancel()


def _finish(pending: _Pending, index: int, frames_per_window: int) -> EncodedWindow:
    frames = pending.frames.result()[: frames_in(pending.samples, frames_per_window)]
    return EncodedWindow(index, pending.samples, frames.astype(np.float16), pending.pictures)


def _drained(ready: queue.Queue[_Pending | _End]) -> list[_Pending]:
    entries: list[_Pending | _End] = []
    with contextlib.suppress(queue.Empty):
        while True:
            entries.append(ready.get_nowait())
    return [entry for entry in entries if isinstance(entry, _Pending)]


def _put(ready: queue.Queue[_Pending | _End], entry: _Pending | _End, stopped: threading.Event) -> bool:
    """Waits for room unless the consumer has gone; says whether the entry was taken."""
    while not stopped.is_set():
        try:
            ready.put(entry, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
