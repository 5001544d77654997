"""Scores of prompts from stored frames. Pure functions on arrays; a recording of ten hours is read in pieces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sonotag.domain import Float32, Link, PromptVectors

PIECE_FRAMES = 32_768
"""Frames converted to float32 at a time: bounds the memory of a scan, whatever the recording's length."""


def frames_per_column(frames: int, max_columns: int) -> int:
    """Least whole number of frames per column with which `frames` fit into `max_columns` columns."""
    return max(1, -(-frames // max_columns))


def score_frames(frames: NDArray[np.float16] | Float32, vectors: PromptVectors, per_column: int = 1) -> Float32:
    """Scores [P, columns] float32 in 0..1 for frames [T, D]; NaN in the rows of prompts not covered.

    A column is the maximum over `per_column` consecutive frames (the last column may hold fewer), taken on the
    similarity: the link grows with it (see Link), so this equals the maximum of the scores.
    """
    count, prompts = frames.shape[0], vectors.vectors.shape[0]
    columns = -(-count // per_column)
    scores = np.full((prompts, columns), np.nan, dtype=np.float32)
    if columns == 0 or not vectors.covered.any():
        return scores
    directions = vectors.vectors[vectors.covered].T  # [D, covered]
    best = np.empty((directions.shape[1], columns), dtype=np.float32)
    piece = min(count, max(per_column, PIECE_FRAMES // per_column * per_column))
    # Filled anew with each piece: fresh pages for each would take as long as the product.
    floats = np.empty((piece, frames.shape[1]), dtype=np.float32)
    similarity = np.empty((piece, directions.shape[1]), dtype=np.float32)
    for start in range(0, count, piece):
        size = min(piece, count - start)
        np.copyto(floats[:size], frames[start : start + size])
        np.matmul(floats[:size], directions, out=similarity[:size])
        pooled = _pool_frames(similarity[:size], per_column)
        first = start // per_column
        best[:, first : first + pooled.shape[0]] = pooled.T
    scores[vectors.covered] = _apply_link(best, vectors)
    return scores


def _pool_frames(similarity: Float32, per_column: int) -> Float32:
    """[T, P] -> [ceil(T / per_column), P], maximum of each group. Whole rows at a time: far faster than across them."""
    if per_column == 1:
        return similarity
    frames, prompts = similarity.shape
    whole = frames // per_column
    pooled = np.empty((-(-frames // per_column), prompts), dtype=np.float32)
    groups = similarity[: whole * per_column].reshape(whole, per_column, prompts)
    groups.max(axis=1, out=pooled[:whole])
    if whole < pooled.shape[0]:
        pooled[whole] = similarity[whole * per_column :].max(axis=0)
    return pooled


def pool_max(values: Float32, per_column: int) -> Float32:
    """[P, T] -> [P, ceil(T / per_column)], maximum of each group."""
    if per_column == 1:
        return values
    starts = np.arange(0, values.shape[1], per_column, dtype=np.intp)
    return np.maximum.reduceat(values, starts, axis=1)


def _apply_link(similarity: Float32, vectors: PromptVectors) -> Float32:
    scale = vectors.scale[vectors.covered][:, None]
    bias = vectors.bias[vectors.covered][:, None]
    probability = _sigmoid(scale * similarity + bias)
    if vectors.link is Link.SIGMOID:
        return probability
    return np.divide(probability, probability + _sigmoid(bias), dtype=np.float32)


def _sigmoid(logits: Float32) -> Float32:
    # exp of at most 80 stays finite in float32, and sigmoid(-80) is 0 for every purpose here.
    return np.reciprocal(1.0 + np.exp(-np.clip(logits, -80.0, 80.0)), dtype=np.float32)
