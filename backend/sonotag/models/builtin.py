"""The built-in tagger behind the encoder protocol: weights of our own, a closed vocabulary, no network needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from sonotag.domain import Float32, Link, PromptVectors
from sonotag.models.tagger import load_tagger
from sonotag.models.vocabulary import Vocabulary


class BuiltinEncoder:
    """The tagger of `sonotag.models.tagger` with its vocabulary of advertised labels."""

    name = "builtin"
    title = "Built-in tagger"
    # The network is small: one thread is busy with a single window, and a batch would only make a result depend on
    # its company in the last bits. Resumed work must equal uninterrupted work to the byte.
    max_batch = 1

    def __init__(self, weights: Path, threads: int) -> None:
        """Loads `weights`; `threads` bounds torch's pool while a window is encoded.

        Raises FileNotFoundError or safetensors.SafetensorError for weights that are missing or damaged.
        """
        self._threads = threads
        self._tagger, metadata = load_tagger(weights)
        self.version = metadata.version
        self.license = metadata.license
        self.labels = tuple(metadata.advertised)
        self._row_of = {label: row for row, label in enumerate(metadata.labels)}
        self._vocabulary = Vocabulary(self.labels)
        config = self._tagger.config
        self.frames_per_window = config.window_samples // config.frame_samples
        self.seconds_per_frame = config.frame_s
        self.dimension = config.dim
        self._vectors: Float32 = self._tagger.vectors.detach().numpy().astype(np.float32)
        self._scale: Float32 = self._tagger.scale.detach().numpy().astype(np.float32)
        self._bias: Float32 = self._tagger.bias.detach().numpy().astype(np.float32)

    def encode_audio(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, frames_per_window, dimension] float32."""
        # The count belongs to the calling thread, and another model's own may stand.
        torch.set_num_threads(self._threads)
        with torch.inference_mode():
            return self._tagger.frames(torch.as_tensor(windows)).numpy()

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
