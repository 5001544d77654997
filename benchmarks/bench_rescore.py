"""Other prompts on stored frames: twenty new ones over an hour of sound."""

from __future__ import annotations

import statistics
import time
from typing import Any

from benchmarks.server import make_recording, running_server

DURATION_S = 3600.0
PROMPTS = 20
ROUNDS = 20


def main() -> dict[str, Any]:
    with running_server() as (server, folder):
        presets = server.client.get("/api/presets").raise_for_status().json()["presets"]
        words = sorted({prompt for preset in presets for prompt in preset["prompts"]})
        recording_id = server.upload(make_recording(folder, DURATION_S))
        server.analyze(recording_id, words[:1])
        server.wait_until_done(recording_id)
        times_ms: list[float] = []
        for round_ in range(ROUNDS):
            prompts = [words[(round_ * PROMPTS + index) % len(words)] for index in range(PROMPTS)]
            started = time.perf_counter()
            answer = server.client.get(f"/api/recordings/{recording_id}/scores", params={"prompts": ";".join(prompts)})
            times_ms.append(1000 * (time.perf_counter() - started))
            scores = answer.raise_for_status().json()
            if len(scores["scores"]) != PROMPTS:
                raise RuntimeError(f"{len(scores['scores'])} rows for {PROMPTS} prompts")
    columns = max(len(row) for row in scores["scores"] if row)
    return {
        "recording, seconds": DURATION_S,
        "prompts": PROMPTS,
        "columns of the answer": columns,
        "request and answer, ms (median)": statistics.median(times_ms),
        "request and answer, ms (worst)": max(times_ms),
        "first request, ms": times_ms[0],
        "gates": {"median below 50 ms": statistics.median(times_ms) < 50},
    }
