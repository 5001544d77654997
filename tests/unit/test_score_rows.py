"""Rows of scores are made once: for whoever comes back, and for one prompt more only that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sonotag.analysis.wordings import score_prompts
from sonotag.jobs import scores
from sonotag.jobs.score_rows import ScoreRows
from tests.unit.test_viewer import Stage

PROMPTS = ["loud", "unknown", "loud | unknown", "loud > loud"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    one = Stage(tmp_path)
    one.begin()
    yield one
    one.models.close()
    one.database.close()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The prompts of each time that frames were scored."""
    asked_for: list[list[str]] = []

    def counted(frames: np.ndarray, asked: scores.AskedPrompts, per_column: int = 1) -> np.ndarray:
        asked_for.append([one.prompt for one in asked.coverage])
        return score_prompts(frames, asked, per_column)

    monkeypatch.setattr(scores, "score_prompts", counted)
    return asked_for


def hear(stage: Stage, *levels: float) -> None:
    for level in levels:
        stage.add_window(level)


def table(stage: Stage, prompts: list[str], max_columns: int = 7) -> np.ndarray:
    recording = stage.database.recording(stage.id)
    return stage.scorer.table(recording, stage.scorer.ask(recording, prompts), max_columns=max_columns).scores


def exact(stage: Stage, prompts: list[str], per_column: int) -> np.ndarray:
    recording = stage.database.recording(stage.id)
    return score_prompts(stage.frames, stage.scorer.ask(recording, prompts), per_column)


def test_rows_are_made_once_and_are_what_they_were(stage: Stage, made: list[list[str]]) -> None:
    hear(stage, 0.1, 0.6)
    first = table(stage, PROMPTS)
    np.testing.assert_allclose(first, exact(stage, PROMPTS, 3), atol=1e-6)
    np.testing.assert_array_equal(table(stage, PROMPTS), first)
    np.testing.assert_array_equal(table(stage, PROMPTS[::-1]), first[::-1])
    more = table(stage, ["LOUD", *PROMPTS])
    np.testing.assert_array_equal(more[1:], first)
    assert made == [PROMPTS, [], [], ["LOUD"]]


def test_what_was_heard_since_and_other_columns_are_made_anew(stage: Stage, made: list[list[str]]) -> None:
    hear(stage, 0.1, 0.6)
    table(stage, PROMPTS)
    table(stage, PROMPTS, max_columns=5)
    hear(stage, 0.9)
    np.testing.assert_allclose(table(stage, PROMPTS, max_columns=10), exact(stage, PROMPTS, 3), atol=1e-6)
    assert made == [PROMPTS] * 3


def test_stretches_and_fine_tables_are_not_kept(stage: Stage, made: list[list[str]]) -> None:
    hear(stage, 0.1, 0.6)
    recording = stage.database.recording(stage.id)
    asked = stage.scorer.ask(recording, PROMPTS)
    for _ in range(2):
        stage.scorer.table(recording, asked, max_columns=7, from_s=2.0)
        stage.scorer.table(recording, asked, max_columns=scores.MAP_COLUMNS + 1)
    assert made == [PROMPTS] * 4


def test_what_is_forgotten_is_made_again(stage: Stage, made: list[list[str]]) -> None:
    hear(stage, 0.1, 0.6)
    first = table(stage, PROMPTS)
    stage.scorer.forget()
    np.testing.assert_array_equal(table(stage, PROMPTS), first)
    assert made == [PROMPTS] * 2


def test_before_anything_is_heard_and_for_no_prompts_there_is_nothing(stage: Stage) -> None:
    assert table(stage, PROMPTS).shape == (4, 0)
    hear(stage, 0.1, 0.6)
    assert table(stage, []).shape == (0, 7)


def test_the_least_lately_asked_for_goes_first() -> None:
    rows = ScoreRows(max_bytes=3 * 40)
    for name in "abc":
        rows.put(name, np.full(10, ord(name), np.float32))
    assert rows.get("a") is not None
    rows.put("d", np.zeros(10, np.float32))
    assert [name for name in "abcd" if rows.get(name) is not None] == ["a", "c", "d"]
    rows.put("e", np.zeros(40, np.float32))
    assert [name for name in "abcde" if rows.get(name) is not None] == []
    rows.put("f", np.zeros(30, np.float32))
    assert rows.get("f") is not None
