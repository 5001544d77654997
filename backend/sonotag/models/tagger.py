"""The built-in tagger's definition, in torch: a small convolutional sound-event detector, calibrated per label.

Pure inference. Ten seconds of 48 kHz audio become 80 frames of 0.125 s; a label's score in a frame is
``sigmoid(scale * <frame, vector> + bias)``. How the weights were made is in ``training/``; geometry and the file's
format are in ``tagger_format``, the same network on OpenVINO in ``tagger_openvino``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from sonotag.models.tagger_format import (
    DRIFT_FRAMES,
    MAX_ABS_SAMPLE,
    UNREST_FRAMES,
    TaggerConfig,
    TaggerMetadata,
    TaggerWeights,
    kernel_size,
    mel_filterbank,
    read_weights,
    stft_window,
)

COLUMNS_AT_ONCE = 160


class LogMel(nn.Module):
    """Samples -> log-mel columns, in dB re a full-scale sine filling one band."""

    window: Tensor
    part_filters: Tensor
    """[2 (n_fft // 2 + 1), n_mels]."""

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("window", torch.as_tensor(stft_window(config)), persistent=False)
        # A filter's weight twice in a row: for the squares of a bin's real and of its imaginary part.
        filters = torch.as_tensor(mel_filterbank(config)).repeat_interleave(2, dim=0)
        self.register_buffer("part_filters", filters, persistent=False)

    def power(self, samples: Tensor) -> Tensor:
        """[B, N] float32 -> mel power [B, N // hop_samples, n_mels] float32 (N a multiple of hop_samples)."""
        config = self.config
        samples = torch.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        samples = samples.clamp(-MAX_ABS_SAMPLE, MAX_ABS_SAMPLE)
        # Half a window less half a hop on either side puts column k's centre at (k + 1/2) hops.
        side = (config.n_fft - config.hop_samples) // 2
        columns = functional.pad(samples[:, None, :], (side, side), mode="reflect")[:, 0]
        # A stretch at a time: its spectra fit into the cache, those of a window or a batch do not.
        return torch.stack([self._power_of(window) for window in columns])

    def _power_of(self, samples: Tensor) -> Tensor:
        """[N + n_fft - hop_samples] float32 -> mel power [N // hop_samples, n_mels] float32."""
        windows = samples.unfold(-1, self.config.n_fft, self.config.hop_samples)
        power = samples.new_empty(windows.shape[0], self.config.n_mels)
        for start in range(0, windows.shape[0], COLUMNS_AT_ONCE):
            part = windows[start : start + COLUMNS_AT_ONCE] * self.window
            spectrum = cast(Tensor, torch.fft.rfft(part))  # pyright: ignore[reportUnknownMemberType]
            parts = torch.view_as_real(spectrum).flatten(1)
            torch.matmul(parts.square_(), self.part_filters, out=power[start : start + COLUMNS_AT_ONCE])
        return power

    def decibels(self, power: Tensor) -> Tensor:
        """Mel power -> dB, same shape; the floor keeps silence finite."""
        return 10.0 * torch.log10(power + 10.0 ** (self.config.floor_db / 10.0))

    def forward(self, samples: Tensor) -> Tensor:
        """[B, N] float32 -> [B, N // hop_samples, n_mels] float32 in dB."""
        return self.decibels(self.power(samples))


class ConvBlock(nn.Module):
    """Convolution (strided rather than pooled: full-size maps cost memory traffic, not arithmetic), in training
    batch normalisation, ReLU."""

    def __init__(self, channels_in: int, channels: int, index: int, stride: tuple[int, int]) -> None:
        super().__init__()
        kernel = (kernel_size(index, stride[0]), kernel_size(index, stride[1]))
        padding = ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2)
        self.conv = nn.Conv2d(channels_in, channels, kernel, stride=stride, padding=padding)
        self.norm: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[B, C_in, T, F] -> [B, C, T / stride[0], F / stride[1]]."""
        return functional.relu(self.norm(self.conv(x)), inplace=True)


class TemporalBlock(nn.Module):
    """Residual dilated convolution over frames (Bai et al. 2018, arXiv:1803.01271, without causality)."""

    def __init__(self, dim: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.conv = nn.Conv1d(dim, dim, 3, padding=dilation, dilation=dilation)
        self.out = nn.Linear(dim, dim)
        self.dropout: nn.Module = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, D] -> [B, T, D]."""
        inner = self._convolved(self.norm(x))
        return x + self.out(self.dropout(functional.relu(inner)))

    def _convolved(self, x: Tensor) -> Tensor:
        """``conv`` over maps one row high, with channels last: what [B, T, D] is in memory as it stands."""
        conv = self.conv
        rows = x.permute(0, 2, 1)[:, :, None]
        dilation = conv.dilation[0]
        found = functional.conv2d(
            rows, conv.weight[:, :, None], conv.bias, padding=(0, dilation), dilation=(1, dilation)
        )
        return found[:, :, 0].permute(0, 2, 1)


class Member(nn.Module):
    """One of the networks whose answers are averaged: convolutions, pooling over frequency, the temporal blocks."""

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__()
        widths = (1, *config.channels)
        self.blocks = nn.ModuleList(
            ConvBlock(widths[index], widths[index + 1], index, stride) for index, stride in enumerate(config.strides)
        )
        self.project = nn.Linear(config.channels[-1], config.dim)
        self.temporal = nn.ModuleList(TemporalBlock(config.dim, dilation) for dilation in config.dilations)
        self.norm = nn.LayerNorm(config.dim)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised log-mel [B, 1, columns, n_mels] -> [B, columns / columns_per_frame, dim] float32."""
        for block in self.blocks:
            x = block(x)
        # Mean and maximum over frequency (Kong et al. 2020, arXiv:1912.10211): broad and narrow sounds alike.
        # Channels come last in memory: pooled the other way round, gradients would be laid out anew.
        x = x.permute(0, 2, 3, 1)
        pooled = x.mean(dim=2) + x.amax(dim=2)
        frames = functional.relu(self.project(pooled))
        for block in self.temporal:
            frames = block(frames)
        return self.norm(frames.float())


class Tagger(nn.Module):
    """Windows -> frames -> logits. A finite receptive field on purpose: no frame depends on far-away audio."""

    band_mean: Tensor
    band_std: Tensor
    join: Tensor
    """[joined_dim, members * dim]; only where members are joined."""
    noise_variance: Tensor
    """[n_mels]: :func:`unrest_of` Gaussian noise; only with ``steady_unrest``."""
    vectors: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, config: TaggerConfig, n_labels: int) -> None:
        super().__init__()
        self.config = config
        self.log_mel = LogMel(config)
        self.register_buffer("band_mean", torch.full((config.n_mels,), -60.0))
        self.register_buffer("band_std", torch.full((config.n_mels,), 20.0))
        self.members = nn.ModuleList(Member(config) for _ in range(config.members))
        if config.joined_dim:
            self.register_buffer("join", torch.zeros(config.joined_dim, config.members * config.dim))
        if config.steady_unrest:
            self.register_buffer("noise_variance", torch.ones(config.n_mels))
        self.vectors = nn.Parameter(torch.randn(n_labels, config.frame_dim) / math.sqrt(config.dim) / config.members)
        self.scale = nn.Parameter(torch.ones(n_labels))
        self.bias = nn.Parameter(torch.zeros(n_labels))

    def frames(self, windows: Tensor) -> Tensor:
        """Windows [B, N] float32, N a multiple of ``frame_samples`` -> frames [B, N / frame_samples, frame_dim]."""
        return self.frames_of_mel(self.log_mel(windows))

    def frames_of_mel(self, mel_db: Tensor) -> Tensor:
        """Log-mel [B, columns, n_mels] in dB -> frames [B, columns / columns_per_frame, frame_dim] float32."""
        frames = self.members_of_mel(mel_db)
        if self.config.joined_dim:
            frames = frames @ self.join.T
        frames = _smoothed(frames, self.config.smoothing_frames)
        return torch.cat([frames, self._steadiness(mel_db)], dim=2) if self.config.steady_unrest else frames

    def _steadiness(self, mel_db: Tensor) -> Tensor:
        """Log-mel [B, columns, n_mels] in dB -> how far it is steady noise, [B, columns / columns_per_frame, 1]."""
        assert self.config.steady_unrest is not None
        steady, unsteady = self.config.steady_unrest
        unrest = unrest_of(mel_db, self.config.columns_per_frame) / self.noise_variance
        return ((unsteady - unrest.mean(dim=2, keepdim=True)) / (unsteady - steady)).clamp(0.0, 1.0)

    def members_of_mel(self, mel_db: Tensor) -> Tensor:
        """Log-mel [B, columns, n_mels] in dB -> the members' frames side by side [B, frames, members * dim]."""
        x = ((mel_db - self.band_mean) / self.band_std)[:, None]
        x = x.contiguous(memory_format=torch.channels_last)
        return torch.cat([member(x) for member in self.members], dim=2)

    def logits(self, frames: Tensor) -> Tensor:
        """Frames [..., frame_dim] -> label logits [..., labels]; 0 (a score of 0.5) is the one decision threshold."""
        return self.scale * (frames @ self.vectors.T) + self.bias

    def forward(self, windows: Tensor) -> Tensor:
        """Windows [B, N] float32 -> label scores [B, T, labels] in 0..1."""
        return torch.sigmoid(self.logits(self.frames(windows)))


def unrest_of(mel_db: Tensor, columns_per_frame: int) -> Tensor:
    """Log-mel [B, columns, n_mels] in dB -> variance of each band about each frame, in dB^2, [B, frames, n_mels].

    The level that all bands share is taken out first, so that a noise which swells slowly is as restful as one
    that does not.
    """
    columns = mel_db.reshape(mel_db.shape[0], -1, columns_per_frame, mel_db.shape[2])
    level = _smoothed(columns.mean(dim=(2, 3))[:, :, None], DRIFT_FRAMES)
    columns = columns - level[:, :, :, None]
    mean, square = (_smoothed(one.mean(dim=2), UNREST_FRAMES) for one in (columns, columns.square()))
    return square - mean.square()


def _smoothed(frames: Tensor, count: int) -> Tensor:
    """[B, T, D] -> the same shape: means of ``count`` neighbours, at the ends of those that there are."""
    if count == 1:
        return frames
    side = count // 2
    means = functional.avg_pool1d(frames.transpose(1, 2), count, 1, padding=side, count_include_pad=False)
    return means.transpose(1, 2)


def tagger_from(weights: TaggerWeights) -> Tagger:
    """The tagger in float32, in evaluation mode, with these weights."""
    tagger = Tagger(weights.config, len(weights.metadata.labels))
    tagger.load_state_dict({name: torch.as_tensor(value) for name, value in weights.arrays.items()})
    tagger.requires_grad_(False).eval()
    tagger.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  # the stubs lack this overload
    return tagger


def load_tagger(path: Path | str) -> tuple[Tagger, TaggerMetadata]:
    """Read a weights file: the tagger and what the file says about itself. Raises what `read_weights` raises."""
    weights = read_weights(path)
    return tagger_from(weights), weights.metadata
