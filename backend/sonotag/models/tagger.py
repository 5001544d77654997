"""The built-in tagger: a small convolutional sound-event detector with a closed, calibrated vocabulary.

Pure inference. Ten seconds of 48 kHz audio become 80 frames of 0.125 s; a label's score in a frame is
``sigmoid(scale * <frame, vector> + bias)``. How the weights were made is in ``training/``.

Frame geometry. One STFT column is made every ``hop_samples`` = 750 samples and eight columns are pooled into
one frame. Column k is centred on sample 750 k + 375, so the eight columns of frame t lie symmetrically inside
[6000 t, 6000 (t + 1)) samples, that is [0.125 t, 0.125 (t + 1)) s.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load as load_tensors
from torch import Tensor, nn
from torch.nn import functional

# Arithmetic on wild input (a float file may hold anything) stays finite when samples are held to this range.
MAX_ABS_SAMPLE = 16.0
COLUMNS_AT_ONCE = 160


@dataclass(frozen=True)
class TaggerConfig:
    """Geometry and widths of the network; everything needed to rebuild it before its weights are read."""

    sample_rate_hz: int = 48_000
    window_samples: int = 480_000
    n_fft: int = 1536
    hop_samples: int = 750
    n_mels: int = 64
    mel_low_hz: float = 40.0
    mel_high_hz: float = 15_500.0
    floor_db: float = -100.0
    """Power added before the logarithm, in dB re a full-scale sine, so that digital silence is finite."""
    channels: tuple[int, ...] = (16, 32, 48, 96, 96, 128)
    strides: tuple[tuple[int, int], ...] = ((2, 2), (2, 2), (1, 1), (2, 2), (1, 1), (1, 2))
    """(time, frequency) of each convolution; the times multiply to the columns of one frame."""
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    """Of the temporal convolutions, in frames."""
    dim: int = 128

    @property
    def columns_per_frame(self) -> int:
        """STFT columns pooled into one frame."""
        return math.prod(time for time, _ in self.strides)

    @property
    def frame_samples(self) -> int:
        """Length and spacing of frames in samples."""
        return self.hop_samples * self.columns_per_frame

    @property
    def frame_s(self) -> float:
        """Length and spacing of frames in seconds."""
        return self.frame_samples / self.sample_rate_hz

    @property
    def receptive_field_frames(self) -> int:
        """How many frames to either side of a frame's own can change it."""
        reach_columns, columns = self.n_fft / 2 / self.hop_samples, 1
        for index, (time, _) in enumerate(self.strides):
            reach_columns += columns * (kernel_size(index, time) / 2)
            columns *= time
        return math.ceil(reach_columns / self.columns_per_frame) + sum(self.dilations)


def kernel_size(index: int, stride: int) -> int:
    """Of the convolution ``index`` along an axis with ``stride``.

    Even where the stride is 2, odd where it is 1: so an output always lies in the middle of what it covers,
    and frames neither lag nor lead the audio.
    """
    wider = 2 if index == 0 else 0
    return 3 + wider if stride == 1 else 4 + wider


@dataclass(frozen=True)
class TaggerMetadata:
    """What a weights file says about itself."""

    version: str
    """Hash of the tensors: stored frames name the version they came from."""
    labels: tuple[str, ...]
    """In the order of the head's rows."""
    advertised: tuple[str, ...]
    """The labels with measured evidence (see docs/model_card.md); the others only sharpen these."""
    license: str


def mel_filterbank(config: TaggerConfig) -> Tensor:
    """Triangular mel filters, [n_fft // 2 + 1, n_mels] float32, each summing to one.

    The scale is O'Shaughnessy's, mel = 2595 log10(1 + f / 700). Filters narrower than a bin of the transform
    are widened to one bin, so that no band is ever empty.
    """
    bins_hz = torch.linspace(0.0, config.sample_rate_hz / 2, config.n_fft // 2 + 1, dtype=torch.float64)
    low, high = (2595.0 * math.log10(1.0 + hz / 700.0) for hz in (config.mel_low_hz, config.mel_high_hz))
    edges_mel = torch.linspace(low, high, config.n_mels + 2, dtype=torch.float64)
    edges_hz = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bin_hz = config.sample_rate_hz / config.n_fft
    centre = edges_hz[1:-1]
    rise = (centre - edges_hz[:-2]).clamp(min=bin_hz)
    fall = (edges_hz[2:] - centre).clamp(min=bin_hz)
    offset = bins_hz[:, None] - centre[None, :]
    filters = torch.minimum(1.0 + offset / rise, 1.0 - offset / fall).clamp(min=0.0)
    return (filters / filters.sum(dim=0, keepdim=True)).to(torch.float32)


class LogMel(nn.Module):
    """Samples -> log-mel columns, in dB re a full-scale sine filling one band."""

    window: Tensor
    part_filters: Tensor
    """[2 (n_fft // 2 + 1), n_mels]."""

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__()
        self.config = config
        window = torch.hann_window(config.n_fft, periodic=True, dtype=torch.float64)
        # Divided by half its sum, so that a full-scale sine has magnitude one at its bin.
        self.register_buffer("window", (window / (window.sum() / 2)).to(torch.float32), persistent=False)
        # A filter's weight twice in a row: for the squares of a bin's real and of its imaginary part.
        filters = mel_filterbank(config).repeat_interleave(2, dim=0)
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
        inner = self.conv(self.norm(x).transpose(1, 2)).transpose(1, 2)
        return x + self.out(self.dropout(functional.relu(inner)))


class Tagger(nn.Module):
    """Windows -> frames -> logits. A finite receptive field on purpose: no frame depends on far-away audio."""

    band_mean: Tensor
    band_std: Tensor
    vectors: Tensor
    scale: Tensor
    bias: Tensor

    def __init__(self, config: TaggerConfig, n_labels: int) -> None:
        super().__init__()
        self.config = config
        self.log_mel = LogMel(config)
        self.register_buffer("band_mean", torch.full((config.n_mels,), -60.0))
        self.register_buffer("band_std", torch.full((config.n_mels,), 20.0))
        widths = (1, *config.channels)
        self.blocks = nn.ModuleList(
            ConvBlock(widths[i], widths[i + 1], i, stride) for i, stride in enumerate(config.strides)
        )
        self.project = nn.Linear(widths[-1], config.dim)
        self.temporal = nn.ModuleList(TemporalBlock(config.dim, dilation) for dilation in config.dilations)
        self.norm = nn.LayerNorm(config.dim)
        self.vectors = nn.Parameter(torch.randn(n_labels, config.dim) / math.sqrt(config.dim))
        self.scale = nn.Parameter(torch.ones(n_labels))
        self.bias = nn.Parameter(torch.zeros(n_labels))

    def frames(self, windows: Tensor) -> Tensor:
        """Windows [B, N] float32 (N a multiple of ``frame_samples``) -> frames [B, N / frame_samples, dim] float32."""
        return self.frames_of_mel(self.log_mel(windows))

    def frames_of_mel(self, mel_db: Tensor) -> Tensor:
        """Log-mel [B, columns, n_mels] in dB -> frames [B, columns / columns_per_frame, dim] float32."""
        x = ((mel_db - self.band_mean) / self.band_std)[:, None]
        x = x.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            x = block(x)
        # Mean and maximum over frequency (Kong et al. 2020, arXiv:1912.10211): broad and narrow sounds alike.
        pooled = (x.mean(dim=3) + x.amax(dim=3)).transpose(1, 2)
        frames = functional.relu(self.project(pooled))
        for block in self.temporal:
            frames = block(frames)
        return self.norm(frames.float())

    def logits(self, frames: Tensor) -> Tensor:
        """Frames [..., dim] -> label logits [..., labels]; 0 (a score of 0.5) is the one decision threshold."""
        return self.scale * (frames @ self.vectors.T) + self.bias

    def forward(self, windows: Tensor) -> Tensor:
        """Windows [B, N] float32 -> label scores [B, T, labels] in 0..1."""
        return torch.sigmoid(self.logits(self.frames(windows)))


def config_to_json(config: TaggerConfig) -> str:
    """Serialise a configuration for the header of a weights file."""
    return json.dumps(asdict(config))


def config_from_json(text: str) -> TaggerConfig:
    """Inverse of :func:`config_to_json`."""
    values = cast("dict[str, object]", json.loads(text))
    for name in ("channels", "dilations"):
        values[name] = tuple(cast("list[int]", values[name]))
    values["strides"] = tuple(tuple(pair) for pair in cast("list[list[int]]", values["strides"]))
    return TaggerConfig(**values)  # pyright: ignore[reportArgumentType]


def load_tagger(path: Path | str) -> tuple[Tagger, TaggerMetadata]:
    """Read a weights file: the tagger in float32, in evaluation mode, and what the file says about itself.

    Raises:
        FileNotFoundError: no such file.
        safetensors.SafetensorError, KeyError: not a weights file of this tagger.
    """
    data = Path(path).read_bytes()
    state = {name: value.to(torch.float32) for name, value in load_tensors(data).items()}
    # The format: eight bytes with the length of a JSON object, which holds our strings under one name.
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    header = cast("Mapping[str, str]", header["__metadata__"])
    labels = cast("list[str]", json.loads(header["labels"]))
    tagger = Tagger(config_from_json(header["config"]), len(labels))
    tagger.load_state_dict(state)
    tagger.requires_grad_(False).eval()
    tagger.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  # the stubs lack this overload
    return tagger, TaggerMetadata(
        version=header["version"],
        labels=tuple(labels),
        advertised=tuple(cast("list[str]", json.loads(header["advertised"]))),
        license=header["license"],
    )
