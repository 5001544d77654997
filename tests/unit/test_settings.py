"""Settings and their table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

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


@pytest.mark.parametrize(("name", "value"), [("SONOTAG_SECRET", "hunter2"), ("SONOTAG_SITE_PASSWORD", "hunter2")])
def test_an_error_does_not_show_what_it_is_about(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert "at least" in str(refusal.value)
    assert value not in str(refusal.value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONOTAG_MAX_PROMPTS", "3")
    monkeypatch.setenv("SONOTAG_ALLOWED_ORIGINS", '["https://a.example"]')
    settings = Settings()
    assert settings.max_prompts == 3
    assert settings.allowed_origins == ["https://a.example"]
