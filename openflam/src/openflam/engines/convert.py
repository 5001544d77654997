"""The model cut into parts that become OpenVINO's networks. Runs in the child process of :mod:`openflam.prepare`."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from openflam.config import AudioConfig
from openflam.engines.network import openvino
from openflam.engines.openvino_engine import POSITIONS_FILE, WORDS_FILE
from openflam.features import FLOOR, mel_matrix
from openflam.model import FLAM
from openflam.storage import storage_errors


class Features(nn.Module):
    """Samples [B, N] -> image [B, 1, H, W] as :class:`openflam.features.LogMel` and the tower's fold make it.

    The spectrum comes from two matrix products instead of an FFT, which networks have no fast form of. A periodic Hann
    window is symmetric about the middle and cosines are too, sines opposite: so samples at equal distance from the
    middle are added (for the real part) and subtracted (for the imaginary one) first, and bins that no filter hears
    are left out. That is a quarter of the work of a plain transform by matrix.
    """

    cosines: Tensor
    sines: Tensor
    filters: Tensor
    right: Tensor
    left: Tensor

    def __init__(self, model: FLAM) -> None:
        super().__init__()
        self._tower = model.audio_branch
        config = model.config.audio
        filters = mel_matrix(config)
        heard = filters.sum(1).nonzero().flatten()
        low, high = int(heard[0]), int(heard[-1]) + 1
        distance = torch.arange(1, config.n_fft // 2 + 1)
        for name, basis in zip(("cosines", "sines"), fourier(config, distance, low, high), strict=True):
            self.register_buffer(name, basis)
        self.register_buffer("filters", filters[low:high])
        # Column t is centred on sample t * hop; the first of the padded signal's columns begins at 0.
        begins = torch.arange(config.window_samples // config.hop_samples + 1)[:, None] * config.hop_samples
        self.register_buffer("right", begins + distance)
        self.register_buffer("left", begins + config.n_fft - distance)
        self._margin = config.n_fft // 2

    def forward(self, samples: Tensor) -> Tensor:
        padded = functional.pad(samples[:, None], (self._margin, self._margin), mode="reflect")[:, 0]
        right, left = padded[:, self.right], padded[:, self.left]
        power = ((right + left) @ self.cosines).square() + ((right - left) @ self.sines).square()
        return self._tower.fold(10.0 * torch.log10((power @ self.filters).clamp(min=FLOOR)))


def fourier(config: AudioConfig, distance: Tensor, low: int, high: int) -> tuple[Tensor, Tensor]:
    """Windowed cosines and sines float32 [n_fft // 2, high - low] at samples 1..n_fft // 2 for bins low..high - 1.

    The sample in the middle is its own counterpart, so it comes twice and counts half; sample 0 has no weight.
    """
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * distance.double() / config.n_fft)
    window[-1] /= 2
    # Reduced before it becomes an angle, so that large products lose nothing.
    turns = (distance[:, None] * torch.arange(low, high)) % config.n_fft
    angle = 2 * math.pi * turns.double() / config.n_fft
    return (window[:, None] * angle.cos()).float(), (window[:, None] * angle.sin()).float()


class Part(nn.Module):
    """A function of the model as a module of its own, as the converter takes only these."""

    def __init__(self, model: FLAM, function: Callable[..., Any]) -> None:
        super().__init__()
        self._model = model
        self._function = function

    def forward(self, *inputs: Tensor) -> Any:
        return self._function(self._model, *inputs)


def audio_tower(model: FLAM, image: Tensor) -> Tensor:
    """Image [B, 1, H, W] -> [B, T + 1, D]: frames, then the clip."""
    frames, clip = model.audio_branch.encode_image(image)
    return torch.cat((frames, clip[:, None]), 1)


def text_tower(model: FLAM, embedded: Tensor, mask: Tensor) -> Tensor:
    """Embedded tokens [B, L, D] and what is added to the attention to them [B, 1, 1, L] -> [B, D]."""
    return model.text_branch.encode_embedded(embedded, mask)


def parts(model: FLAM) -> dict[str, tuple[nn.Module, tuple[Tensor, ...], list[list[int]]]]:
    """Of each network: the module, inputs to trace it with, and the shapes of its inputs (-1 = any)."""
    audio, text = model.config.audio, model.config.text
    image = torch.randn(2, 1, audio.image, audio.image)
    embedded, mask = torch.randn(2, 5, text.dim), torch.zeros(2, 1, 1, 5)
    return {
        "features": (Features(model), (torch.randn(2, audio.window_samples),), [[-1, audio.window_samples]]),
        "audio_tower": (Part(model, audio_tower), (image,), [[-1, 1, audio.image, audio.image]]),
        "audio_heads": (
            Part(model, FLAM.audio_heads),
            (torch.randn(2, audio.frames + 1, audio.dim_out),),
            [[-1, audio.frames + 1, audio.dim_out]],
        ),
        "text_tower": (
            Part(model, text_tower),
            (embedded, mask),
            [[-1, -1, text.dim], [-1, 1, 1, -1]],
        ),
        "text_heads": (
            Part(model, FLAM.text_heads),
            (torch.randn(2, text.dim),),
            [[-1, text.dim]],
        ),
    }


def write_networks(model: FLAM, folder: Path) -> list[str]:
    """Writes every network as `folder`/NAME.xml and .bin, in float32, and gives their names.

    Raises StorageError and its kin.
    """
    library = openvino()
    names: list[str] = []
    with torch.no_grad():
        for name, (module, example, shapes) in parts(model).items():
            network = library.convert_model(
                module.eval(),
                example_input=example,
                input=[library.PartialShape(shape) for shape in shapes],
            )
            with storage_errors(f"write {folder / name}"):
                library.save_model(network, folder / f"{name}.xml", compress_to_fp16=False)
            names.append(name)
    return names


def write_embedding(model: FLAM, folder: Path) -> None:
    """Writes what :class:`openflam.engines.openvino_engine.TokenEmbedding` maps. Raises StorageError and its kin."""
    embeddings = model.text_branch.embeddings
    positions = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
    with storage_errors(f"write {folder / WORDS_FILE}"), torch.no_grad():
        np.save(folder / WORDS_FILE, embeddings.word_embeddings.weight.numpy())
        np.savez(
            folder / POSITIONS_FILE,
            positions=positions.numpy(),
            weight=embeddings.LayerNorm.weight.numpy(),
            bias=embeddings.LayerNorm.bias.numpy(),
        )
