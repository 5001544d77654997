"""What a server does for its recordings unasked: looks after damage, and removes what was kept long enough."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import asdict
from typing import Any

from sonotag.domain import Recording, RecordingState
from sonotag.errors import ConflictError, NotFoundError, SonotagError, StorageError
from sonotag.jobs.clock import RememberedClock
from sonotag.jobs.events import EventLog
from sonotag.jobs.library import Library
from sonotag.store.database import Database, NewEvent
from sonotag.store.disk import Disk
from sonotag.store.files import DataDirectory
from sonotag.store.integrity import Damage, Findings, look_at
from sonotag.store.retention import Keeping, Kept, overdue

log = logging.getLogger(__name__)

ROUND_S = 60.0
"""Between two looks at ages, sizes and room."""

REMEMBER_S = 600.0
"""Between two notes of what time it is."""

CLOSE_S = 5.0

READ_BYTES_PER_S = 50 << 20
"""How fast files are read to be compared: a fraction of what any disk gives, so that nobody notices."""


NOTHING_HEARD: dict[str, Any] = {"windows_done": 0, "samples_done": 0, "frames_done": 0, "derived_sha256": None}


class _ClosingError(Exception):
    """The server stops in the middle of a look at the files."""


class Caretaker:
    """A thread of its own, from `start` to `close`."""

    def __init__(
        self,
        library: Library,
        database: Database,
        data: DataDirectory,
        disk: Disk,
        events: EventLog,
        *,
        keeping: Keeping,
        verify_every_s: float,
    ) -> None:
        """`verify_every_s`: between two comparisons of all files with their checksums; 0 for none."""
        self._library = library
        self._database = database
        self._data = data
        self._disk = disk
        self._events = events
        self.keeping = keeping
        newest = max((one.created_at for one in database.all_recordings()), default=None)
        self._clock = RememberedClock(data.seen, newest)
        self._verify_every_s = verify_every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="care", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            # It may be waiting for a model that never comes.
            self._thread.join(CLOSE_S)
        self._remember()

    def _remember(self) -> None:
        try:
            self._clock.save()
        except OSError as error:
            log.warning("what time it is could not be noted: %s", error)

    def _work(self) -> None:
        verified_s = remembered_s = None
        while True:
            try:
                self._disk.keep_reserve()
                self.remove_overdue()
                now_s = time.monotonic()
                if remembered_s is None or now_s - remembered_s >= REMEMBER_S:
                    self._remember()
                    remembered_s = now_s
                if self._verify_every_s > 0 and (verified_s is None or now_s - verified_s >= self._verify_every_s):
                    self.verify_all()
                    verified_s = now_s
            except _ClosingError:
                return
            except Exception:
                # For instance the disk is full: the next round may do better.
                log.exception("looking after the recordings failed")
            if self._closing.wait(ROUND_S):
                return

    def remove_overdue(self) -> list[str]:
        """Removes what was kept long enough, and returns the ids."""
        if not self.keeping.is_limited:
            return []
        kept = [
            Kept(one.id, one.created_at, self._data.size_of(one.id), one.pinned or one.arriving or one.state.is_active)
            for one in self._database.all_recordings()
        ]
        removed: list[str] = []
        for recording_id in overdue(kept, self.keeping, self._clock.now()):
            try:
                with self._library.changing(recording_id) as recording:
                    spared = recording.pinned or recording.arriving or recording.state.is_active
                if not spared:
                    self._library.delete(recording_id)
                    removed.append(recording_id)
            except (NotFoundError, ConflictError):
                continue  # somebody was faster, or has just begun to work on it
        if removed:
            log.info("removed %d recordings that were kept long enough", len(removed))
        return removed

    def verify_all(self) -> None:
        """Compares every file with its checksum, mends what can be mended, and reports the rest."""
        for recording in self._database.all_recordings():
            self.verify(recording)

    def verify(self, recording: Recording) -> None:
        """Compares the files of one recording, unless it is being worked on."""
        if recording.state.is_active:
            return
        found = look_at(self._data.files_of(recording.id), recording, self._pace)
        if not found.new and found.original is None and not found.derived:
            return
        again = False
        try:
            with self._library.changing(recording.id) as present:
                # What somebody changed meanwhile was not what was looked at; the next round sees it.
                if _looks_the_same(present, recording):
                    again = self._act(present, found)
        except NotFoundError:
            return
        if again:
            self._begin_again(recording.id)

    def _pace(self, count: int) -> None:
        if self._closing.wait(count / READ_BYTES_PER_S):
            raise _ClosingError

    def _act(self, recording: Recording, found: Findings) -> bool:
        """Sets damaged files aside and says so; whether the recording is to be encoded anew."""
        if found.new:
            self._events.commit(recording.id, (), **found.new)
        for damage in (found.original, *found.derived):
            if damage is not None:
                self._set_aside(recording, damage)
        if found.original is not None:
            self._tell_lost(recording, found)
            return False
        if not found.derived:
            return False
        self._events.commit(
            recording.id,
            [("recording", {}), ("state", {"state": RecordingState.QUEUED.value})],
            state=RecordingState.QUEUED,
            **NOTHING_HEARD,
        )
        return True

    def _set_aside(self, recording: Recording, damage: Damage) -> None:
        if not damage.path.exists():
            log.error("recording %s: %s is missing", recording.id, damage.path.name)
            return
        place = self._data.set_aside(recording.id, damage.path)
        log.error("recording %s: %s, set aside as %s: %s", recording.id, damage.path.name, place, damage.words)

    def _tell_lost(self, recording: Recording, found: Findings) -> None:
        """Of a recording whose analysis is whole the scores stay; any other has failed."""
        heard = recording.state is RecordingState.DONE and not found.derived
        problem = StorageError(
            "The stored audio of this recording was damaged and has been set aside.",
            hint="Bring it again to listen to it. What was found in it stays."
            if heard
            else "Bring the recording again.",
            code="original_damaged",
        ).problem
        if heard:
            self._events.commit(recording.id, [("recording", {})], warning=problem)
            return
        events: list[NewEvent] = [("error", asdict(problem)), ("state", {"state": RecordingState.FAILED.value})]
        changes: dict[str, Any] = {"state": RecordingState.FAILED, "problem": problem}
        if found.derived:
            changes |= NOTHING_HEARD
        self._events.commit(recording.id, [("recording", {}), *events], **changes)

    def _begin_again(self, recording_id: str) -> None:
        try:
            self._library.resume_one(recording_id)
        except SonotagError as error:
            # It stays queued, which is what makes the next start take it up.
            log.warning("recording %s is not encoded anew yet: %s", recording_id, error.message)


def _looks_the_same(one: Recording, other: Recording) -> bool:
    return (one.state, one.model_version, one.derived_sha256, one.original_sha256, one.source.size_bytes) == (
        other.state,
        other.model_version,
        other.derived_sha256,
        other.original_sha256,
        other.source.size_bytes,
    )
