"""What an engine gives to :mod:`openflam.runtime`: both towers, arrays in and arrays out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

EngineName = Literal["torch", "openvino"]
PrecisionName = Literal["float32", "bfloat16", "int8"]
Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
Calibration = Callable[[], Float32]
"""Gives windows [N, window_samples] of sounds such as are to be expected; asked only when a model is prepared."""


class AudioArrays(NamedTuple):
    """frames [B, T, D] and clip [B, D] float32, each of unit length."""

    frames: Float32
    clip: Float32


class TextArrays(NamedTuple):
    """vectors [B, D] float32 of unit length; scale and bias [B] float32."""

    vectors: Float32
    scale: Float32
    bias: Float32


class Engine(Protocol):
    """A loaded model. Not to be called from two threads at once."""

    name: EngineName
    precision: PrecisionName
    max_batch: int
    """Windows that one call should bring at most: more gain nothing here."""

    def encode_audio(self, samples: Float32) -> AudioArrays:
        """Checked samples [B, window_samples] -> embeddings."""
        ...

    def encode_tokens(self, ids: Int64, mask: Int64) -> TextArrays:
        """Token ids [B, L] and mask [B, L] (1 = token, 0 = padding) -> embeddings."""
        ...

    def rest(self) -> None:
        """Gives back memory that only texts need, where that can be done; the next text fetches it again."""
        ...
