"""Detections from scores: hysteresis, merging of near neighbours, minimum length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sonotag.domain import Detection, DetectionRule, Float32


def detect_row(
    prompt: str,
    scores: Float32,
    seconds_per_frame: float,
    rule: DetectionRule,
    duration_s: float | None = None,
) -> list[Detection]:
    """Detections of one prompt from its scores [T], in order of onset and without overlap.

    A run of frames at or above `rule.release` that reaches `rule.threshold` is a detection from the first frame
    at the threshold to the end of the run. NaN counts as silence. Offsets are cut at `duration_s`. `peak` and
    `mean` are taken over the frames from onset to offset, merged gaps included.
    """
    held = scores >= rule.release  # NaN compares false
    edges = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8)))
    spans: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        reached = np.flatnonzero(scores[start:stop] >= rule.threshold)
        if reached.size:
            spans.append((start + int(reached[0]), stop))
    found: list[Detection] = []
    for start, stop in _merged(spans, rule.merge_gap_s / seconds_per_frame):
        onset_s, offset_s = start * seconds_per_frame, stop * seconds_per_frame
        if duration_s is not None:
            offset_s = min(offset_s, duration_s)
        # A small slack: 0.25 s in frames of 0.125 s must not fail for the last bit of a product.
        if offset_s - onset_s < rule.min_length_s - 1e-9:
            continue
        inside = scores[start:stop]
        found.append(Detection(prompt, onset_s, offset_s, float(np.nanmax(inside)), float(np.nanmean(inside))))
    return found


def _merged(spans: list[tuple[int, int]], gap_frames: float) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and start - joined[-1][1] < gap_frames:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return joined


def detect(
    prompts: Sequence[str],
    scores: Float32,
    seconds_per_frame: float,
    rule: DetectionRule | Sequence[DetectionRule],
    duration_s: float | None = None,
) -> list[Detection]:
    """Detections of all prompts from scores [P, T], by onset, then by prompt order.

    `rule` is one for all prompts, or one for each, in their order.
    """
    rules = [rule] * len(prompts) if isinstance(rule, DetectionRule) else rule
    found = [
        (detection.onset_s, place, detection)
        for place, (prompt, own) in enumerate(zip(prompts, rules, strict=True))
        for detection in detect_row(prompt, scores[place], seconds_per_frame, own, duration_s)
    ]
    return [detection for _, _, detection in sorted(found, key=lambda entry: entry[:2])]
