"""``python -m tests.openflam.place FOLDER``: FLAM's two files of full size, filled by name, as a user places them."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from openflam import FLAMConfig
from openflam.fetch import TOKENIZER_FILE
from openflam.locate import CHECKPOINT_FILE
from tests.openflam.filled import filled_model, published_state
from tests.openflam.small_tokenizer import train


def place(folder: Path) -> None:
    """Fills `folder`; the weights take 790 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(published_state(), folder / CHECKPOINT_FILE)
    train(400).save(str(folder / TOKENIZER_FILE))


def place_tiny(folder: Path) -> None:
    """The same of the tiny model, a few hundred kilobytes, into a folder that is there."""
    config = FLAMConfig.tiny()
    torch.save(filled_model(config).state_dict(), folder / CHECKPOINT_FILE)
    train(config.text.vocabulary).save(str(folder / TOKENIZER_FILE))


if __name__ == "__main__":
    place(Path(sys.argv[1]))
