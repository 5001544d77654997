"""What a recording is played and drawn from: its audio, its picture, its waveform and spectrogram."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis.windows import rows_in
from sonotag.domain import Recording
from sonotag.errors import ConflictError, NotFoundError
from sonotag.media.playback import PLAYBACK_MEDIA_TYPE, PlaybackMaker
from sonotag.media.spectrogram import COLUMNS_PER_SECOND, MEL_BANDS, tile
from sonotag.media.thumbnails import image_type
from sonotag.media.waveform import PEAKS_PER_SECOND
from sonotag.store.arrays import read_rows
from sonotag.store.database import Database
from sonotag.store.files import PEAKS_DTYPE, PEAKS_ROW, SPECTROGRAM_DTYPE, DataDirectory


def ensure_audio(recording: Recording, data: DataDirectory) -> None:
    """Raises ConflictError for a recording whose original is not here and will not come."""
    stored = recording.source.size_bytes > 0 and data.files_of(recording.id).original.exists()
    if recording.arriving or stored:
        return
    lost = recording.warning or recording.problem
    if lost is not None and lost.code == "original_damaged":
        raise ConflictError(lost.message, hint="Bring the recording again.", code=lost.code)
    raise ConflictError(
        "The audio of this recording never arrived: it was cancelled before.",
        hint="Fetch the link again." if recording.link else "Upload the file again.",
        code="audio_missing",
    )


@dataclass(frozen=True, slots=True)
class PlayableAudio:
    path: Path
    media_type: str


class Renditions:
    """Of all recordings. Thread-safe."""

    def __init__(
        self, data: DataDirectory, database: Database, new_playback_maker: Callable[[], PlaybackMaker]
    ) -> None:
        self._data = data
        self._database = database
        self._new_playback_maker = new_playback_maker
        self._playback_lock = threading.Lock()
        self._making: PlaybackMaker | None = None

    def playable(self, recording_id: str) -> PlayableAudio:
        """Audio that a browser plays: the original, or a copy that is made when first asked for.

        Raises NotFoundError, MediaError.
        """
        recording = self._database.recording(recording_id)
        if recording.arriving:
            raise ConflictError(
                "The audio of this recording is still arriving.", hint="It can be played when it is here."
            )
        ensure_audio(recording, self._data)
        files = self._data.files_of(recording_id)
        if recording.source.playable:
            return PlayableAudio(files.original, recording.source.media_type)
        # One at a time: a second request for the same copy finds it made.
        with self._playback_lock:
            if not files.playable.exists():
                self._making = self._new_playback_maker()
                try:
                    self._making.make(files.original, files.playable)
                finally:
                    self._making = None
        return PlayableAudio(files.playable, PLAYBACK_MEDIA_TYPE)

    def thumbnail(self, recording_id: str) -> tuple[bytes, str]:
        """The picture of a recording and its media type. Raises NotFoundError."""
        self._database.recording(recording_id)
        path = self._data.files_of(recording_id).thumbnail
        content = path.read_bytes() if path.exists() else b""
        kind = image_type(content)
        if kind is None:
            raise NotFoundError("This recording has no picture.", hint="Only some links have one.")
        return content, kind

    def peaks(self, recording: Recording, from_s: float, to_s: float) -> tuple[NDArray[np.int8], int]:
        """Waveform peaks [N, 2] between two times, of what is stored so far, and the index of the first."""
        stored = rows_in(recording.samples_done, PEAKS_PER_SECOND)
        first = min(math.floor(from_s * PEAKS_PER_SECOND), stored)
        stop = stored if math.isinf(to_s) else max(first, min(math.ceil(to_s * PEAKS_PER_SECOND), stored))
        return read_rows(self._data.files_of(recording.id).peaks, PEAKS_DTYPE, PEAKS_ROW, first, stop), first

    def spectrogram_columns(self, recording: Recording) -> int:
        """Spectrogram columns stored so far, at level 0."""
        return rows_in(recording.samples_done, COLUMNS_PER_SECOND)

    def spectrogram_tile(self, recording: Recording, level: int, index: int) -> NDArray[np.uint8]:
        """Tile [<= 512, 96] of what is stored so far; [0, 96] beyond it."""
        path = self._data.files_of(recording.id).spectrogram
        columns = read_rows(path, SPECTROGRAM_DTYPE, (MEL_BANDS,), 0, self.spectrogram_columns(recording))
        return tile(columns, level, index)

    def close(self) -> None:
        """Stops the copy that is being made."""
        making = self._making
        if making is not None:
            making.cancel()
