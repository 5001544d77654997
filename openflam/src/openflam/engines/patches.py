"""Samples -> the patches that the audio tower reads, as a module that becomes one of OpenVINO's networks."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from openflam.config import AudioConfig
from openflam.engines.tower import window_order
from openflam.features import FLOOR, mel_matrix
from openflam.model import FLAM

CUBIC = -0.75
"""Of the kernel with which torch stretches images (Keys 1981, "Cubic convolution interpolation")."""


class Patches(nn.Module):
    """Samples [1, N] -> patches [1, P, patch^2] in the order of the first stage's windows.

    The numbers are those of :class:`openflam.features.LogMel` and of the tower's fold.
    """

    filters: Tensor
    taps: Tensor
    weights: Tensor
    gain: Tensor
    shift: Tensor
    order: Tensor

    def __init__(self, model: FLAM) -> None:
        super().__init__()
        config = self._config = model.config.audio
        filters = mel_matrix(config)
        heard = filters.sum(1).nonzero().flatten()
        bins = torch.arange(int(heard[0]), int(heard[-1]) + 1)
        bins = torch.cat((bins[::2], bins[1::2]))
        self._spectrum = Spectrum(config, bins)
        self.register_buffer("filters", filters[bins])
        taps, weights = stretching(config)
        self.register_buffer("taps", taps)
        self.register_buffer("weights", weights)
        norm = model.audio_branch.bn0
        assert norm.running_var is not None
        assert norm.running_mean is not None
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        self.register_buffer("gain", gain)
        self.register_buffer("shift", norm.bias - norm.running_mean * gain)
        self.register_buffer("order", torch.as_tensor(window_order(config, 0)))

    def forward(self, samples: Tensor) -> Tensor:
        log_mel = 10.0 * torch.log10((self._spectrum(samples) @ self.filters).clamp(min=FLOOR))
        # The weights of the stretching add up to one, so the norm may come before it, where there are fewer columns.
        columns = log_mel * self.gain + self.shift
        parts = zip(self.taps.unbind(), self.weights.unbind(), strict=True)
        four = [columns[:, taps] * weights for taps, weights in parts]
        return self._cut(sum(four[1:], start=four[0]))[:, self.order]

    def _cut(self, stretched: Tensor) -> Tensor:
        """[1, chunks * image, mels] -> patches row by row, each row by row: a chunk's bands are rows of the image."""
        config, patch = self._config, self._config.patch
        x = stretched.view(-1, config.chunks, config.image // patch, patch, config.mels // patch, patch)
        return x.permute(0, 1, 4, 2, 5, 3).reshape(-1, (config.image // patch) ** 2, patch**2)


class Spectrum(nn.Module):
    """Samples [1, N] -> power [1, columns, bins] under a periodic Hann window, by matrix products.

    Networks have no fast form of the FFT, so the symmetries of a transform of length F make the products small. The
    window and cosines are even about the middle sample, and sines odd: samples at equal distance from it are added for
    the real part, subtracted for the imaginary one. The same holds once more about a quarter of F, with a sign that
    the bin's parity gives. Bins that nobody asks for are left out: an eighth of a plain transform's work.
    """

    near: Tensor
    far: Tensor
    places: Tensor
    even_cosines: Tensor
    odd_cosines: Tensor
    even_sines: Tensor
    odd_sines: Tensor

    def __init__(self, config: AudioConfig, bins: Tensor) -> None:
        """`bins` are as many even ones as there are, then the odd ones."""
        super().__init__()
        even = int((bins % 2 == 0).sum())
        half, quarter = config.n_fft // 2, config.n_fft // 4
        distance = torch.arange(quarter + 1)
        turns = 2 * math.pi / config.n_fft
        hann = 0.5 - 0.5 * torch.cos(turns * distance.double())
        # Sample 0 has no weight. Far from the edge is near to the middle, and there the window is its complement.
        self.register_buffer("near", hann.float())
        self.register_buffer("far", (1 - hann).float())
        # Column t is centred on sample t * hop, and the signal goes on mirrored at its ends.
        begins = torch.arange(config.window_samples // config.hop_samples + 1)[:, None] * config.hop_samples - half
        offsets = (distance, config.n_fft - distance, half - distance, half + distance)
        places = torch.stack([begins + offset for offset in offsets]).abs()
        last = config.window_samples - 1
        self.register_buffer("places", last - (last - places).abs())
        # Reduced before it becomes an angle, so that large products lose nothing.
        angle = turns * (distance[:, None] * bins % config.n_fft).double()
        once = torch.ones(quarter + 1, 1, dtype=torch.float64)
        once[0] = once[-1] = 0.5  # these are their own counterparts, and come twice
        for name, basis in (("cosines", once * angle.cos()), ("sines", once * angle.sin())):
            self.register_buffer(f"even_{name}", basis[:, :even].float())
            self.register_buffer(f"odd_{name}", basis[:, even:].float())

    def forward(self, samples: Tensor) -> Tensor:
        near_right, near_left, far_right, far_left = (samples[:, places] for places in self.places.unbind())
        near, far = (near_right + near_left) * self.near, (far_right + far_left) * self.far
        even = ((near + far) @ self.even_cosines).square()
        odd = ((near - far) @ self.odd_cosines).square()
        near, far = (near_right - near_left) * self.near, (far_right - far_left) * self.far
        even = even + ((near - far) @ self.even_sines).square()
        odd = odd + ((near + far) @ self.odd_sines).square()
        return torch.cat((even, odd), -1)


def stretching(config: AudioConfig) -> tuple[Tensor, Tensor]:
    """Of each column of the image, the four columns that it is made of, and their weights: [4, W], [4, W, 1] float32.

    Bicubic, the first and last columns being the first and last; beyond the ends, the last column goes on.
    """
    count, wanted = config.window_samples // config.hop_samples + 1, config.chunks * config.image
    place = torch.arange(wanted, dtype=torch.float64) * ((count - 1) / (wanted - 1))
    before = place.floor()
    taps = (before + torch.arange(-1, 3)[:, None]).clamp(0, count - 1).long()
    away = (place - before + torch.arange(1, -3, -1)[:, None]).abs()
    inner = ((CUBIC + 2) * away - (CUBIC + 3)) * away**2 + 1
    outer = ((CUBIC * away - 5 * CUBIC) * away + 8 * CUBIC) * away - 4 * CUBIC
    return taps, torch.where(away <= 1, inner, outer)[:, :, None].float()
