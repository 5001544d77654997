"""Verdicts laid over detections: matching by overlap, applying, and the vectors that the page is held to as well.

`python tests/unit/test_verdicts.py` writes tests/data/verdict-vectors.json anew after a change of the rule; the page's
own test (frontend/src/features/detections/judge.test.ts) reads it.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.analysis.verdicts import (
    LEAST_LIKENESS,
    PART_SHARE,
    Span,
    apply_verdicts,
    is_rejected,
    likeness,
    match_verdicts,
)
from sonotag.domain import Detection, Verdict, VerdictKind

VECTORS = Path(__file__).parents[1] / "data" / "verdict-vectors.json"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOP_S = 0.5
FRAMES = 80
SCORES = np.tile(np.linspace(0.1, 0.9, FRAMES, dtype=np.float32), (2, 1))


def verdict(
    kind: VerdictKind | str, onset_s: float, offset_s: float, found: Span | None = None, *, id: str = "v", **more: Any
) -> Verdict:
    kind = VerdictKind(kind)
    if kind in (VerdictKind.ACCEPTED, VerdictKind.REJECTED):
        found = found or (onset_s, offset_s)
    return Verdict(id, more.get("prompt", "dog"), kind, onset_s, offset_s, found, NOW)


def found_at(*spans: Span, prompt: str = "dog") -> list[Detection]:
    return [Detection(prompt, onset_s, offset_s, 0.9, 0.8) for onset_s, offset_s in spans]


def applied(found: list[Detection], verdicts: list[Verdict], prompts: tuple[str, ...] = ("dog",)) -> list[Detection]:
    return apply_verdicts(found, verdicts, prompts, SCORES[: len(prompts)], HOP_S)


def outline(moments: list[Detection]) -> list[tuple[float, float, str | None]]:
    return [(m.onset_s, m.offset_s, m.verdict.kind.value if m.verdict else None) for m in moments]


QUARTERS = st.integers(0, 160).map(lambda quarter: quarter / 4)


@st.composite
def disjoint_spans(draw: st.DrawFn) -> list[Span]:
    edges = sorted(draw(st.sets(QUARTERS, max_size=16)))
    return [(edges[i], edges[i + 1]) for i in range(0, len(edges) - 1, 2)]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    a, b = sorted(draw(st.lists(QUARTERS, min_size=2, max_size=2, unique=True)))
    return (a, b)


@st.composite
def some_verdicts(draw: st.DrawFn) -> list[Verdict]:
    made: list[Verdict] = []
    for index in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(VerdictKind))
        span = draw(spans())
        found = draw(spans()) if kind is VerdictKind.ADJUSTED else None
        made.append(verdict(kind, *span, found, id=f"v{index}"))
    return made


@given(spans(), spans())
def test_likeness_is_a_share_and_does_not_care_for_order(a: Span, b: Span) -> None:
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    assert (likeness(a, b) == 1) == (a == b)


@given(disjoint_spans(), st.lists(spans(), max_size=8), st.randoms())
def test_matching_is_one_to_one_stable_and_blind_to_order(found: list[Span], about: list[Span], random: Any) -> None:
    judged = [(f"v{index}", span) for index, span in enumerate(about)]
    matched = match_verdicts(found, judged)
    assert len(set(matched.values())) == len(matched)
    for index, place in matched.items():
        assert likeness(found[index], judged[place][1]) >= LEAST_LIKENESS
    # Nobody is left alone who has somebody: a pair that both would prefer does not exist.
    partner_of = {place: index for index, place in matched.items()}
    for index, span in enumerate(found):
        for place, (_, other) in enumerate(judged):
            alike = likeness(span, other)
            if alike < LEAST_LIKENESS:
                continue
            mine = likeness(span, judged[matched[index]][1]) if index in matched else 0.0
            theirs = likeness(found[partner_of[place]], other) if place in partner_of else 0.0
            assert alike <= max(mine, theirs)
    shuffled = judged[:]
    random.shuffle(shuffled)
    again = match_verdicts(found, shuffled)
    assert {i: judged[p] for i, p in matched.items()} == {i: shuffled[p] for i, p in again.items()}


@given(disjoint_spans(), st.data())
def test_a_verdict_on_what_is_found_is_about_that_and_nothing_else(found: list[Span], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(range(len(found))))) if found else set[int]()
    judged = [(f"v{index}", found[index]) for index in sorted(chosen)]
    assert match_verdicts(found, judged) == {index: place for place, index in enumerate(sorted(chosen))}


@given(disjoint_spans(), some_verdicts())
def test_what_a_person_marked_stays_and_rejected_is_only_what_was_found(
    found: list[Span], verdicts: list[Verdict]
) -> None:
    moments = applied(found_at(*found), verdicts)
    marked = [m for m in moments if m.verdict is not None and not is_rejected(m)]
    expected = [v for v in verdicts if v.kind is not VerdictKind.REJECTED]
    assert sorted((m.onset_s, m.offset_s, m.verdict.id) for m in marked if m.verdict) == sorted(
        (v.onset_s, v.offset_s, v.id) for v in expected
    )
    assert [m.onset_s for m in moments] == sorted(m.onset_s for m in moments)
    for moment in moments:
        if is_rejected(moment) or moment.verdict is None:
            assert (moment.onset_s, moment.offset_s) in found
        if moment.verdict is None:
            inside = _covered(moment, expected)
            assert inside == 0 or inside < PART_SHARE * (moment.offset_s - moment.onset_s)


@given(disjoint_spans())
def test_without_verdicts_nothing_changes(found: list[Span]) -> None:
    assert applied(found_at(*found), []) == found_at(*found)


def test_a_moment_keeps_its_verdict_when_its_edges_move_and_loses_it_when_it_is_another() -> None:
    rejected = [verdict("rejected", 10, 14)]
    assert outline(applied(found_at((9, 15)), rejected)) == [(9, 15, "rejected")]
    assert outline(applied(found_at((11, 13)), rejected)) == [(11, 13, "rejected")]
    assert outline(applied(found_at((5, 30)), rejected)) == [(5, 30, None)]
    assert outline(applied(found_at((14, 18)), rejected)) == [(14, 18, None)]
    assert outline(applied([], rejected)) == []


def test_accepted_adjusted_and_added_moments_stay_where_nothing_is_found_any_more() -> None:
    said = [
        verdict("accepted", 1, 2, id="a"),
        verdict("adjusted", 4, 6.5, (4, 5), id="b"),
        verdict("added", 10, 12, id="c"),
    ]
    moments = applied([], said)
    assert outline(moments) == [(1, 2, "accepted"), (4, 6.5, "adjusted"), (10, 12, "added")]
    # Scores rise by frame; frames 20 to 23 have their middles in 10 s to 12 s.
    assert moments[2].peak == pytest.approx(float(SCORES[0][23]))
    assert moments[2].mean == pytest.approx(float(SCORES[0][20:24].mean()))
    assert outline(applied(found_at((4, 5), (10.5, 11.5), (11.5, 14)), said)) == [
        (1, 2, "accepted"),
        (4, 6.5, "adjusted"),
        (10, 12, "added"),
        (11.5, 14, None),
    ]


def test_prompts_do_not_mix_and_those_not_asked_for_stay_away() -> None:
    said = [verdict("rejected", 1, 2), verdict("added", 5, 6, prompt="rain", id="r")]
    found = [*found_at((1, 2)), *found_at((1, 2), prompt="rain")]
    assert outline(applied(found, said, ("dog", "rain"))) == [(1, 2, "rejected"), (1, 2, None), (5, 6, "added")]
    assert outline(applied(found, said)) == [(1, 2, "rejected")]


def test_a_moment_of_which_the_model_has_no_score_has_none() -> None:
    unknown = np.full((1, FRAMES), np.nan, np.float32)
    (moment,) = apply_verdicts([], [verdict("added", 1, 2)], ("dog",), unknown, HOP_S)
    assert math.isnan(moment.peak)
    assert math.isnan(moment.mean)
    (beyond,) = apply_verdicts([], [verdict("added", 900, 901)], ("dog",), SCORES[:1], HOP_S)
    assert math.isnan(beyond.peak)


def _covered(moment: Detection, marked: list[Verdict]) -> float:
    """Seconds of a moment in marked stretches, counted by eighths of a second (all edges lie on quarters)."""
    eighths = np.arange(moment.onset_s, moment.offset_s, 0.125) + 0.0625
    return 0.125 * sum(any(v.onset_s <= at < v.offset_s for v in marked) for at in eighths)


def make() -> list[dict[str, Any]]:
    random = np.random.default_rng(11)
    kinds = list(VerdictKind)
    vectors: list[dict[str, Any]] = []
    for _ in range(120):
        edges = np.sort(random.choice(160, size=2 * int(random.integers(0, 7)), replace=False)) / 4
        found = [[float(a), float(b)] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        verdicts: list[dict[str, Any]] = []
        for index in range(int(random.integers(0, 6))):
            kind = kinds[int(random.integers(0, 4))]
            near = found[int(random.integers(0, len(found)))] if found and random.random() < 0.8 else None
            about = _near(random, near)
            own = _near(random, about) if kind in (VerdictKind.ADJUSTED, VerdictKind.ADDED) else about
            verdicts.append(
                {
                    "id": f"v{index}",
                    "kind": kind.value,
                    "onset_s": own[0],
                    "offset_s": own[1],
                    "found": None if kind is VerdictKind.ADDED else about,
                }
            )
        vector = {"found": found, "verdicts": verdicts}
        vectors.append({**vector, "moments": expected(vector)})
    return vectors


def _near(random: np.random.Generator, span: list[float] | None) -> list[float]:
    if span is None:
        onset_s = float(random.integers(0, 150)) / 4
        return [onset_s, onset_s + float(random.integers(1, 12)) / 4]
    onset_s = max(0.0, span[0] + float(random.integers(-3, 4)) / 4)
    return [onset_s, max(onset_s + 0.25, span[1] + float(random.integers(-3, 4)) / 4)]


def expected(vector: dict[str, Any]) -> list[dict[str, Any]]:
    said = [
        verdict(v["kind"], v["onset_s"], v["offset_s"], tuple(v["found"]) if v["found"] else None, id=v["id"])
        for v in vector["verdicts"]
    ]
    return [
        {"onset_s": m.onset_s, "offset_s": m.offset_s, "verdict_id": m.verdict.id if m.verdict else None}
        for m in applied(found_at(*(tuple(span) for span in vector["found"])), said)
    ]


def test_the_vectors_say_what_the_rule_says() -> None:
    vectors = json.loads(VECTORS.read_text())
    assert len(vectors) > 100
    kinds = [v["kind"] for vector in vectors for v in vector["verdicts"]]
    assert all(kinds.count(kind.value) > 30 for kind in VerdictKind)
    for vector in vectors:
        assert vector["moments"] == expected(vector)


if __name__ == "__main__":
    VECTORS.write_text("[\n" + ",\n".join(json.dumps(vector) for vector in make()) + "\n]\n")
