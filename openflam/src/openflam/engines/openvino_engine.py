"""The model as OpenVINO runs it: six networks and a table of tokens, made once by :mod:`openflam.prepare`.

Between the towers and their surroundings the precision changes: spectrogram and projections are float32 in any.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from openflam.config import FLAMConfig
from openflam.engines.interface import AudioArrays, EngineName, Float32, Int64, PrecisionName, TextArrays
from openflam.engines.network import Network, has_bfloat16
from openflam.errors import EngineError
from openflam.storage import storage_errors

MASKED = -30_000.0
"""Added to the attention to padding: nothing is left of it, and unlike infinity it is a number in every precision."""
WORDS_FILE = "words.npy"
POSITIONS_FILE = "positions.npz"
WARM_UP_TOKENS = 8


class AudioNetworks(NamedTuple):
    """Each takes one window. The tower is two networks, see :mod:`openflam.engines.tower`."""

    features: Network
    """samples [1, N] -> patches [1, P, patch^2]"""
    front: Network
    """-> [1, P', C]"""
    back: Network
    """-> [1, T + 1, 1024], the clip last"""
    heads: Network
    """-> [1, T + 1, 512]"""


class TextNetworks(NamedTuple):
    """tower: embedded [B, L, 768] and mask [B, 1, 1, L] -> [B, 768]; heads: -> vectors, scale, bias."""

    tower: Network
    heads: Network
    embedding: TokenEmbedding


class TokenEmbedding:
    """RoBERTa's first layer: tokens, their positions and their type, summed and normalised.

    It is a look-up in a large table, of which only the rows that are used are read from disk.
    """

    def __init__(self, words: Float32, positions: Float32, weight: Float32, bias: Float32, eps: float) -> None:
        """words [V, D]; positions [P, D], the one type added; weight and bias [D] of the norm."""
        self._words, self._positions = words, positions
        self._weight, self._bias, self._eps = weight, bias, eps

    @classmethod
    def mapped(cls, folder: Path, eps: float) -> TokenEmbedding:
        """From the files that :mod:`openflam.prepare` wrote. Raises StorageError and its kin, EngineError."""
        try:
            with storage_errors(f"map {folder / WORDS_FILE}"):
                words = np.load(folder / WORDS_FILE, mmap_mode="r")
            with storage_errors(f"read {folder / POSITIONS_FILE}"), np.load(folder / POSITIONS_FILE) as arrays:
                return cls(words, arrays["positions"], arrays["weight"], arrays["bias"], eps)
        except ValueError as error:
            raise EngineError(f"{folder} is damaged: {error}", "Remove it: it will be made anew") from error

    def __call__(self, ids: Int64, mask: Int64, padding_id: int) -> Float32:
        """ids, mask [B, L] -> [B, L, D]. Positions count from padding_id + 1 over what is not padding."""
        positions = mask.cumsum(1) * mask + padding_id
        x = self._words[ids] + self._positions[positions]
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt(np.square(x).mean(-1, keepdims=True) + self._eps)
        return np.asarray(x * self._weight + self._bias, np.float32)


class OpenVINOEngine:
    """FLAM's networks on this processor. The text tower is loaded when the first text comes."""

    name: EngineName = "openvino"
    max_batch = 1

    def __init__(
        self,
        audio: AudioNetworks,
        text: Callable[[], TextNetworks],
        config: FLAMConfig,
        *,
        precision: PrecisionName,
    ) -> None:
        self._audio = audio
        self._open_text = text
        self._text: TextNetworks | None = None
        self._config = config
        self.precision: PrecisionName = precision

    @classmethod
    def opened(cls, folder: Path, config: FLAMConfig, *, precision: PrecisionName, threads: int) -> OpenVINOEngine:
        """From a folder that :mod:`openflam.prepare` made. Raises StorageError and its kin, EngineError."""

        def part(name: str) -> Network:
            return Network.mapped(folder / f"{name}.blob", precision_of(name, precision), threads)

        def text() -> TextNetworks:
            networks = TextNetworks(
                part("text_tower"),
                part("text_heads"),
                TokenEmbedding.mapped(folder, config.text.layer_norm_eps),
            )
            tokens = np.full((1, WARM_UP_TOKENS), config.text.padding_id + 1, np.int64)
            encode_tokens(networks, tokens, np.ones_like(tokens), config)
            networks.tower.release()
            return networks

        audio = AudioNetworks(
            part("features"),
            part("audio_front"),
            part("audio_back"),
            part("audio_heads"),
        )
        engine = cls(audio, text, config, precision=precision)
        engine.encode_audio(np.zeros((1, config.audio.window_samples), np.float32))
        audio.front.release()
        audio.back.release()
        return engine

    def encode_audio(self, samples: Float32) -> AudioArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        projected = np.concatenate([self._encode(samples[i : i + 1]) for i in range(len(samples))])
        return AudioArrays(np.ascontiguousarray(projected[:, :-1]), np.ascontiguousarray(projected[:, -1]))

    def _encode(self, window: Float32) -> Float32:
        """[1, N] -> [1, T + 1, D]"""
        values = window
        for network in self._audio:
            (values,) = network(values)
        return values

    def encode_tokens(self, ids: Int64, mask: Int64) -> TextArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        if self._text is None:
            self._text = self._open_text()
        return encode_tokens(self._text, ids, mask, self._config)

    def rest(self) -> None:
        """See :class:`openflam.engines.interface.Engine`."""
        self._text = None


def precision_of(network: str, precision: PrecisionName) -> PrecisionName:
    """Of one of the networks, when the model runs in `precision`: only the back of the audio tower is ever int8."""
    if network not in ("audio_front", "audio_back", "text_tower"):
        return "float32"
    if precision != "int8" or network == "audio_back":
        return precision
    return "bfloat16" if has_bfloat16() else "float32"


def encode_tokens(networks: TextNetworks, ids: Int64, mask: Int64, config: FLAMConfig) -> TextArrays:
    """ids, mask [B, L] -> vectors, scale and bias."""
    embedded = networks.embedding(ids, mask, config.text.padding_id)
    added = np.where(mask[:, None, None, :] == 1, 0.0, MASKED).astype(np.float32)
    (pooled,) = networks.tower(embedded, added)
    return TextArrays(*networks.heads(pooled))
