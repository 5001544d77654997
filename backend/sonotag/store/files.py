"""Where everything of a recording lies. The only module that knows names inside the data directory."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sonotag.domain import Recording
from sonotag.store.arrays import disk_error

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

    def frames(self, model: str, version: str) -> Path:
        """Frames of different models, or versions of one, never share a file."""
        return self.directory / f"frames-{model}-{version}.f16"


class DataDirectory:
    """The tree below SONOTAG_DATA_DIR: sonotag.db, recordings/<id>/, incoming/ (uploads not finished)."""

    def __init__(self, root: Path) -> None:
        """Creates the tree. Raises StorageError when it cannot be written."""
        self.root = root
        self.recordings = root / "recordings"
        self.incoming = root / "incoming"
        try:
            for directory in (self.root, self.recordings, self.incoming):
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise disk_error(error, root) from error

    @property
    def database(self) -> Path:
        return self.root / "sonotag.db"

    @property
    def secret(self) -> Path:
        """With which the server signs cookies, where the operator gave no secret."""
        return self.root / "secret"

    def files_of(self, recording_id: str) -> RecordingFiles:
        return RecordingFiles(self.recordings / recording_id)

    def new_incoming(self) -> Path:
        return self.incoming / secrets.token_hex(16)

    def prepare(self, recording_id: str) -> Path:
        """Makes the recording's directory and says where its original will be."""
        files = self.files_of(recording_id)
        try:
            files.directory.mkdir(mode=0o700)
        except OSError as error:
            raise disk_error(error, files.directory) from error
        return files.original

    def adopt(self, incoming: Path, recording_id: str) -> RecordingFiles:
        """Moves a finished upload to its place as the recording's original."""
        files = self.files_of(recording_id)
        try:
            files.directory.mkdir(mode=0o700)
            incoming.rename(files.original)
        except OSError as error:
            shutil.rmtree(files.directory, ignore_errors=True)
            raise disk_error(error, files.directory) from error
        return files

    def remove(self, recording_id: str) -> None:
        directory = self.recordings / recording_id
        try:
            if directory.exists():
                shutil.rmtree(directory)
        except OSError as error:
            raise disk_error(error, directory) from error

    def sweep(self, known: set[str]) -> list[str]:
        """Removes what no recording owns (left by a crash); returns the names removed."""
        removed: list[str] = []
        for directory in (self.incoming, self.recordings):
            for entry in directory.iterdir():
                if directory is self.recordings and entry.name in known:
                    continue
                if entry.is_dir():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
                removed.append(entry.name)
        return removed


def remove_stale_frames(files: RecordingFiles, recording: Recording) -> None:
    """Removes frames that another model, or another version of it, left; scores are never mixed."""
    current = (
        files.frames(recording.model, recording.model_version) if recording.model and recording.model_version else None
    )
    for path in files.directory.glob("frames-*.f16"):
        if path != current:
            path.unlink(missing_ok=True)
