"""FLAM, the frame-wise language-audio model (Wu et al., ICML 2025, arXiv 2505.05335): inference from its weights.

Code under Apache-2.0. The weights are Adobe's, for non-commercial research only, and not part of this package.
"""

from openflam.checkpoint import convert_checkpoint, find_checkpoint, load_model
from openflam.compat import OpenFLAM
from openflam.config import AudioConfig, FLAMConfig, TextConfig
from openflam.errors import (
    CheckpointCorruptError,
    CheckpointMismatchError,
    CheckpointNotFoundError,
    FetchError,
    OpenFLAMError,
    PromptError,
    StorageDeniedError,
    StorageError,
    StorageFullError,
    TokenizerError,
    UnknownModelError,
)
from openflam.model import FLAM, AudioEmbeddings, TextEmbeddings, similarity
from openflam.text import Tokenizer

__version__ = "0.1.0"

__all__ = [
    "FLAM",
    "AudioConfig",
    "AudioEmbeddings",
    "CheckpointCorruptError",
    "CheckpointMismatchError",
    "CheckpointNotFoundError",
    "FLAMConfig",
    "FetchError",
    "OpenFLAM",
    "OpenFLAMError",
    "PromptError",
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
    "similarity",
]
