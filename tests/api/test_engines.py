"""What runs the built-in tagger: a server on OpenVINO has no torch in it, and hears what the definition hears."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from sonotag.sample import load_sample
from tests.api.server_process import ServerProcess

SAMPLE = load_sample()


def mapped_libraries(pid: int) -> set[str]:
    """Names of the shared objects that a process has in its memory."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {line.rpartition("/")[2] for line in lines if ".so" in line}


def test_a_server_on_openvino_never_loads_torch(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", SONOTAG_ENGINE="openvino")
    try:
        server.wait_ready()
        recording = server.client.post("/api/sample").json()["id"]
        server.client.post("/analyze", json={"recording_id": recording, "prompts": list(SAMPLE.prompts)})
        assert server.wait(recording, lambda r: r["state"] == "done")["model"] == "builtin"
        found = server.client.get(f"/api/recordings/{recording}/detections").json()["detections"]
        assert {one["prompt"] for one in found} == set(SAMPLE.prompts)
        libraries = mapped_libraries(server.process.pid)
    finally:
        server.end(signal.SIGTERM)
    assert any(name.startswith("libopenvino") for name in libraries), libraries
    assert not any("torch" in name for name in libraries), libraries


def analyzed(data_dir: Path, engine: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "sonotag.cli", "analyze", str(SAMPLE.path), "--prompts", "; ".join(SAMPLE.prompts)]
    environment = {**os.environ, "SONOTAG_DATA_DIR": str(data_dir), "SONOTAG_ENGINE": engine}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_command_line_hears_the_same_with_either_engine(tmp_path: Path) -> None:
    ours, definition = (analyzed(tmp_path / engine, engine) for engine in ("openvino", "torch"))
    # Frames are kept in half precision, so a last bit may fall to the other side.
    np.testing.assert_allclose(ours["scores"], definition["scores"], atol=0.005, rtol=0)
    assert [one["prompt"] for one in ours["detections"]] == [one["prompt"] for one in definition["detections"]]
