"""Linear layers in int8: how they are made, and that OpenVINO computes what was meant."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openflam import FLAMConfig
from openflam.engines import quantize
from openflam.engines.network import Network, openvino, settings
from openflam.engines.quantize import Narrowed, Observed, applied, blocks_of, least_harmed, narrowed, narrowed_layers
from openflam.engines.tower import Graph, Int8Linear, Linear, front_shape
from openflam.htsat import HTSAT, Block
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


def layers_of(block: Block) -> dict[str, nn.Linear]:
    """Those that can be narrowed."""
    return {"qkv": block.attn.qkv, "fc1": block.mlp.fc1, "fc2": block.mlp.fc2}


def emulated(tower: HTSAT, small: Mapping[nn.Linear, Int8Linear]) -> HTSAT:
    """The tower with Emulated in place of the narrowed layers."""
    twin = copy.deepcopy(tower)
    for block, other in zip(blocks_of(tower), blocks_of(twin), strict=True):
        layers = layers_of(block)
        plain: Any = nn.LayerNorm(block.norm2.normalized_shape, eps=block.norm2.eps, elementwise_affine=False)
        made: dict[str, Any] = {name: Emulated(small[layer]) for name, layer in layers.items() if layer in small}
        if "qkv" in made:
            other.norm1, other.attn.qkv = plain, made["qkv"]
        if "fc1" in made:
            other.norm2, other.mlp.fc1 = plain, made["fc1"]
        if "fc2" in made:
            other.mlp.fc2 = made["fc2"]
    return twin


class Compared(NamedTuple):
    """Mean differences of what the network, its emulation and the exact tower give."""

    meant: float
    error: float
    error_meant: float


def compared(kinds: Collection[str], strength: float, monkeypatch: pytest.MonkeyPatch) -> Compared:
    monkeypatch.setattr(quantize, "STRENGTHS", (strength,))
    tower = filled_model(TINY).audio_branch.requires_grad_(False)
    found = narrowed_layers(tower, list(calibration_sounds(TINY)[:4]))
    assert {float(np.ptp(layer.layer.step)) > 0 for layer in found.values()} == {strength > 0}
    wanted = {layer for block in blocks_of(tower) for kind, layer in layers_of(block).items() if kind in kinds}
    assert len(found) == 3 * len(blocks_of(tower))
    small = {layer: narrow for layer, narrow in least_harmed(found, 1.0).items() if layer in wanted}
    assert len(small) == len(kinds) * len(blocks_of(tower)) > 0
    given = np.random.default_rng(2).standard_normal((1, *front_shape(TINY.audio))).astype(np.float32)
    library = openvino()

    def run(graph: Graph) -> np.ndarray:
        how = settings("float32", 2)
        return Network(library.Core().compile_model(graph.back(), "CPU", how))(given)[0]

    narrow, exact = run(Graph(tower, small)), run(Graph(tower))
    np.testing.assert_allclose(run_back(tower, given), exact, atol=1e-4)
    meant = run_back(emulated(tower, small), given)
    pairs = ((narrow, meant), (narrow, exact), (meant, exact))
    return Compared(*(float(np.abs(one - other).mean()) for one, other in pairs))


@pytest.mark.parametrize("kind", ["qkv", "fc1", "fc2"])
@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_openvino_computes_what_was_meant(strength: float, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the one range for all channels, and of one for each, which another form of the network brings about."""
    found = compared([kind], strength, monkeypatch)
    # Rounding may fall to the other side here and there, which is one step of 256.
    assert found.meant < 0.2 * found.error_meant


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_all_layers_together_err_as_much_as_was_meant(strength: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with the same errors: one level that falls to the other side turns the rounding of many after it."""
    found = compared(["qkv", "fc1", "fc2"], strength, monkeypatch)
    assert found.meant < found.error_meant
    assert 0.8 * found.error_meant < found.error < 1.2 * found.error_meant


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
    assert not any(getattr(module, hooks) for module in tower.modules())
