"""The words of the project as frozen values. Nothing here does I/O or knows HTTP, SQL or torch.

Units are in the names; inside the server time is counted in samples and frames, seconds appear at the edges.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

SAMPLE_RATE_HZ = 48_000
"""Every encoder takes mono float32 at this rate."""

WINDOW_S = 10
"""Length of one window in seconds."""

WINDOW_SAMPLES = SAMPLE_RATE_HZ * WINDOW_S


class RecordingState(enum.StrEnum):
    """Where a recording stands.

    `STORED` has its bytes but nobody asked for an analysis yet; `PAUSED` waits for room on the disk, of which its
    `problem` tells, and goes on by itself.
    """

    STORED = "stored"
    QUEUED = "queued"
    FETCHING = "fetching"
    ANALYZING = "analyzing"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Whether a job is working, or waiting to work, on the recording."""
        return self in (
            RecordingState.QUEUED,
            RecordingState.FETCHING,
            RecordingState.ANALYZING,
            RecordingState.PAUSED,
        )


class SourceKind(enum.StrEnum):
    UPLOAD = "upload"
    SAMPLE = "sample"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a recording came from. `playable`: browsers play its bytes as they are."""

    kind: SourceKind
    filename: str
    media_type: str
    size_bytes: int
    playable: bool = True
    url: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of a recording, as its site tells it."""

    start_s: float
    title: str


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """What is known of the page that a recording came from; more becomes known while it is fetched.

    `url` is canonical, made anew from what the link names. `start_s`, `end_s`: the stretch that was asked for;
    times of the recording count from `start_s`. `note`: a sentence for the reader, for instance that the first
    of a list was taken.
    """

    site: str
    url: str
    uploader: str | None = None
    duration_s: float | None = None
    thumbnail: bool = False
    chapters: tuple[Chapter, ...] = ()
    start_s: float | None = None
    end_s: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in words a person can act on. `code` is stable and machine-readable.

    `details` is what others (a site, a program) said, word for word, where a reader may see it.
    """

    code: str
    message: str
    hint: str
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A piece of audio and what is known of it.

    `duration_s` is the container's claim until `duration_exact`, then the decoded length.
    `windows_total` is an estimate under the same condition and None when nothing is claimed.
    While `arriving`, `source.size_bytes` is what has come so far, of `expected_bytes` if anybody knows.
    `owner` is who brought it, and empty for what was there before recordings had owners.
    `original_sha256` and `derived_sha256` (by file name; of what was made of the original, once it is done) are what
    the files must still have. Whoever cleans up by age or size leaves `pinned` ones alone.
    """

    id: str
    title: str
    state: RecordingState
    source: Source
    created_at: datetime
    duration_s: float | None = None
    duration_exact: bool = False
    model: str | None = None
    model_version: str | None = None
    seconds_per_frame: float | None = None
    windows_done: int = 0
    windows_total: int | None = None
    samples_done: int = 0
    frames_done: int = 0
    prompts: tuple[str, ...] = ()
    problem: Problem | None = None
    warning: Problem | None = None
    arriving: bool = False
    expected_bytes: int | None = None
    link: LinkInfo | None = None
    last_seq: int = 0
    owner: str = ""
    original_sha256: str | None = None
    derived_sha256: dict[str, str] | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A link by which others may look at a recording. `ends_with`: the last letters of its token."""

    id: str
    recording_id: str
    ends_with: str
    created_at: datetime


class KeyScope(enum.StrEnum):
    """What an API key may do: READ looks and listens, WRITE brings, analyses, changes and deletes."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's way in. It is an owner of its own."""

    id: str
    name: str
    scopes: tuple[KeyScope, ...]
    created_at: datetime

    @property
    def owner(self) -> str:
        return f"key:{self.id}"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in pieces: `offset_bytes` of `length_bytes` are safe on disk.

    `metadata` is what the client said of the file, as it said it. After `expires_at` an upload of which bytes are
    missing is removed with its recording.
    """

    id: str
    recording_id: str
    length_bytes: int
    offset_bytes: int
    metadata: str
    created_at: datetime
    expires_at: datetime
    owner: str = ""

    @property
    def is_complete(self) -> bool:
        return self.offset_bytes == self.length_bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a recording's event log. `seq` is gapless per recording, from 1.

    `body` holds what the message says beside `seq` and `type`. A `window` event stores only its place
    (index, start_frame, end_frame): its scores depend on the viewer's prompts and are computed when it is sent.
    """

    seq: int
    type: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WordingCoverage:
    """How a model understands one wording of a prompt that has several; `against`: it stands right of the `>`."""

    words: str
    against: bool
    covered: bool
    matched: str | None = None


@dataclass(frozen=True, slots=True)
class PromptCoverage:
    """How a model understands one prompt.

    `matched` is the vocabulary label that stands for the prompt (the prompt itself for an open-vocabulary
    model); `nearest` are labels to offer instead when the prompt is not covered, best first; `note` is what else the
    user should know, in a sentence; `wordings` is empty unless the prompt has several.
    """

    prompt: str
    covered: bool
    matched: str | None = None
    nearest: tuple[str, ...] = ()
    note: str | None = None
    wordings: tuple[WordingCoverage, ...] = ()


class Link(enum.StrEnum):
    """How a similarity s = <frame, vector> becomes a score.

    SIGMOID: sigmoid(scale * s + bias), a probability.
    UNBIASED: p / (p + sigmoid(bias)) with p = sigmoid(scale * s + bias); 0.5 = no more likely than by chance
    (FLAM, arXiv 2505.05335).
    Both grow with s wherever scale > 0, so a maximum over frames may be taken before the link.
    """

    SIGMOID = "sigmoid"
    UNBIASED = "unbiased"


@dataclass(frozen=True, slots=True)
class PromptVectors:
    """Prompts as an encoder sees them.

    vectors float32 [P, D], scale float32 [P] (> 0), bias float32 [P], covered bool [P]; rows of prompts that
    are not covered are zeros and must not be scored. `coverage` says the same in words, in the same order.
    """

    vectors: Float32
    scale: Float32
    bias: Float32
    covered: NDArray[np.bool_]
    link: Link
    coverage: tuple[PromptCoverage, ...]


class VerdictKind(enum.StrEnum):
    """What a person said: it is there; it is not; it is there with other edges; nobody found it, but it is there."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ADJUSTED = "adjusted"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of one moment of a prompt.

    `onset_s`, `offset_s`: the moment as the person has it; `found`: onset and offset as they were found when it was
    judged, None for one that was added by hand.
    """

    id: str
    prompt: str
    kind: VerdictKind
    onset_s: float
    offset_s: float
    found: tuple[float, float] | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Detection:
    """One stretch of time in which a prompt was heard, and what a person said of it."""

    prompt: str
    onset_s: float
    offset_s: float
    peak: float
    mean: float
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class DetectionRule:
    """How scores become detections (hysteresis, then merging, then the minimum length).

    A detection begins where the score reaches `threshold` and lasts while it stays at or above `release`.
    Two detections of a prompt closer than `merge_gap_s` become one; shorter ones than `min_length_s` are dropped.
    """

    threshold: float = 0.5
    release: float = 0.35
    merge_gap_s: float = 0.4
    min_length_s: float = 0.2


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What the decoder learned of a file before the first sample. `duration_s` is a claim, not a measurement."""

    duration_s: float | None
    container: str
    audio_codec: str
    has_video: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """A named list of prompts; `aliases` are names it had before."""

    name: str
    title: str
    prompts: tuple[str, ...] = field(default=())
    aliases: tuple[str, ...] = ()
