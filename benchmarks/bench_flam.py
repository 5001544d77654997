"""A server with FLAM: its start from a converted checkpoint, memory, speed. Full-size weights, filled by name."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.server import PeakMemory, Server, make_recording, running_server
from sonotag.models.flam import UNUSED_KEPT_S

ROOT = Path(__file__).resolve().parent.parent
LONG_S = 3 * 3600.0
NEW_PROMPTS = ["a kettle that begins to boil", "somebody walks over gravel"]
MB = 1_000_000


def wait_for_flam(server: Server) -> float:
    """Seconds from the start of the process until FLAM is what new analyses use."""
    while server.client.get("/api/model").raise_for_status().json()["model"]["name"] != "flam":
        time.sleep(0.02)
    return time.time() - psutil.Process(server.process.pid).create_time()


def main() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sonotag-bench-flam-") as name:
        subprocess.run([sys.executable, "-m", "tests.openflam.place", name], cwd=ROOT, check=True)
        settings = {"SONOTAG_FLAM_CHECKPOINT": name, "SONOTAG_MODEL": "auto"}
        with tempfile.TemporaryDirectory(prefix="sonotag-bench-data-") as data:
            settings["SONOTAG_DATA_DIR"] = data
            with running_server(**settings) as (server, _):
                first_s = wait_for_flam(server)
            with running_server(**settings) as (server, folder):
                ready_s = wait_for_flam(server)
                time.sleep(1)
                idle = server.resident_bytes()
                recording_id = server.upload(make_recording(folder, LONG_S))
                began_s = time.monotonic()
                with PeakMemory(server) as memory:
                    server.analyze(recording_id)
                    done = server.wait_until_done(recording_id, every_s=0.5)
                took_s = time.monotonic() - began_s
                server.client.get("/api/prompts", params={"prompts": NEW_PROMPTS}).raise_for_status()
                time.sleep(UNUSED_KEPT_S + 2)
                after = server.resident_bytes()
    assert done["model"] == "flam"
    return {
        "first start, converting, seconds": first_s,
        "later start until FLAM is ready, seconds": ready_s,
        "idle, both models loaded, MB": idle / MB,
        "peak in three hours, with children, MB": memory.peak_bytes / MB,
        "idle after all that and new prompts, MB": after / MB,
        "three hours analysed, seconds": took_s,
        "times real time": LONG_S / took_s,
        "gates": {
            "ready within 3 s": ready_s <= 3,
            "below 600 MB idle": max(idle, after) < 600 * MB,
            "below 900 MB at work": memory.peak_bytes < 900 * MB,
        },
    }
