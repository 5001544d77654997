"""A real server process that is stopped in the middle, kindly or not, goes on after the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.server_process import PATIENCE_S, ServerProcess

MakeWav = Callable[..., Path]

ATTEMPTS = 5
"""How often a server is stopped in the hope that its work is not yet done."""


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

    def upload(server: ServerProcess) -> str:
        return server.client.post("/upload_audio", params={"filename": "noise.wav"}, content=content).json()["id"]

    def analyze(server: ServerProcess, recording_id: str) -> None:
        server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["rain"]})

    def files(recording_id: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / "data" / "recordings" / recording_id).iterdir()}

    def frame_bytes(recording_id: str) -> int:
        return sum(len(kept) for name, kept in files(recording_id).items() if name.startswith("frames-"))

    server = start()
    whole = upload(server)
    analyze(server, whole)
    server.wait(whole, lambda r: r["state"] == "done")
    for _ in range(ATTEMPTS):
        cut = upload(server)
        analyze(server, cut)
        server.wait(cut, lambda r: r["windows_done"] > 2)
        server.end(how)
        # A test that was kept waiting may come too late; then nothing would be left to go on with.
        if 0 < frame_bytes(cut) < frame_bytes(whole):
            break
        server = start()
    else:
        raise AssertionError(f"the work was done before each of {ATTEMPTS} stops")

    unowned = tmp_path / "data" / "incoming" / "left-by-a-crash.part"
    unowned.write_bytes(b"x")
    server = start()
    resumed = server.wait(cut, lambda r: r["state"] == "done")
    assert resumed["windows_done"] == 90
    assert not unowned.exists()
    assert files(cut) == files(whole)
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)


def test_the_port_in_use_is_said_plainly(start: Callable[[], ServerProcess], tmp_path: Path) -> None:
    server = start()
    port = str(server.client.base_url.port)
    command = [sys.executable, "-m", "sonotag.cli", "serve", "--port", port]
    environment = {**os.environ, "SONOTAG_DATA_DIR": str(tmp_path / "other"), "HOST": "127.0.0.1"}
    second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert second.returncode == 1
    assert "Choose another --port" in second.stderr
