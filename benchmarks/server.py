"""A server under benchmark, on loopback with a data directory of its own, and recordings to give it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import psutil

READY_TIMEOUT_S = 120.0
PIECE_S = 120.0

# Pink noise whose loudness comes and goes, a beep every four seconds, a slow sweep: nothing in it is silence.
SOUND = (
    "anoisesrc=color=pink:sample_rate=48000:amplitude=0.3:seed=1[noise];"
    "aevalsrc='0.3*sin(2*PI*880*t)*lt(mod(t,4),0.5)+0.1*sin(2*PI*t*(200+30*sin(t/7)))':s=48000[tones];"
    "[noise]tremolo=f=0.2:d=0.7[waves];[waves][tones]amix=inputs=2:normalize=0"
)


def make_recording(folder: Path, duration_s: float) -> Path:
    """An MP3 of the given length: a piece of two minutes, repeated without encoding it again."""
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y"]
    piece, whole = folder / "piece.mp3", folder / f"{duration_s:.0f}s.mp3"
    if not piece.exists():
        encode = ["-filter_complex", SOUND, "-t", str(PIECE_S), "-b:a", "96k", str(piece)]
        subprocess.run([*ffmpeg, *encode], check=True)
    repeat = ["-stream_loop", "-1", "-i", str(piece), "-c", "copy", "-t", str(duration_s), str(whole)]
    subprocess.run([*ffmpeg, *repeat], check=True)
    return whole


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A started server: its process and a client for it."""

    def __init__(self, process: psutil.Popen, address: str) -> None:
        self.process = process
        self.address = address
        self.client = httpx.Client(base_url=f"http://{address}", timeout=600)

    def upload(self, file: Path) -> str:
        """Returns the recording's id."""
        with file.open("rb") as content:
            answer = self.client.post("/upload_audio", files={"file": (file.name, content)})
        return answer.raise_for_status().json()["id"]

    def analyze(self, recording_id: str, prompts: list[str] | None = None) -> None:
        order: dict[str, Any] = {"recording_id": recording_id}
        if prompts is not None:
            order["prompts"] = prompts
        self.client.post("/analyze", json=order).raise_for_status()

    def wait_until_done(self, recording_id: str, every_s: float = 0.1) -> dict[str, Any]:
        while True:
            recording = self.client.get(f"/api/recordings/{recording_id}").raise_for_status().json()
            if recording["state"] == "done":
                return recording
            if recording["state"] in ("failed", "cancelled"):
                raise RuntimeError(f"the analysis ended as {recording['state']}: {recording['error']}")
            time.sleep(every_s)

    def resident_bytes(self) -> int:
        """Resident memory of the server alone."""
        return self.process.memory_info().rss

    def resident_bytes_in_all(self) -> int:
        """Resident memory of the server and its children, such as a decoder."""
        total = self.resident_bytes()
        for child in self.process.children(recursive=True):
            try:
                total += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total


class PeakMemory(threading.Thread):
    """Watches a server's memory, children included, until it is stopped."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.peak_bytes = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, self.server.resident_bytes_in_all())

    def __enter__(self) -> PeakMemory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.join()


@contextmanager
def running_server(**settings: str) -> Iterator[tuple[Server, Path]]:
    """Starts a server, waits until its model is warm, and yields it with a folder for recordings."""
    with tempfile.TemporaryDirectory(prefix="sonotag-bench-") as name:
        folder = Path(name)
        port = free_port()
        environment = os.environ | {"SONOTAG_DATA_DIR": str(folder / "data"), "SONOTAG_LOG_LEVEL": "WARNING"} | settings
        command = [sys.executable, "-m", "sonotag.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
        process = psutil.Popen(command, env=environment, stdin=subprocess.DEVNULL)
        server = Server(process, f"127.0.0.1:{port}")
        try:
            wait_until_ready(server)
            yield server, folder
        finally:
            server.client.close()
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(timeout=30)
            except psutil.TimeoutExpired:
                process.kill()


def wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            if server.client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.process.returncode}")
        time.sleep(0.1)
    raise RuntimeError(f"the server was not ready within {READY_TIMEOUT_S:.0f} s")
