"""A real server process that is stopped in the middle, kindly or not, goes on after the next start."""

from __future__ import annotations

import contextlib
import os
import re
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

MakeWav = Callable[..., Path]


class ServerProcess:
    """`sonotag serve` on a free port of loopback."""

    def __init__(self, data_dir: Path) -> None:
        environment = {**os.environ, "SONOTAG_DATA_DIR": str(data_dir), "HOST": "127.0.0.1"}
        command = [sys.executable, "-m", "sonotag.cli", "serve", "--port", "0"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        address = re.search(r"http://localhost:(\d+)", self.process.stderr.readline())
        assert address, "the server did not say where it is"
        # Somebody has to read what it logs, or it blocks on a full pipe.
        self.drain = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.drain.start()
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{address[1]}", timeout=30)

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.TransportError):
                if self.client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not become ready")

    def recording(self, recording_id: str) -> dict[str, Any]:
        return self.client.get(f"/api/recordings/{recording_id}").json()

    def wait(self, recording_id: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while not until(recording := self.recording(recording_id)):
            assert time.monotonic() < deadline, recording
            time.sleep(0.01)
        return recording

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.drain.join()
        self.client.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], ServerProcess]]:
    started: list[ServerProcess] = []

    def begin() -> ServerProcess:
        started.append(ServerProcess(tmp_path / "data"))
        started[-1].wait_ready()
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_work_goes_on_after_a_restart_and_ends_the_same(
    start: Callable[[], ServerProcess], make_wav: MakeWav, tmp_path: Path, how: signal.Signals
) -> None:
    content = make_wav(900, rate=48_000).read_bytes()
    server = start()
    whole, cut = (
        server.client.post("/upload_audio", params={"filename": "noise.wav"}, content=content).json()["id"]
        for _ in range(2)
    )
    server.client.post("/analyze", json={"recording_id": whole, "prompts": ["rain"]})
    server.wait(whole, lambda r: r["state"] == "done")
    server.client.post("/analyze", json={"recording_id": cut, "prompts": ["rain"]})
    server.wait(cut, lambda r: r["windows_done"] > 2)
    server.end(how)

    unowned = tmp_path / "data" / "incoming" / "left-by-a-crash.part"
    unowned.write_bytes(b"x")
    server = start()
    resumed = server.wait(cut, lambda r: r["state"] == "done")
    assert resumed["windows_done"] == 90
    assert not unowned.exists()

    def files(recording_id: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "data" / "recordings" / recording_id).iterdir()}

    assert files(cut) == files(whole)
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)


def test_the_port_in_use_is_said_plainly(start: Callable[[], ServerProcess], tmp_path: Path) -> None:
    server = start()
    port = str(server.client.base_url.port)
    command = [sys.executable, "-m", "sonotag.cli", "serve", "--port", port]
    environment = {**os.environ, "SONOTAG_DATA_DIR": str(tmp_path / "other"), "HOST": "127.0.0.1"}
    second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "Choose another --port" in second.stderr
