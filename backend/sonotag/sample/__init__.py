"""The recording that SonoTag brings along, so that a first look needs no file of one's own.

`training/sample.py` mixes it; `ATTRIBUTION.md` beside this file names the recordings it was made from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """When one sound is really to be heard in the sample (known from how it was mixed)."""

    prompt: str
    onset_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample recording and what is known of it."""

    path: Path
    title: str
    filename: str
    media_type: str
    attribution: str
    duration_s: float
    prompts: tuple[str, ...]
    """What to look for in it by default."""
    events: tuple[SampleEvent, ...]


class _EventRow(TypedDict):
    prompt: str
    onset_s: float
    offset_s: float


class _About(TypedDict):
    title: str
    filename: str
    media_type: str
    attribution: str
    duration_s: float
    prompts: list[str]
    events: list[_EventRow]


def load_sample() -> Sample:
    """Read what `sample.json` says; the audio itself stays on disk at `path`."""
    folder = Path(__file__).parent
    about = cast(_About, json.loads((folder / "sample.json").read_text(encoding="utf-8")))
    return Sample(
        path=folder / about["filename"],
        title=about["title"],
        filename=about["filename"],
        media_type=about["media_type"],
        attribution=about["attribution"],
        duration_s=about["duration_s"],
        prompts=tuple(about["prompts"]),
        events=tuple(SampleEvent(**event) for event in about["events"]),
    )
