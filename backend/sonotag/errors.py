"""Errors of the domain. Each has a stable code, a sentence, and a hint that says what to do next.

Only `api/errors.py` knows which HTTP status a code becomes, only `cli.py` which exit code.
"""

from __future__ import annotations

from sonotag.domain import Problem


class SonotagError(Exception):
    """Base of every error that a user may see.

    Subclasses fix `code`; `message` is one sentence of what happened, `hint` the next step, `details` the raw
    reason for the log (never shown by itself).
    """

    code = "internal_error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        if code is not None:
            self.code = code

    @property
    def problem(self) -> Problem:
        return Problem(code=self.code, message=self.message, hint=self.hint)


class NotFoundError(SonotagError):
    """An id that names nothing here."""

    code = "not_found"


class InputError(SonotagError):
    """A request that cannot be carried out as it stands (prompts, parameters, names)."""

    code = "invalid_input"


class MediaError(SonotagError):
    """A file that cannot be read as audio. Codes: empty_file, unreadable_media, no_audio_track, too_long,
    decode_timeout, decoder_failed, decoder_stalled."""

    code = "unreadable_media"


class TooLargeError(SonotagError):
    """More bytes than the server takes."""

    code = "too_large"


class AccessError(SonotagError):
    """Whoever asks may not do this. Codes: not_yours, read_only_share, key_scope."""

    code = "forbidden"


class SignInError(SonotagError):
    """The server does not know who asks. Codes: sign_in_needed, wrong_password, bad_api_key."""

    code = "sign_in_needed"


class ConflictError(SonotagError):
    """The recording's state does not allow this."""

    code = "conflict"


class BusyError(SonotagError):
    """Too much is asked at the moment. `retry_after_s` says when it is worth trying again.

    Codes: busy (a queue is full), too_many_requests, too_many_streams, too_many_jobs, too_many_bytes (an allowance is
    used up), memory_low, shutting_down."""

    code = "busy"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None, retry_after_s: int = 5) -> None:
        super().__init__(message, hint=hint, code=code)
        self.retry_after_s = retry_after_s


class ModelError(SonotagError):
    """No model, or not yet. Codes: model_absent, model_loading, model_failed, unknown_model, model_changed,
    model_busy, terms_not_accepted, download_off."""

    code = "model_unavailable"


class StorageError(SonotagError):
    """The data directory cannot take or give bytes (disk full, permissions, corrupt file)."""

    code = "storage_failed"


class CancelledError(SonotagError):
    """Somebody cancelled the work. Not a failure: the job ends in the state `cancelled`."""

    code = "cancelled"
