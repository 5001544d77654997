"""The recording that comes with the package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sonotag.models.synonyms import load_synonyms
from sonotag.sample import load_sample
from sonotag.sample import windows as windows_module
from sonotag.sample.windows import sample_windows


def test_the_audio_is_there_and_small() -> None:
    sample = load_sample()
    assert sample.path.name == sample.filename
    assert sample.media_type == "audio/mpeg"
    content = sample.path.read_bytes()
    assert 100_000 < len(content) <= 1_000_000
    assert content.startswith((b"ID3", b"\xff\xfb"))
    assert sample.title
    assert "CC0" in sample.attribution


def test_its_authors_are_named() -> None:
    sample = load_sample()
    text = sample.path.with_name("ATTRIBUTION.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) >= len(sample.prompts)
    assert all("| CC0-1.0 |" in row and "http" in row for row in rows)
    for prompt in sample.prompts:
        assert f"| {prompt} |" in text


def test_its_events_are_in_order_and_inside() -> None:
    sample = load_sample()
    assert 60 <= sample.duration_s <= 75
    onsets = [event.onset_s for event in sample.events]
    assert onsets == sorted(onsets)
    for event in sample.events:
        assert 0 <= event.onset_s < event.offset_s <= sample.duration_s
    assert {event.prompt for event in sample.events} == set(sample.prompts)


def test_its_prompts_are_labels() -> None:
    assert set(load_sample().prompts) <= set(load_synonyms().entries)


def test_its_windows_are_sound_to_choose_by(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    windows = sample_windows()
    assert windows.shape == (6, 480_000)
    assert (np.abs(windows).max(1) > 0.01).all()
    monkeypatch.setattr(windows_module, "load_sample", lambda: replace(load_sample(), path=Path(__file__)))
    assert sample_windows().shape == (0, 480_000)
    assert "cannot be decoded" in caplog.text
