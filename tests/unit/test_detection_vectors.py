"""The page explains moments by the server's rule: both sides are held to the same vectors.

`python tests/unit/test_detection_vectors.py` writes tests/data/detection-vectors.json anew after a change of the rule;
the page's own test (frontend/src/features/detections/detect-row.test.ts) reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from sonotag.analysis.detections import detect_row
from sonotag.domain import DetectionRule

VECTORS = Path(__file__).parents[1] / "data" / "detection-vectors.json"
HOPS_S = (0.125, 0.3125)


def expected(vector: dict[str, Any]) -> list[dict[str, float]]:
    scores = np.array([np.nan if score is None else score for score in vector["scores"]], np.float32)
    found = detect_row(
        "dog", scores, vector["seconds_per_frame"], DetectionRule(**vector["rule"]), vector["duration_s"]
    )
    return [{"onset_s": d.onset_s, "offset_s": d.offset_s, "peak": d.peak, "mean": d.mean} for d in found]


def make() -> list[dict[str, Any]]:
    random = np.random.default_rng(7)
    vectors: list[dict[str, Any]] = []
    for index in range(160):
        frames = int(random.integers(0, 48))
        # Smoothed, so that runs and gaps of many lengths come about; on a grid, so that scores meet the thresholds.
        noise = random.random(frames + 4)
        smooth = np.convolve(noise, np.ones(3) / 3, "valid")[:frames] * 1.3 - 0.15
        scores: list[float | None] = [round(float(np.clip(s, 0, 1)) * 20) / 20 for s in smooth]
        if index % 5 == 0:
            scores = [None if random.random() < 0.1 else score for score in scores]
        threshold = float(random.choice([0.3, 0.5, 0.65]))
        hop_s = float(random.choice(HOPS_S))
        vector: dict[str, Any] = {
            "scores": scores,
            "seconds_per_frame": hop_s,
            "duration_s": (frames - 0.5) * hop_s if index % 4 == 0 and frames else None,
            "rule": {
                "threshold": threshold,
                "release": float(random.choice([threshold, 0.7 * threshold])),
                "merge_gap_s": float(random.choice([0.0, 0.4, 0.8])),
                "min_length_s": float(random.choice([0.0, 0.2, 0.5])),
            },
        }
        vectors.append({**vector, "detections": expected(vector)})
    return vectors


def test_the_vectors_say_what_the_rule_says() -> None:
    vectors = json.loads(VECTORS.read_text())
    assert len(vectors) > 100
    assert sum(bool(vector["detections"]) for vector in vectors) > 50
    for vector in vectors:
        assert vector["detections"] == expected(vector)


if __name__ == "__main__":
    VECTORS.write_text("[\n" + ",\n".join(json.dumps(vector) for vector in make()) + "\n]\n")
