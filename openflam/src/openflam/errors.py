"""What can go wrong, one class each: every message says what happened, every hint what to do about it."""

from __future__ import annotations


class OpenFLAMError(Exception):
    """Root of this package's errors. `str()` is the message, then the hint where there is one."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class PromptError(OpenFLAMError, ValueError):
    """A prompt that cannot be encoded: empty, or no valid text."""


class TokenizerError(OpenFLAMError, ValueError):
    """A tokenizer file that cannot be read, or is not the one the model was trained with."""


class CheckpointNotFoundError(OpenFLAMError, FileNotFoundError):
    """No weights where they were looked for."""


class CheckpointCorruptError(OpenFLAMError, ValueError):
    """Weights that cannot be read: half a file, another kind of file, not the bytes that were asked for."""


class CheckpointMismatchError(OpenFLAMError, ValueError):
    """Weights that can be read but are another model's: keys are missing, unknown, or of another shape."""


class StorageError(OpenFLAMError, OSError):
    """A file could not be read or written."""


class StorageFullError(StorageError):
    """No space left for a file."""


class StorageDeniedError(StorageError, PermissionError):
    """No permission to read or write a file."""


class FetchError(OpenFLAMError, ConnectionError):
    """A download that failed: no network, no such file, a connection that kept breaking, or other bytes than stated."""


class UnknownModelError(OpenFLAMError, ValueError):
    """A model's name that this package does not know."""


class EngineError(OpenFLAMError, RuntimeError):
    """An engine that is not installed, cannot run here, or could not take the model over."""


class PrecisionError(EngineError):
    """A precision that is asked for by name and not near enough to the model."""
