"""Settings and their table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sonotag.settings import Settings

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_table_names_every_setting_and_no_other() -> None:
    documented = re.findall(r"^\| `SONOTAG_(\w+)`", TABLE.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_the_table_says_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `SONOTAG_(\w+)` \| `([^`]*)`", TABLE.read_text(), re.MULTILINE))
    defaults = Settings()
    for name, said in rows.items():
        value = getattr(defaults, name.lower())
        if name == "DATA_DIR":
            assert Path(said).expanduser() == value
        elif isinstance(value, float):
            assert float(said) == value
        else:
            assert said == str(value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONOTAG_MAX_PROMPTS", "3")
    monkeypatch.setenv("SONOTAG_ALLOWED_ORIGINS", '["https://a.example"]')
    settings = Settings()
    assert settings.max_prompts == 3
    assert settings.allowed_origins == ["https://a.example"]
