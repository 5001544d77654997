"""The built-in tagger behind the encoder protocol: weights of our own, a closed vocabulary, no network needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from sonotag.domain import Float32, Link, PromptVectors
from sonotag.errors import ModelError
from sonotag.models.tagger_format import TaggerWeights, read_weights
from sonotag.models.vocabulary import Vocabulary

log = logging.getLogger(__name__)

EngineName = Literal["openvino", "torch"]
EngineChoice = Literal["auto", "openvino", "torch"]
TITLE = "Built-in tagger"


class TaggerEngine(Protocol):
    """What runs the network. `encode_audio` of the encoder is its only caller, from one thread."""

    def frames(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, T, D] float32."""
        ...


class TorchTagger:
    """The definition of the network, run as it is."""

    def __init__(self, weights: TaggerWeights, threads: int) -> None:
        import torch

        from sonotag.models.tagger import tagger_from

        self._torch = torch
        self._threads = threads
        self._tagger = tagger_from(weights)

    def frames(self, windows: Float32) -> Float32:
        torch = self._torch
        # The count belongs to the calling thread, and another model's own may stand.
        torch.set_num_threads(self._threads)
        with torch.inference_mode():
            return self._tagger.frames(torch.as_tensor(windows)).numpy()


def open_engine(weights: TaggerWeights, choice: EngineChoice, threads: int) -> tuple[EngineName, TaggerEngine]:
    """The engine that is asked for; `auto` = OpenVINO, or torch where OpenVINO is missing or fails.

    Raises ModelError where the engine asked for, or with `auto` neither, is to be had.
    """
    if choice != "torch":
        try:
            from sonotag.models.tagger_openvino import OpenVinoTagger

            engine = OpenVinoTagger(weights, threads)
            _check(engine, weights)
            log.info("the built-in tagger runs on OpenVINO")
            return "openvino", engine
        except (ImportError, OSError, RuntimeError, ArithmeticError) as error:
            if choice == "openvino":
                raise _unusable("OpenVINO", error) from error
            log.warning("the built-in tagger runs on torch: OpenVINO cannot be used here (%s)", error)
    try:
        return "torch", TorchTagger(weights, threads)
    except (ImportError, OSError) as error:
        raise _unusable("PyTorch", error) from error


def _check(engine: TaggerEngine, weights: TaggerWeights) -> None:
    """Raises ArithmeticError for an engine that computes nonsense, which a processor's rare path may do."""
    silence = np.zeros((1, weights.config.window_samples), np.float32)
    if not np.isfinite(engine.frames(silence)).all():
        raise ArithmeticError("silence gave frames that are not finite")


def _unusable(engine: str, error: Exception) -> ModelError:
    return ModelError(
        f"{TITLE} could not be loaded: {engine} cannot be used here.",
        hint=f"{engine} says: {error}. SONOTAG_ENGINE=auto takes whichever engine works.",
        code="model_failed",
    )


class BuiltinEncoder:
    """The tagger with its vocabulary of advertised labels."""

    name = "builtin"
    title = TITLE
    # The network is small: one thread is busy with a single window, and a batch would only make a result depend on
    # its company in the last bits. Resumed work must equal uninterrupted work to the byte.
    max_batch = 1

    def __init__(self, weights: Path, threads: int, engine: EngineChoice = "auto") -> None:
        """Loads `weights`; `threads` bounds the engine's pool while a window is encoded.

        Raises FileNotFoundError or safetensors.SafetensorError for weights that are missing or damaged, and ModelError
        for an engine that cannot be used.
        """
        read = read_weights(weights)
        self.engine, self._tagger = open_engine(read, engine, threads)
        self.version = read.metadata.version
        self.license = read.metadata.license
        self.labels = read.metadata.advertised
        self._row_of = {label: row for row, label in enumerate(read.metadata.labels)}
        self._vocabulary = Vocabulary(self.labels)
        config = read.config
        self.frames_per_window = config.window_samples // config.frame_samples
        self.seconds_per_frame = config.frame_s
        self.dimension = config.frame_dim
        self._vectors = read.arrays["vectors"]
        self._scale = read.arrays["scale"]
        self._bias = read.arrays["bias"]

    def encode_audio(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, frames_per_window, dimension] float32."""
        return self._tagger.frames(windows)

    def encode_text(self, prompts: Sequence[str]) -> PromptVectors:
        """Each prompt as the vector of the label it means; prompts that mean none are not covered."""
        coverage = tuple(self._vocabulary.resolve(prompt) for prompt in prompts)
        covered = np.array([c.covered for c in coverage], dtype=np.bool_)
        rows = [self._row_of[c.matched] if c.matched is not None else 0 for c in coverage]
        # Index with an integer array also when there are no prompts: shapes stay [0, D] and [0].
        index = np.array(rows, dtype=np.intp)
        vectors = self._vectors[index]
        vectors[~covered] = 0.0
        return PromptVectors(vectors, self._scale[index], self._bias[index], covered, Link.SIGMOID, coverage)
