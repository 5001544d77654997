"""SIGTERM in the middle of ten analyses: the server exits in time, and after the next start all ten end the same."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.api.server_process import ServerProcess
from tests.reliability.clips import digests, noise

ANALYSES = 10
EXIT_S = 20.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1200.0, help="length of each recording")
    content = noise(parser.parse_args().seconds, seed=5)
    with tempfile.TemporaryDirectory(prefix="sigterm-") as folder:
        data_dir = Path(folder)
        server = ServerProcess(data_dir)
        server.wait_ready()
        reference = bring(server, content)
        server.wait(reference, lambda r: r["state"] == "done")
        ids = [bring(server, content) for _ in range(ANALYSES)]
        server.wait(ids[0], lambda r: r["windows_done"] > 0)
        done_before = sum(server.recording(one)["state"] == "done" for one in ids)
        began_s = time.monotonic()
        code = server.end(signal.SIGTERM)
        took_s = time.monotonic() - began_s
        server = ServerProcess(data_dir)
        server.wait_ready()
        for one in ids:
            server.wait(one, lambda r: r["state"] == "done")
        expected = digests(data_dir / "recordings" / reference)
        same = sum(digests(data_dir / "recordings" / one) == expected for one in ids)
        server.end(signal.SIGTERM)
    print(
        f"sigterm: {ANALYSES - done_before} of {ANALYSES} analyses under way; exit with status {code} after"
        f" {took_s:.1f} s; {same} of {ANALYSES} identical after the next start",
        flush=True,
    )
    return 0 if took_s <= EXIT_S and same == ANALYSES and done_before < ANALYSES else 1


def bring(server: ServerProcess, content: bytes) -> str:
    """Uploads a recording and has it analysed."""
    recording_id = server.client.post("/upload_audio", params={"filename": "noise.wav"}, content=content).json()["id"]
    answer = server.client.post("/analyze", json={"recording_id": recording_id, "prompts": ["rain"]})
    assert answer.status_code == 202, answer.text
    return recording_id


if __name__ == "__main__":
    sys.exit(main())
