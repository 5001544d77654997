"""Named lists of prompts that come with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypedDict, cast

from sonotag.domain import Preset


class _Row(TypedDict):
    name: str
    title: str
    prompts: list[str]


def load_presets() -> tuple[Preset, ...]:
    """Read the presets, the default one first."""
    text = Path(__file__).with_name("presets.toml").read_text(encoding="utf-8")
    rows = cast(list[_Row], tomllib.loads(text)["preset"])
    return tuple(Preset(name=row["name"], title=row["title"], prompts=tuple(row["prompts"])) for row in rows)
