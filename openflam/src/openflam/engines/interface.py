"""What an engine gives to :mod:`openflam.runtime`: both towers, arrays in and arrays out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

EngineName = Literal["torch", "openvino"]
PrecisionName = Literal["float32", "bfloat16", "int8"]
Float32 = npt.NDArray[np.float32]
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

    def text_groups(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Places of texts of so many tokens that one call of `encode_tokens` should bring together; each once."""
        ...

    def encode_tokens(self, texts: Sequence[Sequence[int]]) -> TextArrays:
        """Token ids of each text, the first and the last included -> embeddings."""
        ...

    def rest(self, unused_s: float) -> float | None:
        """Gives back what only texts or only several windows at once need, where that was not used for so long.

        The next to need it fetches it again. Returns in how many seconds there may be more to give back; None: never,
        as it stands.
        """
        ...
