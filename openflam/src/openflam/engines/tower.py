"""The audio tower as OpenVINO's operations: the numbers of :class:`openflam.htsat.HTSAT`, arranged for speed.

* A norm's weight and bias go into the linear layer behind it, and the attention's scale into the queries' weights.
* Positions stay in the order of the attention's windows. Norms and linear layers do not mind an order, so a shift of
  the windows is one permutation of rows, and the last of a stage is also the one that its merging needs.
* One window at a time, so that every shape is known when a network is compiled: that gains more on a processor than
  reading the weights once for several windows.
* There are two networks, as the deep stages at the back can do with fewer bits than the wide ones at the front.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from openflam.config import AudioConfig
from openflam.engines.network import openvino
from openflam.htsat import HTSAT, Block, PatchMerging, Stage

Node = Any
"""Of OpenVINO's graph, which has no types."""
Float64 = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]
"""[positions]: which position of the grid, counted row by row, each row of a network's values holds."""


class Linear(NamedTuple):
    """weight [out, in], bias [out], in float64 until they are written."""

    weight: Float64
    bias: Float64


class Int8Linear(NamedTuple):
    """A linear layer of eight bits, made by :mod:`openflam.engines.quantize`.

    Of each input channel the level q is the nearest in 0..255 of (x - low) / step, and the output is
    scale * (weight @ q) + bias. low, step [in], weight [out, in] int8, scale, bias [out].
    """

    low: Float64
    step: Float64
    weight: npt.NDArray[np.int8]
    scale: Float64
    bias: Float64


def front_stages(config: AudioConfig) -> int:
    """Stages of the front network; the others make the back one."""
    return len(config.depths) // 2


def front_shape(config: AudioConfig) -> tuple[int, int]:
    """[positions, channels] of a window between the two networks."""
    stages = front_stages(config)
    return grid_of(config, stages) ** 2, config.dim << stages


def grid_of(config: AudioConfig, stage: int) -> int:
    """Rows and columns of positions."""
    return config.image // config.patch >> stage


def window_order(config: AudioConfig, stage: int, shift: int = 0) -> Order:
    """Window by window, and row by row in each, of the stage's grid rolled back by `shift`."""
    grid = grid_of(config, stage)
    window = min(config.attention_window, grid)
    count = grid // window
    places = np.roll(np.arange(grid * grid).reshape(grid, grid), (-shift, -shift), (0, 1))
    return places.reshape(count, window, count, window).transpose(0, 2, 1, 3).reshape(-1)


def merging_order(config: AudioConfig, stage: int) -> Order:
    """Of the stage's grid: the four neighbours that become one position of the next stage, for each in its order."""
    grid = grid_of(config, stage)
    row, column = divmod(window_order(config, stage + 1), grid // 2)
    # The column's parity is the slower one, see PatchMerging.
    corners = [(2 * row + down) * grid + 2 * column + right for right in (0, 1) for down in (0, 1)]
    return np.stack(corners, 1).reshape(-1)


def mean_matrix(config: AudioConfig) -> npt.NDArray[np.float32]:
    """[T + 1, positions] of the last stage: means that are the frames, in order of time, and last the clip."""
    grid, parts = config.grid_out, config.grid_out // config.chunks
    matrix = np.zeros((config.frames + 1, grid * grid), np.float32)
    order = window_order(config, len(config.depths) - 1)
    row, column = divmod(order, grid)
    matrix[row // parts * grid + column, np.arange(len(order))] = 1 / parts
    matrix[-1] = 1 / len(order)
    return matrix


def values(tensor: Tensor) -> Float64:
    return tensor.detach().double().numpy()


def linear_of(module: nn.Linear) -> Linear:
    weight = values(module.weight)
    # torch's stubs do not say that there may be none.
    return Linear(weight, np.zeros(len(weight)) if getattr(module, "bias", None) is None else values(module.bias))


def behind(norm: nn.LayerNorm, linear: Linear) -> Linear:
    """The linear layer that takes what `norm` gives before its weight and bias."""
    return Linear(linear.weight * values(norm.weight), linear.bias + linear.weight @ values(norm.bias))


class Graph:
    """Writes one of the two networks, with those layers in int8 that `small` has."""

    def __init__(self, tower: HTSAT, small: Mapping[nn.Linear, Int8Linear] | None = None) -> None:
        self._library = openvino()
        self._ops: Any = import_module("openvino.opset13")
        self._tower = tower
        self._config = tower.config
        self._small = small or {}

    def front(self) -> Any:
        """Patches [1, P, patch^2] as :class:`openflam.engines.patches.Patches` makes them -> [1, P', C']."""
        config, embed = self._config, self._tower.patch_embed
        patches = self._ops.parameter([1, grid_of(config, 0) ** 2, config.patch**2], np.float32)
        assert embed.proj.bias is not None
        flat = Linear(values(embed.proj.weight).reshape(config.dim, -1), values(embed.proj.bias))
        x = self._affine(self._norm(self._linear(patches, flat), embed.norm), embed.norm)
        return self._model(self._stages(x, 0, front_stages(config)), patches)

    def back(self) -> Any:
        """What the front gave, [1, P', C'] -> [1, T + 1, D]: frames, then the clip."""
        config = self._config
        given = self._ops.parameter([1, *front_shape(config)], np.float32)
        x = self._stages(given, front_stages(config), len(config.depths))
        # The means are taken before the norm's weight and bias, which are the same for all positions.
        averaging = self._constant(mean_matrix(config)[None])
        means = self._ops.matmul(averaging, self._norm(x, self._tower.norm), False, False)
        return self._model(self._affine(means, self._tower.norm), given)

    def _model(self, result: Node, parameter: Node) -> Any:
        return self._library.Model([result], [parameter])

    def _stages(self, x: Node, first: int, end: int) -> Node:
        order = window_order(self._config, first)
        for index in range(first, end):
            stage = self._tower.layers[index]
            assert isinstance(stage, Stage)
            for block in stage.blocks:
                assert isinstance(block, Block)
                wanted = window_order(self._config, index, block.shift)
                x, order = self._block(self._permuted(x, order, wanted), block), wanted
            if stage.downsample is not None:
                x = self._merged(self._permuted(x, order, merging_order(self._config, index)), stage.downsample)
                order = window_order(self._config, index + 1)
        return x

    def _block(self, x: Node, block: Block) -> Node:
        x = self._ops.add(x, self._attention(self._norm(x, block.norm1), block))
        normed, first, second = self._norm(x, block.norm2), block.mlp.fc1, block.mlp.fc2
        if first in self._small:
            hidden = self._int8(self._levels(normed, self._small[first]), self._small[first])
        else:
            hidden = self._linear(normed, behind(block.norm2, linear_of(first)))
        hidden = self._ops.gelu(hidden, "erf")
        if second in self._small:
            levels = self._levels(hidden, self._small[second])
            return self._ops.add(x, self._int8(levels, self._small[second]))
        return self._ops.add(x, self._linear(hidden, linear_of(second)))

    def _attention(self, x: Node, block: Block) -> Node:
        heads, length = block.attn.heads, block.window**2
        weight, bias = behind(block.norm1, linear_of(block.attn.qkv))
        dim = weight.shape[1]
        scale = (dim // heads) ** -0.5
        # [1, 1 or windows, heads, N, N]: with a mask, windows differ.
        added = block.attn.bias.detach().numpy().reshape(1, -1, heads, length, length)

        small = self._small.get(block.attn.qkv)
        given = x if small is None else self._levels(x, small)

        def split(part: int, factor: float = 1.0) -> Node:
            rows = slice(part * dim, (part + 1) * dim)
            if small is None:
                y = self._linear(given, Linear(factor * weight[rows], factor * bias[rows]))
            else:
                scale, offset = factor * small.scale[rows], factor * small.bias[rows]
                y = self._int8(given, small._replace(weight=small.weight[rows], scale=scale, bias=offset))
            y = self._shaped(y, 0, -1, length, heads, dim // heads)
            return self._ops.transpose(y, self._integers(0, 1, 3, 2, 4))

        query, key, value = split(0, scale), split(1), split(2)
        scores = self._ops.add(self._ops.matmul(query, key, False, True), self._constant(added))
        mixed = self._ops.matmul(self._ops.softmax(scores, -1), value, False, False)
        mixed = self._ops.transpose(mixed, self._integers(0, 1, 3, 2, 4))
        return self._linear(self._shaped(mixed, 0, -1, dim), linear_of(block.attn.proj))

    def _merged(self, x: Node, merging: PatchMerging) -> Node:
        """Rows that are four to a position -> half as wide as those four together."""
        reduction = behind(merging.norm, linear_of(merging.reduction))
        x = self._shaped(x, 0, -1, reduction.weight.shape[1])
        return self._linear(self._norm(x, merging.norm), reduction)

    def _permuted(self, x: Node, given: Order, wanted: Order) -> Node:
        if np.array_equal(given, wanted):
            return x
        rows = np.argsort(given)[wanted].astype(np.int32)
        return self._ops.gather(x, self._ops.constant(rows), self._integers(1))

    def _norm(self, x: Node, norm: nn.LayerNorm) -> Node:
        """Without its weight and bias, see :func:`behind`."""
        return self._ops.mvn(x, self._integers(-1), True, norm.eps, "inside_sqrt")

    def _affine(self, x: Node, norm: nn.LayerNorm) -> Node:
        """A norm's weight and bias by themselves."""
        weight, bias = (self._constant(values(part)[None, None]) for part in (norm.weight, norm.bias))
        return self._ops.add(self._ops.multiply(x, weight), bias)

    def _linear(self, x: Node, linear: Linear) -> Node:
        y = self._ops.matmul(x, self._constant(linear.weight), False, True)
        return self._ops.add(y, self._constant(linear.bias[None, None]))

    def _levels(self, x: Node, linear: Int8Linear) -> Node:
        """What :class:`Int8Linear` calls q."""

        def constant(numbers: Float64 | float) -> Node:
            return self._constant(np.reshape(numbers, (1, 1, -1)))

        low, step = linear.low, linear.step
        if np.ptp(low) or np.ptp(step):
            # Not as bounds of the quantisation: behind a norm, the engine would take rows for channels.
            x = self._ops.add(self._ops.multiply(x, constant(1 / step)), constant(-low / step))
            low, step = np.zeros(1), np.ones(1)
        bounds = (low[0], low[0] + 255 * step[0], 0.0, 255.0)
        return self._ops.fake_quantize(x, *map(constant, bounds), 256)

    def _int8(self, levels: Node, linear: Int8Linear) -> Node:
        """The engine recognises this form, and multiplies the levels by the weights as they are."""
        weight = self._ops.convert(self._ops.constant(linear.weight), np.float32)
        weight = self._ops.multiply(weight, self._constant(linear.scale[:, None]))
        y = self._ops.matmul(levels, weight, False, True)
        return self._ops.add(y, self._constant(linear.bias[None, None]))

    def _shaped(self, x: Node, *shape: int) -> Node:
        """0 keeps a dimension as it is, -1 takes what is left."""
        return self._ops.reshape(x, self._integers(*shape), True)

    def _integers(self, *numbers: int) -> Node:
        return self._ops.constant(np.array(numbers, np.int64))

    def _constant(self, numbers: npt.NDArray[Any]) -> Node:
        return self._ops.constant(np.ascontiguousarray(numbers, np.float32))


def front_and_back(tower: HTSAT) -> Iterator[tuple[str, Any]]:
    """Names and networks, one after the other, as each holds a copy of its weights."""
    graph = Graph(tower)
    yield "audio_front", graph.front()
    yield "audio_back", graph.back()
