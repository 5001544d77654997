"""Samples -> log-mel: an FFT instead of the convolutions that the checkpoint stores, with the same numbers."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from openflam.config import AudioConfig

FLOOR = 1e-10
"""Least power before the logarithm: -100 dB."""


def slaney_mel(frequency_hz: float) -> float:
    """Slaney's mel scale: linear below 1 kHz, logarithmic above (Auditory Toolbox, 1998)."""
    if frequency_hz < 1000.0:
        return frequency_hz * 3.0 / 200.0
    return 15.0 + 27.0 * math.log(frequency_hz / 1000.0) / math.log(6.4)


def slaney_hz(mel: Tensor) -> Tensor:
    """Inverse of :func:`slaney_mel`, for a tensor of mels."""
    return torch.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * torch.exp((mel - 15.0) * math.log(6.4) / 27.0))


def mel_matrix(config: AudioConfig) -> Tensor:
    """Triangular filters of unit area in Hz, [n_fft // 2 + 1, mels] float32."""
    low, high = slaney_mel(config.mel_low_hz), slaney_mel(config.mel_high_hz)
    edges = slaney_hz(torch.linspace(low, high, config.mels + 2, dtype=torch.float64))
    bins = torch.arange(config.n_fft // 2 + 1, dtype=torch.float64) * config.sample_rate_hz / config.n_fft
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    area = 2.0 / (edges[2:] - edges[:-2])
    return (torch.minimum(rising, falling).clamp(min=0.0) * area).float()


class LogMel(nn.Module):
    """Windows [B, N] float32 -> [B, N // hop + 1, mels] float32 in dB."""

    window: Tensor
    filters: Tensor

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self._config = config
        # Both follow from the configuration, so they are no part of the state.
        self.register_buffer("window", torch.empty(0), persistent=False)
        self.register_buffer("filters", torch.empty(0), persistent=False)
        if not self.window.is_meta:  # there, nothing is computed, and trying to makes torch import its compiler
            self.derive(self.window.device)

    def derive(self, device: torch.device) -> None:
        """Computes what follows from the configuration."""
        self.window = torch.hann_window(self._config.n_fft, periodic=True, device=device)
        self.filters = mel_matrix(self._config).to(device)

    def forward(self, samples: Tensor) -> Tensor:
        spectrum = torch.stft(
            samples,
            self._config.n_fft,
            self._config.hop_samples,
            window=self.window,
            center=True,
            pad_mode="reflect",
            return_complex=True,
        )
        power = torch.view_as_real(spectrum).square().sum(-1).transpose(1, 2)
        return 10.0 * torch.log10((power @ self.filters).clamp(min=FLOOR))
