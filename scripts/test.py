"""Runs every test: the page's (Vitest), the browser's (Playwright), then the backend's (pytest).

All three run even where an earlier one failed, and pytest comes last so that its summary closes the output. What an
earlier one that failed said last is said again after it, where a reader of a long log looks first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

from setup import FRONTEND, ROOT, VENV, SetupError, browser_environment

REPEATED_LINES = 60
# Each takes some five minutes. One that hangs must not hold up what reads its failure until that gives up too.
SUITE_LIMIT_S = 25 * 60


def run(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Runs `command` with its output passed on as it comes; returns its exit status and its last lines."""
    last: deque[str] = deque(maxlen=REPEATED_LINES)
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        limit = threading.Timer(SUITE_LIMIT_S, process.terminate)
        limit.start()
        for line in process.stdout:
            print(line, end="", flush=True)
            last.append(line)
        if not limit.is_alive():
            last.append(f"test: ended after {SUITE_LIMIT_S / 60:.0f} minutes: something in it hangs\n")
        limit.cancel()
    return process.returncode, list(last)


def main() -> int:
    try:
        environment = browser_environment()
    except SetupError as error:
        print(f"test: {error}", file=sys.stderr)
        return 1

    npm = str(VENV / "bin" / "npm")
    suites = [("page tests (Vitest)", [npm, "run", "--silent", "test"], FRONTEND)]
    has_browser = bool(environment.get("CHROME_PATH"))
    if has_browser:
        suites.append(("browser tests (Playwright)", [npm, "run", "--silent", "e2e"], FRONTEND))
    # Files side by side, one process a CPU; more than four would mostly fill the memory with models.
    workers = min(os.cpu_count() or 1, 4)
    pytest = [str(VENV / "bin" / "python"), "-m", "pytest", "-n", str(workers), "--dist", "loadfile"]
    suites.append(("backend tests (pytest)", pytest, ROOT))

    failed: dict[str, list[str]] = {}
    for name, command, folder in suites:
        print(f"\ntest: {name}", flush=True)
        status, last = run(command, folder, environment)
        if status != 0:
            failed[name] = last
    if not has_browser:
        print("test: the browser tests were NOT RUN: no Chromium here; name one with CHROME_PATH.")
    for name, last in failed.items():
        print(f"\ntest: FAILED: {name}; it said last:\n{''.join(last)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
