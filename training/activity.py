"""When a clip's own sound is there: clip-level labels become column-level ones by an energy envelope."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.vocabulary import ALIASES, CONTINUOUS

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

SILENCE_DB = -85.0
CONTINUOUS_RANGE_DB = 40.0
EVENT_RANGE_DB = (8.0, 22.0)
"""An event's columns lie at most this far (least, most) under its loud ones."""
DOUBT_DB = 4.0
CLOSED_GAP_COLUMNS = 26
"""Pauses of under 0.4 s belong to the event."""


@dataclass(frozen=True)
class Activity:
    """Per column of a clip."""

    active: Bools
    doubtful: Bools
    """So close to the threshold that either answer would do."""


def loudness_weights(n_mels: int) -> Floats:
    """Weights of the bands, [n_mels]: rumble counts little, as it does for an ear."""
    return np.minimum(1.0, 0.02 + (np.arange(n_mels, dtype=np.float32) / 12.0) ** 2)


def loudness_db(power: Floats) -> Floats:
    """Mel power [..., columns, n_mels] -> weighted level in dB [..., columns]."""
    return np.asarray(10.0 * np.log10(power @ loudness_weights(power.shape[-1]) + 1e-12), np.float32)


def close_gaps(active: Bools, longest: int) -> Bools:
    """Fill runs of at most ``longest`` False between two True."""
    closed = active.copy()
    on = np.flatnonzero(active)
    for before, after in itertools.pairwise(on):
        if after - before <= longest:
            closed[before:after] = True
    return closed


def activity_of(power: Floats, label: str) -> Activity:
    """Mel power [columns, n_mels] of a clip labelled ``label`` -> its activity."""
    level = loudness_db(power)
    audible = level > SILENCE_DB
    if not audible.any():
        return Activity(audible, audible)
    loud, quiet = np.percentile(level[audible], (95, 10))
    if ALIASES.get(label, label) in CONTINUOUS:
        active = audible & (level > loud - CONTINUOUS_RANGE_DB)
        closed = close_gaps(active, 2 * CLOSED_GAP_COLUMNS)
        return Activity(closed, np.zeros_like(closed))
    least, most = EVENT_RANGE_DB
    threshold = loud - float(np.clip(0.6 * (loud - quiet), least, most))
    active = audible & (level > threshold)
    closed = close_gaps(active, CLOSED_GAP_COLUMNS)
    doubtful = audible & (np.abs(level - threshold) < DOUBT_DB) & (closed == active)
    return Activity(closed, doubtful)
