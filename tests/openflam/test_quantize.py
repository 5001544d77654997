"""Linear layers in int8: how they are made, and that OpenVINO computes what was meant."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openflam import FLAMConfig
from openflam.engines import quantize
from openflam.engines.network import Network, openvino, settings
from openflam.engines.quantize import Narrowed, Observed, applied, blocks_of, least_harmed, narrowed, narrowed_layers
from openflam.engines.tower import Graph, Int8Linear, Linear, front_shape
from openflam.htsat import HTSAT
from openflam.probe import calibration_sounds, sounds
from tests.openflam.filled import filled_model

TINY = FLAMConfig.tiny()


def observed(rows: np.ndarray) -> Observed:
    result = Observed()
    result.add(torch.from_numpy(rows.astype(np.float32)))
    return result


def linear(count_in: int, count_out: int) -> Linear:
    rng = np.random.default_rng(4)
    return Linear(rng.standard_normal((count_out, count_in)), rng.standard_normal(count_out))


def relative_error(layer: Int8Linear, exact: Linear, rows: np.ndarray) -> float:
    wanted = rows @ exact.weight.T + exact.bias
    off = applied(layer, rows.astype(np.float32)) - wanted
    return float(np.square(off).mean() / wanted.var(0).mean())


def test_eight_bits_are_near() -> None:
    rows = np.random.default_rng(1).standard_normal((400, 48))
    exact = linear(48, 32)
    found = narrowed(exact, observed(rows))
    assert found.error == pytest.approx(relative_error(found.layer, exact, rows[::12]), rel=0.5)
    assert relative_error(found.layer, exact, rows) < 4e-4
    assert np.ptp(found.layer.step) == 0, "one range for all channels where they are alike"


def test_an_outlier_does_not_spoil_the_others() -> None:
    rows = np.random.default_rng(1).standard_normal((400, 48))
    rows[:, 7] *= 100
    exact = linear(48, 32)
    exact.weight[:, 7] /= 100
    found = narrowed(exact, observed(rows))
    alone = quantize.with_strength(exact, observed(rows), 0.0)
    assert relative_error(found.layer, exact, rows) < 2e-3
    assert relative_error(alone, exact, rows) > 50 * relative_error(found.layer, exact, rows)


def test_a_channel_that_never_changes_is_kept() -> None:
    rows = np.random.default_rng(1).standard_normal((400, 48))
    rows[:, 3] = 2.5
    exact = linear(48, 32)
    assert relative_error(narrowed(exact, observed(rows)).layer, exact, rows) < 4e-4


class Emulated(nn.Module):
    """A layer as eight bits have it, for torch."""

    def __init__(self, layer: Int8Linear) -> None:
        super().__init__()
        self._layer = layer

    def forward(self, x: Tensor) -> Tensor:
        rows = x.flatten(0, -2).numpy()
        return torch.from_numpy(applied(self._layer, rows)).float().view(*x.shape[:-1], -1)


def emulated(tower: HTSAT, found: dict[nn.Linear, Narrowed]) -> HTSAT:
    """The tower with Emulated in place of the narrowed layers."""
    twin = copy.deepcopy(tower)
    for block, other in zip(blocks_of(tower), blocks_of(twin), strict=True):
        first, second = found[block.mlp.fc1].layer, found[block.mlp.fc2].layer
        plain: Any = nn.LayerNorm(block.norm2.normalized_shape, eps=block.norm2.eps, elementwise_affine=False)
        other.norm2, changed = plain, other.mlp
        changed.fc1, changed.fc2 = Emulated(first), Emulated(second)  # type: ignore[assignment]
    return twin


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_openvino_computes_what_was_meant(strength: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the one range for all channels, and of one for each, which another form of the network brings about."""
    monkeypatch.setattr(quantize, "STRENGTHS", (strength,))
    tower = filled_model(TINY).audio_branch.requires_grad_(False)
    found = narrowed_layers(tower, list(calibration_sounds(TINY)[:4]))
    assert {float(np.ptp(layer.layer.step)) > 0 for layer in found.values()} == {strength > 0}
    given = np.random.default_rng(2).standard_normal((1, *front_shape(TINY.audio))).astype(np.float32)
    library = openvino()

    def run(graph: Graph) -> np.ndarray:
        how = settings("float32", 2)
        return Network(library.Core().compile_model(graph.back(), "CPU", how))(given)[0]

    small = least_harmed(found, 1.0)
    assert len(small) == len(found) == 2 * len(blocks_of(tower)) > 0
    narrow, exact = run(Graph(tower, small)), run(Graph(tower))
    wanted = run_back(emulated(tower, found), given)
    np.testing.assert_allclose(run_back(tower, given), exact, atol=1e-4)
    # Rounding may fall to the other side here and there, which is one step of 256.
    assert np.abs(narrow - wanted).mean() < 0.2 * np.abs(exact - wanted).mean()


def run_back(tower: HTSAT, given: np.ndarray) -> np.ndarray:
    """The back network's stages by torch: [1, P', C'] in the order of windows -> [1, T + 1, D]."""
    from openflam.engines.tower import front_stages, grid_of, mean_matrix, window_order

    config = tower.config
    first, last = front_stages(config), len(config.depths) - 1

    def ordered(stage: int) -> np.ndarray:
        return window_order(config, stage)

    grid = grid_of(config, first)
    rows = np.empty_like(given)
    rows[:, ordered(first)] = given
    x = torch.from_numpy(rows).view(1, grid, grid, -1)
    with torch.inference_mode():
        for stage in list(tower.layers)[first:]:
            x = stage(x)
        flat = tower.norm(x).flatten(1, 2)[:, ordered(last)]
        return (torch.from_numpy(mean_matrix(config)) @ flat).numpy()


def test_the_least_harmed_come_first() -> None:
    layers = [nn.Linear(1, 1) for _ in range(4)]
    empty: Any = None
    found = {layer: Narrowed(empty, error) for layer, error in zip(layers, (0.3, 0.1, 0.4, 0.2), strict=True)}
    assert list(least_harmed(found, 0.5)) == [layers[1], layers[3]]
    assert list(least_harmed(found, 0.01)) == [layers[1]]


def test_calibration_and_check_hear_different_sounds() -> None:
    config = FLAMConfig()
    heard, checked = calibration_sounds(config), sounds(config)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1
    norms = np.linalg.norm(heard, axis=1)[:, None] * np.linalg.norm(checked, axis=1)
    assert (np.abs(heard @ checked.T) < 0.1 * norms + 1e-6).all()


def test_observing_leaves_nothing_behind() -> None:
    tower = filled_model(TINY).audio_branch
    quantize.observe(tower, list(sounds(TINY)[:1]))
    hooks = "_forward_pre_hooks"
    assert not any(getattr(block.norm2, hooks) or getattr(block.mlp.fc2, hooks) for block in blocks_of(tower))
