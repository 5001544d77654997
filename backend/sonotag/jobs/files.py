"""Analysis of a file on disk without a server: the same stages as a job, with nothing stored."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis.detections import detect
from sonotag.analysis.pipeline import encode_windows, windows_in_hand
from sonotag.analysis.wordings import ask, score_prompts
from sonotag.domain import SAMPLE_RATE_HZ, DetectionRule, Problem
from sonotag.export.result import SourceResult
from sonotag.media.decode import Decoder
from sonotag.models.encoder import Encoder
from sonotag.models.inference import InferenceWorker


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """What was found in a file; `warning` when it could only be read in part."""

    result: SourceResult
    warning: Problem | None


def analyze_file(
    path: Path,
    prompts: Sequence[str],
    *,
    decoder: Decoder,
    inference: InferenceWorker,
    encoder: Encoder,
    rule: DetectionRule,
    on_progress: Callable[[float, float | None], None],
    name: str | None = None,
) -> FileAnalysis:
    """Decodes, encodes and scores `path`; tells `on_progress` seconds done and, when the file claims any, in all.

    The result calls its source `name`, or by its path.

    Frames are all that is held in memory (128 numbers for each 0.125 s), never samples.
    Raises MediaError, and OSError when the file cannot be opened.
    """
    pieces: list[NDArray[np.float16]] = []
    samples = 0
    with decoder.open(path) as stream, contextlib.ExitStack() as stack:
        claimed_s = stream.info.duration_s
        groups = encode_windows(
            stream,
            lambda window: inference.submit(encoder, window),
            lambda _: (),
            frames_per_window=encoder.frames_per_window,
            in_hand=windows_in_hand(encoder.max_batch),
        )
        # As in a job: the reader thread ends when its decoder is killed.
        stack.callback(groups.close)
        stack.callback(stream.cancel)
        for group in groups:
            pieces += [window.frames for window in group]
            samples += sum(window.samples for window in group)
            on_progress(samples / SAMPLE_RATE_HZ, claimed_s)
        warning = stream.warning
    frames = np.concatenate(pieces)
    asked = ask(prompts, encoder.encode_text)
    scores = score_prompts(frames, asked)
    duration_s = samples / SAMPLE_RATE_HZ
    found = detect(prompts, scores, encoder.seconds_per_frame, rule, duration_s)
    rows = [
        row.round(4).tolist() if known else None
        for row, known in zip(scores.astype(np.float64), asked.covered.tolist(), strict=True)
    ]
    result = SourceResult(
        source=name or str(path),
        model=encoder.name,
        duration_s=duration_s,
        seconds_per_frame=encoder.seconds_per_frame,
        coverage=asked.coverage,
        scores=rows,
        detections=tuple(found),
    )
    return FileAnalysis(result, warning)
