"""A small deterministic encoder for tests of what surrounds a model. Its one rule: the louder, the higher the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sonotag.domain import Float32, Link, Problem, PromptCoverage, PromptVectors
from sonotag.models.encoder import Encoder
from sonotag.models.manager import DownloadReport, LoadReport


class LoudnessEncoder:
    """Frames [B, 10, 2] = (RMS of each second, 1); the prompt "loud" is covered, nothing else is."""

    name = "loudness"
    title = "Loudness"
    license = "Apache-2.0"
    frames_per_window = 10
    seconds_per_frame = 1.0
    dimension = 2
    max_batch = 4
    labels = ("loud",)

    def __init__(self, version: str = "1") -> None:
        self.version = version

    def encode_audio(self, windows: Float32) -> Float32:
        rms = np.sqrt((windows.reshape(windows.shape[0], 10, -1) ** 2).mean(axis=2))
        return np.stack([rms, np.ones_like(rms)], axis=2).astype(np.float32)

    def encode_text(self, prompts: Sequence[str]) -> PromptVectors:
        covered = np.array([prompt == "loud" for prompt in prompts], dtype=np.bool_)
        vectors = np.zeros((len(prompts), 2), np.float32)
        vectors[covered, 0] = 1.0
        return PromptVectors(
            vectors,
            np.full(len(prompts), 8.0, np.float32),
            np.full(len(prompts), -2.0, np.float32),
            covered,
            Link.SIGMOID,
            tuple(
                PromptCoverage(p, p == "loud", p if p == "loud" else None, () if p == "loud" else ("loud",))
                for p in prompts
            ),
        )


class FakeSource:
    """A model that `build` makes, there from the start unless `here` is taken away; `fetch` is its download."""

    def __init__(
        self,
        name: str,
        build: Callable[[], Encoder],
        *,
        here: bool = True,
        fetch: Callable[[DownloadReport], None] | None = None,
    ) -> None:
        self.name = name
        self.title = name.capitalize()
        self.terms = "Only for research." if fetch else None
        self.here = here
        self._build = build
        self._fetch = fetch

    def absent(self) -> Problem | None:
        return None if self.here else Problem("model_absent", "Not here.", "Put it here.")

    def download(self, report: DownloadReport) -> None:
        assert self._fetch is not None
        self._fetch(report)
        self.here = True

    def load(self, report: LoadReport) -> Encoder:
        return self._build()
