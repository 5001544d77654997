"""A short run of `make chaos`: a few kills, the same people, the same checks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

KILLS = 4


def test_nothing_acknowledged_is_lost_over_a_few_kills(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.reliability.chaos", "--folder", str(tmp_path), "--seed", "7"]
    command += ["--kills", str(KILLS), "--check-every", str(KILLS), "--people", "4", "--long", "45"]
    root = Path(__file__).parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=200, check=False, env=os.environ)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(rf"{KILLS} kills in .* 1 full checks, 0 violations", run.stdout), run.stdout
