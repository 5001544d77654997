"""Runs every check that needs no running program: format, lint, types, import arrows, generated files."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from setup import FRONTEND, ROOT, VENV, node_environment

BIN = VENV / "bin"
NPM = [str(BIN / "npm"), "run", "--silent"]

CHECKS: list[tuple[str, list[str], Path]] = [
    ("format (ruff)", [str(BIN / "ruff"), "format", "--check"], ROOT),
    ("lint (ruff)", [str(BIN / "ruff"), "check"], ROOT),
    ("import arrows (import-linter)", [str(BIN / "lint-imports"), "--no-cache"], ROOT),
    ("types (pyright)", [str(BIN / "pyright")], ROOT),
    (
        "openapi.json in step with the API",
        ["sh", "-c", "sonotag openapi | diff - frontend/openapi.json"],
        ROOT,
    ),
    ("page: format, lint, types (Biome, tsc)", [*NPM, "check"], FRONTEND),
    ("page: API types in step", [*NPM, "types:check"], FRONTEND),
]


def main() -> int:
    failed: list[str] = []
    for name, command, folder in CHECKS:
        started = time.monotonic()
        result = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=node_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        verdict = "ok" if result.returncode == 0 else "FAILED"
        print(f"check: {name}: {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
        if result.returncode != 0:
            failed.append(name)
            print(result.stdout, flush=True)
    print(f"check: {len(CHECKS) - len(failed)} of {len(CHECKS)} in order")
    for name in failed:
        print(f"check: FAILED: {name}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
