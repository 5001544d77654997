"""The examples in docs/openflam.md run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

import openflam
from openflam import FLAMConfig
from openflam.checkpoint import load_model
from openflam.locate import CHECKPOINT_FILE
from openflam.runtime import open_runtime
from tests.openflam.filled import filled_model
from tests.openflam.small_tokenizer import train

DOCUMENT = Path(__file__).parents[2] / "docs" / "openflam.md"
TINY = FLAMConfig.tiny()


@pytest.mark.parametrize(("place", "printed"), [(0, "(2, 32, 16) (2, 16)"), (1, "torch.Size([1, 2, 32])")])
def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: int, printed: str
) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    torch.save(filled_model(TINY).state_dict(), weights / CHECKPOINT_FILE)
    train(TINY.text.vocabulary).save(str(weights / "tokenizer.json"))
    # The published size is the only thing that is left out.
    monkeypatch.setattr(openflam, "load_model", partial(load_model, config=TINY))
    monkeypatch.setattr(openflam, "open_runtime", partial(open_runtime, config=TINY))
    monkeypatch.chdir(tmp_path)
    example = DOCUMENT.read_text(encoding="utf-8").split("```python\n")[1 + place].split("```")[0]
    exec(compile(example, str(DOCUMENT), "exec"), {})
    assert printed in capsys.readouterr().out
