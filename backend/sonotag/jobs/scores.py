"""Scores and detections of stored recordings for any prompts: reads frames, never audio."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis.detections import detect
from sonotag.analysis.scoring import frames_per_column
from sonotag.analysis.wordings import AskedPrompts, ask, score_prompts
from sonotag.domain import SAMPLE_RATE_HZ, Detection, DetectionRule, Float32, Recording
from sonotag.errors import ModelError
from sonotag.jobs.score_rows import ScoreRows
from sonotag.models.encoder import Encoder
from sonotag.models.manager import AUTO, ModelManager
from sonotag.store.arrays import read_rows
from sonotag.store.files import FRAMES_DTYPE, DataDirectory

MAP_COLUMNS = 4096
"""Most columns that a map begins with. Rows of a whole recording in no more than these are kept."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores [P, columns] float32 of a stretch of a recording; rows of prompts not covered are NaN."""

    recording: Recording
    asked: AskedPrompts
    start_s: float
    end_s: float
    seconds_per_column: float
    scores: Float32


class Scorer:
    """Scores what is stored so far, also while the analysis runs."""

    def __init__(self, data: DataDirectory, models: ModelManager) -> None:
        self._data = data
        self._models = models
        self._rows = ScoreRows()

    def forget(self) -> None:
        """Gives back what is kept to answer sooner."""
        self._rows.forget()

    def encoder_of(self, recording: Recording, wait_s: float = 0.0) -> Encoder:
        """The model that the recording's frames are from; before there are any, the one that would make them.

        A model that is still loading is waited for up to `wait_s`.

        Raises ModelError: model_loading, or model_changed when the frames are of a version no longer loaded.
        """
        if recording.model is None or recording.model_version is None or recording.frames_done == 0:
            return self._models.encoder(AUTO, wait_s)
        try:
            encoder = self._models.encoder(recording.model, wait_s)
        except ModelError as error:
            if error.code != "unknown_model":
                raise
            encoder = None
        if encoder is not None and encoder.version == recording.model_version:
            return encoder
        raise ModelError(
            "This recording was analysed by another model, or an older version of it, than this server has.",
            hint="Analyse it again to search it with the present one.",
            code="model_changed",
        )

    def ask(self, recording: Recording, prompts: Sequence[str]) -> AskedPrompts:
        """Prompts as the recording's model sees them. Raises ModelError as `encoder_of`."""
        return ask(prompts, self.encoder_of(recording).encode_text)

    def frames(self, recording: Recording, first: int, stop: int) -> NDArray[np.float16]:
        """Stored frames [stop - first, D], a read-only memory map. Raises StorageError."""
        shape = (self.encoder_of(recording).dimension,)
        return read_rows(self._stored(recording), FRAMES_DTYPE, shape, first, stop)

    def _stored(self, recording: Recording) -> Path:
        encoder = self.encoder_of(recording)
        return self._data.files_of(recording.id).frames(encoder.name, encoder.version)

    def table(
        self,
        recording: Recording,
        asked: AskedPrompts,
        *,
        max_columns: int,
        from_s: float = 0.0,
        to_s: float = math.inf,
    ) -> ScoreTable:
        """Scores between two times, widened to whole frames, in at most `max_columns` columns of equal length.

        A column is the maximum over its frames: a single hot frame is seen from any distance.
        """
        hop_s = self.encoder_of(recording).seconds_per_frame
        first = min(math.floor(from_s / hop_s), recording.frames_done)
        stop = recording.frames_done if math.isinf(to_s) else min(math.ceil(to_s / hop_s), recording.frames_done)
        stop = max(first, stop)
        per_column = frames_per_column(stop - first, max_columns)
        if (first, stop) == (0, recording.frames_done) and max_columns <= MAP_COLUMNS:
            scores = self._whole(recording, asked, per_column)
        else:
            scores = score_prompts(self.frames(recording, first, stop), asked, per_column)
        end_s = min(stop * hop_s, max(first * hop_s, recording.samples_done / SAMPLE_RATE_HZ))
        return ScoreTable(recording, asked, first * hop_s, end_s, per_column * hop_s, scores)

    def _whole(self, recording: Recording, asked: AskedPrompts, per_column: int) -> Float32:
        """Scores [P, columns] of all there is: rows that are known, and the others made now, and kept."""
        frames = self.frames(recording, 0, recording.frames_done)
        stored = self._stored(recording)
        try:
            status = stored.stat()
        except FileNotFoundError:  # nothing is heard yet
            return score_prompts(frames, asked, per_column)
        # What is encoded anew has another file, and what grows another time.
        made_of = (stored, status.st_ino, status.st_mtime_ns, len(frames), per_column)
        keys = [(*made_of, one.prompt) for one in asked.coverage]
        rows = [self._rows.get(key) for key in keys]
        unknown = [place for place, row in enumerate(rows) if row is None]
        fresh = score_prompts(frames, asked.part(unknown), per_column)
        for place, row in zip(unknown, fresh, strict=True):
            self._rows.put(keys[place], row)
            rows[place] = row
        return np.array(rows, dtype=np.float32).reshape(len(rows), fresh.shape[1])

    def detections(
        self, recording: Recording, prompts: Sequence[str], rule: DetectionRule | Sequence[DetectionRule]
    ) -> tuple[ScoreTable, list[Detection]]:
        """Scores at full resolution and the detections in them, by one rule or by one for each prompt."""
        table = self.table(recording, self.ask(recording, prompts), max_columns=max(1, recording.frames_done))
        heard_s = recording.samples_done / SAMPLE_RATE_HZ
        return table, detect(prompts, table.scores, table.seconds_per_column, rule, heard_s)
