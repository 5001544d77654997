"""Links, against a rig that stands in for a site: when the heatmap begins, and what fetching adds to the download."""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import uvicorn
from websockets.sync.client import connect

from benchmarks.server import make_recording
from sonotag.main import Outside, create_app
from sonotag.settings import LinkSite, Settings
from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite
from tests.links.test_egress import HOSTS, OTHERS

BITRATE_BYTES_S = 96_000 / 8
SHORT_S, LONG_S = 120.0, 600.0
SPEED_TIMES = 4.0
"""The throttled server sends this many seconds of audio a second."""
DOWNLOAD_S = 20.0
CYCLES = 100
ROUNDS = 5


@contextmanager
def served(rig: Rig, data: Path) -> Iterator[str]:
    """A SonoTag server whose internet is the rig; its address."""
    site = LinkSite(name="rig", title="The Rig", hosts=[HOST], extractors=["generic"], reach=[HOST])
    app = create_app(Settings(data_dir=data, link_sites=[site]), Outside(rig.guard, rig.certificates))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        try:
            until(lambda: httpx.get(f"http://{address}/readyz").status_code == 200, 120)
            yield address
        finally:
            server.should_exit = True
            thread.join()


def until(true: Callable[[], bool], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.002)


def begin(client: httpx.Client, url: str, prompts: list[str]) -> str:
    made = client.post("/download_youtube", json={"url": url}).raise_for_status().json()
    client.post("/analyze", json={"recording_id": made["id"], "prompts": prompts}).raise_for_status()
    return made["id"]


def first_window_s(client: httpx.Client, media: MediaSite, url: str, path: str) -> float:
    """From ten seconds of audio having been sent until the first scores are on a viewer's socket."""
    recording_id = begin(client, url, ["rain"])
    available: list[float] = []

    def watch() -> None:
        until(lambda: media.sent.get(path, 0) >= 10 * BITRATE_BYTES_S, 60)
        available.append(time.monotonic())

    watching = threading.Thread(target=watch)
    watching.start()
    with connect(f"ws://{client.base_url.netloc.decode()}/ws/recordings/{recording_id}?prompts=rain") as viewer:
        while json.loads(viewer.recv(timeout=60))["type"] != "window":
            pass
        heard = time.monotonic()
    watching.join()
    client.delete(f"/api/recordings/{recording_id}").raise_for_status()
    return heard - available[0]


def beyond_download_s(client: httpx.Client, media: MediaSite, url: str, path: str, size: int) -> tuple[float, float]:
    """How much longer the whole job takes than sending its bytes, and the latter."""
    began = time.monotonic()
    recording_id = begin(client, url, ["rain"])
    until(lambda: media.sent.get(path, 0) >= size, 300)
    sent_s = time.monotonic() - media.first_byte_s[path]
    until(lambda: client.get(f"/api/recordings/{recording_id}").json()["state"] == "done", 120)
    return time.monotonic() - began - sent_s, sent_s


def hostile_s(client: httpx.Client, media: MediaSite) -> list[float]:
    """Until each link of the tests' table, and each that a site turns inwards, has its error."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        port = inside.getsockname()[1]
        media.redirects["/inwards.mp3"] = f"http://127.0.0.1:{port}/"
        media.redirects["/onwards.mp3"] = f"https://127.0.0.1:{port}/"
        links = [f"https://{host}:{port}/watch?v=dQw4w9WgXcQ" for host in HOSTS]
        links += [text.replace("{port}", str(port)) for text in OTHERS]
        links += [f"https://{HOST}/inwards.mp3", f"https://{HOST}/onwards.mp3"]
        times = [refused_s(client, link) for link in links]
        inside.setblocking(False)
        with suppress(BlockingIOError):
            inside.accept()
            raise RuntimeError("a link led inside")
    return times


def refused_s(client: httpx.Client, link: str) -> float:
    began = time.monotonic()
    answer = client.post("/download_youtube", json={"url": link}, timeout=60)
    if answer.status_code == 202:
        where = f"/api/recordings/{answer.json()['id']}"
        until(lambda: client.get(where).json()["state"] == "failed", 60)
    elif not 400 <= answer.status_code < 500:
        raise RuntimeError(f"{link[:80]} was answered {answer.status_code}")
    return time.monotonic() - began


def cycles(client: httpx.Client, media: MediaSite, url: str, path: str, data: Path) -> dict[str, int]:
    """Starts and cancels; returns what that left behind."""
    me = psutil.Process()

    def counts() -> tuple[int, int, int]:
        files = sum(1 for folder in ("incoming", "recordings") for _ in (data / folder).rglob("*"))
        return len(me.children(recursive=True)), files, sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = counts()
    for number in range(CYCLES):
        media.sent.pop(path, None)
        recording_id = begin(client, url, ["rain"])
        if number % 2:  # every other one is cancelled with bytes on their way, the rest before
            until(lambda: media.sent.get(path, 0) > 0, 60)
        client.post(f"/api/recordings/{recording_id}/cancel", timeout=60).raise_for_status()
        client.delete(f"/api/recordings/{recording_id}").raise_for_status()
    with suppress(TimeoutError):  # the counts below tell
        until(lambda: all(now <= then for now, then in zip(counts(), before, strict=True)), 30)
    left = [now - then for now, then in zip(counts(), before, strict=True)]
    return dict(zip(("processes", "files", "descriptors"), left, strict=True))


def main() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rig, media = Rig(folder), MediaSite()
        rig.sites[HOST] = media
        short, long = make_recording(folder, SHORT_S).read_bytes(), make_recording(folder, LONG_S).read_bytes()
        # A path for every round: a connection of the round before may still be counting what it sent.
        rounds = [f"/short-{number}.mp3" for number in range(ROUNDS)]
        for path, content, rate in (
            *((path, short, SPEED_TIMES * BITRATE_BYTES_S) for path in rounds),
            ("/long.mp3", long, len(long) / DOWNLOAD_S),
            ("/slow.mp3", short, BITRATE_BYTES_S),
        ):
            media.files[path] = ("audio/mpeg", content)
            media.bytes_per_s[path] = rate
        try:
            with (
                served(rig, folder / "data") as address,
                httpx.Client(base_url=f"http://{address}", timeout=60) as client,
            ):
                windows = [first_window_s(client, media, f"https://{HOST}{path}", path) for path in rounds]
                extra_s, sent_s = beyond_download_s(client, media, f"https://{HOST}/long.mp3", "/long.mp3", len(long))
                refused = hostile_s(client, media)
                left = cycles(client, media, f"https://{HOST}/slow.mp3", "/slow.mp3", folder / "data")
        finally:
            media.stop()
            rig.close()
    return {
        "first window after ten seconds of audio, s (median)": statistics.median(windows),
        "first window after ten seconds of audio, s (worst)": max(windows),
        "download of ten minutes, s": sent_s,
        "whole job beyond the download, s": extra_s,
        "hostile links": len(refused),
        "longest until one has its error, s": max(refused),
        "start-and-cancel cycles": CYCLES,
        **{f"{what} left behind": count for what, count in left.items()},
        "gates": {
            "first window within 1.5 s": max(windows) <= 1.5,
            "at most 2 s beyond the download": extra_s <= 2.0,
            "hostile links have their error within 2 s": max(refused) <= 2.0,
            "cycles leave nothing": not any(count > 0 for count in left.values()),
        },
    }
