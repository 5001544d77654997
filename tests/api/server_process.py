"""A real server in a process of its own, for tests that stop it or talk to it byte by byte."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

PATIENCE_S = 300
"""For whatever is waited for. A machine with other work may take long; only what hangs should reach this."""


class ServerProcess:
    """`sonotag serve` on a free port of loopback."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """`settings`: environment variables besides."""
        environment = {**os.environ, "SONOTAG_DATA_DIR": str(data_dir), "HOST": "127.0.0.1", **settings}
        command = [sys.executable, "-m", "sonotag.cli", "serve", "--port", "0"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        self.log: list[str] = []
        self.spoke = threading.Event()
        # Somebody has to read what it logs, or it blocks on a full pipe.
        self.drain = threading.Thread(target=self._read_log, daemon=True)
        self.drain.start()
        self.client = httpx2.Client(timeout=PATIENCE_S)

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            self.spoke.set()
        self.spoke.set()

    def wait_ready(self) -> None:
        assert self.spoke.wait(PATIENCE_S), "the server said nothing"
        address = re.search(r"http://localhost:(\d+)", "".join(self.log[:1]))
        assert address, f"the server did not say where it is: {self.log}"
        self.client.base_url = f"http://127.0.0.1:{address[1]}"
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended: {self.log}"
            with contextlib.suppress(httpx2.TransportError):
                if self.client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the server did not become ready: {self.log}")

    def recording(self, recording_id: str) -> dict[str, Any]:
        return self.client.get(f"/api/recordings/{recording_id}").json()

    def wait(self, recording_id: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while not until(recording := self.recording(recording_id)):
            assert recording["state"] not in ("failed", "cancelled"), recording
            assert time.monotonic() < deadline, recording
            time.sleep(0.01)
        return recording

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        self.drain.join(PATIENCE_S)
        assert not self.drain.is_alive()
        self.client.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code
