"""Runs every test: the page's (Vitest), the browser's (Playwright), then the backend's (pytest).

All three run even where an earlier one failed, and pytest comes last so that its summary closes the output.
"""

from __future__ import annotations

import subprocess
import sys

from setup import FRONTEND, ROOT, VENV, SetupError, find_browser, node_environment


def main() -> int:
    environment = node_environment()
    try:
        browser = find_browser()
    except SetupError as error:
        print(f"test: {error}", file=sys.stderr)
        return 1

    npm = str(VENV / "bin" / "npm")
    suites = [("page tests (Vitest)", [npm, "run", "--silent", "test"], FRONTEND)]
    if browser:
        environment["CHROME_PATH"] = browser
        suites.append(("browser tests (Playwright)", [npm, "run", "--silent", "e2e"], FRONTEND))
    suites.append(("backend tests (pytest)", [str(VENV / "bin" / "python"), "-m", "pytest"], ROOT))

    failed: list[str] = []
    for name, command, folder in suites:
        print(f"\ntest: {name}", flush=True)
        result = subprocess.run(command, check=False, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            failed.append(name)
    if not browser:
        print("test: the browser tests were NOT RUN: no Chromium here; name one with CHROME_PATH.")
    for name in failed:
        print(f"test: FAILED: {name}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
