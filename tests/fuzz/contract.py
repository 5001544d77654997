"""The API held to its own OpenAPI document by schemathesis, stateful links included: `make contract`.

    CONTRACT_CASES=10000 CONTRACT_SEED=1 CONTRACT_MINUTES=60 python -m tests.fuzz.contract

Rounds of all phases (every boundary of every parameter, random requests, chains of requests that use each other's
answers) with new dice each, until there were as many cases. schemathesis.toml beside this file says what the document
cannot. The exit status is 1 where anything failed, or where the time ended before the cases did.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.api.server_process import ServerProcess

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORTS = ROOT / "build" / "contract"

SERVER_SETTINGS = {
    "SONOTAG_MODEL": "builtin",
    "SONOTAG_FLAM_DOWNLOAD": "false",
    "SONOTAG_MAX_UPLOAD_BYTES": "1000000",
    "SONOTAG_MAX_OPEN_UPLOADS": "1000000",
    "SONOTAG_DECODE_TIMEOUT_S": "20",
    # Nothing leaves this machine, whatever links are made up.
    "SONOTAG_LINK_PROXY": "http://127.0.0.1:9",
    # One client stands for many here.
    "SONOTAG_LIMIT_REQUESTS_PER_MINUTE": "0",
    "SONOTAG_LIMIT_STREAMS": "0",
    "SONOTAG_LIMIT_JOBS_PER_HOUR": "0",
    "SONOTAG_LIMIT_UPLOAD_BYTES_PER_HOUR": "0",
    "SONOTAG_LOG_LEVEL": "WARNING",
    "SONOTAG_LOG_FORMAT": "json",
}

GENERATED = re.compile(r"^\s*([\d,]+) generated", re.MULTILINE)


def prepare(server: ServerProcess) -> str:
    """Adds an analysed recording, so that there is something to read. Returns the cookie of its owner."""
    recording = server.client.post("/api/sample").json()
    server.client.post("/analyze", json={"recording_id": recording["id"], "prompts": recording["prompts"]})
    server.wait(recording["id"], lambda r: r["state"] == "done")
    return "; ".join(f"{name}={value}" for name, value in server.client.cookies.items())


def play_round(address: str, cookie: str, seed: int, examples: int, report: Path) -> tuple[int, int, str]:
    """One run of schemathesis: how many cases, its exit status, and what it said."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml")]
    command += ["--no-color", "run", f"{address}/openapi.json", "--seed", str(seed), "--max-examples", str(examples)]
    command += ["--header", f"Cookie:{cookie}", "--report", "ndjson", "--report-ndjson-path", str(report)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        command,
        cwd=report.parent,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    found = GENERATED.search(done.stdout)
    return int(found[1].replace(",", "")) if found else 0, done.returncode, done.stdout


def log_findings(lines: Iterable[str]) -> Iterable[str]:
    """Exceptions and errors that a server logged in JSON."""
    for line in lines:
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if "exception" in entry or entry["level"] in ("error", "critical"):
                yield f"the server's log: {entry['message']} {entry.get('exception', '')[-600:]}"


def main() -> int:
    wanted, seed = int(os.environ.get("CONTRACT_CASES", "10000")), int(os.environ.get("CONTRACT_SEED", "1"))
    minutes = float(os.environ.get("CONTRACT_MINUTES", "60"))
    REPORTS.mkdir(parents=True, exist_ok=True)
    cases = rounds = 0
    failures: Counter[str] = Counter()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sonotag-contract-") as folder:
        server = ServerProcess(Path(folder) / "data", **SERVER_SETTINGS)
        try:
            server.wait_ready()
            cookie, address = prepare(server), str(server.client.base_url).rstrip("/")
            while cases < wanted and time.monotonic() - began_s < minutes * 60 and not failures:
                report = REPORTS / f"round-{seed + rounds}.ndjson"
                count, status, said = play_round(address, cookie, seed + rounds, 50, report)
                cases, rounds = cases + count, rounds + 1
                print(f"contract: round {rounds}: {count} cases, {'passed' if status == 0 else 'FAILED'}", flush=True)
                if status != 0:
                    print(said, flush=True)
                    failures[f"round with seed {seed + rounds - 1}"] += 1
                if count == 0 or server.process.poll() is not None:
                    failures["no cases, or no server"] += 1
        finally:
            if server.process.poll() is None:
                server.end(signal.SIGTERM)
        for finding in log_findings(server.log):
            failures[finding] += 1
    for failure, count in failures.items():
        print(f"contract: FAILED: {failure} ({count})")
    took = (time.monotonic() - began_s) / 60
    print(f"contract: {cases} cases in {rounds} rounds, {sum(failures.values())} failures, {took:.1f} minutes")
    if cases < wanted and not failures:
        print(f"contract: the time ended before {wanted} cases")
    return 1 if failures or cases < wanted else 0


if __name__ == "__main__":
    sys.exit(main())
