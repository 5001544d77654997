"""What people said of moments, laid over what was found: matching by overlap, then applying. Pure functions.

A verdict is about a stretch as it was found at the time. Other thresholds, another analysis or another model find the
same sound with other edges, so verdicts are matched to the detections of the day by how much they share:

    likeness(a, b) = |a ∩ b| / |a ∪ b|      (lengths in seconds; Jaccard 1901)

The page shows the same by the same rule (frontend/src/features/detections/judge.ts); both sides are held to the vectors
in tests/data/verdict-vectors.json.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sonotag.domain import Detection, Float32, Verdict, VerdictKind

LEAST_LIKENESS = 0.3
"""Stretches that have less than this in common are different moments."""

PART_SHARE = 0.5
"""A found moment that lies in a marked one by this share of its own length is part of that."""

Span = tuple[float, float]


def likeness(a: Span, b: Span) -> float:
    """What two stretches have in common, as a share of what they cover together: 0..1."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    if shared <= 0:
        return 0.0
    return shared / (max(a[1], b[1]) - min(a[0], b[0]))


def match_verdicts(found: Sequence[Span], judged: Sequence[tuple[str, Span]]) -> dict[int, int]:
    """Which verdict is about which stretch of one prompt: place in `found` -> place in `judged`.

    `found`: stretches in order and without overlap; `judged`: the id of each verdict and the stretch that it is about.
    Pairs are taken by falling likeness, each stretch and each verdict once, down to LEAST_LIKENESS; among equals the
    earlier stretch goes first, then the smaller id. The order of `judged` does not matter.
    """
    onsets = [span[0] for span in found]
    offsets = [span[1] for span in found]
    pairs: list[tuple[float, int, str, int]] = []
    for place, (verdict_id, span) in enumerate(judged):
        first, stop = bisect_right(offsets, span[0]), bisect_left(onsets, span[1])
        for index in range(first, stop):
            alike = likeness(found[index], span)
            if alike >= LEAST_LIKENESS:
                pairs.append((-alike, index, verdict_id, place))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, _, place in sorted(pairs):
        if index not in matched and place not in taken:
            matched[index] = place
            taken.add(place)
    return matched


def apply_verdicts(
    detections: Sequence[Detection],
    verdicts: Sequence[Verdict],
    prompts: Sequence[str],
    scores: Float32,
    seconds_per_frame: float,
) -> list[Detection]:
    """The moments of `prompts` as people left them, by onset, then by prompt order; rejected ones are marked so.

    `detections`: what was found in `scores` [P, T] (NaN where a prompt is not covered), in any order. Accepted moments
    keep the edges with which they were accepted, adjusted and added ones have their own; all three stay, whether or
    not they are found any more. `peak` and `mean` of these are taken over their own frames and are NaN where the model
    has no score. Found moments that nobody judged stay unless they lie in one that a person marked (PART_SHARE).
    """
    found_of: defaultdict[str, list[Detection]] = defaultdict(list)
    for detection in detections:
        found_of[detection.prompt].append(detection)
    said_of: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        said_of[verdict.prompt].append(verdict)
    moments: list[tuple[float, int, Detection]] = []
    for place, prompt in enumerate(prompts):
        own = sorted(found_of[prompt], key=lambda d: d.onset_s)
        said = said_of[prompt]
        for moment in _apply_to_row(own, said, scores[place], seconds_per_frame) if said else own:
            moments.append((moment.onset_s, place, moment))
    return [moment for _, _, moment in sorted(moments, key=lambda entry: entry[:2])]


def is_rejected(moment: Detection) -> bool:
    return moment.verdict is not None and moment.verdict.kind is VerdictKind.REJECTED


def _apply_to_row(
    found: Sequence[Detection], verdicts: Sequence[Verdict], scores: Float32, seconds_per_frame: float
) -> list[Detection]:
    about = [(v.id, v.found) for v in verdicts if v.found is not None]
    judged = [v for v in verdicts if v.found is not None]
    matched = match_verdicts([(d.onset_s, d.offset_s) for d in found], about)
    marked = [v for v in verdicts if v.kind is not VerdictKind.REJECTED]
    cover = _union([(v.onset_s, v.offset_s) for v in marked])
    moments = [_marked_moment(v, scores, seconds_per_frame) for v in marked]
    for index, detection in enumerate(found):
        verdict = judged[matched[index]] if index in matched else None
        if verdict is not None and verdict.kind is VerdictKind.REJECTED:
            moments.append(replace(detection, verdict=verdict))
        elif verdict is None and not _lies_in((detection.onset_s, detection.offset_s), cover):
            moments.append(detection)
    return moments


def _union(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for onset_s, offset_s in sorted(spans):
        if joined and onset_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], offset_s))
        else:
            joined.append((onset_s, offset_s))
    return joined


def _lies_in(span: Span, cover: Sequence[Span]) -> bool:
    """Whether a span lies by PART_SHARE of its length in `cover`: spans in order and without overlap."""
    inside = 0.0
    for index in range(bisect_right(cover, span[0], key=lambda one: one[1]), len(cover)):
        start, stop = cover[index]
        if start >= span[1]:
            break
        inside += max(0.0, min(span[1], stop) - max(span[0], start))
    return inside > 0 and inside >= PART_SHARE * (span[1] - span[0])


def _marked_moment(verdict: Verdict, scores: Float32, seconds_per_frame: float) -> Detection:
    """The moment that a verdict marks, with what the frames say whose middle lies in it (or the one it lies in)."""
    first = max(0, math.ceil(verdict.onset_s / seconds_per_frame - 0.5 - 1e-6))
    stop = max(0, math.ceil(verdict.offset_s / seconds_per_frame - 0.5 - 1e-6))
    if stop <= first:
        first = math.floor(verdict.onset_s / seconds_per_frame + 1e-6)
        stop = first + 1
    inside = scores[first:stop]
    known = inside[~np.isnan(inside)]
    peak, mean = (float(known.max()), float(known.mean())) if known.size else (math.nan, math.nan)
    return Detection(verdict.prompt, verdict.onset_s, verdict.offset_s, peak, mean, verdict)
