"""The JSON result: for one source an object, for several a list of them.

    {"source", "model", "duration_s", "seconds_per_frame", "prompts": [P], "coverage": [P], "scores": [P][frames],
     "detections": [{"prompt", "onset_s", "offset_s", "peak", "mean"}]}

A row of scores is null where the model does not cover the prompt; `coverage` says so and what comes near. Times
are rounded to a thousandth of a second, scores to four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sonotag.domain import Detection, PromptCoverage
from sonotag.export.result import SourceResult

TIME_DECIMALS = 3
SCORE_DECIMALS = 4


def coverage_value(coverage: PromptCoverage) -> dict[str, Any]:
    """One prompt and how it was understood, as JSON has it."""
    return {
        "prompt": coverage.prompt,
        "covered": coverage.covered,
        "matched": coverage.matched,
        "nearest": list(coverage.nearest),
        "note": coverage.note,
    }


def detection_value(detection: Detection) -> dict[str, Any]:
    """One detection as JSON has it."""
    return {
        "prompt": detection.prompt,
        "onset_s": round(detection.onset_s, TIME_DECIMALS),
        "offset_s": round(detection.offset_s, TIME_DECIMALS),
        "peak": round(detection.peak, SCORE_DECIMALS),
        "mean": round(detection.mean, SCORE_DECIMALS),
    }


def result_value(result: SourceResult) -> dict[str, Any]:
    """Everything found in one source as JSON has it."""
    return {
        "source": result.source,
        "model": result.model,
        "duration_s": round(result.duration_s, TIME_DECIMALS),
        "seconds_per_frame": result.seconds_per_frame,
        "prompts": [coverage.prompt for coverage in result.coverage],
        "coverage": [coverage_value(coverage) for coverage in result.coverage],
        "scores": [
            None if row is None else [round(float(score), SCORE_DECIMALS) for score in row] for row in result.scores
        ],
        "detections": [detection_value(detection) for detection in result.detections],
    }


def json_results(results: Sequence[SourceResult]) -> str:
    """Write results as JSON: an object for one source, a list for any other number.

    Raises:
        ValueError: a number is not finite, which JSON cannot express.
    """
    values = [result_value(result) for result in results]
    return json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False, allow_nan=False) + "\n"
