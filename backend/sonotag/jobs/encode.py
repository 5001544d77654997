"""The job that encodes one recording: decode, encode, store, tell. Runs in a job thread; can be resumed."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis.pipeline import EncodedWindow, encode_windows, windows_in_hand
from sonotag.analysis.windows import estimated_windows, rows_in, windows_in
from sonotag.domain import SAMPLE_RATE_HZ, WINDOW_SAMPLES, Float32, Recording, RecordingState
from sonotag.errors import CancelledError, MediaError, SonotagError, StorageError
from sonotag.jobs.events import EventLog
from sonotag.media.decode import Decoder, DecodeStream
from sonotag.media.growing import GrowingFile, can_stream
from sonotag.media.spectrogram import COLUMNS_PER_SECOND, MEL_BANDS, columns_of
from sonotag.media.waveform import PEAKS_PER_SECOND, peaks_of
from sonotag.models.encoder import Encoder
from sonotag.models.inference import InferenceWorker
from sonotag.store.arrays import ArrayAppender
from sonotag.store.database import NewEvent
from sonotag.store.disk import Disk, is_disk_full
from sonotag.store.files import (
    FRAMES_DTYPE,
    PEAKS_DTYPE,
    PEAKS_ROW,
    SPECTROGRAM_DTYPE,
    DataDirectory,
    RecordingFiles,
    remove_stale_frames,
)
from sonotag.store.integrity import checksums

log = logging.getLogger(__name__)

PROGRESS_INTERVAL_S = 0.25
"""Progress is told at most this often: more would only be merged away again."""


@dataclass(frozen=True, slots=True)
class EncodeTools:
    """What every encode job works with."""

    data: DataDirectory
    disk: Disk
    events: EventLog
    decoder: Decoder
    inference: InferenceWorker


class EncodeJob:
    """Encodes one recording with one encoder. `run` is called once, in a job thread; `cancel` from any."""

    def __init__(
        self, tools: EncodeTools, recording: Recording, encoder: Encoder, growing: GrowingFile | None = None
    ) -> None:
        """`growing`: the recording's original while it is still arriving."""
        self.id = f"job_{secrets.token_hex(6)}"
        self.recording_id = recording.id
        # What was there before recordings had owners takes turns by itself.
        self.owner = recording.owner or recording.id
        self.arriving = growing is not None
        self._growing = growing
        self._tools = tools
        self._recording = recording
        self._encoder = encoder
        self._stream: DecodeStream | None = None
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._suspended = False

    @property
    def remaining_s(self) -> float | None:
        """Seconds of audio left, as far as is known."""
        recording = self._recording
        if recording.duration_s is None:
            return None
        return max(0.0, recording.duration_s - recording.samples_done / SAMPLE_RATE_HZ)

    def cancel(self, *, suspend: bool = False, at_once: bool = False) -> None:
        """Stops the work at once. With `suspend` the recording stays unfinished, to be resumed at the next start.

        Windows that a suspended job has in hand are still encoded and stored, unless that too must stop `at_once`.
        """
        with self._lock:
            self._suspended = self._suspended or suspend
            if self._stream is not None:
                self._stream.cancel()
            if self._stream is None or not suspend or at_once:
                self._cancelled.set()

    def run(self) -> None:
        """Works until the recording is done, failed or cancelled; never raises for what a recording can cause.

        Where the disk is full it pauses, and goes on at the first missing window once there is room.
        """
        try:
            while not self._worked():
                self._recording = self._tools.events.commit(self.recording_id)
        except CancelledError:
            self._end_cancelled()
        except SonotagError as error:
            log.warning("recording %s failed: %s %s", self.recording_id, error.code, error.details)
            self._end_failed(error)
        except Exception as error:
            log.exception("recording %s failed unexpectedly", self.recording_id)
            self._end_failed(
                SonotagError(
                    "The analysis stopped because of an error in the server.",
                    hint="Try again. If it happens again, the server's log has the reason.",
                    details=repr(error),
                )
            )

    def _worked(self) -> bool:
        """Works to the end, or until the disk has been full and has room again: then there is more to do."""
        try:
            self._begin()
            self._encode()
        except StorageError as error:
            if not is_disk_full(error):
                raise
            self._pause(error)
            return False
        return True

    def _pause(self, error: StorageError) -> None:
        log.warning("recording %s is paused: %s", self.recording_id, error.details)
        problem = StorageError(
            "The server's disk is full, so the analysis is paused.",
            hint="It goes on by itself when there is room. Deleting recordings makes some.",
            code=error.code,
        ).problem
        events: list[NewEvent] = [("error", asdict(problem)), ("state", {"state": RecordingState.PAUSED.value})]
        try:
            self._tools.events.commit(self.recording_id, events, state=RecordingState.PAUSED, problem=problem)
        except StorageError:
            # Not even room for these words; what was reserved for such a moment takes them.
            self._tools.disk.release_reserve()
            self._tools.events.commit(self.recording_id, events, state=RecordingState.PAUSED, problem=problem)
        if not self._tools.disk.wait_for_room(self._cancelled):
            raise CancelledError("The analysis was cancelled.")
        self._tools.disk.keep_reserve()
        log.info("recording %s goes on", self.recording_id)

    def _begin(self) -> None:
        """Marks the recording as being analysed; what another model or version left is cut away first."""
        self._raise_if_cancelled()
        encoder, recording = self._encoder, self._recording
        events: list[NewEvent] = [("state", {"state": RecordingState.ANALYZING.value})]
        changes: dict[str, Any] = {
            "state": RecordingState.ANALYZING,
            "problem": None,
            "warning": None,
            "derived_sha256": None,
        }
        if (recording.model, recording.model_version) != (encoder.name, encoder.version):
            changes |= {
                "model": encoder.name,
                "model_version": encoder.version,
                "seconds_per_frame": encoder.seconds_per_frame,
                "windows_done": 0,
                "samples_done": 0,
                "frames_done": 0,
            }
            body = {
                "name": encoder.name,
                "version": encoder.version,
                "seconds_per_frame": encoder.seconds_per_frame,
            }
            events.append(("model", body))
        if recording.duration_s is None and self._growing is None:
            info = self._tools.decoder.probe(self._files.original)
            changes |= {"duration_s": info.duration_s, "windows_total": estimated_windows(info.duration_s)}
        self._recording = self._tools.events.commit(self.recording_id, events, **changes)
        remove_stale_frames(self._files, self._recording)

    @property
    def _files(self) -> RecordingFiles:
        return self._tools.data.files_of(self.recording_id)

    def _encode(self) -> None:
        growing = self._growing
        if growing is None or growing.is_complete:
            self._encode_from(self._files.original)
        elif can_stream(growing, self._cancelled):
            try:
                self._encode_from(growing)
            except MediaError:
                # Some files open only when they are whole. One that has already been heard in part is not among them.
                if growing.error is not None or self._recording.windows_done > 0:
                    raise
                self._encode_when_whole(growing)
        else:
            self._encode_when_whole(growing)

    def _encode_when_whole(self, growing: GrowingFile) -> None:
        while not growing.wait_end(0.2):
            self._raise_if_cancelled()
        if growing.error is not None:
            raise growing.error
        self._encode_from(self._files.original)

    def _encode_from(self, source: Path | GrowingFile) -> None:
        first_window = self._recording.windows_done
        stream = self._tools.decoder.open(source, skip_samples=first_window * WINDOW_SAMPLES)
        with stream:
            with self._lock:
                self._stream = stream
            self._raise_if_cancelled()
            # Whoever fetches it may have told its length since the job was made, and knows better than the file.
            self._recording = self._tools.events.commit(self.recording_id)
            if self._recording.duration_s is None:
                self._note_claim(stream)
            groups = encode_windows(
                stream,
                lambda samples: self._tools.inference.submit(
                    self._encoder, samples, job=self.recording_id, owner=self.owner
                ),
                _draw,
                frames_per_window=self._encoder.frames_per_window,
                first_window=first_window,
                in_hand=windows_in_hand(self._encoder.max_batch),
            )
            with contextlib.ExitStack() as stack:
                # The generator's reader thread reads the stream: kill the decoder before waiting for that thread.
                stack.callback(groups.close)
                stack.callback(stream.cancel)
                writer = stack.enter_context(_WindowWriter(self._files, self._recording, self._encoder))
                disk = self._tools.disk
                teller = _Teller(self._tools.events, self._recording)
                for group in groups:
                    self._raise_if_cancelled()
                    disk.ensure_room()
                    writer.store(group)
                    self._recording = teller.tell(group)
                self._raise_if_cancelled()
            self._end_done(stream)

    def _note_claim(self, stream: DecodeStream) -> None:
        """What a file that was not probed says of its length, for the progress."""
        claimed_s = stream.info.duration_s
        if claimed_s is not None:
            self._recording = self._tools.events.commit(
                self.recording_id,
                [("recording", {})],
                duration_s=claimed_s,
                windows_total=estimated_windows(claimed_s),
            )

    def _raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError("The analysis was cancelled.")

    def _end_done(self, stream: DecodeStream) -> None:
        recording = self._recording
        changes: dict[str, Any] = {
            "state": RecordingState.DONE,
            "duration_s": recording.samples_done / SAMPLE_RATE_HZ,
            "duration_exact": True,
            "windows_total": windows_in(recording.samples_done),
            "warning": stream.warning,
            "derived_sha256": checksums(self._files, recording),
        }
        events: list[NewEvent] = [("recording", {}), ("state", {"state": RecordingState.DONE.value})]
        self._tools.events.commit(self.recording_id, events, **changes)

    def _end_cancelled(self) -> None:
        if self._suspended:
            return  # stays unfinished in the database, which is what makes the next start resume it
        self._tools.events.commit(
            self.recording_id,
            [("state", {"state": RecordingState.CANCELLED.value})],
            state=RecordingState.CANCELLED,
        )

    def _end_failed(self, error: SonotagError) -> None:
        problem = error.problem
        body = asdict(problem)
        self._tools.events.commit(
            self.recording_id,
            [("error", body), ("state", {"state": RecordingState.FAILED.value})],
            state=RecordingState.FAILED,
            problem=problem,
        )


def _draw(samples: Float32) -> tuple[NDArray[np.int8], NDArray[np.uint8]]:
    return peaks_of(samples), columns_of(samples)


class _WindowWriter(contextlib.ExitStack):
    """Appends windows to the recording's files and makes them durable before anybody hears of them."""

    def __init__(self, files: RecordingFiles, recording: Recording, encoder: Encoder) -> None:
        super().__init__()
        samples = recording.samples_done
        frames_path = files.frames(encoder.name, encoder.version)
        self._frames = self.enter_context(
            ArrayAppender(frames_path, FRAMES_DTYPE, (encoder.dimension,), recording.frames_done)
        )
        self._peaks = self.enter_context(
            ArrayAppender(files.peaks, PEAKS_DTYPE, PEAKS_ROW, rows_in(samples, PEAKS_PER_SECOND))
        )
        self._spectrogram = self.enter_context(
            ArrayAppender(files.spectrogram, SPECTROGRAM_DTYPE, (MEL_BANDS,), rows_in(samples, COLUMNS_PER_SECOND))
        )

    def store(self, group: list[EncodedWindow]) -> None:
        for window in group:
            self._frames.append(window.frames)
            self._peaks.append(window.pictures[0])
            self._spectrogram.append(window.pictures[1])
        for array in (self._frames, self._peaks, self._spectrogram):
            array.sync()


class _Teller:
    """Counts stored windows in the database and tells viewers of them and of the progress."""

    def __init__(self, events: EventLog, recording: Recording) -> None:
        self._events = events
        self._recording = recording
        self._began_s = time.monotonic()
        self._began_samples = recording.samples_done
        self._told_s = 0.0

    def tell(self, group: list[EncodedWindow]) -> Recording:
        recording = self._recording
        frames_done, samples_done = recording.frames_done, recording.samples_done
        events: list[NewEvent] = []
        for window in group:
            body = {
                "index": window.index,
                "first_frame": frames_done,
                "frames": window.frames.shape[0],
                "start_s": samples_done / SAMPLE_RATE_HZ,
                "end_s": (samples_done + window.samples) / SAMPLE_RATE_HZ,
            }
            events.append(("window", body))
            frames_done += window.frames.shape[0]
            samples_done += window.samples
        changes: dict[str, Any] = {
            "windows_done": group[-1].index + 1,
            "samples_done": samples_done,
            "frames_done": frames_done,
        }
        now_s = time.monotonic()
        if now_s - self._told_s >= PROGRESS_INTERVAL_S:
            self._told_s = now_s
            events.append(("progress", self._progress(samples_done, recording.duration_s, now_s)))
        self._recording = self._events.commit(recording.id, events, **changes)
        return self._recording

    def _progress(self, samples_done: int, total_s: float | None, now_s: float) -> dict[str, object]:
        done_s = samples_done / SAMPLE_RATE_HZ
        elapsed_s = max(now_s - self._began_s, 1e-3)
        times_real_time = (samples_done - self._began_samples) / SAMPLE_RATE_HZ / elapsed_s
        # A claim may be wrong: what was heard beyond it proves it, and then nothing is promised.
        total_s = total_s if total_s is not None and total_s >= done_s else None
        eta_s = None if total_s is None else (total_s - done_s) / max(times_real_time, 1e-3)
        return {
            "stage": RecordingState.ANALYZING.value,
            "done": round(done_s, 3),
            "total": total_s,
            "unit": "s",
            "eta_s": None if eta_s is None else round(eta_s, 2),
            "times_real_time": round(times_real_time, 1),
        }
