"""What can be done with recordings: add, analyse, cancel, delete. Composes store, media and models."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sonotag.analysis.windows import estimated_windows
from sonotag.domain import LinkInfo, Recording, RecordingState, Source, SourceKind
from sonotag.errors import ConflictError, ModelError, NotFoundError, SonotagError, StorageError
from sonotag.jobs.encode import EncodeJob, EncodeTools
from sonotag.jobs.incoming import Arrivals, Incoming
from sonotag.jobs.renditions import ensure_audio
from sonotag.jobs.runner import JobRunner
from sonotag.media.filenames import title_from_filename
from sonotag.media.partial import PartialFile
from sonotag.media.playback import is_browser_playable, media_type_of
from sonotag.media.upload import ReceivedUpload
from sonotag.models.encoder import Encoder
from sonotag.models.manager import AUTO, ModelManager
from sonotag.sample import Sample
from sonotag.store.database import Database, new_recording_id
from sonotag.store.disk import is_disk_full
from sonotag.store.files import DataDirectory

log = logging.getLogger(__name__)

RESUME_WAIT_S = 600.0
"""How long unfinished work waits for the model that began it."""

WITH_JOB = frozenset((RecordingState.QUEUED, RecordingState.ANALYZING, RecordingState.PAUSED))
"""States in which a job has the recording, or soon will."""

CANCEL_TIMEOUT_S = 15.0
"""A cancelled job kills its decoder at once and has at most one batch to finish."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """An accepted request to analyse, and the recording as it stands now."""

    id: str
    recording: Recording


class Library:
    """All recordings of this server."""

    def __init__(
        self,
        data: DataDirectory,
        database: Database,
        tools: EncodeTools,
        runner: JobRunner,
        models: ModelManager,
        arrivals: Arrivals,
    ) -> None:
        self._data = data
        self._database = database
        self._tools = tools
        self._runner = runner
        self._models = models
        self._arrivals = arrivals
        # Two requests for one recording must not both find it idle.
        self._lock = threading.Lock()

    def add_upload(self, incoming: Path, received: ReceivedUpload, owner: str) -> Recording:
        """Takes a finished upload over as a new recording of `owner`.

        Raises MediaError for a file without readable audio, which is then removed.
        """
        try:
            info = self._tools.decoder.probe(incoming)
        except BaseException:
            incoming.unlink(missing_ok=True)
            raise
        # What the file is decides, not what the client calls it: nothing but audio or video is ever served.
        source = Source(
            SourceKind.UPLOAD,
            received.filename,
            media_type_of(info),
            received.size_bytes,
            playable=is_browser_playable(info),
        )
        recording = self._adopt(incoming, title_from_filename(received.filename), source, owner, received.sha256)
        return self._tools.events.commit(
            recording.id, duration_s=info.duration_s, windows_total=estimated_windows(info.duration_s)
        )

    def add_sample(self, sample: Sample, owner: str) -> Recording:
        """Adds a copy of the bundled sample as a new recording, with its prompts."""
        content = sample.path.read_bytes()
        incoming = self._data.new_incoming()
        copy = PartialFile(incoming)
        try:
            copy.open()
            copy.write(content)
            sha256 = copy.commit()
        except BaseException:
            copy.discard()
            raise
        source = Source(
            SourceKind.SAMPLE,
            sample.filename,
            sample.media_type,
            len(content),
            attribution=sample.attribution,
        )
        recording = self._adopt(incoming, sample.title, source, owner, sha256)
        return self._tools.events.commit(recording.id, prompts=list(sample.prompts))

    def receive(
        self,
        title: str,
        source: Source,
        owner: str,
        *,
        expected_bytes: int | None = None,
        link: LinkInfo | None = None,
    ) -> Incoming:
        """A new recording in the state FETCHING, whose bytes the caller writes as they come. Raises StorageError."""
        recording_id = new_recording_id()
        original = self._data.prepare(recording_id)
        try:
            recording = self._database.add_recording(
                recording_id, title, source, owner=owner, arriving=True, expected_bytes=expected_bytes, link=link
            )
        except BaseException:
            self._data.remove(recording_id)
            raise
        try:
            return self._arrivals.open(recording, original)
        except BaseException:
            self._database.delete_recording(recording_id)
            self._data.remove(recording_id)
            raise

    def receive_again(self, recording: Recording, size_bytes: int) -> Incoming:
        """Goes on receiving `recording`, of which an earlier run got `size_bytes`. Raises StorageError."""
        return self._arrivals.open(recording, self._data.files_of(recording.id).original, size_bytes=size_bytes)

    def recording(self, recording_id: str) -> Recording:
        """Raises NotFoundError."""
        return self._database.recording(recording_id)

    def arriving_links(self) -> list[Recording]:
        """Recordings that were being fetched by their link and that nobody fetches in this process."""
        return [one for one in self._arriving() if one.link]

    def arriving_uploads(self) -> list[Recording]:
        """Recordings whose file was being sent, and to which nothing can be written in this process."""
        return [one for one in self._arriving() if not one.link]

    def _arriving(self) -> list[Recording]:
        unfinished = [self._database.recording(one) for one in self._database.unfinished()]
        return [one for one in unfinished if one.arriving and self._arrivals.get(one.id) is None]

    def incoming(self, recording_id: str) -> Incoming | None:
        """The writing side of a recording that is arriving in this process."""
        return self._arrivals.get(recording_id)

    def _adopt(self, incoming: Path, title: str, source: Source, owner: str, sha256: str) -> Recording:
        recording_id = new_recording_id()
        self._data.adopt(incoming, recording_id)
        try:
            return self._database.add_recording(recording_id, title, source, owner=owner, original_sha256=sha256)
        except BaseException:
            self._data.remove(recording_id)
            raise

    def analyze(self, recording_id: str, prompts: Sequence[str], model: str = AUTO) -> Analysis:
        """Has the recording encoded unless it is, or is being, encoded by this model; notes the prompts.

        Raises NotFoundError, ModelError, BusyError.
        """
        with self._lock:
            recording = self._database.recording(recording_id)
            encoder = self._models.encoder(model)
            current = (recording.model, recording.model_version) == (encoder.name, encoder.version)
            encoded = recording.state is RecordingState.DONE and current
            if encoded or recording.state in WITH_JOB:
                recording = self._tools.events.commit(recording_id, prompts=list(prompts))
            else:
                ensure_audio(recording, self._data)
                self._runner.ensure_room(recording.owner or recording.id)
                recording = self._enqueue(recording, encoder, prompts)
            analysis_id = self._database.add_analysis(recording_id, encoder.name, prompts)
        return Analysis(analysis_id, recording)

    def _job(self, recording: Recording, encoder: Encoder) -> EncodeJob:
        incoming = self._arrivals.get(recording.id)
        return EncodeJob(self._tools, recording, encoder, incoming.growing if incoming else None)

    def _enqueue(self, recording: Recording, encoder: Encoder, prompts: Sequence[str]) -> Recording:
        recording = self._tools.events.commit(
            recording.id,
            [("state", {"state": RecordingState.QUEUED.value})],
            state=RecordingState.QUEUED,
            prompts=list(prompts),
            problem=None,
        )
        self._runner.submit(self._job(recording, encoder))
        return recording

    def cancel(self, recording_id: str) -> Recording:
        """Stops the recording's analysis; what was encoded stays and is where a new analysis goes on.

        Of one that is still arriving nothing is kept: half a file could be neither played nor gone on with.

        Returns the recording in a state that is no longer active. Raises NotFoundError, ConflictError when there is
        nothing to cancel.
        """
        with self._lock:
            recording = self._database.recording(recording_id)
            if not recording.state.is_active and not recording.arriving:
                raise ConflictError("Nothing is being analysed.", hint="Reload to see the recording as it is now.")
            self._stop_job(recording_id)
            recording = self._database.recording(recording_id)
            if recording.arriving:
                return self._discard(recording_id)
            return self._end_stopped(recording_id)

    def _end_stopped(self, recording_id: str) -> Recording:
        """Records the end of work that has stopped, where its job has not: it was waiting, suspended, or left over."""
        recording = self._database.recording(recording_id)
        if not recording.state.is_active:
            return recording
        return self._tools.events.commit(
            recording_id,
            [("state", {"state": RecordingState.CANCELLED.value})],
            state=RecordingState.CANCELLED,
        )

    def _discard(self, recording_id: str) -> Recording:
        # Before its files go: whoever looks meanwhile finds a recording without frames, not frames without files.
        recording = self._tools.events.commit(
            recording_id,
            [("recording", {}), ("state", {"state": RecordingState.CANCELLED.value})],
            state=RecordingState.CANCELLED,
            arriving=False,
            source_size_bytes=0,
            windows_done=0,
            samples_done=0,
            frames_done=0,
        )
        self._data.remove(recording_id)
        return recording

    def _delete_row(self, recording_id: str) -> None:
        try:
            self._database.delete_recording(recording_id)
        except StorageError as error:
            if not is_disk_full(error):
                raise
            # Deleting makes room, but not before it has needed a little.
            self._tools.disk.release_reserve()
            self._database.delete_recording(recording_id)

    def _stop_job(self, recording_id: str, *, suspend: bool = False) -> None:
        incoming = self._arrivals.get(recording_id)
        if incoming is not None:
            incoming.stop()
        self._runner.cancel(recording_id, suspend=suspend)
        if not self._runner.wait_idle(recording_id, CANCEL_TIMEOUT_S):
            raise ConflictError("The analysis does not stop.", hint="Try again in a few seconds.")

    def delete(self, recording_id: str) -> None:
        """Removes the recording with everything of it, after stopping work on it. Raises NotFoundError."""
        with self._lock:
            self._database.recording(recording_id)
            # Not cancelled: should the server be killed before the row is gone, the work goes on at the next start.
            self._stop_job(recording_id, suspend=True)
            try:
                self._delete_row(recording_id)
            except StorageError:
                self._end_stopped(recording_id)
                raise
            self._data.remove(recording_id)
        self._tools.events.ring(recording_id)

    def clean(self) -> None:
        """Finishes what an earlier run was stopped in the middle of. For the start of the server, before jobs.

        Deletions are completed; files that no recording owns go, and so do copies that were not finished.
        """
        removed = self._data.sweep(self._database.recording_ids())
        for recording in self._database.all_recordings():
            removed += self._data.tidy(recording)
        if removed:
            log.info("removed %d unowned entries of the data directory", len(removed))

    def _encoder_to_resume(self, recording: Recording) -> Encoder:
        """The model that began, though another may be ready sooner; if it cannot be had any more, the present one."""
        if recording.model is not None:
            try:
                return self._models.encoder(recording.model, wait_s=RESUME_WAIT_S)
            except ModelError as error:
                log.warning("recording %s begins anew: %s", recording.id, error.message)
        return self._models.encoder(AUTO)

    def _end_interrupted(self, recording: Recording) -> None:
        problem = SonotagError(
            "The server was restarted while this recording was arriving.",
            hint="Fetch the link again." if recording.link else "Upload the file again.",
            code="interrupted",
        ).problem
        body = asdict(problem)
        self._tools.events.commit(
            recording.id,
            [("error", body), ("state", {"state": RecordingState.FAILED.value})],
            state=RecordingState.FAILED,
            arriving=False,
            problem=problem,
        )

    def end_interrupted(self) -> None:
        """Says of recordings whose bytes nobody will go on to bring that they were interrupted.

        For the start of the server, when all has been taken up that can be, and before anything new may arrive.
        """
        for recording in self._arriving():
            self._end_interrupted(recording)

    def resume(self) -> int:
        """Goes on with the work that an earlier run left unfinished; returns how many recordings that were.

        Needs a model that is ready; other work may have begun in the meantime.
        """
        resumed = 0
        for recording_id in self._database.unfinished():
            try:
                if self._database.recording(recording_id).state is not RecordingState.FETCHING:
                    resumed += self.resume_one(recording_id)
            except NotFoundError:
                continue  # deleted in the meantime
        return resumed

    def resume_one(self, recording_id: str) -> bool:
        """Has a recording that is to be encoded go on with the model that began; says whether it does.

        Waits for that model. Raises NotFoundError, ModelError.
        """
        encoder = self._encoder_to_resume(self._database.recording(recording_id))
        with self.changing(recording_id) as recording:
            if recording.state.is_active:
                self._runner.submit(self._job(recording, encoder))
            return recording.state.is_active

    @contextlib.contextmanager
    def changing(self, recording_id: str) -> Generator[Recording]:
        """The recording, while nobody else begins or ends work on any. Raises NotFoundError."""
        with self._lock:
            yield self._database.recording(recording_id)
