"""Graphics processors: whether torch has one to run the model on, and how many windows that takes at a time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

DRIVER = Path("/proc/driver/nvidia/version")
WINDOW_BYTES = 64_000_000
"""What a window takes while it is encoded: twice its widest layer's values, with those of the spectrum."""
SHARE = 0.5
"""Of the free memory: others may want some."""
MOST_WINDOWS = 64

Device = Literal["cpu", "cuda"]


def best_device() -> Device:
    """ "cuda" where torch can use a graphics processor. torch is imported only where there is a driver for one."""
    if not DRIVER.exists() and shutil.which("nvidia-smi") is None:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def windows_at_once(free_bytes: int) -> int:
    """So many windows fit into the memory that is free, at least one."""
    return max(1, min(MOST_WINDOWS, int(SHARE * free_bytes) // WINDOW_BYTES))
