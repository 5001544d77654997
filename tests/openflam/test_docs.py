"""The example in docs/openflam.md runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import openflam
from openflam import FLAM, FLAMConfig
from openflam.checkpoint import load_model
from openflam.locate import CHECKPOINT_FILE
from tests.openflam.filled import filled_model
from tests.openflam.small_tokenizer import train

DOCUMENT = Path(__file__).parents[2] / "docs" / "openflam.md"
TINY = FLAMConfig.tiny()


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    torch.save(filled_model(TINY).state_dict(), weights / CHECKPOINT_FILE)
    train(TINY.text.vocabulary).save(str(weights / "tokenizer.json"))

    def load_tiny(path: Path) -> FLAM:
        return load_model(path, config=TINY)

    monkeypatch.setattr(openflam, "load_model", load_tiny)
    monkeypatch.chdir(tmp_path)
    example = DOCUMENT.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    exec(compile(example, str(DOCUMENT), "exec"), {})
    assert "torch.Size([1, 2, 32])" in capsys.readouterr().out
