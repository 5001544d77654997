"""What an export is made from: everything that was found in one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sonotag.domain import Detection, PromptCoverage


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The outcome for one source.

    `scores` has one row per prompt, in the order of `coverage`: scores in 0..1, one per frame, or None where the
    model does not cover the prompt.
    """

    source: str
    model: str
    duration_s: float
    seconds_per_frame: float
    coverage: tuple[PromptCoverage, ...]
    scores: Sequence[Sequence[float] | None]
    detections: tuple[Detection, ...]
