"""Prompts of several wordings: how their text is read, what they score, what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.analysis import scoring
from sonotag.analysis.scoring import score_frames
from sonotag.analysis.wordings import Wordings, ask, read_prompt, score_prompts
from sonotag.domain import Link, PromptCoverage, PromptVectors

KNOWN = ("dog", "puppy", "cough", "rain")


def encode_text(prompts: Sequence[str]) -> PromptVectors:
    """A model that knows KNOWN, each by a direction of its own."""
    rng = np.random.default_rng(5)
    table = {name: (rng.standard_normal(8), rng.uniform(0.5, 3), rng.uniform(-1, 1)) for name in KNOWN}
    rows = [table.get(prompt, (np.zeros(8), 1.0, 0.0)) for prompt in prompts]
    return PromptVectors(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 8),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.float32),
        np.array([prompt in table for prompt in prompts], np.bool_),
        Link.SIGMOID,
        tuple(
            PromptCoverage(
                prompt, prompt in table, prompt if prompt in table else None, () if prompt in table else KNOWN
            )
            for prompt in prompts
        ),
    )


@pytest.mark.parametrize(
    ("text", "wanted", "against"),
    [
        ("dog barking", ["dog barking"], []),
        ("dog, far away", ["dog, far away"], []),
        ("dog | puppy|woof", ["dog", "puppy", "woof"], []),
        ("dog | | dog |", ["dog"], []),
        ("dog|>|cough", ["dog"], ["cough"]),
        ("dog barking > cough", ["dog barking"], ["cough"]),
        ("dog|puppy > cough|  a   sneeze", ["dog", "puppy"], ["cough", "a sneeze"]),
    ],
)
def test_how_the_text_is_read(text: str, wanted: list[str], against: list[str]) -> None:
    assert read_prompt(text) == Wordings(tuple(wanted), tuple(against))


@pytest.mark.parametrize(
    "text",
    ["dog > rain > cough", "> rain", "dog >", "|", " | > ", ">", "<script>alert(1)</script>", "->", "x>y", "a > > b"],
)
def test_any_text_is_a_prompt(text: str) -> None:
    assert read_prompt(text) == Wordings((text,))


@settings(max_examples=40)
@given(frames=st.integers(0, 300), per_column=st.integers(1, 40), piece=st.integers(1, 90), seed=st.integers(0, 9))
def test_scores_are_the_maximum_and_the_difference_of_each_frame(
    frames: int, per_column: int, piece: int, seed: int
) -> None:
    stored = np.random.default_rng(seed).standard_normal((frames, 8)).astype(np.float16)
    single = dict(zip(KNOWN, score_frames(stored, encode_text(KNOWN)), strict=True))
    prompts = ["rain", "dog | puppy", "dog > cough", "dog | unheard of | puppy > cough | rain", "unheard of"]
    either = np.maximum(single["dog"], single["puppy"])
    expected = [
        single["rain"],
        either,
        np.maximum(single["dog"] - single["cough"], 0),
        np.maximum(either - np.maximum(single["cough"], single["rain"]), 0),
        np.full(frames, np.nan),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "PIECE_FRAMES", piece)
        scores = score_prompts(stored, ask(prompts, encode_text), per_column)
    assert scores.shape == (len(prompts), -(-frames // per_column))
    for column in range(scores.shape[1]):
        group = np.array(expected)[:, column * per_column : (column + 1) * per_column]
        np.testing.assert_allclose(scores[:, column], group.max(axis=1), atol=1e-6)


def test_a_wording_is_encoded_once() -> None:
    asked_for: list[str] = []

    def encode(prompts: Sequence[str]) -> PromptVectors:
        asked_for.extend(prompts)
        return encode_text(prompts)

    ask(["dog", "dog | puppy", "puppy > dog"], encode)
    assert asked_for == ["dog", "puppy"]


def coverage_of(prompt: str) -> PromptCoverage:
    return ask([prompt], encode_text).coverage[0]


def test_what_is_said_of_a_group() -> None:
    whole = coverage_of("dog | puppy")
    assert (whole.covered, whole.matched, whole.note) == (True, "dog | puppy", None)
    assert [(w.words, w.against, w.covered) for w in whole.wordings] == [("dog", False, True), ("puppy", False, True)]
    part = coverage_of("dog | zzz")
    assert (part.covered, part.matched) == (True, "dog")
    assert part.note == 'This model does not know "zzz"; the other wordings count.'
    none = coverage_of("zzz | yyy")
    assert (none.covered, none.matched, none.nearest) == (False, None, KNOWN[:3])
    assert coverage_of("dog").wordings == ()


def test_a_contrast_with_something_unknown_is_not_covered() -> None:
    assert coverage_of("dog > cough").matched == "dog > cough"
    found = coverage_of("dog > zzz")
    assert not found.covered
    assert found.note == 'This model does not know "zzz", so nothing can be held against it.'
    assert found.nearest == ("dog > puppy", "dog > cough", "dog > rain"), (
        "whole prompts, and never itself against itself"
    )
    for nearest in found.nearest:
        assert coverage_of(nearest).covered
    assert coverage_of("zzz > cough").nearest == ("dog > cough", "puppy > cough", "rain > cough")
    assert np.isnan(score_prompts(np.ones((4, 8), np.float16), ask(["dog > zzz"], encode_text))).all()
