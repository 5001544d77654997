"""Mixtures in the mel-power domain: what is drawn, how it is placed, and how sounds add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import fftconvolve

from sonotag.models.tagger import LogMel
from training.activity import Activity
from training.clips import Clip, Row
from training.config import TrainingConfig
from training.mixtures import MixtureMaker, interference
from training.vocabulary import meaning_of

SMALL = replace(TrainingConfig(), batch=4, example_frames=16)
NOISE = np.ones((500, SMALL.network.n_mels), np.float32)


def texture(label: str, mel: int, columns: int, frame: int) -> Clip:
    """A clip of one band, in which it sounds for `columns` from that of `frame` on."""
    active = np.zeros(SMALL.network.columns_per_frame * SMALL.example_frames, bool)
    active[frame * SMALL.network.columns_per_frame :][:columns] = True
    power = np.zeros((len(active), SMALL.network.n_mels), np.float32)
    power[active, mel] = 1.0
    row = Row(Path("none"), "none", label, (), "CC0-1.0", "", "", f"{label} {mel}", 1, False)
    return Clip(row, meaning_of(label, ()), power, 0.0, Activity(active, np.zeros_like(active)))


@pytest.mark.parametrize(("label", "blends"), [("rain", True), ("dog barking", False)])
def test_sounds_that_last_are_blended_of_two_recordings(label: str, blends: bool) -> None:
    clips = [texture(label, mel, 30, frame) for mel, frame in ((10, 2), (50, 12))]
    maker = MixtureMaker(clips, NOISE, replace(SMALL, blend_share=1.0, reverb_share=0.0), 0.5, seed=3)
    both = 0
    for _ in range(60):
        event = maker._event()
        assert np.isfinite(event.power).all()
        assert (event.power >= 0).all()
        heard = event.power.sum(axis=1) > 0
        low, high = (event.power[:, part].sum() > 0 for part in (slice(0, 30), slice(30, None)))
        both += bool(low and high)
        # Wherever one of them sounds, the event is active.
        assert (event.activity[heard] > 0).mean() > 0.9
    assert (both > 10) == blends
    plain = MixtureMaker(clips, NOISE, replace(SMALL, blend_share=0.0, reverb_share=0.0), 0.5, seed=3)
    powers = [plain._event().power for _ in range(30)]
    assert not any(power[:, :30].sum() * power[:, 30:].sum() for power in powers)


def test_a_sound_that_is_placed_is_as_restless_as_it_was() -> None:
    """Nothing lies between two of its columns or bands: interpolated, they would be smoother."""
    rng = np.random.default_rng(6)
    clip = texture("rain", 0, 128, 0)
    clip.power[:] = rng.choice([1.0, 1000.0], clip.power.shape)
    maker = MixtureMaker([clip], NOISE, SMALL, 0.5, seed=3)
    for _ in range(20):
        power, activity = maker._placed(clip)
        assert set(np.unique(power[activity > 0])) == {1.0, 1000.0}
        assert set(np.unique(power[activity == 0])) <= {0.0}


def test_sounds_interfere_as_their_samples_do() -> None:
    """In every band the sum of two noises strays from the sum of their powers as far as is said."""
    config = SMALL.network
    front_end = LogMel(config)
    rng = np.random.default_rng(8)
    first, second = (
        torch.from_numpy(rng.standard_normal((4, config.window_samples)).astype(np.float32) * 0.1) for _ in range(2)
    )
    both, one, other = (front_end.power(wave).reshape(-1, config.n_mels) for wave in (first + second, first, second))
    cosine = ((both - one - other) / (2 * torch.sqrt(one * other))).numpy()
    np.testing.assert_allclose(cosine.std(axis=0), interference(config), rtol=0.15)
    assert np.abs(cosine.mean(axis=0)).max() < 0.06


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(-60, 60), st.sampled_from([0.0, 1e-12, 1.0]))
def test_a_sum_is_between_what_cancels_out_and_what_adds_up(seed: int, ratio_db: float, level: float) -> None:
    maker = MixtureMaker([texture("rain", 10, 30, 2)], NOISE, SMALL, 0.5, seed)
    one = np.full((maker.columns, SMALL.network.n_mels), level, np.float32)
    other = one * np.float32(10 ** (ratio_db / 10))
    total = maker._sum(one, other)
    low, high = ((np.sqrt(one) + sign * np.sqrt(other)) ** 2 for sign in (-1, 1))
    assert (total >= low * 0.999 - 1e-6 * high).all()
    assert (total <= high * 1.001).all()
    # Neither louder nor softer on the whole.
    if level:
        assert float(total.mean() / (one + other).mean()) == pytest.approx(1.0, abs=0.05)


def test_echoes_die_away_as_restlessly_as_a_rooms() -> None:
    """A room's response is noise that decays; the logarithm of its power strays in every band as what is drawn does."""
    config = SMALL.network
    front_end = LogMel(config)
    rng = np.random.default_rng(9)
    hop_s = config.hop_samples / config.sample_rate_hz
    length, t60_s = 64 * config.hop_samples, 0.8
    decay = 10 ** (-3 * np.arange(length) / config.sample_rate_hz / t60_s)
    bursts = rng.standard_normal((40, 12 * config.hop_samples))
    heard = np.stack([fftconvolve(burst, rng.standard_normal(length) * decay)[:length] for burst in bursts])
    power = front_end.power(torch.from_numpy(heard.astype(np.float32) * 1e-3)).numpy()[:, 16:48]
    fading = 10 ** (-6 * np.arange(power.shape[1]) * hop_s / t60_s)
    real = np.log(power / fading[:, None]).std(axis=(0, 1))

    maker = MixtureMaker([texture("rain", 10, 30, 2)], NOISE, SMALL, 0.5, seed=3)
    drawn = np.log(np.stack([maker._stretch(maker.echoes) for _ in range(40)])).std(axis=(0, 1))
    np.testing.assert_allclose(drawn, real, rtol=0.15)
    assert maker.echoes.mean() == pytest.approx(1.0, abs=0.01)


def test_a_sound_in_a_room_goes_on_after_its_end() -> None:
    always = replace(SMALL, reverb_share=1.0, equaliser_db=0.0, tilt_db=0.0, band_limit_share=0.0)
    maker = MixtureMaker([texture("rain", 10, 30, 2)], NOISE, always, 0.5, seed=3)
    burst = np.zeros((maker.columns, SMALL.network.n_mels), np.float32)
    burst[20:60] = 1.0
    for _ in range(10):
        power = maker._colour(burst)
        assert (power[:20] == 0).all()
        assert (power[61:90] > 0).all()
        # It fades, and not smoothly.
        levels = np.log(power[61:].mean(axis=1))
        assert levels[-10:].mean() < levels[:10].mean()
        assert np.diff(np.log(power[61:90, 20])).std() > 0.2
