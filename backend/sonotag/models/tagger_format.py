"""What a weights file of the built-in tagger holds and how its network is laid out: no torch is needed to read it.

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

import numpy as np
from safetensors.numpy import load as load_arrays

from sonotag.domain import Float32

# Arithmetic on wild input (a float file may hold anything) stays finite when samples are held to this range.
MAX_ABS_SAMPLE = 16.0

DRIFT_FRAMES = 9
"""Over so many frames (1.1 s) the level of all bands is followed before their unrest is measured: a drift is none."""
UNREST_FRAMES = 25
"""Over so many frames (3.1 s) it is measured."""


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
    """Channels of a member's frames."""
    members: int = 1
    """Networks whose answers are averaged, all of one shape."""
    joined_dim: int = 0
    """Channels onto which the members' frames are projected side by side; 0 leaves them as they are."""
    smoothing_frames: int = 1
    """Odd; each frame becomes the mean of this many around it (of those that the window has)."""
    steady_unrest: tuple[float, float] | None = None
    """Frames have one channel more, 1 for steady noise and 0 for sounds; every label's vector counts it against it.

    A band's unrest is the variance of its decibels beside that of Gaussian noise in this band, which is the same at
    any level and in any colour. Noises and hums have at most about 1 in the mean over bands, sounds more. The channel
    is 1 up to the first of these two values and 0 from the second; without them there is none.
    """

    @property
    def frame_dim(self) -> int:
        """Channels of a frame as it is stored and meets the labels' vectors."""
        return (self.joined_dim or self.members * self.dim) + (self.steady_unrest is not None)

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
        seen = math.ceil(reach_columns / self.columns_per_frame) + sum(self.dilations) + self.smoothing_frames // 2
        unrest = 1 + UNREST_FRAMES // 2 + DRIFT_FRAMES // 2 if self.steady_unrest else 0
        return max(seen, unrest)


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


@dataclass(frozen=True)
class TaggerWeights:
    """A weights file, read: ``arrays`` are float32 under the names of the network's parameters."""

    config: TaggerConfig
    metadata: TaggerMetadata
    arrays: Mapping[str, Float32]


def stft_window(config: TaggerConfig) -> Float32:
    """Periodic Hann window, [n_fft] float32, over half its sum: a full-scale sine has magnitude one at its bin."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(config.n_fft) / config.n_fft)
    return (window / (window.sum() / 2)).astype(np.float32)


def mel_filterbank(config: TaggerConfig) -> Float32:
    """Triangular mel filters, [n_fft // 2 + 1, n_mels] float32, each summing to one.

    The scale is O'Shaughnessy's, mel = 2595 log10(1 + f / 700). Filters narrower than a bin of the transform
    are widened to one bin, so that no band is ever empty.
    """
    bins_hz = np.linspace(0.0, config.sample_rate_hz / 2, config.n_fft // 2 + 1)
    low, high = (2595.0 * math.log10(1.0 + hz / 700.0) for hz in (config.mel_low_hz, config.mel_high_hz))
    edges_hz = 700.0 * (10.0 ** (np.linspace(low, high, config.n_mels + 2) / 2595.0) - 1.0)
    bin_hz = config.sample_rate_hz / config.n_fft
    centre = edges_hz[1:-1]
    rise = np.maximum(centre - edges_hz[:-2], bin_hz)
    fall = np.maximum(edges_hz[2:] - centre, bin_hz)
    offset = bins_hz[:, None] - centre[None, :]
    filters = np.maximum(np.minimum(1.0 + offset / rise, 1.0 - offset / fall), 0.0)
    return (filters / filters.sum(axis=0, keepdims=True)).astype(np.float32)


def config_to_json(config: TaggerConfig) -> str:
    """Serialise a configuration for the header of a weights file."""
    return json.dumps(asdict(config))


def config_from_json(text: str) -> TaggerConfig:
    """Inverse of :func:`config_to_json`."""
    values = cast("dict[str, object]", json.loads(text))
    for name in ("channels", "dilations", "steady_unrest"):
        if values.get(name) is not None:
            values[name] = tuple(cast("list[float]", values[name]))
    values["strides"] = tuple(tuple(pair) for pair in cast("list[list[int]]", values["strides"]))
    return TaggerConfig(**values)  # pyright: ignore[reportArgumentType]


def read_weights(path: Path | str) -> TaggerWeights:
    """Read a weights file.

    Raises:
        FileNotFoundError: no such file.
        safetensors.SafetensorError, KeyError: not a weights file of this tagger.
    """
    data = Path(path).read_bytes()
    arrays = {name: value.astype(np.float32) for name, value in load_arrays(data).items()}
    # The format: eight bytes with the length of a JSON object, which holds our strings under one name.
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    header = cast("Mapping[str, str]", header["__metadata__"])
    metadata = TaggerMetadata(
        version=header["version"],
        labels=tuple(cast("list[str]", json.loads(header["labels"]))),
        advertised=tuple(cast("list[str]", json.loads(header["advertised"]))),
        license=header["license"],
    )
    config = config_from_json(header["config"])
    return TaggerWeights(config, metadata, arrays)
