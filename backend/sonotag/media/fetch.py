"""Fetches a link's media through a child process, which it limits, watches and ends."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sonotag.domain import Chapter
from sonotag.errors import CancelledError, SonotagError
from sonotag.media.fetch_errors import code_of, link_error, wait_words

_BLOCK_BYTES = 1 << 16
_EVENT_BYTES = 1 << 20
_MEMORY_BYTES = 2 * 1024**3
"""Private memory of the child and of its JavaScript runtime each. Their address space cannot be limited: the
runtime reserves far more of it than it uses."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    max_bytes: int
    max_duration_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """What to fetch, and how. `proxy_url` is the egress guard's; `own_certificates` makes SSL_CERT_FILE count."""

    site: str
    url: str
    extractors: tuple[str, ...]
    proxy_url: str
    cache: Path
    """What yt-dlp remembers between jobs, such as SoundCloud's client id."""
    cookies: Path | None = None
    certificates: Path | None = None
    packages: Path | None = None
    """A folder with a newer yt-dlp than the installed one."""


@dataclass(frozen=True, slots=True)
class FetchedInfo:
    """What the site says of the recording. `listed`: it is the first of a list."""

    title: str | None
    uploader: str | None
    duration_s: float | None
    thumbnail: str | None
    chapters: tuple[Chapter, ...]
    size_bytes: int | None
    extension: str | None
    listed: bool


class Fetch:
    """One link being fetched. `run` is called once; `cancel` from any thread, any number of times."""

    def __init__(self, spec: FetchSpec, limits: FetchLimits, scratch: Path) -> None:
        """`scratch`: a folder in which the child gets one of its own, removed at the end."""
        self._spec = spec
        self._limits = limits
        self._scratch = scratch
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = threading.Event()
        self._events = b""
        self._info: FetchedInfo | None = None
        self._outcome: dict[str, Any] | None = None
        self._received = 0

    def cancel(self) -> None:
        """Kills the child and all that it started, at once."""
        self._cancelled.set()
        self._kill()

    def run(self, on_info: Callable[[FetchedInfo], None], on_media: Callable[[bytes], None]) -> FetchedInfo:
        """Fetches everything; tells what it is, then gives its bytes as they come, and b"" while none come.

        Raises LinkError, CancelledError, and what the callables raise.
        """
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            return self._run(folder, on_info, on_media)
        finally:
            self._kill()
            shutil.rmtree(folder, ignore_errors=True)

    def _run(
        self, folder: Path, on_info: Callable[[FetchedInfo], None], on_media: Callable[[bytes], None]
    ) -> FetchedInfo:
        events_fd, child_fd = os.pipe()
        try:
            process = self._start(folder, child_fd)
        except BaseException:
            os.close(events_fd)
            raise
        finally:
            os.close(child_fd)
        assert process.stdout is not None
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                selector.register(events_fd, selectors.EVENT_READ)
                self._watch(selector, process.stdout.fileno(), events_fd, on_info, on_media)
        finally:
            os.close(events_fd)
            self._kill()
            process.stdout.close()
            # Under the lock, because after reaping the number may belong to somebody else's group.
            with self._lock:
                process.wait()
        return self._judge(process.returncode)

    def _start(self, folder: Path, child_fd: int) -> subprocess.Popen[bytes]:
        spec = {
            **asdict(self._spec),
            "cookies": None,
            "cache": str(self._spec.cache),
            "events_fd": child_fd,
            "max_duration_s": self._limits.max_duration_s,
            "max_bytes": self._limits.max_bytes,
            "own_certificates": self._spec.certificates is not None,
        }
        for name in ("certificates", "packages"):
            spec.pop(name)
        if self._spec.cookies is not None:
            # A copy: yt-dlp writes back what the site sets, and one job must not change another's.
            spec["cookies"] = str(folder / "cookies.txt")
            shutil.copyfile(self._spec.cookies, folder / "cookies.txt")
        packages = Path(__file__).parents[2]
        search = [str(path) for path in (self._spec.packages, packages) if path is not None]
        environment = {
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "PYTHONPATH": os.pathsep.join(search),
            "LANG": "C.UTF-8",
        }
        if self._spec.certificates is not None:
            environment["SSL_CERT_FILE"] = str(self._spec.certificates)
        with self._lock:
            if self._cancelled.is_set():
                raise _cancelled()
            self._process = subprocess.Popen(
                [*_limits_command(), sys.executable, "-P", "-m", "sonotag.media.fetch_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=environment,
                pass_fds=[child_fd],
                start_new_session=True,
            )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(json.dumps(spec).encode())
        return self._process

    def _watch(
        self,
        selector: selectors.BaseSelector,
        media_fd: int,
        events_fd: int,
        on_info: Callable[[FetchedInfo], None],
        on_media: Callable[[bytes], None],
    ) -> None:
        deadline_s = time.monotonic() + self._limits.wall_s
        while selector.get_map():
            left_s = deadline_s - time.monotonic()
            if self._cancelled.is_set():
                raise _cancelled()
            if left_s <= 0:
                raise self._error("link_timeout")
            ready = selector.select(min(left_s, 1.0))
            if not ready:
                on_media(b"")
            for key, _ in ready:
                block = os.read(key.fd, _BLOCK_BYTES)
                if not block:
                    selector.unregister(key.fileobj)
                elif key.fd == events_fd:
                    self._take_events(block, on_info)
                elif key.fd == media_fd:
                    self._received += len(block)
                    if self._received > self._limits.max_bytes:
                        raise self._error("link_too_large")
                    on_media(block)
        if self._cancelled.is_set():
            raise _cancelled()

    def _take_events(self, block: bytes, on_info: Callable[[FetchedInfo], None]) -> None:
        self._events += block
        if len(self._events) > _EVENT_BYTES:
            raise self._error("link_failed", "more words than any answer has")
        *lines, self._events = self._events.split(b"\n")
        for line in lines:
            event: dict[str, Any] = json.loads(line)
            kind = event.pop("type")
            if kind == "info":
                chapters = tuple(Chapter(**chapter) for chapter in event.pop("chapters"))
                self._info = FetchedInfo(chapters=chapters, **event)
                on_info(self._info)
            else:
                self._outcome = {"type": kind, **event}

    def _judge(self, returncode: int) -> FetchedInfo:
        """How it ended: what was fetched, or the error."""
        outcome = self._outcome or {"type": "error", "message": f"the process ended with status {returncode}"}
        if outcome["type"] == "refused":
            duration_h = float(outcome.get("duration_s") or 0.0) / 3600
            raise self._error(outcome["code"], json.dumps(outcome), hours=duration_h)
        if outcome["type"] == "error":
            message = str(outcome["message"])
            wait = wait_words(outcome.get("retry_after_s"))
            raise self._error(code_of(message), f"{message}\n" + "\n".join(outcome.get("log", [])), wait=wait)
        if self._info is None or self._received == 0:
            raise self._error("link_failed", "nothing came")
        expected = self._info.size_bytes
        if expected is not None and self._received != expected:
            raise self._error("link_network", f"{self._received} bytes came of {expected}")
        return self._info

    def _error(self, code: str, details: str = "", **values: Any) -> SonotagError:
        limits = {
            "hours": 0.0,
            "max_hours": self._limits.max_duration_s / 3600,
            "max_gb": self._limits.max_bytes / 1e9,
        }
        return link_error(code, self._spec.site, details, **{**limits, **values})

    def _kill(self) -> None:
        with self._lock:
            process = self._process
            if process is not None and process.returncode is None:
                # Its number is its group's as long as it has not been waited for.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def _limits_command() -> list[str]:
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return []
    return [prlimit, f"--data={_MEMORY_BYTES}", "--nofile=256", "--core=0"]


def _cancelled() -> CancelledError:
    return CancelledError("Fetching the link was cancelled.")
