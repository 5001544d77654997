"""Which yt-dlp fetches links, how old it is, and how a newer one comes without a new container."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

log = logging.getLogger(__name__)

STALE_DAYS = 30
"""Sites change all the time: older than this, something is likely to fail."""

UPDATE_TIMEOUT_S = 180.0
PACKAGES = ("yt-dlp", "yt-dlp-ejs")
_VERSION = re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})")


@dataclass(frozen=True, slots=True)
class YtdlpVersion:
    """`released` is what its version says; `updated`: it came after the container did."""

    version: str
    released: date | None
    updated: bool

    def age_days(self, today: date) -> int | None:
        return None if self.released is None else max(0, (today - self.released).days)

    def is_stale(self, today: date) -> bool:
        age = self.age_days(today)
        return age is not None and age > STALE_DAYS


def release_date(version: str) -> date | None:
    """The day in a version like 2026.10.26 (or 2026.10.26.post1); None when it has none."""
    found = _VERSION.match(version)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def version_in(packages: Path | None) -> YtdlpVersion | None:
    """The yt-dlp in a folder of packages, None = the installed one; None when there is none."""
    # Without a path it looks where everything installed is.
    path = sys.path if packages is None else [str(packages)]
    found = next(iter(metadata.distributions(name="yt-dlp", path=path)), None)
    if found is None:
        return None
    return YtdlpVersion(found.version, release_date(found.version), packages is not None)


def newest(packages: Path) -> tuple[YtdlpVersion | None, Path | None]:
    """The newer of the installed yt-dlp and the one in `packages`, and the folder to take it from."""
    built_in, other = version_in(None), version_in(packages) if packages.is_dir() else None
    if other is None or (built_in and (other.released or date.min) <= (built_in.released or date.min)):
        return built_in, None
    return other, packages


def _python_with_pip() -> str:
    """The container's environment has no pip of its own, the Python that it was made from has one."""
    return sys.executable if find_spec("pip") else str(Path(sys.base_prefix) / "bin" / "python3")


def update(packages: Path) -> bool:
    """Fetches the newest yt-dlp into `packages`; says whether that worked. What was there stays when it does not.

    A folder is filled beside it and put in its place only when the new yt-dlp has said its version.
    """
    fresh = packages.with_name(packages.name + ".new")
    command = [_python_with_pip(), "-m", "pip", "install", "--quiet", "--no-deps", "--no-cache-dir", "--upgrade"]
    command += ["--only-binary", ":all:", "--target", str(fresh)]
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        subprocess.run([*command, *PACKAGES], check=True, timeout=UPDATE_TIMEOUT_S, stdin=subprocess.DEVNULL)
        subprocess.run(
            [sys.executable, "-P", "-c", "import yt_dlp"],
            check=True,
            timeout=60,
            env={"PYTHONPATH": str(fresh)},
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("yt-dlp was not updated, the present one goes on: %s", error)
        return False
    old = packages.with_name(packages.name + ".old")
    if packages.exists():
        packages.rename(old)
    fresh.rename(packages)
    shutil.rmtree(old, ignore_errors=True)
    return True
