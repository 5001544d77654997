"""Where everything of a recording lies. The only module that knows names inside the data directory."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import secrets
import shutil
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sonotag.domain import Recording
from sonotag.errors import StorageError
from sonotag.store.disk import disk_error, sync_folder

log = logging.getLogger(__name__)

HOLD_WAIT_S = 30.0
"""How long a server waits for the one before it to let go of the data directory."""

REMOVE_TRIES = 5
"""Whoever still writes into a folder that is being removed finds it gone after its next file."""

PEAKS_ROW = (2,)
FRAMES_DTYPE = np.float16
PEAKS_DTYPE = np.int8
SPECTROGRAM_DTYPE = np.uint8


@dataclass(frozen=True, slots=True)
class RecordingFiles:
    """The files of one recording, in one directory that is removed as a whole."""

    directory: Path

    @property
    def original(self) -> Path:
        return self.directory / "original"

    @property
    def playable(self) -> Path:
        """A copy that browsers play, made when they do not play the original."""
        return self.directory / "playable"

    @property
    def thumbnail(self) -> Path:
        """The picture that its site shows for it."""
        return self.directory / "thumbnail"

    @property
    def peaks(self) -> Path:
        return self.directory / "peaks.i8"

    @property
    def spectrogram(self) -> Path:
        return self.directory / "spectrogram.u8"

    def derived(self, recording: Recording) -> list[Path]:
        """What the analysis of `recording` made of the original."""
        assert recording.model is not None
        assert recording.model_version is not None
        return [self.frames(recording.model, recording.model_version), self.peaks, self.spectrogram]

    def frames(self, model: str, version: str) -> Path:
        """Frames of different models, or versions of one, never share a file."""
        return self.directory / f"frames-{model}-{version}.f16"


class DataDirectory:
    """The tree below SONOTAG_DATA_DIR: sonotag.db, recordings/<id>/, incoming/ (what may be swept at a start).

    What a caller is told has been done outlives a power failure: names are synced as well as bytes.
    """

    def __init__(self, root: Path) -> None:
        """Creates the tree. Raises StorageError when it cannot be written."""
        self.root = root
        self.recordings = root / "recordings"
        self.incoming = root / "incoming"
        self.quarantine = root / "quarantine"
        try:
            for directory in (self.root, self.recordings, self.incoming, self.quarantine):
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise disk_error(error, root) from error

    @contextlib.contextmanager
    def held(self, wait_s: float = HOLD_WAIT_S) -> Generator[None]:
        """Keeps every other server out of the directory, for as long as the context lasts.

        Raises StorageError `data_in_use` when another one holds it, and `database_missing` when there are recordings
        but no database that knows them: a server that began anew would sweep them away.
        """
        with self.locked(wait_s):
            self._ensure_known()
            yield

    @contextlib.contextmanager
    def locked(self, wait_s: float = 0.0) -> Generator[None]:
        """Keeps servers out, whatever is in the directory. Raises StorageError `data_in_use`."""
        descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor, wait_s)
            yield
        finally:
            os.close(descriptor)

    def _ensure_known(self) -> None:
        if self.restoring.exists():
            raise StorageError(
                "A backup was being put in place here and is not.",
                hint="Do it again: sonotag restore BACKUP --replace.",
                code="restore_interrupted",
            )
        database = self.database
        if (not database.exists() or database.stat().st_size == 0) and any(self.recordings.iterdir()):
            raise StorageError(
                "There are recordings here but no database that knows them.",
                hint="Restore a backup (sonotag restore BACKUP --replace), or move the folder `recordings` away.",
                code="database_missing",
                details=str(database),
            )

    @property
    def database(self) -> Path:
        return self.root / "sonotag.db"

    @property
    def restoring(self) -> Path:
        """A backup on its way to its place."""
        return self.root / ".restoring"

    @property
    def secret(self) -> Path:
        """With which the server signs cookies, where the operator gave no secret."""
        return self.root / "secret"

    @property
    def seen(self) -> Path:
        """When the server last ran; lost without harm."""
        return self.root / "seen"

    def files_of(self, recording_id: str) -> RecordingFiles:
        return RecordingFiles(self.recordings / recording_id)

    def new_incoming(self) -> Path:
        return self.incoming / secrets.token_hex(16)

    def prepare(self, recording_id: str) -> Path:
        """Makes the recording's directory with an empty original, and says where that is."""
        files = self.files_of(recording_id)
        try:
            files.directory.mkdir(mode=0o700)
            os.close(os.open(files.original, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._sync(files)
        except OSError as error:
            shutil.rmtree(files.directory, ignore_errors=True)
            raise disk_error(error, files.directory) from error
        return files.original

    def _sync(self, files: RecordingFiles) -> None:
        sync_folder(files.directory)
        sync_folder(self.recordings)

    def adopt(self, incoming: Path, recording_id: str) -> RecordingFiles:
        """Moves a finished upload to its place as the recording's original."""
        files = self.files_of(recording_id)
        try:
            files.directory.mkdir(mode=0o700)
            incoming.rename(files.original)
            self._sync(files)
        except OSError as error:
            shutil.rmtree(files.directory, ignore_errors=True)
            raise disk_error(error, files.directory) from error
        return files

    def remove(self, recording_id: str) -> None:
        """Removes everything of a recording. Raises StorageError; what is left then goes at the next start."""
        directory = self.recordings / recording_id
        # Gone in one step for whoever looks, and for whoever is still writing a picture or a copy into it.
        doomed = self.incoming / f"deleted-{secrets.token_hex(8)}"
        try:
            directory.rename(doomed)
        except FileNotFoundError:
            doomed = None
        except OSError as error:
            raise disk_error(error, directory) from error
        for folder in (doomed, self.quarantine / recording_id):
            if folder is not None and folder.exists():
                _remove_tree(folder)

    def set_aside(self, recording_id: str, path: Path) -> Path:
        """Moves a damaged file of a recording to where nothing reads it; returns where it is now. Raises StorageError.

        It goes with the recording when that is deleted.
        """
        folder = self.quarantine / recording_id
        try:
            folder.mkdir(exist_ok=True, mode=0o700)
            place = folder / f"{path.name}.{secrets.token_hex(4)}"
            path.rename(place)
            sync_folder(path.parent)
            sync_folder(folder)
        except OSError as error:
            raise disk_error(error, path) from error
        return place

    def size_of(self, recording_id: str) -> int:
        """Bytes of all files of a recording."""
        total = 0
        for folder in (self.recordings / recording_id, self.quarantine / recording_id):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile, or never there
                total += sum(entry.stat().st_size for entry in os.scandir(folder))
        return total

    def sweep(self, known: set[str]) -> list[str]:
        """Removes what no recording owns (left by a crash); returns the names removed."""
        removed: list[str] = []
        for directory in (self.incoming, self.recordings, self.quarantine):
            for entry in directory.iterdir():
                if directory is not self.incoming and entry.name in known:
                    continue
                try:
                    _remove_tree(entry)
                except StorageError as error:
                    # A server that does not start because of it would help nobody.
                    log.warning("%s could not be removed: %s", entry.name, error.details)
                    continue
                removed.append(entry.name)
        return removed

    def tidy(self, recording: Recording) -> list[str]:
        """Removes what a kill left in a recording's own folder; returns the names removed.

        That is copies and pictures that were not finished, frames of another model, and all of a recording whose
        audio was given up.
        """
        files = self.files_of(recording.id)
        if not files.directory.exists():
            return []
        if recording.source.size_bytes == 0 and recording.frames_done == 0 and not recording.arriving:
            self.remove(recording.id)
            return [recording.id]
        removed = [path.name for path in files.directory.glob("*.part")]
        for name in removed:
            (files.directory / name).unlink(missing_ok=True)
        return removed + remove_stale_frames(files, recording)


def _lock(descriptor: int, wait_s: float) -> None:
    deadline_s = time.monotonic() + wait_s
    said = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                log.warning("this file system has no locks: see to it that only one server uses it (%s)", error)
                return
        if time.monotonic() >= deadline_s:
            raise StorageError(
                "Another SonoTag is using this data directory.",
                hint="Stop it first, or name another directory with SONOTAG_DATA_DIR.",
                code="data_in_use",
            )
        if not said:
            said = True
            log.info("waiting for another server to let go of the data directory")
        time.sleep(0.1)


def _remove_tree(path: Path) -> None:
    for left in reversed(range(REMOVE_TRIES)):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            return
        except OSError as error:
            if left == 0:
                raise disk_error(error, path) from error


def remove_stale_frames(files: RecordingFiles, recording: Recording) -> list[str]:
    """Removes frames that another model, or another version of it, left, and returns their names.

    Scores are never mixed.
    """
    current = (
        files.frames(recording.model, recording.model_version) if recording.model and recording.model_version else None
    )
    stale = [path for path in files.directory.glob("frames-*.f16") if path != current]
    for path in stale:
        path.unlink(missing_ok=True)
    return [path.name for path in stale]
