"""Lighthouse on the start page and on a recording, as on a phone: `make lighthouse`.

It is installed into build/lighthouse at the first run (176 MB), as no other part of the project needs it. Prints the
four scores of each page and every audit below full marks; exits with 1 where a score is below what it must reach.
Performance is measured with Lighthouse's own slowed processor, so it wants a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "lighthouse"
VERSION = "13.5.0"
LEAST = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
TIMEOUT_S = 300


def install(environment: dict[str, str]) -> Path:
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    manifest = FOLDER / "node_modules" / "lighthouse" / "package.json"
    if not manifest.exists() or json.loads(manifest.read_text())["version"] != VERSION:
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), f"lighthouse@{VERSION}"]
        subprocess.run(command, check=True, env=environment)
    return program


def look(program: Path, environment: dict[str, str], url: str, name: str) -> dict[str, Any]:
    report = FOLDER / f"{name}.json"
    command = [
        str(program),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--chrome-flags={CHROME_FLAGS}",
    ]
    subprocess.run(command, check=True, env=environment, timeout=TIMEOUT_S)
    return json.loads(report.read_text())


def told(report: dict[str, Any]) -> bool:
    """Prints what a report says; whether every score is high enough."""
    is_good = True
    for name, least in LEAST.items():
        category = report["categories"][name]
        held = category["score"] >= least
        is_good = is_good and held
        score = f"{100 * category['score']:.0f} of {100 * least:.0f}"
        print(f"  {category['title']:<16} {score:>10}{'' if held else '  NOT HELD'}")
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if audit["score"] is not None and audit["score"] < 1 and reference["weight"] > 0:
                print(f"    {audit['score']:.2f} {audit['title']} {audit.get('displayValue', '')}")
    return is_good


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from benchmarks.server import running_server
    from scripts.setup import browser_environment

    environment = browser_environment()
    program = install(environment)
    is_good = True
    with running_server() as (server, _):
        recording_id = server.client.post("/api/sample").raise_for_status().json()["id"]
        server.analyze(recording_id)
        server.wait_until_done(recording_id)
        pages = {"start": f"http://{server.address}/", "recording": f"http://{server.address}/#/r/{recording_id}"}
        print(f"lighthouse {VERSION}, load of the machine {os.getloadavg()[0]:.1f}")
        for name, url in pages.items():
            print(f"\n{name}")
            is_good = told(look(program, environment, url, name)) and is_good
    print(f"\nlighthouse: reports are in {FOLDER.relative_to(ROOT)}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
