"""Sounds and texts on which engines and precisions are compared, and what they must hold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from openflam.config import FLAMConfig
from openflam.engines.interface import AudioArrays, Engine, Float32, Int64, TextArrays
from openflam.text import pad

LEAST_COSINE = 0.999
SCORE_TOLERANCE = 0.01
ROUNDS = 5
TORCH_HANDICAP = 1.25
"""So much slower may OpenVINO be and still be taken."""
TEXT_LENGTHS = (4, 5, 7, 7, 9, 16, 40, 77)


class Outputs(NamedTuple):
    """What an engine says of the probe: unit vectors, scales, biases."""

    audio: AudioArrays
    text: TextArrays


class Trial(NamedTuple):
    """One engine in one precision: how near it is to the reference, and how fast."""

    engine: str
    precision: str
    cosine: float
    """Least cosine of any embedding to the reference's."""
    score_error: float
    """Greatest difference of any score."""
    seconds_per_window: float

    @property
    def holds(self) -> bool:
        """Whether it may be used."""
        return self.cosine > LEAST_COSINE and self.score_error < SCORE_TOLERANCE


def sounds(config: FLAMConfig) -> Float32:
    """[4, window_samples]: a chirp with a tone, loud noise in bursts, clicks with a hum, and near silence."""
    samples, rate_hz = config.audio.window_samples, config.audio.sample_rate_hz
    seconds = np.arange(samples) / rate_hz
    noise = np.random.default_rng(1).uniform(-1.0, 1.0, (2, samples))
    chirp = np.sin(2 * np.pi * (100 * seconds + 600 * seconds**2)) * 0.3
    tone = 0.3 * np.sin(2 * np.pi * 440 * seconds) * (seconds % 4 > 2)
    bursts = 0.7 * noise[0] * (np.sin(2 * np.pi * 1.3 * seconds) > 0)
    hum = 0.05 * np.sin(2 * np.pi * 100 * seconds) + 0.8 * (np.arange(samples) % (rate_hz // 3) < 30)
    return np.stack([chirp + tone, bursts, hum, 1e-4 * noise[1]]).astype(np.float32)


def texts(config: FLAMConfig) -> tuple[Int64, Int64]:
    """ids and mask [8, 77]: token ids without meaning, of several lengths."""
    rng = np.random.default_rng(2)
    sequences = [
        [0, *rng.integers(3, config.text.vocabulary, min(length, config.text.max_tokens) - 2).tolist(), 2]
        for length in TEXT_LENGTHS
    ]
    return pad(sequences, config.text.padding_id)


def outputs(engine: Engine, config: FLAMConfig) -> Outputs:
    """What `engine` makes of the probe, text by text and all at once, as both happen in use."""
    ids, mask = texts(config)
    lengths = mask.sum(1)
    alone = [engine.encode_tokens(ids[i : i + 1, :n], mask[i : i + 1, :n]) for i, n in enumerate(lengths.tolist())]
    together = engine.encode_tokens(ids, mask)
    text = TextArrays(*(np.concatenate(parts) for parts in zip(*alone, together, strict=True)))
    return Outputs(engine.encode_audio(sounds(config)), text)


def scores(found: Outputs) -> Float32:
    """Unbiased scores [B, P, T], see :func:`openflam.model.similarity`."""
    logits = np.einsum("btd,pd->bpt", found.audio.frames, found.text.vectors) * found.text.scale[:, None]
    bias = found.text.bias[:, None]
    present = sigmoid(logits + bias)
    return np.asarray(present / (present + sigmoid(bias)), np.float32)


def sigmoid(x: Float32) -> Float32:
    return np.asarray(1.0 / (1.0 + np.exp(-x.astype(np.float64))), np.float32)


def least_cosine(one: Outputs, other: Outputs) -> float:
    """Over all embeddings; they are of unit length. Not a number counts as opposite."""
    pairs = (
        (one.audio.frames, other.audio.frames),
        (one.audio.clip, other.audio.clip),
        (one.text.vectors, other.text.vectors),
    )
    least = min(float((a * b).sum(-1).min()) for a, b in pairs)
    return least if np.isfinite(least) else -1.0


def compared(engine: Engine, reference: Outputs, config: FLAMConfig) -> Trial:
    """How near `engine` is to the reference; not measured yet."""
    found = outputs(engine, config)
    error = float(np.abs(scores(found) - scores(reference)).max())
    cosine = least_cosine(found, reference)
    return Trial(engine.name, engine.precision, cosine, error if np.isfinite(error) else 1.0, float("inf"))


def measured(engines: Sequence[Engine], config: FLAMConfig) -> list[float]:
    """Seconds a window of each engine.

    The engines take turns, so that what else the machine does meets them all, and the best of a few turns counts.
    """
    window = sounds(config)[:1]
    least = [float("inf") for _ in engines]
    for turn in range(ROUNDS + 1):
        for place, engine in enumerate(engines):
            began = time.perf_counter()
            engine.encode_audio(window)
            if turn:  # the first is for warming up
                least[place] = min(least[place], time.perf_counter() - began)
    return least


def best(trials: Sequence[Trial]) -> Trial | None:
    """The fastest that holds, or None. Where torch is hardly faster, OpenVINO is taken: it needs far less memory."""

    def cost(trial: Trial) -> float:
        return trial.seconds_per_window * (TORCH_HANDICAP if trial.engine == "torch" else 1.0)

    return min((trial for trial in trials if trial.holds), key=cost, default=None)
