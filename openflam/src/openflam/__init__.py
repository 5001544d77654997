"""FLAM, the frame-wise language-audio model (Wu et al., ICML 2025, arXiv 2505.05335): inference from its weights.

Code under Apache-2.0. The weights are Adobe's, for non-commercial research only, and not part of this package.
Names are imported when they are first used: what needs no torch (:func:`open_runtime` on OpenVINO) does not load it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from openflam.config import AudioConfig, FLAMConfig, TextConfig
from openflam.errors import (
    CheckpointCorruptError,
    CheckpointMismatchError,
    CheckpointNotFoundError,
    EngineError,
    FetchError,
    OpenFLAMError,
    PrecisionError,
    PromptError,
    StorageDeniedError,
    StorageError,
    StorageFullError,
    TokenizerError,
    UnknownModelError,
)

if TYPE_CHECKING:
    from openflam.checkpoint import convert_checkpoint, load_model
    from openflam.compat import OpenFLAM
    from openflam.locate import find_checkpoint
    from openflam.model import FLAM, AudioEmbeddings, TextEmbeddings, similarity
    from openflam.runtime import Runtime, open_runtime
    from openflam.text import Tokenizer

__version__ = "0.1.0"

__all__ = [
    "FLAM",
    "AudioConfig",
    "AudioEmbeddings",
    "CheckpointCorruptError",
    "CheckpointMismatchError",
    "CheckpointNotFoundError",
    "EngineError",
    "FLAMConfig",
    "FetchError",
    "OpenFLAM",
    "OpenFLAMError",
    "PrecisionError",
    "PromptError",
    "Runtime",
    "StorageDeniedError",
    "StorageError",
    "StorageFullError",
    "TextConfig",
    "TextEmbeddings",
    "Tokenizer",
    "TokenizerError",
    "UnknownModelError",
    "convert_checkpoint",
    "find_checkpoint",
    "load_model",
    "open_runtime",
    "similarity",
]

_HOMES = {
    "FLAM": "model",
    "AudioEmbeddings": "model",
    "OpenFLAM": "compat",
    "Runtime": "runtime",
    "TextEmbeddings": "model",
    "Tokenizer": "text",
    "convert_checkpoint": "checkpoint",
    "find_checkpoint": "locate",
    "load_model": "checkpoint",
    "open_runtime": "runtime",
    "similarity": "model",
}
"""The modules of the names that are imported late."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
