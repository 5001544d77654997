"""Sizes of the model. The defaults are v1-base; `tiny()` has the same geometry with few weights, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """The audio tower: log-mel features and HTS-AT (Chen et al. 2022, arXiv 2202.00874).

    The log-mel of a window (columns x `mels`) is stretched to `chunks` * `image` columns and folded into an image of
    `image` x `image`, which a Swin transformer (Liu et al. 2021, arXiv 2103.14030) reads in patches.
    """

    sample_rate_hz: int = 48_000
    window_samples: int = 480_000
    n_fft: int = 1024
    hop_samples: int = 480
    mels: int = 64
    mel_low_hz: float = 50.0
    mel_high_hz: float = 14_000.0
    image: int = 256
    patch: int = 4
    dim: int = 128
    depths: tuple[int, ...] = (2, 2, 12, 2)
    heads: tuple[int, ...] = (4, 8, 16, 32)
    attention_window: int = 8
    mlp_ratio: int = 4

    @property
    def chunks(self) -> int:
        """Stretches of time that lie above each other in the image."""
        return self.image // self.mels

    @property
    def dim_out(self) -> int:
        """Width after the last stage; each patch merging doubles it."""
        return self.dim * 2 ** (len(self.depths) - 1)

    @property
    def grid_out(self) -> int:
        """Rows and columns of positions after the last stage."""
        return self.image // self.patch // 2 ** (len(self.depths) - 1)

    @property
    def frames(self) -> int:
        """Frames of a window."""
        return self.chunks * self.grid_out

    @property
    def seconds_per_frame(self) -> float:
        return self.window_samples / self.sample_rate_hz / self.frames


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The text tower: RoBERTa (Liu et al. 2019, arXiv 1907.11692)."""

    vocabulary: int = 50_265
    positions: int = 514
    token_types: int = 1
    layers: int = 12
    dim: int = 768
    heads: int = 12
    dim_feedforward: int = 3072
    layer_norm_eps: float = 1e-5
    padding_id: int = 1
    max_tokens: int = 77
    """Longer prompts are truncated to this, the first and last token included."""


@dataclass(frozen=True, slots=True)
class FLAMConfig:
    """Both towers and the space they share."""

    audio: AudioConfig = field(default_factory=AudioConfig)
    text: TextConfig = field(default_factory=TextConfig)
    dim: int = 512

    @classmethod
    def v1_base(cls) -> FLAMConfig:
        """The published model."""
        return cls()

    @classmethod
    def tiny(cls) -> FLAMConfig:
        """The same geometry with about a hundred thousand weights."""
        return cls(
            audio=AudioConfig(dim=8, depths=(2, 2, 2, 2), heads=(1, 2, 4, 8)),
            text=TextConfig(vocabulary=300, layers=2, dim=32, heads=4, dim_feedforward=64),
            dim=16,
        )


def check_waveform(shape: tuple[int, ...], dtype: str, finite: bool | None, config: AudioConfig) -> None:
    """Raises ValueError unless shape is [B, window_samples] with B >= 1 and all samples are finite.

    `finite` is None where samples are no floating-point numbers, which `dtype` then names in the message.
    """
    samples, rate_hz = config.window_samples, config.sample_rate_hz
    if len(shape) != 2 or shape[0] == 0 or shape[1] != samples:
        raise ValueError(
            f"waveform is [B, {samples}] with B >= 1 ({samples // rate_hz} s of mono at {rate_hz} Hz), not "
            f"{list(shape)}; mix stereo down, resample, and pad the last window with zeros"
        )
    if finite is None:
        raise ValueError(f"waveform is floating point in -1..1, not {dtype}; divide integers by their range")
    if not finite:
        raise ValueError("waveform has samples that are NaN or infinite; replace them with zeros")
