"""What the audio tower's networks are fed with, and the orders of positions in them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from openflam.config import FLAMConfig
from openflam.engines.patches import Patches
from openflam.engines.tower import mean_matrix, merging_order, window_order
from openflam.htsat import partition
from tests.openflam.filled import filled_model

TINY = FLAMConfig.tiny()
SECONDS = np.arange(480_000) / 48_000


def edges() -> np.ndarray:
    """Loud only where the signal is mirrored at its ends, and different at both."""
    return np.exp(-SECONDS * 400) - 0.7 * np.sin(2 * np.pi * 900 * SECONDS) * np.exp((SECONDS - 10) * 300)


NOISE = np.random.default_rng(0).uniform(-1, 1, 480_000)
SIGNALS = {
    "noise": NOISE,
    "edges": edges(),
    # Of a tone alone, what the far bins hold is rounding, here and there.
    "between two bins, odd and even": 0.5 * np.sin(2 * np.pi * 3023.4 * SECONDS) + 1e-3 * NOISE,
    "clicks": (np.arange(480_000) % 7_001 == 0) * 0.9,
}


@pytest.fixture(scope="module")
def model() -> torch.nn.Module:
    return filled_model(TINY)


@pytest.mark.parametrize("name", SIGNALS)
def test_the_matrix_products_are_the_spectrogram(model: torch.nn.Module, name: str) -> None:
    samples = torch.from_numpy(SIGNALS[name].astype(np.float32))[None]
    audio, tower = TINY.audio, model.audio_branch
    with torch.no_grad():
        image = tower.fold(tower.log_mel(samples))
        found = Patches(model)(samples)
    across = audio.image // audio.patch
    cut = image.view(across, audio.patch, across, audio.patch).transpose(1, 2).reshape(1, across, across, -1)
    expected = partition(cut, audio.attention_window).reshape(found.shape)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("shift", [0, 4])
def test_rows_are_window_by_window(shift: int) -> None:
    places = torch.arange(32 * 32).view(1, 32, 32, 1)
    expected = partition(places.roll((-shift, -shift), (1, 2)), 8).flatten()
    np.testing.assert_array_equal(window_order(TINY.audio, 1, shift), expected.numpy())


def test_four_neighbours_are_merged_in_the_next_stages_order() -> None:
    row, column = divmod(merging_order(TINY.audio, 0).reshape(-1, 4), 64)
    np.testing.assert_array_equal(row // 2 * 32 + column // 2, np.repeat(window_order(TINY.audio, 1)[:, None], 4, 1))
    assert (row % 2 == [0, 1, 0, 1]).all()
    assert (column % 2 == [0, 0, 1, 1]).all()


def test_frames_are_means_in_order_of_time() -> None:
    grid = torch.arange(64.0).view(1, 8, 8, 1)
    frames = grid.view(1, 4, 2, 8, 1).mean(2).flatten()
    found = mean_matrix(TINY.audio) @ np.arange(64.0)
    np.testing.assert_allclose(found, [*frames.tolist(), 31.5], rtol=1e-6)
