"""Uploads in pieces: each grows a recording that can be analysed meanwhile, and goes on after whatever broke it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

from sonotag.domain import Source, SourceKind, Upload
from sonotag.errors import (
    BusyError,
    CancelledError,
    ConflictError,
    InputError,
    MediaError,
    NotFoundError,
    SonotagError,
    StorageError,
    TooLargeError,
)
from sonotag.jobs.clock import CautiousClock, steady_clock_s
from sonotag.jobs.incoming import Incoming
from sonotag.jobs.library import CANCEL_TIMEOUT_S, Library
from sonotag.media.filenames import clean_filename, title_from_filename
from sonotag.store.database import Database
from sonotag.store.disk import Disk
from sonotag.store.uploads import UploadStore, new_upload_id

log = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20
PASS_ON_S = 0.2
"""Bytes are written by the block, but none waits longer for its block to fill: somebody may be listening."""

SYNC_BYTES = 32 << 20
"""Made durable, and noted, at least so often; what came after that is sent again when the server was killed."""

STALL_S = 60.0
"""A piece of which nothing comes for so long is given up; what came of it is kept."""

SILENT_S = 3.0
"""After so long a piece gives way to somebody who asks for the same upload: its connection is probably dead."""

SWEEP_S = 300.0


class Turn:
    """The right to write to an upload, held by one request. All of it happens on the event loop."""

    def __init__(self) -> None:
        self._heard_s = time.monotonic()
        self._coming: asyncio.Task[bytes | None] | None = None
        self._gives_way = False
        self.over = asyncio.Event()

    @property
    def _silent_s(self) -> float:
        return time.monotonic() - self._heard_s

    async def next(self, pieces: AsyncGenerator[bytes]) -> bytes | None:
        """What comes next: None at the end, nothing (`b""`) when that takes longer than PASS_ON_S.

        Raises InputError `upload_stalled`, and what `pieces` raises.
        """
        if self._coming is None:
            self._coming = asyncio.ensure_future(_next_of(pieces))
        await asyncio.wait((self._coming,), timeout=PASS_ON_S)
        if self._coming.done():
            came, self._coming = self._coming, None
            self._heard_s = time.monotonic()
            return came.result()
        if self._gives_way or self._silent_s > STALL_S:
            raise InputError(
                "Nothing more came of this piece of the upload.",
                hint="Ask with HEAD where the upload stands and go on from there.",
                code="upload_stalled",
            )
        return b""

    def give_way(self) -> bool:
        """Ends the wait for bytes if it has been long; says whether the turn will soon be over."""
        if self._coming is None or self._silent_s < SILENT_S:
            return False
        self._gives_way = True
        return True

    async def end(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        self.over.set()


async def _next_of(pieces: AsyncGenerator[bytes]) -> bytes | None:
    return await anext(pieces, None)


class Uploads:
    """All uploads of this server. Methods block, but for those that are coroutines."""

    def __init__(
        self,
        store: UploadStore,
        database: Database,
        library: Library,
        disk: Disk,
        *,
        max_bytes: int,
        max_open: int,
        expiry_s: float,
    ) -> None:
        self._store = store
        self._database = database
        self._library = library
        self._disk = disk
        self.max_bytes = max_bytes
        self._max_open = max_open
        self._expiry = timedelta(seconds=expiry_s)
        self._clock = CautiousClock()
        self._heard_s: dict[str, float] = {}
        self._turns: dict[str, Turn] = {}
        # Two requests at once must not both find room for the last upload.
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._sweeper: threading.Thread | None = None

    def create(self, length_bytes: int, filename: str, metadata: str, owner: str) -> Upload:
        """A new upload and its recording, both of `owner`, to which nothing has been written yet.

        Raises, before any byte is taken: MediaError `empty_file`, TooLargeError, BusyError when as many are
        unfinished as may be, StorageError `disk_full` when it would not fit beside what others may still send.
        """
        if length_bytes == 0:
            raise MediaError(
                "The file is empty (0 bytes).",
                hint="Check that the recording was saved completely and choose it again.",
                code="empty_file",
            )
        if length_bytes > self.max_bytes:
            raise TooLargeError(
                f"The file is larger than this server takes ({_size(self.max_bytes)}).",
                hint="Compress it (MP3 or OGG are a tenth of WAV) or cut it into shorter pieces.",
            )
        with self._lock:
            self._ensure_room(length_bytes)
            name = clean_filename(filename)
            source = Source(SourceKind.UPLOAD, name, "application/octet-stream", 0, playable=False)
            incoming = self._library.receive(title_from_filename(name), source, owner, expected_bytes=length_bytes)
            now = self._clock.now()
            upload = Upload(
                new_upload_id(), incoming.recording_id, length_bytes, 0, metadata, now, now + self._expiry, owner
            )
            try:
                self._store.add(upload)
            except BaseException:
                self._library.delete(incoming.recording_id)
                raise
        self._heard_s[upload.id] = steady_clock_s()
        return upload

    def _ensure_room(self, length_bytes: int) -> None:
        if self._store.open_count() >= self._max_open:
            raise BusyError(
                "As many uploads are unfinished as this server takes.",
                hint="Try again when one has ended.",
                retry_after_s=30,
            )
        try:
            self._disk.ensure_room(length_bytes + self._store.missing_bytes())
        except StorageError as error:
            raise StorageError(
                f"There is not enough room for {_size(length_bytes)} on the server's disk.",
                hint="Delete recordings that are no longer needed, or tell the operator.",
                code=error.code,
                details=error.details,
            ) from error

    def _has_expired(self, upload: Upload) -> bool:
        # One that this process has heard of lately has not, whatever the wall clock said then or says now.
        silent_s = steady_clock_s() - self._heard_s.get(upload.id, -math.inf)
        return upload.expires_at <= self._clock.now() and silent_s >= self._expiry.total_seconds()

    def get(self, upload_id: str) -> Upload:
        """Where the upload stands. Raises NotFoundError; its code is `upload_gone` when it can never go on."""
        upload = self._store.get(upload_id)
        if not upload.is_complete:
            if self._has_expired(upload):
                raise _gone("This upload waited too long for its next piece.")
            if not self._database.recording(upload.recording_id).arriving:
                raise _gone("This upload was cancelled.")
        return upload

    async def settled(self, upload_id: str) -> Upload:
        """As `get`, once a request that writes to the upload but has fallen silent has been ended."""
        turn = self._turns.get(upload_id)
        if turn is not None and turn.give_way():
            await turn.over.wait()
        return await asyncio.to_thread(self.get, upload_id)

    @contextlib.asynccontextmanager
    async def turn(self, upload_id: str) -> AsyncGenerator[Turn]:
        """The right to write. Raises ConflictError `upload_locked` while another request has it."""
        await self.settled(upload_id)
        if upload_id in self._turns:
            raise ConflictError(
                "Another request is writing to this upload.", hint="Try again in a moment.", code="upload_locked"
            )
        turn = self._turns[upload_id] = Turn()
        try:
            yield turn
        finally:
            del self._turns[upload_id]
            await asyncio.shield(turn.end())

    async def append(self, upload: Upload, pieces: AsyncGenerator[bytes], most_bytes: int, turn: Turn) -> Upload:
        """Writes what comes, at most `most_bytes`, and returns where the upload stands then.

        With the last byte the recording is whole. What came is kept and made durable whatever ends this: raises
        what `pieces` raises, TooLargeError for more bytes than that, InputError `upload_stalled`, NotFoundError
        `upload_gone`, StorageError, and MediaError when the finished file is not audio.
        """
        if upload.is_complete:
            await _ensure_nothing_comes(upload, pieces, turn)
            return upload
        incoming = self._library.incoming(upload.recording_id)
        if incoming is None:
            raise await self._why_ended(upload)
        try:
            await self._copy(incoming, upload, pieces, most_bytes, turn)
        except CancelledError as error:
            raise await self._why_ended(upload) from error
        finally:
            # Shielded: what came is made durable even when this request is ended from outside.
            upload = await asyncio.shield(asyncio.to_thread(self._settle, upload, incoming))
        return upload

    async def _copy(
        self, incoming: Incoming, upload: Upload, pieces: AsyncGenerator[bytes], most_bytes: int, turn: Turn
    ) -> None:
        pending = bytearray()
        taken = unsynced = 0
        passed_on_s = time.monotonic()
        try:
            while (data := await turn.next(pieces)) is not None:
                room = most_bytes - taken
                pending += data[:room]
                taken += min(len(data), room)
                if len(data) > room:
                    raise too_many_bytes(upload)
                late = not data or time.monotonic() - passed_on_s >= PASS_ON_S
                if len(pending) >= BLOCK_BYTES or (pending and late):
                    block, pending = pending, bytearray()
                    unsynced += len(block)
                    await asyncio.to_thread(incoming.write, block)
                    passed_on_s = time.monotonic()
                if unsynced >= SYNC_BYTES:
                    unsynced = 0
                    await asyncio.to_thread(self._note, upload, incoming)
        finally:
            if pending:
                await asyncio.shield(asyncio.to_thread(incoming.write, pending))

    def _note(self, upload: Upload, incoming: Incoming) -> Upload:
        """Makes durable what was written and notes how much that is."""
        offset_bytes = incoming.growing.sync()
        expires_at = self._clock.now() + self._expiry
        self._heard_s[upload.id] = steady_clock_s()
        self._store.note(upload.id, offset_bytes, expires_at)
        return replace(upload, offset_bytes=offset_bytes, expires_at=expires_at)

    def _settle(self, upload: Upload, incoming: Incoming) -> Upload:
        upload = self._note(upload, incoming)
        if upload.is_complete:
            incoming.finish()
        return upload

    async def _why_ended(self, upload: Upload) -> SonotagError:
        """Why nothing can be written any more: cancelled or deleted, or else the server is about to stop."""
        deadline_s = time.monotonic() + CANCEL_TIMEOUT_S
        while time.monotonic() < deadline_s:
            try:
                await asyncio.to_thread(self.get, upload.id)
            except NotFoundError as error:
                return error
            # Whoever cancels ends the writing first, then the analysis, and notes it when both have stopped.
            await asyncio.sleep(0.1)
        return StorageError(
            "The server is restarting.", hint="The upload goes on when it is back.", code="shutting_down"
        )

    def terminate(self, upload_id: str) -> None:
        """Ends the upload and removes what came; of one that is complete only the upload is forgotten.

        Raises NotFoundError.
        """
        upload = self._store.get(upload_id)
        self._store.remove(upload_id)
        self._heard_s.pop(upload_id, None)
        if self._database.recording(upload.recording_id).arriving:
            self._library.delete(upload.recording_id)

    def restore(self) -> None:
        """Takes up what an earlier run left unfinished. For the start of the server, before jobs are resumed."""
        self._forget_unannounced()
        self.expire()
        for upload in self._store.all():
            recording = self._database.recording(upload.recording_id)
            if not recording.arriving:
                continue
            try:
                incoming = self._library.receive_again(recording, upload.offset_bytes)
                if upload.is_complete:  # the end came between the last byte and the look at the file
                    incoming.finish()
            except SonotagError as error:
                log.warning("upload of recording %s: %s %s", recording.id, error.message, error.details)

    def _forget_unannounced(self) -> None:
        """Removes recordings of uploads that were being announced: nothing had come, and nobody knows their id."""
        announced = {upload.recording_id for upload in self._store.all()}
        for recording in self._library.arriving_uploads():
            if recording.id not in announced and recording.source.size_bytes == 0:
                self._library.delete(recording.id)

    def expire(self) -> None:
        """Removes uploads whose time is over, with the recordings that they did not complete."""
        for upload in self._store.all():
            if not self._has_expired(upload) or upload.id in self._turns:
                continue
            try:
                self.terminate(upload.id)
            except SonotagError as error:
                log.warning("expired upload of recording %s: %s", upload.recording_id, error.message)

    def start(self) -> None:
        """Looks for expired uploads from time to time, in a thread of its own, until `close`."""
        self._sweeper = threading.Thread(target=self._sweep, name="uploads", daemon=True)
        self._sweeper.start()

    def _sweep(self) -> None:
        while not self._closing.wait(SWEEP_S):
            try:
                self.expire()
            except Exception:
                # For instance the disk is full: the next round may do better.
                log.exception("expired uploads were not removed")

    def close(self) -> None:
        self._closing.set()
        if self._sweeper is not None:
            self._sweeper.join()


async def _ensure_nothing_comes(upload: Upload, pieces: AsyncGenerator[bytes], turn: Turn) -> None:
    """For a piece at the end of a finished upload: it may only be empty. Raises TooLargeError."""
    while (data := await turn.next(pieces)) is not None:
        if data:
            raise too_many_bytes(upload)


def too_many_bytes(upload: Upload) -> TooLargeError:
    return TooLargeError(
        f"More bytes were sent than the {upload.length_bytes} that were announced.",
        hint="Has the file changed meanwhile? Start the upload again.",
    )


def _gone(message: str) -> NotFoundError:
    return NotFoundError(message, hint="Start the upload again.", code="upload_gone")


def _size(count: int) -> str:
    return f"{count / 1e9:.3g} GB" if count >= 1e9 else f"{count / 1e6:.3g} MB"
