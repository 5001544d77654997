"""Reads a sandboxed child's two pipes from one thread: waiting is limited, any thread may cancel, hanging is seen."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable

from sonotag.errors import CancelledError, MediaError
from sonotag.media.report import Report, decode_timeout
from sonotag.media.sandbox import Child

_CHUNK_BYTES = 65_536
_SLICE_S = 1.0
"""A wait whose allowance may grow meanwhile is made of pieces this long."""


class DecoderStalledError(MediaError):
    """The child neither speaks nor computes, though nothing keeps it waiting."""

    code = "decoder_stalled"


class ChildReader:
    """The reading side of one ffmpeg. Owns the child and closes it.

    `cancel` may be called from any thread; all else belongs to one. Every method that waits raises
    CancelledError after `cancel` and MediaError `decode_timeout` when all its waiting together has taken
    `wall_s` seconds. Waiting alone is counted, so a slow consumer never makes a file "too slow". A failure
    stays: it is raised again.
    """

    def __init__(
        self, child: Child, wall_s: float, extra_s: Callable[[], float] | None = None, stall_s: float = 0.0
    ) -> None:
        """`extra_s` says how much of the waiting so far was not the child's fault.

        A child that says nothing and uses no processor time for `stall_s` seconds of such waiting is hung:
        DecoderStalledError is raised, which does not stay. 0 = it is waited for all the same.
        """
        self.report = Report()
        self._child = child
        self._wall_s = wall_s
        self._extra_s = extra_s or (lambda: 0.0)
        self._stall_s = stall_s
        self._waited_s = 0.0
        self._failure: MediaError | None = None
        self._cancelled = threading.Event()
        self._poll = select.poll()
        self._open_fds = {child.stdout_fd, child.stderr_fd}
        for descriptor in self._open_fds:
            self._poll.register(descriptor, select.POLLIN)

    def cancel(self) -> None:
        """Kill the child now. Callable from any thread, any number of times."""
        self._cancelled.set()
        self._child.kill()

    def close(self) -> None:
        """End and reap the child and close the pipes. Idempotent."""
        self._child.close()

    def check(self) -> None:
        """Raise what has gone wrong so far."""
        if self._cancelled.is_set():
            raise CancelledError("The work on this recording was cancelled.")
        if self._failure is not None:
            raise self._failure

    def fail(self, error: MediaError) -> MediaError:
        """Stop the child, remember `error` so that it stays, and return it to be raised."""
        self._failure = error
        self._child.kill()
        return error

    def await_banner(self) -> None:
        """Wait until ffmpeg has said what the file is, or has given up."""
        while not self.report.banner_complete and self._open_fds:
            ready = self._wait()
            self._drain_stderr(ready)
            if ready == {self._child.stdout_fd}:  # audio, or the end, and nothing more said before it
                break

    def read_into(self, view: memoryview) -> int:
        """Fill `view` with the child's output; fewer bytes are returned only when the output has ended."""
        filled = 0
        while filled < len(view) and self._child.stdout_fd in self._open_fds:
            ready = self._wait()
            self._drain_stderr(ready)
            if self._child.stdout_fd in ready:
                count = os.readv(self._child.stdout_fd, [view[filled:]])
                if count == 0:
                    self._forget(self._child.stdout_fd)
                filled += count
        self.check()
        return filled

    def finish(self) -> int:
        """Read the child's last words, drop output that is left, reap it and return its status."""
        while self._open_fds:
            ready = self._wait()
            self._drain_stderr(ready)
            if self._child.stdout_fd in ready and not os.read(self._child.stdout_fd, _CHUNK_BYTES):
                self._forget(self._child.stdout_fd)
        returncode = self._child.wait()
        self.check()
        return returncode

    def _wait(self) -> set[int]:
        still_s, signs = 0.0, None
        while True:
            self.check()
            left_s = self._wall_s - self._waited_s + self._extra_s()
            slice_s = min(left_s, _SLICE_S, self._stall_s / 2 or _SLICE_S)
            started_s = time.monotonic()
            events = self._poll.poll(max(0.0, slice_s) * 1000.0)
            slept_s = time.monotonic() - started_s
            self._waited_s += slept_s
            self.check()
            if events:
                return {descriptor for descriptor, _ in events}
            if left_s <= 0:
                raise self.fail(decode_timeout(f"waited {self._waited_s:.0f} s: {self.report.details}"))
            # Signs of life: it computes, or what it waits for is on its way.
            signs_before, signs = signs, (self._child.processor_s, self._extra_s())
            still_s = still_s + slept_s if signs == signs_before and signs[0] is not None else 0.0
            if 0 < self._stall_s <= still_s:
                raise DecoderStalledError(
                    "The decoder stopped working on this file.",
                    hint="Try again. If it happens again, convert the file to WAV, FLAC or MP3 and upload that.",
                    details=f"still for {still_s:.0f} s: {self.report.details}",
                )

    def _drain_stderr(self, ready: set[int]) -> None:
        if self._child.stderr_fd in ready:
            data = os.read(self._child.stderr_fd, _CHUNK_BYTES)
            if data:
                self.report.feed(data)
            else:
                self._forget(self._child.stderr_fd)

    def _forget(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        self._open_fds.discard(descriptor)
