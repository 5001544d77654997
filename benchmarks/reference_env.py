"""Builds build/reference: a virtual environment with FLAM's reference package, to compare with.

    python benchmarks/reference_env.py

The reference (PyPI `openflam` 1.0.2) has the import name of this project's package, so it lives apart. It is under the
Adobe Research License: non-commercial research only. Nothing of it is in this repository. It asks for torch before 2.8,
torchvision and torchaudio, of which there are no builds for processors alone on the ordinary index; its modules import
neither of the two, so it is installed without its dependencies, and those that it imports beside it.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "reference"
PYTHON = FOLDER / "bin" / "python"
DONE = FOLDER / "complete"
REFERENCE = "openflam==1.0.2"
IMPORTED = [
    "numpy<2.4",
    "lightning",
    "torchlibrosa",
    "librosa",
    "soundfile",
    "transformers==4.56.1",
    "huggingface_hub<1",
    "matplotlib",
]


def build() -> Path:
    """Its Python. Does nothing where it is there. Raises subprocess.CalledProcessError where pip fails."""
    if not DONE.exists():
        venv.create(FOLDER, clear=True, with_pip=True)
        install("-r", str(ROOT / "requirements" / "torch.txt"))
        install("--no-deps", REFERENCE)
        install(*IMPORTED)
        DONE.touch()
    return PYTHON


def install(*what: str) -> None:
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what],
        check=True,
        stdout=sys.stderr,
    )


if __name__ == "__main__":
    print(build())
