"""The page in Chromium: ten hours with fifty prompts panned and zoomed, its first paint, and a live analysis."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.page import long_recordings
from benchmarks.server import running_server
from scripts.setup import browser_environment

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BROWSER_TIMEOUT_S = 600
# To look around in, and to be played as if it were being analysed.
DURATIONS_S = (36_000, 2_400)


def browse(address: str, name: str, task: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What Chromium measured in `name`.bench.ts, given `task`; its own words go to standard output."""
    figures = folder / "figures.json"
    environment = browser_environment() | {
        "NODE_PATH": str(FRONTEND / "node_modules"),
        "SONOTAG_URL": f"http://{address}",
        "SONOTAG_BENCH": json.dumps({**task, "figures": str(figures)}),
    }
    config = str(ROOT / "benchmarks" / "page" / "playwright.config.ts")
    command = ["npx", "playwright", "test", f"/{name}.bench.ts", "--config", config, "--output", str(folder / "traces")]
    subprocess.run(command, check=True, cwd=FRONTEND, env=environment, timeout=BROWSER_TIMEOUT_S)
    return json.loads(figures.read_text())


def main() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sonotag-bench-") as name:
        folder = Path(name)
        data_dir = folder / "data"
        with running_server(SONOTAG_DATA_DIR=str(data_dir)) as (server, scratch):
            sample_id, ids, prompts = long_recordings.bring(server, scratch, DURATIONS_S)
        for recording_id, duration_s in zip(ids, DURATIONS_S, strict=True):
            long_recordings.fill(data_dir, sample_id, recording_id, duration_s)
        with running_server(SONOTAG_DATA_DIR=str(data_dir)) as (server, _):
            figures = browse(server.address, "page", {"ids": ids, "prompts": prompts}, folder)
    return {"load of the machine": os.getloadavg()[0], **figures}
