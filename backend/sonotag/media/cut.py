"""Takes a stretch out of media on its way, by copying packets: nothing is decoded, nothing waits for the end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from sonotag.errors import MediaError, SonotagError
from sonotag.media.report import Report
from sonotag.media.sandbox import Child, ProcessLimits

_BLOCK_BYTES = 1 << 16


class EnoughError(Exception):
    """The stretch is complete: no more media is wanted."""


class Cutter:
    """Bytes in by `write`, the stretch's bytes out to `sink`, which is called in a thread of the cutter's own.

    The stretch is a Matroska file whose time begins at 0, exact to a packet (some 20 ms).
    """

    def __init__(
        self,
        ffmpeg: Path,
        limits: ProcessLimits,
        start_s: float,
        end_s: float | None,
        sink: Callable[[bytes], None],
    ) -> None:
        """Raises MediaError `decoder_failed` when ffmpeg cannot be started."""
        # Not its tags: they tell the length of the whole.
        arguments = ["-map", "0:a:0", "-map_metadata", "-1", "-map_metadata:s", "-1", "-ss", f"{start_s:.3f}"]
        if end_s is not None:
            arguments += ["-t", f"{end_s - start_s:.3f}"]
        # Small clusters, each sent at once: what is cut is heard while the rest arrives.
        arguments += ["-c", "copy", "-cluster_time_limit", "1000", "-flush_packets", "1", "-f", "matroska", "pipe:1"]
        read_fd, self._write_fd = os.pipe()
        try:
            self._child = Child(ffmpeg, arguments, stdin_fd=read_fd, limits=limits)
        except BaseException:
            os.close(self._write_fd)
            raise
        finally:
            os.close(read_fd)
        self._sink = sink
        self._failure: SonotagError | None = None
        self._written = 0
        self._report = Report()
        self._threads = [
            threading.Thread(target=self._drain, name="cut", daemon=True),
            threading.Thread(target=self._listen, name="cut report", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def write(self, data: bytes) -> None:
        """Gives media. Raises EnoughError when the stretch is complete, and what the sink raised."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._write_fd, view) :]
        except BrokenPipeError as error:
            raise EnoughError from error

    def finish(self) -> None:
        """No more media comes: waits for the rest of the stretch. Raises MediaError when there is none of it."""
        self._close_input()
        for thread in self._threads:
            thread.join()
        self._child.close()
        if self._failure is not None:
            raise self._failure
        empty = self._written == 0 or "Output file is empty" in self._report.details
        # ffmpeg's word for media that lies before its index, where a pipe cannot go back to.
        if empty and ": partial file" in self._report.details:
            raise MediaError(
                "No part of this recording can be taken: what says where its sound lies comes last in it.",
                hint="Fetch the whole recording: leave start and end empty.",
                code="cannot_cut",
                details=self._report.details,
            )
        # Then only a header was written.
        if empty:
            raise MediaError(
                "There is no sound in the stretch that was asked for.",
                hint="Look how long the recording is, and choose times within it.",
                code="empty_stretch",
                details=self._report.details,
            )

    def kill(self) -> None:
        """Ends it at once, from any thread; `finish` or `close` must still be called."""
        self._child.kill()

    def close(self) -> None:
        """Leaves nothing behind. Idempotent."""
        self._child.kill()
        self._close_input()
        for thread in self._threads:
            thread.join()
        self._child.close()

    def _close_input(self) -> None:
        if self._write_fd >= 0:
            os.close(self._write_fd)
            self._write_fd = -1

    def _drain(self) -> None:
        os.set_blocking(self._child.stdout_fd, True)
        while block := os.read(self._child.stdout_fd, _BLOCK_BYTES):
            if self._failure is None:
                self._written += len(block)
                try:
                    self._sink(block)
                except SonotagError as error:
                    self._failure = error
                    self._child.kill()

    def _listen(self) -> None:
        os.set_blocking(self._child.stderr_fd, True)
        while block := os.read(self._child.stderr_fd, _BLOCK_BYTES):
            self._report.feed(block)
