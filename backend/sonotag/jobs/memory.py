"""Stays under a limit of memory by refusing new work, after caches have been emptied."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sonotag.errors import BusyError

log = logging.getLogger(__name__)

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")
UNLIMITED_BYTES = 1 << 60
"""Version 1 says "none" by a number near 2^63."""

HEADROOM_BYTES = 128 << 20
"""What one more job may need: a decoder, its windows on their way, and the model's work on them."""

FRESH_S = 0.5
SHRINK_EVERY_S = 5.0


def cgroup_limit(root: Path = CGROUPS, own: Path = OWN_CGROUP) -> int | None:
    """Bytes that this container or service may use, or None where nothing limits them."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    limits: list[int] = []
    for line in lines:
        # "0::/path" is version 2, "4:memory:/path" version 1 (cgroups(7)).
        _, controllers, path = line.split(":", 2)
        if not controllers:
            limits += _limits(root, path, "memory.max")
        elif "memory" in controllers.split(","):
            limits += _limits(root / "memory", path, "memory.limit_in_bytes")
    return min((limit for limit in limits if limit < UNLIMITED_BYTES), default=None)


def _limits(root: Path, path: str, name: str) -> list[int]:
    """Those of the group and of every group around it. In a container its own may be the root."""
    limits: list[int] = []
    folder = root / path.lstrip("/")
    for group in (folder, *(parent for parent in folder.parents if parent.is_relative_to(root))):
        with contextlib.suppress(OSError, ValueError):  # not there, or "max"
            limits.append(int((group / name).read_text(encoding="ascii")))
    return limits


def used_bytes() -> int | None:
    """Memory of this process and its descendants that cannot be taken back from them; None where nobody tells.

    Pages of files that are mapped are left out: they are given back when memory is short.
    """
    try:
        return _own_bytes(os.getpid()) + sum(_own_bytes(pid) for pid in _descendants(os.getpid()))
    except OSError:
        return None


def _own_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        if pid == os.getpid():
            raise
        return 0  # it has ended meanwhile
    sizes = [line.split() for line in lines if line.startswith(("RssAnon:", "RssShmem:"))]
    return 1024 * sum(int(size[1]) for size in sizes)


def _descendants(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # "pid (name) state ppid …", where the name may hold anything.
                fields = Path(entry.path, "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
                children.setdefault(int(fields.split()[1]), []).append(int(entry.name))
    found = children.pop(root, [])
    while found:
        pid = found.pop()
        yield pid
        found += children.pop(pid, [])


def trim() -> None:
    """Returns memory that was freed to the system, where the C library can: it keeps some tens of MB otherwise."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def give_back() -> None:
    """Frees what is in circles that nobody reaches, and returns all that is free to the system."""
    gc.collect()
    trim()


class MemoryGuard:
    """Says whether there is memory for more work. Thread-safe."""

    def __init__(
        self,
        limit_bytes: int | None,
        *,
        read: Callable[[], int | None] = used_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`limit_bytes` None = no limit."""
        self.limit_bytes = limit_bytes
        self._read = read
        self._clock = clock
        self._caches: list[Callable[[], None]] = [give_back]
        self._lock = threading.Lock()
        self._read_at_s = self._shrunk_at_s = float("-inf")
        self._used: int | None = None
        if limit_bytes is not None:
            log.info("memory is limited to %d MB", limit_bytes // 1_000_000)

    def add_cache(self, empty: Callable[[], None]) -> None:
        """`empty` is called when memory is short, before anything is refused."""
        self._caches.insert(0, empty)

    @property
    def used_bytes(self) -> int | None:
        with self._lock:
            return self._fresh()

    @property
    def has_room(self) -> bool:
        if self.limit_bytes is None:
            return True
        with self._lock:
            if self._fits(self._fresh()):
                return True
            if self._clock() - self._shrunk_at_s >= SHRINK_EVERY_S:
                for empty in self._caches:
                    empty()
                self._shrunk_at_s = self._clock()
                self._read_at_s = float("-inf")
            return self._fits(self._fresh())

    def ensure(self) -> None:
        """Raises BusyError `memory_low`."""
        if not self.has_room:
            raise BusyError(
                "The server has no memory left for more work.",
                hint="Try again in a little while.",
                code="memory_low",
                retry_after_s=20,
            )

    def _fits(self, used: int | None) -> bool:
        limit = self.limit_bytes
        return limit is None or used is None or used <= limit - min(HEADROOM_BYTES, limit // 4)

    def _fresh(self) -> int | None:
        now_s = self._clock()
        if now_s - self._read_at_s >= FRESH_S:
            self._used, self._read_at_s = self._read(), now_s
        return self._used
