"""Sets everything up: a virtual environment in .venv, the built page, and on request a browser for the tests.

Every step leaves a stamp that holds a hash of what it was made from, so a second run does nothing and is
done in well under a second. Only the standard library is used: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".stamps"
FRONTEND = ROOT / "frontend"
REQUIREMENTS = ROOT / "requirements"
PAGE = FRONTEND / "dist" / "index.html"

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_TIMEOUT_S = 3.0
# Folders in frontend/ that tools write to: they are no source of the page.
NOT_PAGE_SOURCES = {"node_modules", "dist", "coverage", "test-results", "playwright-report", ".vite"}


class SetupError(Exception):
    """Something the person who called has to do first; the message says what."""


def say(message: str) -> None:
    print(f"setup: {message}", flush=True)


def run(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Runs a command, its errors and unless quiet its output shown; raises SetupError where it fails."""
    stdout = subprocess.DEVNULL if quiet else None
    code = subprocess.run(command, check=False, cwd=cwd, env=env, stdout=stdout).returncode
    if code != 0:
        raise SetupError(f"`{' '.join(command)}` failed with exit status {code}; its output above says why.")


def is_root() -> bool:
    return os.geteuid() == 0


def apt_install(*packages: str) -> None:
    """Installs Debian packages; only called as root."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    run(command, env=environment, quiet=True)


# -- stamps ----------------------------------------------------------------------------------------------


def digest(files: Iterable[Path], *extra: str) -> str:
    """A hash of the files' names and bytes and of the extra words; a missing file counts as empty."""
    hasher = hashlib.sha256()
    for word in extra:
        hasher.update(word.encode() + b"\0")
    for file in sorted(files):
        hasher.update(str(file.relative_to(ROOT)).encode() + b"\0")
        hasher.update(file.read_bytes() if file.is_file() else b"")
    return hasher.hexdigest()


def is_fresh(stamp: Path, expected: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == expected


def write_stamp(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` calls in two terminals take turns instead of installing into one folder together."""
    with (ROOT / "Makefile").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# -- Python ----------------------------------------------------------------------------------------------


def create_venv() -> None:
    """Makes .venv, or takes the one that is there."""
    if (VENV / "bin" / "python").exists():
        return
    try:
        import ensurepip  # noqa: F401  (Debian keeps it in a package of its own)
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        if not (is_root() and shutil.which("apt-get")):
            raise SetupError(
                f"this Python cannot make virtual environments. On Debian: sudo apt-get install {package}"
            ) from None
        say(f"installing Debian's {package}")
        apt_install(package)
    say("creating .venv")
    # In a process of its own: a Python that was just given ensurepip does not see it yet.
    run([sys.executable, "-m", "venv", str(VENV)])


def pip(*arguments: str) -> None:
    # setuptools warns of every editable install; errors are not affected.
    environment = os.environ | {"PYTHONWARNINGS": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run([str(VENV / "bin" / "python"), "-m", "pip", *arguments], env=environment)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/", timeout=PROBE_TIMEOUT_S):  # noqa: S310 (an address of ours, https)
            return True
    except (OSError, ValueError):
        return False


def torch_index() -> str:
    """The index torch is installed from; empty for the ordinary one.

    On Linux the ordinary index holds the CUDA build, gigabytes that a machine without a GPU cannot use. So
    PyTorch's CPU index is taken where it answers, and the ordinary one otherwise or where CUDA is asked for.
    """
    if "TORCH_INDEX_URL" in os.environ:
        return os.environ["TORCH_INDEX_URL"]
    if platform.system() != "Linux" or os.environ.get("SONOTAG_TORCH", "cpu") == "cuda":
        return ""
    if answers(TORCH_CPU_INDEX):
        return TORCH_CPU_INDEX
    say("PyTorch's CPU index does not answer; taking torch from the ordinary index")
    return ""


def setup_torch(requirement: Path) -> None:
    """Installs the pinned torch; a build that was chosen once stays until another one is named."""
    named = os.environ.get("TORCH_INDEX_URL", os.environ.get("SONOTAG_TORCH"))
    stamp, version = STAMPS / "torch", digest([requirement])
    before = stamp.read_text().splitlines() if stamp.is_file() else []
    if before and before[0] == version and named in (None, before[1]):
        return
    index = torch_index()
    say(f"installing torch from {index or 'the ordinary index'}")
    if before:  # else pip keeps another build of the same version
        pip("uninstall", "--quiet", "--yes", "torch")
    # The one large download: a person sees it move, a log does not need to.
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pip("install", *quiet, "-r", str(requirement), *(["--index-url", index] if index else []))
    write_stamp(stamp, f"{version}\n{named or ''}")


def setup_python() -> None:
    create_venv()
    setup_torch(REQUIREMENTS / "torch.txt")

    locks = [REQUIREMENTS / "runtime.lock", REQUIREMENTS / "dev.lock"]
    stamp, value = STAMPS / "requirements", digest(locks)
    if not is_fresh(stamp, value):
        say("installing the locked requirements")
        files = [word for lock in locks for word in ("-r", str(lock))]
        pip("install", "--quiet", "--require-hashes", "--only-binary", ":all:", *files)
        write_stamp(stamp, value)

    for package in (ROOT / "openflam", ROOT / "backend"):
        # The folder is part of the stamp: an editable install points at it, and checkouts get moved.
        stamp, value = STAMPS / package.name, digest([package / "pyproject.toml"], str(ROOT))
        if not is_fresh(stamp, value):
            say(f"installing {package.name} (editable)")
            # The build backend is locked with the rest, so nothing unpinned is fetched to build with.
            pip("install", "--quiet", "--no-deps", "--no-build-isolation", "-e", str(package))
            write_stamp(stamp, value)


# -- the page --------------------------------------------------------------------------------------------


def node_environment() -> dict[str, str]:
    """The environment in which `node`, `npm` and `npx` are the ones of the wheel in .venv."""
    return os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def page_sources() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in NOT_PAGE_SOURCES]
        found += [Path(folder) / name for name in files]
    return found


def setup_page() -> None:
    package, lock = FRONTEND / "package.json", FRONTEND / "package-lock.json"
    npm = str(VENV / "bin" / "npm")

    stamp, value = FRONTEND / "node_modules" / ".stamp", digest([package, lock])
    if not is_fresh(stamp, value):
        say("installing the page's packages")
        run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FRONTEND, env=node_environment())
        write_stamp(stamp, value)

    stamp, value = FRONTEND / "node_modules" / ".stamp-page", digest(page_sources())
    if not (PAGE.is_file() and is_fresh(stamp, value)):
        say("building the page")
        run([npm, "run", "--silent", "build"], cwd=FRONTEND, env=node_environment())
        write_stamp(stamp, value)


# -- a browser for the tests -----------------------------------------------------------------------------


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """The Chromium to test with: CHROME_PATH, else one on the PATH, best one that is built without windows.

    The same engine, which takes a third less of the processors for the same tests.
    """
    named = os.environ.get("CHROME_PATH")
    if named:
        if not os.access(named, os.X_OK):
            raise SetupError(f"CHROME_PATH names {named}, which cannot be run")
        return named
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def browser_environment() -> dict[str, str]:
    """:func:`node_environment` with CHROME_PATH for what drives a browser; as it was where there is none."""
    browser = find_browser()
    return node_environment() | ({"CHROME_PATH": browser} if browser else {})


def setup_browser() -> None:
    if find_browser() is None and is_root() and shutil.which("apt-get"):
        say("installing Debian's Chromium for the browser tests")
        try:
            apt_install(BROWSERS[0])
        except SetupError:
            # Older releases have it with windows only.
            apt_install("chromium")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--browser", action="store_true", help="also provide a browser for the tests")
    arguments = parser.parse_args()
    try:
        with one_at_a_time():
            setup_python()
            setup_page()
            if arguments.browser:
                setup_browser()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
