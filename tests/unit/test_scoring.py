"""Scores from frames: the equations, pooling, and reading in pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.analysis import scoring
from sonotag.analysis.scoring import frames_per_column, score_frames
from sonotag.domain import Link, PromptCoverage, PromptVectors


def prompt_vectors(rng: np.random.Generator, prompts: int, dimension: int, link: Link = Link.SIGMOID) -> PromptVectors:
    covered = np.ones(prompts, dtype=np.bool_)
    covered[1::3] = False
    return PromptVectors(
        vectors=(rng.standard_normal((prompts, dimension)) * covered[:, None]).astype(np.float32),
        scale=rng.uniform(0.5, 3.0, prompts).astype(np.float32),
        bias=rng.uniform(-2.0, 2.0, prompts).astype(np.float32),
        covered=covered,
        link=link,
        coverage=tuple(PromptCoverage(f"prompt {n}", bool(known)) for n, known in enumerate(covered)),
    )


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("link", list(Link))
def test_scores_follow_the_equations(link: Link) -> None:
    rng = np.random.default_rng(1)
    frames = rng.standard_normal((50, 16)).astype(np.float16)
    vectors = prompt_vectors(rng, 5, 16, link)
    scores = score_frames(frames, vectors)
    for row in range(5):
        if not vectors.covered[row]:
            assert np.isnan(scores[row]).all()
            continue
        logits = vectors.scale[row] * (frames.astype(np.float64) @ vectors.vectors[row]) + vectors.bias[row]
        expected = sigmoid(logits)
        if link is Link.UNBIASED:
            expected = expected / (expected + sigmoid(vectors.bias[row]))
        np.testing.assert_allclose(scores[row], expected, atol=1e-5)


@settings(max_examples=50)
@given(
    frames=st.integers(0, 400),
    per_column=st.integers(1, 50),
    piece=st.integers(1, 100),
    seed=st.integers(0, 9),
)
def test_pooled_in_pieces_equals_the_maximum_of_all_scores(frames: int, per_column: int, piece: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    stored = rng.standard_normal((frames, 8)).astype(np.float16)
    vectors = prompt_vectors(rng, 4, 8, rng.choice(np.array(list(Link))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "PIECE_FRAMES", piece)
        pooled = score_frames(stored, vectors, per_column)
    full = score_frames(stored, vectors)
    assert pooled.shape == (4, -(-frames // per_column))
    for column in range(pooled.shape[1]):
        group = full[:, column * per_column : (column + 1) * per_column]
        np.testing.assert_allclose(pooled[:, column], group.max(axis=1), atol=1e-6)


def test_wild_frames_stay_within_the_scale() -> None:
    rng = np.random.default_rng(2)
    vectors = prompt_vectors(rng, 3, 4)
    frames = np.array([[65504.0] * 4, [-65504.0] * 4, [0.0] * 4], dtype=np.float16)
    scores = score_frames(frames, vectors)
    known = scores[vectors.covered]
    assert np.isfinite(known).all()
    assert ((known >= 0) & (known <= 1)).all()


def test_no_prompts_give_no_rows() -> None:
    rng = np.random.default_rng(3)
    vectors = prompt_vectors(rng, 0, 4)
    assert score_frames(np.zeros((5, 4), np.float16), vectors).shape == (0, 5)


@given(frames=st.integers(0, 10**7), columns=st.integers(1, 20_000))
def test_columns_never_exceed_what_was_asked_for(frames: int, columns: int) -> None:
    per_column = frames_per_column(frames, columns)
    assert -(-frames // per_column) <= columns
    assert per_column == 1 or -(-frames // (per_column - 1)) > columns
