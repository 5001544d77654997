"""Messages of the event stream, the same over WebSocket and Server-Sent Events.

Every message covers the log's entries `from_seq`..`seq`; the next one begins at seq + 1. More than one entry is
covered when a slow viewer's windows were merged or progress that a newer one replaced was left out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sonotag.api.schemas import Schema
from sonotag.api.schemas_recordings import Recording
from sonotag.api.schemas_scores import PromptInfo, ScoreRow
from sonotag.domain import RecordingState


class Message(Schema):
    seq: int = Field(description="Last log entry that this message covers.")
    from_seq: int = Field(description="First log entry that this message covers.")


class SnapshotMessage(Message):
    """Everything up to `seq`: the first message to a late viewer, and the answer to new prompts."""

    type: Literal["snapshot"] = "snapshot"
    recording: Recording
    prompts: list[PromptInfo]
    start_s: float
    end_s: float
    seconds_per_column: float
    scores: list[ScoreRow]


class StateMessage(Message):
    type: Literal["state"] = "state"
    state: RecordingState


class ModelMessage(Message):
    """Another model or version encodes the recording from the start: earlier scores no longer hold."""

    type: Literal["model"] = "model"
    name: str
    version: str
    seconds_per_frame: float


class ProgressMessage(Message):
    """How far a stage is: `fetching` in bytes, `analyzing` in seconds. While audio arrives both are told."""

    type: Literal["progress"] = "progress"
    stage: Literal["fetching", "analyzing"]
    done: float
    total: float | None
    unit: Literal["s", "bytes"]
    eta_s: float | None
    times_real_time: float | None = None
    bytes_per_s: float | None = None


class WindowMessage(Message):
    """Scores of `count` consecutive windows that were just encoded."""

    type: Literal["window"] = "window"
    index: int
    count: int
    start_s: float
    end_s: float
    seconds_per_frame: float
    prompts: list[str]
    scores: list[ScoreRow]


class RecordingMessage(Message):
    """The recording's metadata changed, for instance its duration became exact."""

    type: Literal["recording"] = "recording"
    recording: Recording


class ErrorMessage(Message):
    type: Literal["error"] = "error"
    code: str
    message: str
    hint: str
    details: str | None = None


class RejectedMessage(Message):
    """Answer to a message of the viewer that cannot be followed; the stream goes on as before."""

    type: Literal["rejected"] = "rejected"
    code: str
    message: str
    hint: str


EventMessage = Annotated[
    SnapshotMessage
    | StateMessage
    | ModelMessage
    | ProgressMessage
    | WindowMessage
    | RecordingMessage
    | ErrorMessage
    | RejectedMessage,
    Field(discriminator="type"),
]


class PromptsMessage(Schema):
    """What a viewer may send: other prompts. The answer is a snapshot; later windows carry them too."""

    type: Literal["prompts"]
    prompts: list[str]
