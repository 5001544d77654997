"""What every model is to the rest of the server: windows in, frames out; prompts in, vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sonotag.domain import Float32, PromptVectors


class Encoder(Protocol):
    """A named model with weights. `encode_audio` is called by one thread only."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def version(self) -> str:
        """Hash of the weights; everything stored names it."""
        ...

    @property
    def license(self) -> str: ...
    @property
    def frames_per_window(self) -> int: ...
    @property
    def seconds_per_frame(self) -> float: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_batch(self) -> int:
        """Most windows it gains from encoding together."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The advertised vocabulary; empty for an open-vocabulary model."""
        ...

    def encode_audio(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, frames_per_window, dimension] float32."""
        ...

    def encode_text(self, prompts: Sequence[str]) -> PromptVectors: ...
