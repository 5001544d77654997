"""A prompt added to a finished hour in the page: from the key to the painted row, in Chromium."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from benchmarks.bench_page import browse
from benchmarks.server import make_recording, running_server

DURATION_S = 3600.0
PRESENT = 12
ADDED = 16


def main() -> dict[str, Any]:
    with running_server() as (server, folder):
        labels = server.client.get("/api/model").raise_for_status().json()["model"]["labels"]
        present, added = labels[:PRESENT], labels[PRESENT : PRESENT + ADDED]
        recording_id = server.upload(make_recording(folder, DURATION_S))
        server.analyze(recording_id, present)
        server.wait_until_done(recording_id)
        load = os.getloadavg()[0]
        task = {"id": recording_id, "present": present, "added": added}
        figures = browse(server.address, "row", task, Path(folder))
    return {"load of the machine": load, **figures}
