"""Linear layers in int8: eight bits for what comes in and eight for the weights.

Each input channel has a range of its own, from what the layer was given when it heard sounds. How far the ranges'
differences are moved into the weights, which have one step per output, is tried out layer by layer (as in SmoothQuant,
Xiao et al. 2022, arXiv 2211.10438). The bias makes up for the mean error.

Only layers of the tower's back network are narrowed, the perceptrons and what makes queries, keys and values: most of
its work, while in the front it is not products that take the time. Needs torch, so it runs in the child process of
:mod:`openflam.prepare`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from openflam.engines.interface import Float32
from openflam.engines.tower import Float64, Int8Linear, Linear, behind, front_stages, linear_of
from openflam.htsat import HTSAT, Block, Stage

LEVELS = 256
MOST = 127
"""Of a weight, in steps."""
STRENGTHS = (0.0, 0.5, 1.0)
"""0: one range for all input channels, which costs no time and leaves the weights as they are; 1: each its own."""
GAIN = 0.25
"""A strength must leave less than this part of another's error: it takes time, and narrow ranges are soon exceeded."""
HEADROOM = 0.05
"""Of a range, at both ends, for what calibration did not hear."""
ROWS_PER_WINDOW = 16
"""Kept of what a layer was given, to compare ways to narrow it."""


class Narrowed(NamedTuple):
    """A layer in int8, and its mean squared error as part of the variance of what it gives."""

    layer: Int8Linear
    error: float


class Observed:
    """What a layer was given: the least and the greatest of each channel [in], and some rows [R, in]."""

    def __init__(self) -> None:
        self._rows: list[Float32] = []
        self._low: list[Float32] = []
        self._high: list[Float32] = []

    def add(self, given: Tensor) -> None:
        """[…, in] of one window."""
        flat = given.detach().flatten(0, -2).float()
        self._low.append(flat.amin(0).numpy())
        self._high.append(flat.amax(0).numpy())
        self._rows.append(flat[:: max(1, len(flat) // ROWS_PER_WINDOW)].numpy().copy())

    @property
    def rows(self) -> Float32:
        return np.concatenate(self._rows)

    def range(self) -> tuple[Float64, Float64]:
        """With headroom, also for channels that hardly ever change."""
        low, high = np.min(self._low, 0).astype(np.float64), np.max(self._high, 0).astype(np.float64)
        more = HEADROOM * np.maximum(high - low, max(1e-6, (high - low).max() / LEVELS))
        return low - more, high + more


def blocks_of(tower: HTSAT) -> list[Block]:
    """Of the back network, in order."""
    stages = list(tower.layers)[front_stages(tower.config) :]
    return [block for stage in stages if isinstance(stage, Stage) for block in stage.blocks if isinstance(block, Block)]


def observe(tower: HTSAT, windows: Sequence[Float32]) -> dict[nn.Linear, Observed]:
    """What each layer that can be narrowed is given when the tower hears `windows` [samples] each.

    Where it comes from a norm, that is before the norm's weight and bias, which go into the layer.
    """
    observed: dict[nn.Linear, Observed] = {}
    hooks: list[torch.utils.hooks.RemovableHandle] = []
    for block in blocks_of(tower):
        for norm, layer in ((block.norm1, block.attn.qkv), (block.norm2, block.mlp.fc1)):
            found = observed[layer] = Observed()

            def normed(norm: nn.Module, given: tuple[Tensor], found: Observed = found) -> None:
                assert isinstance(norm, nn.LayerNorm)
                found.add(functional.layer_norm(given[0], norm.normalized_shape, eps=norm.eps))

            hooks.append(norm.register_forward_pre_hook(normed))
        found = observed[block.mlp.fc2] = Observed()

        def hidden(_: nn.Module, given: tuple[Tensor], found: Observed = found) -> None:
            found.add(given[0])

        hooks.append(block.mlp.fc2.register_forward_pre_hook(hidden))
    try:
        with torch.inference_mode():
            for window in windows:
                tower(torch.tensor(window)[None])
    finally:
        for hook in hooks:
            hook.remove()
    return observed


def narrowed(linear: Linear, observed: Observed) -> Narrowed:
    """`linear` in int8, the best of the strengths for the rows that were kept."""
    rows = observed.rows
    wanted = rows @ linear.weight.astype(np.float32).T + linear.bias.astype(np.float32)
    spread = float(wanted.var(0).mean()) or 1.0
    best: Narrowed | None = None
    for strength in STRENGTHS:
        layer = with_strength(linear, observed, strength)
        off = wanted - applied(layer, rows)
        mean = off.mean(0)
        error = float(np.square(off - mean).mean()) / spread
        if best is None or error < GAIN * best.error:
            best = Narrowed(layer._replace(bias=layer.bias + mean), error)
    assert best is not None
    return best


def with_strength(linear: Linear, observed: Observed, strength: float) -> Int8Linear:
    """`linear` in int8; see STRENGTHS."""
    low, high = observed.range()
    if strength == 0:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    width = high - low
    # Steps go with a power of the widths, and the least of them still covers its channel.
    step = width**strength * (width ** (1 - strength)).max() / (LEVELS - 1)
    begin = (low + high) / 2 - step * (LEVELS - 1) / 2
    weight = linear.weight * step
    scale = np.maximum(np.abs(weight).max(1), 1e-30) / MOST
    small: npt.NDArray[np.int8] = np.rint(weight / scale[:, None]).astype(np.int8)
    bias = linear.bias + linear.weight @ begin
    return Int8Linear(begin, step, small, scale, bias)


def applied(layer: Int8Linear, rows: Float32) -> Float32:
    """What an engine computes: rows [R, in] -> [R, out]."""
    levels = np.clip(np.rint((rows - layer.low) / layer.step), 0, LEVELS - 1).astype(np.float32)
    return (levels @ layer.weight.astype(np.float32).T) * layer.scale.astype(np.float32) + layer.bias.astype(np.float32)


def narrowed_layers(tower: HTSAT, windows: Sequence[Float32]) -> dict[nn.Linear, Narrowed]:
    """Every layer that can be in int8, calibrated on `windows`."""
    observed = observe(tower, windows)
    found: dict[nn.Linear, Narrowed] = {}
    for block in blocks_of(tower):
        first, second, qkv = block.mlp.fc1, block.mlp.fc2, block.attn.qkv
        found[qkv] = narrowed(behind(block.norm1, linear_of(qkv)), observed[qkv])
        found[first] = narrowed(behind(block.norm2, linear_of(first)), observed[first])
        found[second] = narrowed(linear_of(second), observed[second])
    return found


def least_harmed(layers: Mapping[nn.Linear, Narrowed], part: float) -> dict[nn.Linear, Int8Linear]:
    """That part of the layers, at least one, whose errors are the smallest."""
    ordered = sorted(layers, key=lambda layer: layers[layer].error)
    return {layer: layers[layer].layer for layer in ordered[: max(1, round(part * len(ordered)))]}
