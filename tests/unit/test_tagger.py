"""The built-in tagger: geometry of its frames, independence of windows, behaviour on wild input."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from sonotag.models.tagger import LogMel, Tagger, load_tagger
from sonotag.models.tagger_format import TaggerConfig, config_from_json, config_to_json, mel_filterbank

CONFIG = TaggerConfig()
SECOND = CONFIG.sample_rate_hz


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    torch.manual_seed(3)
    made = Tagger(CONFIG, n_labels=7)
    return made.requires_grad_(False).eval()


def noise(batch: int, level: float = 0.05) -> torch.Tensor:
    return level * torch.randn(batch, CONFIG.window_samples, generator=torch.Generator().manual_seed(batch))


def burst(at_s: float, length_s: float = 0.125, frequency_hz: float = 2000.0) -> torch.Tensor:
    """[1, window] float32: silence with one tone burst."""
    time = torch.arange(CONFIG.window_samples) / SECOND
    inside = (time >= at_s) & (time < at_s + length_s)
    return (0.3 * torch.sin(2 * math.pi * frequency_hz * time) * inside)[None].to(torch.float32)


def test_a_window_is_a_whole_number_of_frames(tagger: Tagger) -> None:
    assert CONFIG.window_samples % CONFIG.frame_samples == 0
    assert CONFIG.frame_s == 0.125
    frames = tagger.frames(noise(2))
    assert frames.shape == (2, 80, CONFIG.dim)
    assert frames.dtype == torch.float32
    assert tagger.logits(frames).shape == (2, 80, 7)


@pytest.mark.parametrize("frame", [0, 1, 17, 40, 78, 79])
def test_the_energy_of_a_frame_long_burst_is_centred_on_its_frame(frame: int) -> None:
    power = LogMel(CONFIG).power(burst(frame * CONFIG.frame_s))[0].sum(dim=1)
    centre = (torch.arange(len(power)) + 0.5) @ power / power.sum()
    # In the very first and last frames the reflected edge pulls the centre by less than a column.
    assert float(centre) == pytest.approx(
        (frame + 0.5) * CONFIG.columns_per_frame, abs=1.0 if frame in (0, 79) else 0.05
    )


@pytest.mark.parametrize("frame", [25, 40, 52])
def test_what_a_burst_changes_lies_symmetrically_around_its_frame(tagger: Tagger, frame: int) -> None:
    silence = tagger.frames(torch.zeros(1, CONFIG.window_samples))
    moved = (tagger.frames(burst(frame * CONFIG.frame_s)) - silence)[0].norm(dim=1)
    changed = torch.nonzero(moved > 1e-5).flatten()
    reach = CONFIG.receptive_field_frames
    assert frame - reach <= int(changed.min())
    assert int(changed.max()) <= frame + reach
    assert abs((frame - int(changed.min())) - (int(changed.max()) - frame)) <= 1


def test_the_column_of_an_impulse_is_the_one_that_holds_it() -> None:
    for sample in (375, 30_000 + 375, 479_625 - 1):
        impulse = torch.zeros(1, CONFIG.window_samples)
        impulse[0, sample] = 1.0
        assert int(LogMel(CONFIG).power(impulse)[0].sum(dim=1).argmax()) == sample // CONFIG.hop_samples


def test_batched_equals_single(tagger: Tagger) -> None:
    windows = noise(3)
    singles = torch.cat([tagger.frames(window[None]) for window in windows])
    torch.testing.assert_close(tagger.frames(windows), singles, atol=2e-4, rtol=1e-3)


def test_padding_reaches_back_no_further_than_the_receptive_field(tagger: Tagger) -> None:
    whole = noise(1)
    padded = whole.clone()
    cut = 50
    padded[:, cut * CONFIG.frame_samples :] = 0.0
    difference = (tagger.frames(whole) - tagger.frames(padded))[0].abs().amax(dim=1)
    assert float(difference[: cut - CONFIG.receptive_field_frames].max()) < 1e-4
    assert float(difference[cut:].max()) > 1e-3


def test_wild_input_gives_finite_frames(tagger: Tagger) -> None:
    wild = noise(1)
    wild[0, 100:200] = torch.nan
    wild[0, 300] = torch.inf
    wild[0, 400] = -torch.inf
    wild[0, 500:600] = 1e30
    for windows in (torch.zeros(1, CONFIG.window_samples), wild, torch.full((1, CONFIG.window_samples), 1e-38)):
        assert torch.isfinite(tagger.frames(windows)).all()
        assert torch.isfinite(tagger(windows)).all()


def test_storing_frames_as_float16_hardly_changes_scores(tagger: Tagger) -> None:
    frames = tagger.frames(noise(2))
    exact = torch.sigmoid(tagger.logits(frames))
    rounded = torch.sigmoid(tagger.logits(frames.half().float()))
    assert float((exact - rounded).abs().max()) < 0.01


def test_a_full_scale_sine_is_near_zero_decibels_and_silence_at_the_floor() -> None:
    front_end = LogMel(CONFIG)
    time = torch.arange(CONFIG.window_samples) / SECOND
    sine = torch.sin(2 * math.pi * 1000 * time)[None]
    total_db = 10 * torch.log10(front_end.power(sine)[0, 320] @ torch.ones(CONFIG.n_mels))
    assert float(total_db) == pytest.approx(0.0, abs=6.0)
    assert float(front_end(torch.zeros(1, CONFIG.window_samples)).max()) == pytest.approx(CONFIG.floor_db)


def test_no_mel_band_is_empty() -> None:
    filters = torch.as_tensor(mel_filterbank(CONFIG))
    assert filters.shape == (CONFIG.n_fft // 2 + 1, CONFIG.n_mels)
    torch.testing.assert_close(filters.sum(dim=0), torch.ones(CONFIG.n_mels))
    peaks_hz = filters.argmax(dim=0) * SECOND / CONFIG.n_fft
    assert (peaks_hz.diff() >= 0).all()


def test_configuration_survives_its_header() -> None:
    for config in (CONFIG, replace(CONFIG, steady_unrest=(1.0, 1.5))):
        assert config_from_json(config_to_json(config)) == config


def test_smoothed_frames_are_means_of_those_that_there_are() -> None:
    config = TaggerConfig(channels=(2,), strides=((8, 4),), dilations=(), dim=3, n_mels=16)
    torch.manual_seed(4)
    plain = Tagger(config, n_labels=1).requires_grad_(False).eval()
    smoothed = Tagger(replace(config, smoothing_frames=5), n_labels=1).requires_grad_(False).eval()
    smoothed.load_state_dict(plain.state_dict())
    frames, means = plain.frames(noise(1))[0], smoothed.frames(noise(1))[0]
    for at in (0, 1, 40, 79):
        torch.testing.assert_close(means[at], frames[max(0, at - 2) : at + 3].mean(dim=0))
    assert smoothed.config.receptive_field_frames == plain.config.receptive_field_frames + 2


def test_a_file_that_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_tagger(tmp_path / "absent.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"not weights")
    with pytest.raises(SafetensorError):
        load_tagger(tmp_path / "bad.safetensors")
