"""A whole job: from a file to stored frames, and how soon its first window is heard of."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import connect

from benchmarks.server import Server, make_recording, running_server

DURATION_S = 1800.0
ROUNDS = 3
PROMPTS = ["dog barking", "rain", "siren", "engine", "footsteps"]


class Listener(threading.Thread):
    """Listens to a recording's events; notes when the first window came and when the work was done."""

    def __init__(self, server: Server, recording_id: str) -> None:
        super().__init__(daemon=True)
        query = urlencode({"prompts": ";".join(PROMPTS)})
        self.socket = connect(f"ws://{server.address}/ws/recordings/{recording_id}?{query}", max_size=None)
        self.first_window_at = self.done_at = 0.0

    def run(self) -> None:
        for text in self.socket:
            event: dict[str, Any] = json.loads(text)
            if not self.first_window_at and event["type"] == "window":
                self.first_window_at = time.monotonic()
            if event["type"] == "state" and event["state"] in ("done", "failed", "cancelled"):
                self.done_at = time.monotonic()
                break
        self.socket.close()


def one_job(server: Server, file: Path) -> tuple[float, float]:
    """Seconds from the order to the end, and to the first window."""
    recording_id = server.upload(file)
    listener = Listener(server, recording_id)
    listener.start()
    started = time.monotonic()
    server.analyze(recording_id, PROMPTS)
    listener.join(timeout=600)
    recording = server.wait_until_done(recording_id)
    if not listener.first_window_at or not listener.done_at:
        raise RuntimeError("the socket told of no window, or not of the end")
    if abs(recording["duration_s"] - DURATION_S) > 1:
        raise RuntimeError(f"{recording['duration_s']} s came out of {DURATION_S} s")
    server.client.delete(f"/api/recordings/{recording_id}").raise_for_status()
    return listener.done_at - started, listener.first_window_at - started


def rounds(engines: tuple[str, ...]) -> dict[str, list[tuple[float, float]]]:
    """What `one_job` measured of servers whose tagger runs on these engines: in turns, so that what else the machine
    does meets each of them alike.
    """
    results: dict[str, list[tuple[float, float]]] = {engine: [] for engine in engines}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running_server(SONOTAG_ENGINE=engine, SONOTAG_MODEL="builtin")) for engine in engines
        ]
        file = make_recording(servers[0][1], DURATION_S)
        for _ in range(ROUNDS):
            for engine, (server, _) in zip(engines, servers, strict=True):
                results[engine].append(one_job(server, file))
    return results


def main() -> dict[str, Any]:
    results = rounds(("openvino", "torch"))
    job_s, torch_job_s = (min(job for job, _ in results[engine]) for engine in ("openvino", "torch"))
    first_window_s = max(first for _, first in results["openvino"])
    return {
        "recording, seconds": DURATION_S,
        f"whole job, seconds (best of {ROUNDS})": job_s,
        "whole job, times real time": DURATION_S / job_s,
        "whole job on torch, times real time": DURATION_S / torch_job_s,
        f"first window, seconds (worst of {ROUNDS})": first_window_s,
        "gates": {
            "at least 300 times real time": DURATION_S / job_s >= 300,
            "at most a tenth slower than on torch": job_s <= 1.1 * torch_job_s,
            "first window within 1 s": first_window_s <= 1.0,
        },
    }
