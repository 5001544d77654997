"""Named lists of prompts that come with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from sonotag.domain import Preset


class _Row(TypedDict):
    name: str
    title: str
    prompts: list[str]
    aliases: NotRequired[list[str]]


def load_presets() -> tuple[Preset, ...]:
    """Read the presets, the default one first."""
    text = Path(__file__).with_name("presets.toml").read_text(encoding="utf-8")
    rows = cast(list[_Row], tomllib.loads(text)["preset"])
    return tuple(
        Preset(row["name"], row["title"], tuple(row["prompts"]), tuple(row.get("aliases", ()))) for row in rows
    )
