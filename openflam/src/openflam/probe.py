"""Sounds and texts on which engines and precisions are compared, and what they must hold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openflam.config import FLAMConfig
from openflam.engines.interface import AudioArrays, Engine, Float32, TextArrays

LEAST_COSINE = 0.999
SCORE_TOLERANCE = 0.01
ROUNDS = 30
HOPELESS = 2.0
"""Whoever takes so many times the fastest's time is measured no further."""
TORCH_HANDICAP = 1.25
"""So much slower may OpenVINO be and still be taken."""
INT8_HANDICAP = 1.05
"""So much slower may another precision be and still be taken."""
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


def calibration_sounds(config: FLAMConfig) -> Float32:
    """[12, window_samples], of other kinds than :func:`sounds`: steady noises of several colours and levels, pulses as
    of a voice, chords that die away, a falling sweep, rain, an engine, tones in noise, and silence."""
    samples, rate_hz = config.audio.window_samples, config.audio.sample_rate_hz
    seconds = np.arange(samples) / rate_hz
    rng = np.random.default_rng(3)
    white = rng.standard_normal((5, samples))
    spectrum = np.fft.rfft(white[1:3])
    hertz = np.maximum(np.fft.rfftfreq(samples, 1 / rate_hz), 20.0)
    pink, brown = np.fft.irfft(spectrum * np.stack([hertz**-0.5, hertz**-1.0]), samples)

    def peak(x: npt.NDArray[np.floating], level: float) -> npt.NDArray[np.floating]:
        return level * x / np.abs(x).max()

    pitch_hz = 140 + 40 * np.sin(2 * np.pi * 0.7 * seconds)
    turn = 2 * np.pi * np.cumsum(pitch_hz) / rate_hz
    formants = 500 + 300 * np.sin(2 * np.pi * 2.1 * seconds)
    voice = sum(
        np.sin(turn * part) * np.exp(-(((part * pitch_hz - formants) / 600) ** 2) - part / 12) for part in range(1, 25)
    )
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * seconds), 0, 1) ** 0.5
    since = seconds % 1.25
    root_hz = 220 * 2 ** (np.floor(seconds / 1.25) % 5 / 12)
    chords = sum(np.sin(2 * np.pi * root_hz * ratio * since) for ratio in (1, 1.26, 1.5, 2, 3)) * np.exp(-3 * since)
    fall = np.sin(2 * np.pi * (9000 * seconds - 420 * seconds**2))
    drops = white[3] * (rng.uniform(size=samples) < 0.002)
    engine = np.sign(np.sin(2 * np.pi * 31 * seconds)) + 0.3 * white[4]
    tones = sum(np.sin(2 * np.pi * hz * seconds) for hz in (330, 1000, 2700, 6100)) * (seconds % 2 < 1)
    made = [
        peak(white[0], 0.9),
        peak(white[0], 0.003),
        peak(pink, 0.5),
        peak(brown, 0.7),
        peak(voice * syllables, 0.5),
        peak(chords, 0.6),
        peak(fall, 0.2),
        peak(drops, 0.9),
        peak(engine, 0.4),
        peak(tones + 0.2 * pink / pink.std(), 0.3),
        peak(np.where(seconds < 5, voice, 4 * pink / pink.std()), 0.8),
        np.zeros(samples),
    ]
    return np.stack(made).astype(np.float32)


def texts(config: FLAMConfig) -> list[list[int]]:
    """Token ids without meaning, of several lengths."""
    rng = np.random.default_rng(2)
    return [
        [0, *rng.integers(3, config.text.vocabulary, min(length, config.text.max_tokens) - 2).tolist(), 2]
        for length in TEXT_LENGTHS
    ]


def outputs(engine: Engine, windows: Float32, config: FLAMConfig) -> Outputs:
    """What `engine` makes of `windows` and of the texts, text by text and all at once, as both happen in use."""
    given = texts(config)
    alone = [engine.encode_tokens([ids]) for ids in given]
    together = engine.encode_tokens(given)
    text = TextArrays(*(np.concatenate(parts) for parts in zip(*alone, together, strict=True)))
    return Outputs(engine.encode_audio(windows), text)


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


def compared(engine: Engine, reference: Outputs, windows: Float32, config: FLAMConfig) -> Trial:
    """How near `engine` is to the reference, which heard `windows` too; not measured yet."""
    found = outputs(engine, windows, config)
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
            if least[place] > HOPELESS * min(least) and turn > 1:
                continue
            began = time.perf_counter()
            engine.encode_audio(window)
            if turn:  # the first is for warming up
                least[place] = min(least[place], time.perf_counter() - began)
    return least


def best(trials: Sequence[Trial]) -> Trial | None:
    """The fastest that holds, or None.

    Where torch is hardly faster, OpenVINO is taken, which needs far less memory; and int8 must be worth its errors.
    """

    def cost(trial: Trial) -> float:
        handicap = TORCH_HANDICAP if trial.engine == "torch" else 1.0
        return trial.seconds_per_window * handicap * (INT8_HANDICAP if trial.precision == "int8" else 1.0)

    return min((trial for trial in trials if trial.holds), key=cost, default=None)
