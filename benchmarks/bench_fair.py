"""Sixty-four jobs of sixteen owners: in which order they end. And ten seconds of one beside hours of another."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from benchmarks.server import Server, make_recording, running_server

OWNERS, JOBS_EACH = 16, 4
DURATION_S, HELD_S, SHORT_S = 60.0, 3 * 3600.0, 10.0
AT_WORK = 3
"""Threads of the server that take these jobs: two, and one for what is short."""


class Owner:
    """One browser's worth of cookies."""

    def __init__(self, server: Server) -> None:
        self.client = httpx.Client(base_url=f"http://{server.address}", timeout=600)

    def upload(self, file: Path) -> str:
        answer = self.client.post("/upload_audio", params={"filename": file.name}, content=file.read_bytes())
        return answer.raise_for_status().json()["id"]

    def analyze(self, recording_id: str) -> None:
        order = {"recording_id": recording_id, "prompts": ["rain"]}
        self.client.post("/analyze", json=order).raise_for_status()

    def cancel(self, recording_id: str) -> None:
        self.client.post(f"/api/recordings/{recording_id}/cancel").raise_for_status()

    def finish(self, recording_id: str) -> None:
        while self.client.get(f"/api/recordings/{recording_id}").json()["state"] != "done":
            time.sleep(0.02)


async def finishing_order(address: str, jobs: dict[str, int], release: Any) -> list[int]:
    """Owners in the order in which their recordings were done; `release` is called when all are watched."""
    order: list[int] = []

    async def watch(recording_id: str, ready: asyncio.Event) -> None:
        async with connect(f"ws://{address}/ws/recordings/{recording_id}", max_size=None) as socket:
            async for text in socket:
                ready.set()
                message = json.loads(text)
                state = message.get("state") or message.get("recording", {}).get("state")
                if state in ("failed", "cancelled"):
                    raise RuntimeError(f"a job ended as {state}")
                if state == "done":
                    order.append(jobs[recording_id])
                    return

    watched = [(recording_id, asyncio.Event()) for recording_id in jobs]
    async with asyncio.TaskGroup() as group:
        for one in watched:
            group.create_task(watch(*one))
        for _, ready in watched:
            await ready.wait()
        await asyncio.to_thread(release)
    return order


def farthest_from_fair(order: list[int]) -> int:
    """Places by which a job ended outside its round: the k-th of each owner belongs among the k-th sixteen."""
    done: Counter[int] = Counter()
    worst = 0
    for place, owner in enumerate(order):
        first = done[owner] * OWNERS
        worst = max(worst, first - place, place - (first + OWNERS - 1))
        done[owner] += 1
    return worst


def least_evenness(order: list[int]) -> float:
    """Jain's index of jobs done by owner, (sum x)^2 / (n sum x^2), 1 = all alike: the least of each quarter's end."""
    found: list[float] = []
    for quarter in range(1, JOBS_EACH + 1):
        counts = Counter(order[: quarter * OWNERS])
        found.append(sum(counts.values()) ** 2 / (OWNERS * sum(n * n for n in counts.values())))
    return min(found)


def beside_hours(server: Server, short: Path, held: Path) -> tuple[float, float]:
    """Seconds that ten seconds of sound take alone, and beside two recordings of hours of somebody else."""

    def timed(owner: Owner) -> float:
        recording_id = owner.upload(short)
        began_s = time.monotonic()
        owner.analyze(recording_id)
        owner.finish(recording_id)
        return time.monotonic() - began_s

    one, other = Owner(server), Owner(server)
    alone_s = min(timed(one) for _ in range(3))
    hours = [other.upload(held) for _ in range(2)]
    for recording_id in hours:
        other.analyze(recording_id)
    time.sleep(1.0)
    beside_s = max(timed(one) for _ in range(3))
    for recording_id in hours:
        other.cancel(recording_id)
    return alone_s, beside_s


def main() -> dict[str, Any]:
    with running_server(SONOTAG_MODEL="builtin", SONOTAG_LIMIT_STREAMS="0") as (server, folder):
        file, short = make_recording(folder, DURATION_S), make_recording(folder, SHORT_S)
        held, held_short = make_recording(folder, HELD_S), make_recording(folder, 299.0)
        alone_s, beside_s = beside_hours(server, short, held)
        # While these hold every thread, all jobs are queued, owner after owner: the worst order there is.
        holder = Owner(server)
        holding = [holder.upload(one) for one in (held, held, held_short)]
        for recording_id in holding:
            holder.analyze(recording_id)
        owners = [Owner(server) for _ in range(OWNERS)]
        ids = [(number, owner.upload(file)) for number, owner in enumerate(owners) for _ in range(JOBS_EACH)]
        for number, recording_id in ids:
            owners[number].analyze(recording_id)

        def release() -> None:
            for recording_id in holding[:2]:
                holder.cancel(recording_id)

        jobs = {recording_id: number for number, recording_id in ids}
        order = asyncio.run(finishing_order(server.address, jobs, release))
    worst, evenness = farthest_from_fair(order), least_evenness(order)
    return {
        "jobs, owners": f"{len(order)}, {OWNERS}",
        "farthest from its round, places": worst,
        "least evenness after a round (Jain)": evenness,
        "ten seconds alone, seconds": alone_s,
        "beside two of three hours, seconds (worst)": beside_s,
        "gates": {
            f"no job {2 * AT_WORK} places from its round": worst < 2 * AT_WORK,
            "evenness at least 0.9": evenness >= 0.9,
            "ten seconds beside hours within 3 s": beside_s < 3.0,
        },
    }
