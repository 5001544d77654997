"""Recordings whose bytes are still arriving: the writing side, and what their viewers are told of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sonotag.analysis.windows import estimated_windows
from sonotag.domain import MediaInfo, Recording, RecordingState
from sonotag.errors import CancelledError, ConflictError, NotFoundError, SonotagError
from sonotag.jobs.events import EventLog
from sonotag.media.growing import GrowingFile
from sonotag.media.playback import is_browser_playable, media_type_of

log = logging.getLogger(__name__)

PROGRESS_INTERVAL_S = 0.25
RATE_WINDOW_S = 5.0
"""The rate told is that of about the last so many seconds."""


class Incoming:
    """One recording's bytes on their way. One writer at a time; `stop` may be called from any thread."""

    def __init__(
        self,
        recording: Recording,
        growing: GrowingFile,
        events: EventLog,
        probe: Callable[[Path], MediaInfo],
        ended: Callable[[str], None],
    ) -> None:
        """`probe` tells what a finished file is; `ended` is called once nothing more will come."""
        self.recording_id = recording.id
        self.growing = growing
        self.stopped = threading.Event()
        self.on_stop: Callable[[], None] | None = None
        """What ends the writer when somebody cancels or deletes the recording."""
        self._expected = recording.expected_bytes
        self._events = events
        self._probe = probe
        self._ended = ended
        self._lock = threading.Lock()
        self._told_s = 0.0
        self._told_bytes: int = growing.size_bytes
        self._rate = _Rate()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Adds bytes; none, to tell of the last ones while nothing comes.

        Raises StorageError, and CancelledError once it was stopped.
        """
        if self.growing.error is not None:
            raise self.growing.error
        self.growing.append(data)
        now_s = time.monotonic()
        self._rate.add(now_s, len(data))
        size = self.growing.size_bytes
        if now_s - self._told_s >= PROGRESS_INTERVAL_S and size != self._told_bytes:
            self._told_s, self._told_bytes = now_s, size
            self._commit([("progress", self._progress())], source_size_bytes=self.growing.size_bytes)

    def describe(self, **changes: Any) -> None:
        """Notes what has become known: `title`, `duration_s`, `expected_bytes`, `link`."""
        self._expected = changes.get("expected_bytes", self._expected)
        if "duration_s" in changes:
            changes["windows_total"] = estimated_windows(changes["duration_s"])
        self._commit([("recording", {})], **changes)

    def finish(self) -> Recording:
        """All bytes are here: makes them durable, looks what they are. Raises StorageError, MediaError.

        A file that nothing can be heard in ends the recording as failed, unless its analysis has already said so.
        """
        sha256 = self.growing.finish()
        changes: dict[str, Any] = {
            "original_sha256": sha256,
            "arriving": False,
            "source_size_bytes": self.growing.size_bytes,
            "expected_bytes": self.growing.size_bytes,
        }
        error: SonotagError | None = None
        claimed_s: float | None = None
        try:
            info = self._probe(self.growing.path)
            claimed_s = info.duration_s
            changes |= {"source_media_type": media_type_of(info), "source_playable": is_browser_playable(info)}
        except SonotagError as failure:
            error = failure
        with self._lock:
            recording = self._events.commit(self.recording_id)
            if claimed_s is not None and recording.duration_s is None:
                changes |= {"duration_s": claimed_s, "windows_total": estimated_windows(claimed_s)}
            recording = self._end(changes, error)
        if error is not None:
            raise error
        return recording

    def fail(self, error: SonotagError) -> None:
        """No more bytes come. What was heard of those that did stays."""
        self.growing.fail(error)
        with self._lock:
            try:
                self._end({"arriving": False, "source_size_bytes": self.growing.size_bytes}, error)
            except NotFoundError:
                self._ended(self.recording_id)  # deleted meanwhile: nobody is left to tell

    def stop(self) -> None:
        """Ends the writing because nobody wants the recording any more; changes nothing in the database."""
        self.growing.fail(CancelledError("The work on this recording was cancelled."))
        self.stopped.set()
        if self.on_stop is not None:
            self.on_stop()
        self._ended(self.recording_id)

    def _end(self, changes: dict[str, Any], error: SonotagError | None) -> Recording:
        self._ended(self.recording_id)
        told: list[tuple[str, dict[str, Any]]] = [("recording", {})]
        ending: dict[str, Any] = {"state": RecordingState.STORED}
        events = list(told)
        if error is not None:
            ending = {"state": RecordingState.FAILED, "problem": error.problem}
            events.append(("error", asdict(error.problem)))
        events.append(("state", {"state": ending["state"].value}))
        try:
            return self._events.commit(self.recording_id, events, while_in=RecordingState.FETCHING, **changes, **ending)
        except ConflictError:
            # With an analysis under way the state is its to tell: it hears of the end, and of the error, by itself.
            return self._events.commit(self.recording_id, told, **changes)

    def _commit(self, events: list[tuple[str, dict[str, Any]]], **changes: Any) -> None:
        try:
            self._events.commit(self.recording_id, events, **changes)
        except NotFoundError:
            log.debug("recording %s was deleted while it arrived", self.recording_id)

    def _progress(self) -> dict[str, Any]:
        done, rate = self.growing.size_bytes, self._rate.bytes_per_s
        total = self._expected if self._expected is not None and self._expected >= done else None
        return {
            "stage": RecordingState.FETCHING.value,
            "done": done,
            "total": total,
            "unit": "bytes",
            "eta_s": None if total is None or rate <= 0 else round((total - done) / rate, 2),
            "bytes_per_s": round(rate, 1),
        }


class _Rate:
    """Bytes a second over about the last `RATE_WINDOW_S`."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._bytes = 0.0
        self._last_s = 0.0

    def add(self, now_s: float, count: int) -> None:
        if self._began_s is None:
            self._began_s = self._last_s = now_s
        span_s = now_s - self._began_s
        if span_s > RATE_WINDOW_S:
            # Forget as much as keeps the average's span at the window's length.
            self._bytes *= RATE_WINDOW_S / span_s
            self._began_s = now_s - RATE_WINDOW_S
        self._bytes += count
        self._last_s = now_s

    @property
    def bytes_per_s(self) -> float:
        if self._began_s is None:
            return 0.0
        return self._bytes / max(self._last_s - self._began_s, PROGRESS_INTERVAL_S)


class Arrivals:
    """The recordings that are arriving in this process."""

    def __init__(self, events: EventLog, probe: Callable[[Path], MediaInfo]) -> None:
        self._events = events
        self._probe = probe
        self._lock = threading.Lock()
        self._incoming: dict[str, Incoming] = {}

    def open(self, recording: Recording, original: Path, *, size_bytes: int = 0) -> Incoming:
        """Begins, or goes on after `size_bytes`, to receive `recording`. Raises StorageError."""
        growing = GrowingFile(original, size_bytes=size_bytes)
        incoming = Incoming(recording, growing, self._events, self._probe, self._forget)
        with self._lock:
            self._incoming[recording.id] = incoming
        return incoming

    def get(self, recording_id: str) -> Incoming | None:
        with self._lock:
            return self._incoming.get(recording_id)

    def close(self) -> None:
        """Lets go of everything without a word to the database: what can go on does so at the next start."""
        with self._lock:
            everything = list(self._incoming.values())
        for incoming in everything:
            incoming.stop()

    def _forget(self, recording_id: str) -> None:
        with self._lock:
            self._incoming.pop(recording_id, None)
