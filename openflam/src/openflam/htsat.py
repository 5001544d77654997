"""The audio tower: HTS-AT, a Swin transformer on a folded log-mel (arXiv 2202.00874, arXiv 2103.14030).

Names of modules are those of the published state dict.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from openflam.config import AudioConfig
from openflam.features import LogMel

MASKED = -100.0
"""Added to the attention between positions that only the cyclic shift made neighbours."""


class TowerOutput(NamedTuple):
    """frames [B, T, D] in order of time; clip [B, D], the mean over all positions."""

    frames: Tensor
    clip: Tensor


def relative_position_index(window: int) -> Tensor:
    """[window^2, window^2] int64: which row of the bias table holds for a pair of positions."""
    rows, columns = torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
    rows, columns = rows.flatten(), columns.flatten()
    span = 2 * window - 1
    return (rows[:, None] - rows + window - 1) * span + (columns[:, None] - columns + window - 1)


def shift_mask(grid: int, window: int, shift: int) -> Tensor:
    """[windows, window^2, window^2] float32: MASKED between positions of a shifted window that are not neighbours."""
    region = torch.zeros(grid)
    region[grid - window : grid - shift] = 1
    region[grid - shift :] = 2
    regions = partition((region[:, None] * 3 + region)[None, :, :, None], window)[..., 0]
    return torch.where(regions[:, :, None] == regions[:, None, :], 0.0, MASKED)


def partition(x: Tensor, window: int) -> Tensor:
    """[B, H, W, C] -> [B * windows, window^2, C]."""
    batch, height, width, channels = x.shape
    x = x.view(batch, height // window, window, width // window, window, channels)
    return x.transpose(2, 3).reshape(-1, window * window, channels)


def unpartition(x: Tensor, window: int, grid: int) -> Tensor:
    """Inverse of :func:`partition` for a square grid: -> [B, grid, grid, C]."""
    per_side, channels = grid // window, x.shape[-1]
    x = x.view(-1, per_side, per_side, window, window, channels)
    return x.transpose(2, 3).reshape(-1, grid, grid, channels)


class WindowAttention(nn.Module):
    """Self-attention within windows, with a bias by relative position and, where shifted, a mask."""

    bias: Tensor

    def __init__(self, dim: int, heads: int, grid: int, window: int, shift: int) -> None:
        super().__init__()
        self.heads = heads
        self._geometry = (grid, window, shift)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        self.register_buffer("bias", torch.empty(0), persistent=False)
        if not self.bias.is_meta:  # there, nothing is computed, and trying to makes torch import its compiler
            self.derive()

    @torch.no_grad()
    def derive(self) -> None:
        """Computes the bias [1, windows * heads or heads, N, N] from the table; anew after the table has changed."""
        grid, window, shift = self._geometry
        table = self.relative_position_bias_table
        bias = table[relative_position_index(window).to(table.device)].permute(2, 0, 1)
        if shift:
            bias = (bias + shift_mask(grid, window, shift).to(table)[:, None]).flatten(0, 1)
        self.bias = bias[None].contiguous()

    def forward(self, x: Tensor) -> Tensor:
        """[B * windows, N, C] -> the same shape."""
        count, positions, channels = x.shape
        qkv = self.qkv(x).view(count, positions, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # With a mask, windows differ: they become heads, so that one bias holds for every item of the batch.
        q, k, v = qkv.reshape(3, -1, self.bias.shape[1], positions, channels // self.heads)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=self.bias)
        mixed = mixed.reshape(count, self.heads, positions, -1).transpose(1, 2).reshape(x.shape)
        return self.proj(mixed)


class Mlp(nn.Module):
    """Linear, exact GELU, linear."""

    def __init__(self, dim: int, dim_hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, dim_hidden)
        self.fc2 = nn.Linear(dim_hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(functional.gelu(self.fc1(x)))


class Block(nn.Module):
    """Pre-norm transformer block on windows, every second one shifted by half a window."""

    def __init__(self, dim: int, heads: int, grid: int, shifted: bool, config: AudioConfig) -> None:
        super().__init__()
        self.window = min(config.attention_window, grid)
        self.shift = self.window // 2 if shifted and grid > self.window else 0
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, heads, grid, self.window, self.shift)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, config.mlp_ratio * dim)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> the same shape."""
        windows = self.norm1(x)
        if self.shift:
            windows = windows.roll((-self.shift, -self.shift), (1, 2))
        windows = unpartition(self.attn(partition(windows, self.window)), self.window, x.shape[1])
        if self.shift:
            windows = windows.roll((self.shift, self.shift), (1, 2))
        x = x + windows
        return x + self.mlp(self.norm2(x))


class PatchMerging(nn.Module):
    """Four neighbours become one position of twice the width."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] -> [B, H / 2, W / 2, 2 C]."""
        batch, height, width, channels = x.shape
        # (row, column): even/even, odd/even, even/odd, odd/odd, so the column's parity is the slower one.
        x = x.view(batch, height // 2, 2, width // 2, 2, channels).permute(0, 1, 3, 4, 2, 5)
        return self.reduction(self.norm(x.reshape(batch, height // 2, width // 2, 4 * channels)))


class Stage(nn.Module):
    """Blocks on one grid, then a merging unless it is the last."""

    def __init__(self, index: int, config: AudioConfig) -> None:
        super().__init__()
        dim, grid = config.dim * 2**index, config.image // config.patch // 2**index
        self.blocks = nn.Sequential(
            *(Block(dim, config.heads[index], grid, place % 2 == 1, config) for place in range(config.depths[index]))
        )
        self.downsample = PatchMerging(dim) if index + 1 < len(config.depths) else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(x)
        return x if self.downsample is None else self.downsample(x)


class PatchEmbed(nn.Module):
    """Image [B, 1, H, W] -> positions [B, H / patch, W / patch, C]."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.proj = nn.Conv2d(1, config.dim, config.patch, config.patch)
        self.norm = nn.LayerNorm(config.dim)

    def forward(self, image: Tensor) -> Tensor:
        return self.norm(self.proj(image).permute(0, 2, 3, 1))


class HTSAT(nn.Module):
    """Windows of samples -> embeddings of frames and of the clip, before the projection."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.log_mel = LogMel(config)
        self.bn0 = nn.BatchNorm1d(config.mels)
        self.patch_embed = PatchEmbed(config)
        self.layers = nn.Sequential(*(Stage(index, config) for index in range(len(config.depths))))
        self.norm = nn.LayerNorm(config.dim_out)

    def forward(self, samples: Tensor) -> TowerOutput:
        """[B, window_samples] float32 -> frames [B, frames, dim_out], clip [B, dim_out]."""
        return self.encode_mel(self.log_mel(samples))

    def encode_mel(self, log_mel: Tensor) -> TowerOutput:
        """Log-mel [B, columns, mels] in dB -> as :meth:`forward`."""
        # The image is made in float32: decibels in steps of bfloat16 would be coarse.
        return self.encode_image(self.fold(log_mel).to(self.norm.weight.dtype))

    def encode_image(self, image: Tensor) -> TowerOutput:
        """Image [B, 1, image, image] as :meth:`fold` makes it -> as :meth:`forward`."""
        x = self.norm(self.layers(self.patch_embed(image)))
        batch, grid, _, dim = x.shape
        # Rows are (chunk, part of the frequency range): the parts are averaged, the chunks put back in a line.
        frames = x.view(batch, self.config.chunks, -1, grid, dim).mean(2).flatten(1, 2)
        return TowerOutput(frames, x.mean((1, 2)))

    def fold(self, log_mel: Tensor) -> Tensor:
        """Log-mel [B, columns, mels] -> image [B, 1, image, image]: row = chunk, then band; column = time in it."""
        config = self.config
        x = self.bn0(log_mel.transpose(1, 2)).transpose(1, 2)
        size = (config.chunks * config.image, config.mels)
        x = functional.interpolate(x[:, None], size, mode="bicubic", align_corners=True)
        return (
            x.view(-1, config.chunks, config.image, config.mels)
            .transpose(2, 3)
            .reshape(-1, 1, config.image, config.image)
        )
