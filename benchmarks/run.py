"""Runs the benchmarks: every benchmarks/bench_*.py has `main() -> dict`, the figures it measured.

    .venv/bin/python benchmarks/run.py [NAME …]      all of them, or bench_NAME.py only

A figure is a number or a text; one called `gates` maps names to booleans: what must hold. The table is
printed and written to build/bench.json; the exit status is 1 where a gate does not hold or a benchmark fails.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
REPORT = ROOT / "build" / "bench.json"


def machine() -> dict[str, Any]:
    """What a reader has to know to judge a figure."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor()
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def main() -> int:
    sys.path.insert(0, str(ROOT))
    found = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    names = sys.argv[1:] or found
    if unknown := set(names) - set(found):
        print(
            f"bench: no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(found)}",
            file=sys.stderr,
        )
        return 2

    report: dict[str, Any] = {"machine": machine(), "benchmarks": {}}
    print("bench:", ", ".join(f"{key} {shown(value)}" for key, value in report["machine"].items()))
    is_good = True
    for name in names:
        started = time.monotonic()
        try:
            figures = importlib.import_module(f"benchmarks.bench_{name}").main()
        except Exception:
            traceback.print_exc()
            figures = {"gates": {"ran to its end": False}}
        report["benchmarks"][name] = figures
        print(f"\n{name} ({time.monotonic() - started:.1f} s)")
        for key, value in figures.items():
            if key != "gates":
                print(f"  {key:<44} {shown(value):>14}")
        for gate, held in figures.get("gates", {}).items():
            is_good = is_good and held
            print(f"  {gate:<44} {'held' if held else 'NOT HELD':>14}")

    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\nbench: written to {REPORT.relative_to(ROOT)}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
