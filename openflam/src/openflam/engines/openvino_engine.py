"""The model as OpenVINO runs it: six networks and a table of tokens, made once by :mod:`openflam.prepare`.

Between the towers and their surroundings the precision changes: spectrogram and projections are float32 in any.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from openflam.config import FLAMConfig
from openflam.engines.interface import AudioArrays, EngineName, Float32, PrecisionName, TextArrays
from openflam.engines.network import Chain, Network, has_bfloat16
from openflam.errors import EngineError
from openflam.storage import storage_errors
from openflam.text import groups_in_order

Int64 = npt.NDArray[np.int64]
Opened = TypeVar("Opened")

MASKED = -30_000.0
"""Added to the attention to other texts: nothing is left of them, and unlike infinity it is a number in every
precision."""
WORDS_FILE = "words.npy"
POSITIONS_FILE = "positions.npz"
WARM_UP_TOKENS = 8
TOKENS_PER_ROW = 256
"""Of the texts that one call of the text tower takes: so many that reading the weights is not what takes the time, and
attention, which is computed between any two of them, hardly counts."""
TOKENS_PER_STEP = 32
"""Rows are filled up to a multiple of this, as for every length that was not met before the network is set up anew."""
MOST_LANES = 4


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

    def release(self) -> None:
        """See :meth:`Network.release`; the other two are small."""
        self.front.release()
        self.back.release()


class Lanes:
    """The same networks several times over, so that windows go side by side, each by a part of the threads.

    Several windows are done sooner so than one after the other by all threads, which wait for each other at every
    layer. A single one is not.
    """

    def __init__(self, lanes: Sequence[Chain]) -> None:
        self._free: SimpleQueue[Chain] = SimpleQueue()
        for lane in lanes:
            self._free.put(lane)
        self._pool = ThreadPoolExecutor(len(lanes), thread_name_prefix="flam lane")

    def encode(self, windows: Float32) -> list[Float32]:
        """[B, N] -> [1, T + 1, D] of each."""
        return list(self._pool.map(self._encode, np.split(windows, len(windows))))

    def _encode(self, window: Float32) -> Float32:
        lane = self._free.get()
        try:
            return lane(window)
        finally:
            self._free.put(lane)


class TextNetworks(NamedTuple):
    """tower: embedded [1, L, 768], mask [1, 1, L, L] and starts [B] -> [B, 768]; heads: -> vectors, scale, bias."""

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

    def __call__(self, ids: Int64, positions: Int64) -> Float32:
        """ids, positions [L] -> [L, D]."""
        x = self._words[ids] + self._positions[positions]
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt(np.square(x).mean(-1, keepdims=True) + self._eps)
        return np.asarray(x * self._weight + self._bias, np.float32)


class OnDemand(Generic[Opened]):
    """What is opened when it is wanted, and again after it was given back."""

    def __init__(self, open_it: Callable[[], Opened]) -> None:
        self._open = open_it
        self._opened: Opened | None = None
        self._used_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._opened is not None

    @contextlib.contextmanager
    def use(self) -> Generator[Opened]:
        """It, in use until the context ends."""
        if self._opened is None:
            self._opened = self._open()
        try:
            yield self._opened
        finally:
            self._used_at = time.monotonic()

    def rest(self, unused_s: float) -> float | None:
        """Gives it back where it was not used for so long; else in how many seconds it may be. None: it is not open."""
        left_s = self._used_at + unused_s - time.monotonic()
        if self._opened is None or left_s > 0:
            return None if self._opened is None else left_s
        self._opened = None
        return None


class OpenVINOEngine:
    """FLAM's networks on this processor. What texts need is loaded when the first one comes, and so are the lanes."""

    name: EngineName = "openvino"

    def __init__(
        self,
        audio: AudioNetworks,
        text: Callable[[], TextNetworks],
        config: FLAMConfig,
        *,
        precision: PrecisionName,
        lanes: Callable[[], list[Chain]] = list,
        max_batch: int = 1,
    ) -> None:
        """`lanes` opens as many as `max_batch`, for windows side by side; none where that is 1."""
        self._audio = Chain(audio)
        self._text = OnDemand(text)
        self._lanes = OnDemand(lambda: Lanes(lanes()))
        self._config = config
        self.precision: PrecisionName = precision
        self.max_batch = max_batch

    @classmethod
    def opened(cls, folder: Path, config: FLAMConfig, *, precision: PrecisionName, threads: int) -> OpenVINOEngine:
        """From a folder that :mod:`openflam.prepare` made. Raises StorageError and its kin, EngineError."""

        def part(name: str, lanes: int = 1) -> Network:
            return Network.mapped(folder / f"{name}.blob", precision_of(name, precision), threads, lanes)

        def text() -> TextNetworks:
            networks = TextNetworks(
                part("text_tower"),
                part("text_heads"),
                TokenEmbedding.mapped(folder, config.text.layer_norm_eps),
            )
            encode_tokens(networks, [[config.text.padding_id + 1] * WARM_UP_TOKENS], config)
            networks.tower.release()
            return networks

        def audio(lanes: int = 1) -> AudioNetworks:
            names = ("features", "audio_front", "audio_back", "audio_heads")
            return AudioNetworks(*(part(name, lanes) for name in names))

        silence = np.zeros((1, config.audio.window_samples), np.float32)

        def lanes() -> list[Chain]:
            networks = audio(count)
            chains = [Chain(networks) for _ in range(count)]
            for chain in chains:
                chain(silence)
            networks.release()
            return chains

        count = min(threads, MOST_LANES)
        networks = audio()
        engine = cls(networks, text, config, precision=precision, lanes=lanes, max_batch=count)
        engine.encode_audio(silence)
        networks.release()
        return engine

    def encode_audio(self, samples: Float32) -> AudioArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        if len(samples) > 1 and self.max_batch > 1:
            with self._lanes.use() as lanes:
                parts = lanes.encode(samples)
        else:
            parts = [self._audio(samples[i : i + 1]) for i in range(len(samples))]
        projected = np.concatenate(parts)
        return AudioArrays(np.ascontiguousarray(projected[:, :-1]), np.ascontiguousarray(projected[:, -1]))

    def text_groups(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """See :class:`openflam.engines.interface.Engine`."""
        return groups_in_order(lengths, TOKENS_PER_ROW)

    def encode_tokens(self, texts: Sequence[Sequence[int]]) -> TextArrays:
        """See :class:`openflam.engines.interface.Engine`."""
        with self._text.use() as networks:
            return encode_tokens(networks, texts, self._config)

    def rest(self, unused_s: float) -> float | None:
        """See :class:`openflam.engines.interface.Engine`."""
        parts = (self._text, self._lanes)
        return min((left_s for part in parts if (left_s := part.rest(unused_s)) is not None), default=None)


def precision_of(network: str, precision: PrecisionName) -> PrecisionName:
    """Of one of the networks, when the model runs in `precision`: only the back of the audio tower is ever int8."""
    if network not in ("audio_front", "audio_back", "text_tower"):
        return "float32"
    if precision != "int8" or network == "audio_back":
        return precision
    return "bfloat16" if has_bfloat16() else "float32"


def encode_tokens(networks: TextNetworks, texts: Sequence[Sequence[int]], config: FLAMConfig) -> TextArrays:
    """Token ids of texts -> vectors, scale and bias.

    The texts stand in one row, in which none attends to another: no text is padded to another's length.
    """
    lengths = np.array([len(ids) for ids in texts])
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    held = int(lengths.sum())
    size = -(-held // TOKENS_PER_STEP) * TOKENS_PER_STEP
    ids = np.full(size, config.text.padding_id, np.int64)
    ids[:held] = np.concatenate(texts)
    positions = np.full(size, config.text.padding_id, np.int64)
    # A text's positions count from padding_id + 1.
    positions[:held] = np.arange(held) - np.repeat(starts, lengths) + config.text.padding_id + 1
    owner = np.full(size, len(texts))
    owner[:held] = np.repeat(np.arange(len(texts)), lengths)
    added = np.where(owner[:, None] == owner, 0.0, MASKED).astype(np.float32)
    embedded = networks.embedding(ids, positions)
    (pooled,) = networks.tower(embedded[None], added[None, None], starts)
    return TextArrays(*networks.heads(pooled))
