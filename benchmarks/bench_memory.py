"""Memory of a server with the built-in tagger: idle, after one minute of sound and after three hours."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.server import PeakMemory, make_recording, running_server

SHORT_S, LONG_S = 60.0, 3 * 3600.0
MB = 1_000_000


def main() -> dict[str, Any]:
    with running_server(SONOTAG_MODEL="builtin") as (server, folder):
        time.sleep(1)
        idle = server.resident_bytes()
        after: list[int] = []
        peaks: list[int] = []
        for duration_s in (SHORT_S, LONG_S):
            recording_id = server.upload(make_recording(folder, duration_s))
            with PeakMemory(server) as memory:
                server.analyze(recording_id)
                server.wait_until_done(recording_id, every_s=0.5)
            time.sleep(1)
            after.append(server.resident_bytes())
            peaks.append(memory.peak_bytes)
    growth = after[1] - after[0]
    return {
        "idle, MB": idle / MB,
        "after one minute, MB": after[0] / MB,
        "after three hours, MB": after[1] / MB,
        "difference, MB": growth / MB,
        "peak in one minute, with children, MB": peaks[0] / MB,
        "peak in three hours, with children, MB": peaks[1] / MB,
        "gates": {
            "below 250 MB idle": idle < 250 * MB,
            "flat within 50 MB": growth <= 50 * MB,
            "below 400 MB in all": max(peaks) < 400 * MB,
        },
    }
