"""The channel for steady noise: 1 in noise of any colour and level, 0 in sounds."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.domain import Float32
from sonotag.media.decode import find_ffmpeg
from sonotag.models.tagger import Tagger
from sonotag.models.tagger_format import TaggerConfig
from sonotag.sample import load_sample
from training.config import TrainingConfig
from training.network import STEADY_PENALTY, folded, joined, noise_variance, trainable_tagger
from training.synthesis.noise import RATE_HZ, coloured, hum, room_tone

WINDOW_S = 10.0
SMALL = TaggerConfig(channels=(2,), strides=((8, 4),), dilations=(), dim=4)
WANTED = replace(SMALL, steady_unrest=TrainingConfig().network.steady_unrest)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    """A network that hears nothing but the unrest of its input: its other channels are nought."""
    made = joined([folded(trainable_tagger(SMALL, n_labels=4, dropout=0.0))], WANTED)
    made.members[0].norm.weight.zero_()
    return made


def steadiness(tagger: Tagger, samples: np.ndarray) -> Float32:
    """[80]: the last channel of one window's frames."""
    with torch.inference_mode():
        return tagger.frames(torch.from_numpy(samples[None].astype(np.float32)))[0, :, -1].numpy()


def at_level(wave: np.ndarray, dbfs: float) -> np.ndarray:
    return wave * 10 ** (dbfs / 20) / np.sqrt(np.mean(wave**2))


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), slope=st.floats(-9, 6), level=st.floats(-60, -12), drift_db=st.floats(0, 3))
def test_noise_of_any_colour_and_level_is_steady(
    tagger: Tagger, seed: int, slope: float, level: float, drift_db: float
) -> None:
    wave = at_level(coloured(np.random.default_rng(seed), WINDOW_S, slope), level)
    swell = np.sin(2 * np.pi * 0.2 * np.arange(len(wave)) / RATE_HZ)
    assert (steadiness(tagger, wave * 10 ** (drift_db * swell / 20)) > 0.99).mean() >= 0.98


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), level=st.sampled_from([-60, -40, -20]), kind=st.sampled_from(["hum", "room"]))
def test_hum_and_room_tone_are_steady(tagger: Tagger, seed: int, level: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    wave = hum(rng, WINDOW_S, 50.0 if seed % 2 else 60.0) if kind == "hum" else room_tone(rng, WINDOW_S)
    assert (steadiness(tagger, at_level(wave, level)) > 0.99).mean() >= 0.98


def test_digital_silence_is_steady(tagger: Tagger) -> None:
    assert (steadiness(tagger, np.zeros(round(WINDOW_S * RATE_HZ))) == 1).all()


@pytest.mark.parametrize("rate_hz", [1.0, 3.0, 12.0])
def test_noise_that_is_switched_is_not(tagger: Tagger, rate_hz: float) -> None:
    """Ticks, words and blades: what comes and goes faster than a drift."""
    wave = coloured(np.random.default_rng(3), WINDOW_S, -3.0)
    on = np.sin(2 * np.pi * rate_hz * np.arange(len(wave)) / RATE_HZ) > 0
    mixed = at_level(wave, -40) + at_level(coloured(np.random.default_rng(4), WINDOW_S, 0.0), -30) * on
    assert (steadiness(tagger, mixed) == 0).all()


def test_a_sound_is_heard_in_noise_but_only_about_itself(tagger: Tagger) -> None:
    wave = at_level(coloured(np.random.default_rng(5), WINDOW_S, -3.0), -40)
    wave[round(5.0 * RATE_HZ) : round(5.3 * RATE_HZ)] *= 30
    steady = steadiness(tagger, wave)
    assert (steady[40:42] == 0).all()
    far = tagger.config.receptive_field_frames
    assert (steady[: 40 - far] > 0.99).all()
    assert (steady[42 + far :] > 0.99).all()


def test_the_sounds_of_the_sample_are_not(tagger: Tagger) -> None:
    sample = load_sample()
    command = [find_ffmpeg(), "-v", "error", "-i", sample.path, "-ac", "1", "-ar", "48000", "-f", "f32le", "-"]
    samples = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)
    length = tagger.config.window_samples
    steady = np.concatenate(
        [steadiness(tagger, samples[at : at + length]) for at in range(0, len(samples) - length + 1, length)]
    )
    seconds = (np.arange(len(steady)) + 0.5) * tagger.config.frame_s
    for event in sample.events:
        inside = steady[(seconds > event.onset_s) & (seconds < event.offset_s)]
        assert len(inside) == 0 or inside.mean() < 0.05, event


def test_no_label_stands_against_it(tagger: Tagger) -> None:
    config, still = tagger.config, torch.zeros(1, tagger.config.window_samples)
    assert config.frame_dim == SMALL.dim + 1
    with torch.inference_mode():
        logits = tagger.logits(tagger.frames(still))
    assert (logits <= -STEADY_PENALTY + tagger.bias.max()).all()


def test_the_unrest_of_noise_is_that_of_its_bands() -> None:
    """Wide bands are calm, and a band of one bin is as restless as a chi-squared variable of two degrees: 5.6 dB."""
    variance = noise_variance(SMALL)
    assert variance.shape == (SMALL.n_mels,)
    assert float(variance[0]) == pytest.approx(5.57**2, rel=0.6)
    assert float(variance[-1]) < 2
    assert float(variance[:8].mean()) > float(variance[24:32].mean()) > float(variance[-8:].mean())
