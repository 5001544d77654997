"""A disk that is really full: work pauses and goes on by itself, uploads are refused, deleting is still possible.

The server's data lies on a small file system of its own, in a mount namespace that ends with the process. Where the
system grants no such thing the test says so and is skipped; the floor and its words are tested everywhere.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sonotag.api.deps import Services
from sonotag.store.disk import Disk
from tests.api.conftest import Server
from tests.api.server_process import PATIENCE_S, ServerProcess

MiB = 1 << 20
SIZE = 96 * MiB


def may_mount(folder: Path) -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class Cramped(ServerProcess):
    """A server whose data directory is a tmpfs of `SIZE`, seen from here through /proc."""

    def __init__(self, folder: Path, **settings: str) -> None:
        mount = f"mount -t tmpfs -o size={SIZE} none {folder} && exec {sys.executable} -m sonotag.cli serve --port 0"
        environment = {**os.environ, "SONOTAG_DATA_DIR": str(folder), "HOST": "127.0.0.1", **settings}
        self.process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", mount], env=environment, stderr=subprocess.PIPE, text=True
        )
        self.log = []
        self.spoke = threading.Event()
        self.drain = threading.Thread(target=self._read_log, daemon=True)
        self.drain.start()
        self.client = httpx2.Client(timeout=PATIENCE_S)
        self.data_dir = Path(f"/proc/{self.process.pid}/root{folder}")

    def fill(self, leave: int, name: str = "filler") -> Path:
        """A file that leaves only so many bytes."""
        path = self.data_dir / name
        free = os.statvfs(self.data_dir)
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - leave)
        return path


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Callable[..., Cramped]]:
    if not may_mount(tmp_path):
        pytest.skip("no file system can be mounted here (it takes root, or user namespaces): no disk was filled")
    started: list[Cramped] = []

    def begin(**settings: str) -> Cramped:
        started.append(Cramped(tmp_path, **settings))
        started[-1].wait_ready()
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


def frames(server: Cramped, recording_id: str) -> list[bytes]:
    folder = server.data_dir / "recordings" / recording_id
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "original"]


def test_no_byte_left_pauses_the_analysis_which_goes_on_to_the_same_end(
    cramped: Callable[..., Cramped], make_wav: Callable[..., Path]
) -> None:
    server = cramped(SONOTAG_DISK_FLOOR_BYTES="0", SONOTAG_MODEL="builtin")
    content = make_wav(120).read_bytes()

    def bring() -> str:
        answer = server.client.post("/upload_audio", params={"filename": "a.wav"}, content=content)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    whole, cut = bring(), bring()
    server.client.post("/analyze", json={"recording_id": whole, "prompts": ["rain"]})
    server.wait(whole, lambda r: r["state"] == "done")
    filler = server.fill(leave=64 * 1024)
    server.client.post("/analyze", json={"recording_id": cut, "prompts": ["rain"]})
    paused = server.wait(cut, lambda r: r["state"] == "paused")
    assert paused["error"]["code"] == "disk_full"
    second = server.fill(leave=0, name="second")  # what was reserved for the words of the pause
    refused = server.client.post("/upload_audio", params={"filename": "a.wav"}, content=content)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "disk_full")
    announced = server.client.post("/api/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9000000"})
    assert announced.status_code == 507
    assert server.client.get(f"/api/recordings/{whole}/scores").status_code == 200, "reading goes on"
    filler.unlink()
    second.unlink()
    assert server.wait(cut, lambda r: r["state"] == "done")["error"] is None
    assert frames(server, cut) == frames(server, whole)
    filler = server.fill(leave=0)
    assert server.client.delete(f"/api/recordings/{whole}").status_code == 204
    assert not (server.data_dir / "recordings" / whole).exists()


@pytest.fixture
def server(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server() as server:
        yield server


def test_under_the_floor_work_waits_and_may_be_cancelled(
    server: Server, make_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = server.client.app.state.services  # pyright: ignore[reportAttributeAccessIssue]
    recording_id = server.upload(make_wav(5))["id"]
    monkeypatch.setattr(Disk, "free_bytes", property(lambda _: services.disk.floor_bytes - 1))
    server.analyze(recording_id, ["rain"])
    server.wait(recording_id, lambda r: r["state"] == "paused")
    server.analyze(recording_id, ["speech"])
    assert server.recording(recording_id)["prompts"] == ["speech"]
    with make_wav(5).open("rb") as file:
        assert server.client.post("/upload_audio", files={"file": file}).status_code == 507
    assert server.owned()
    cancelled = server.client.post(f"/api/recordings/{recording_id}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    server.analyze(recording_id, ["rain"])
    server.wait(recording_id, lambda r: r["state"] == "paused")
    monkeypatch.undo()
    began_s = time.monotonic()
    assert server.finish(recording_id)["state"] == "done"
    assert time.monotonic() - began_s < 60
