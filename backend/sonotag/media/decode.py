"""Turns any media file into windows of mono 48 kHz float32 samples, through one sandboxed ffmpeg child."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import stat
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from sonotag.domain import SAMPLE_RATE_HZ, WINDOW_SAMPLES, MediaInfo, Problem
from sonotag.errors import MediaError, StorageError
from sonotag.media.growing import Feeder, GrowingFile
from sonotag.media.reader import ChildReader, DecoderStalledError
from sonotag.media.sandbox import MONO_FILTER, Child, ProcessLimits, decoder_missing

log = logging.getLogger(__name__)

_SAMPLE_BYTES = 4
_CAP_MARGIN_S = 1.0


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """How much one file may ask for.

    `max_duration_s` bounds the decoded length; `cpu_s` is the child's processor time; `wall_s` the time that
    a reader spends waiting for the child, so that a slow consumer never makes a file "too slow";
    `memory_bytes` its address space (256 MiB are too few for long FLAC silence). A child that does nothing at all for
    `stall_s` seconds is hung: it is replaced once, then the file is given up; 0 = never.
    """

    max_duration_s: float = 43_200.0
    cpu_s: int = 900
    wall_s: float = 1_800.0
    memory_bytes: int = 512 * 1024 * 1024
    stall_s: float = 30.0

    @property
    def process(self) -> ProcessLimits:
        return ProcessLimits(memory_bytes=self.memory_bytes, cpu_s=self.cpu_s)


def find_ffmpeg(configured: str | Path | None = None) -> Path:
    """Return the ffmpeg to use: the configured one, else the one that came with the imageio-ffmpeg wheel.

    Raises MediaError `decoder_failed` when there is none.
    """
    if configured:
        return Path(configured)
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise decoder_missing(str(error)) from error


class Decoder:
    """Starts decodings. Holds no state besides its settings, so one serves all threads."""

    def __init__(self, ffmpeg: Path, limits: DecodeLimits | None = None) -> None:
        """`ffmpeg` (version 6 or newer) is given by an absolute path."""
        self.ffmpeg = ffmpeg
        self.limits = limits or DecodeLimits()

    def open(self, source: BinaryIO | Path | GrowingFile, *, skip_samples: int = 0) -> DecodeStream:
        """Start decoding `source` and return at once; the stream's `info` and its windows wait for the child.

        A `BinaryIO` needs a descriptor (a file or the reading end of a pipe, read from where it stands) and
        stays the caller's to close, which may happen as soon as this returns. A `GrowingFile` is decoded as it
        arrives (see `can_stream`). The first `skip_samples` samples, a multiple of WINDOW_SAMPLES, are decoded and
        left out, so that what follows is exactly the tail of an uninterrupted run.

        Raises MediaError `empty_file` or `decoder_failed`, StorageError when the path cannot be read,
        ValueError for an impossible `skip_samples`.
        """
        if skip_samples < 0 or skip_samples % WINDOW_SAMPLES:
            raise ValueError(f"skip_samples must be a multiple of {WINDOW_SAMPLES}, not {skip_samples}")
        # The margin makes "longer than allowed" visible as samples beyond the limit.
        cap_s = self.limits.max_duration_s + _CAP_MARGIN_S
        arguments = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-t", f"{cap_s:.3f}", "-af", MONO_FILTER]
        arguments += ["-f", "f32le", "pipe:1"]
        return self._stream(source, arguments, skip_samples)

    def probe(self, path: Path) -> MediaInfo:
        """Return what the file at `path` claims to be, without decoding it.

        Raises what opening it and asking for `info` would raise.
        """
        with self._stream(path, []) as stream:
            return stream.info

    def _stream(
        self, source: BinaryIO | Path | GrowingFile, arguments: list[str], skip_samples: int = 0
    ) -> DecodeStream:
        start = functools.partial(self._start, source, arguments)
        return DecodeStream(start, source, self.limits, skip_samples=skip_samples)

    def _start(
        self, source: BinaryIO | Path | GrowingFile, arguments: list[str], seekable: bool
    ) -> tuple[Child, Feeder | None]:
        limits = self.limits.process
        if not isinstance(source, GrowingFile):
            with descriptor_of(source) as stdin_fd:
                return Child(self.ffmpeg, arguments, stdin_fd=stdin_fd, limits=limits, seekable=seekable), None
        feeder = Feeder(source)
        try:
            child = Child(self.ffmpeg, arguments, stdin_fd=feeder.read_fd, limits=limits)
        except BaseException:
            feeder.start()
            feeder.close()
            raise
        feeder.start()
        return child, feeder


@contextlib.contextmanager
def descriptor_of(source: BinaryIO | Path) -> Generator[int]:
    """Give a descriptor to read `source` from. Raises MediaError `empty_file` and StorageError."""
    opened: int | None = None
    if isinstance(source, Path):
        try:
            opened = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise StorageError(
                "The recording's file cannot be read.", hint="Upload the recording again.", details=str(error)
            ) from error
        descriptor = opened
    else:
        descriptor = source.fileno()
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size == 0:
            raise MediaError(
                "The file is empty (0 bytes).",
                hint="Check that the recording was saved or copied completely and choose it again.",
                code="empty_file",
            )
        yield descriptor
    finally:
        if opened is not None:
            os.close(opened)


class DecodeStream:
    """Iterates over the windows of one recording: float32 arrays of WINDOW_SAMPLES, the last one shorter.

    Every array is the consumer's own. `cancel` may be called from any thread; all else belongs to one
    thread. Used as a context manager it leaves neither a process nor a descriptor behind. `info` and the
    iteration raise

    - MediaError `unreadable_media`, `no_audio_track`, `empty_file` (no sample of sound, or too few),
      `too_long` (claimed, or found out while decoding), `decode_timeout`, `decoder_failed`, `decoder_stalled`;
    - CancelledError after `cancel`;
    - for media that is still arriving, the error that ended it, after the last whole window.

    A child that hangs is replaced by a new one, once; what follows is the same to the sample. Of a source that
    cannot be read again (a pipe) it is an error at once.
    """

    def __init__(
        self,
        start: Callable[[bool], tuple[Child, Feeder | None]],
        source: BinaryIO | Path | GrowingFile,
        limits: DecodeLimits,
        *,
        skip_samples: int = 0,
    ) -> None:
        """`start` starts a child on `source` from its beginning, with what feeds it if anything has to; it is told
        whether the child may seek.
        """
        self._start = start
        self._source = source if isinstance(source, GrowingFile) else None
        self._seekable = True
        self._is_file = isinstance(source, Path)
        self._restarts_left = 1 if isinstance(source, Path | GrowingFile) else 0
        self._limits = limits
        self._lock = threading.Lock()
        self._cancelled = False
        self._to_skip = skip_samples
        self._given = skip_samples
        self._samples = 0
        self._opened = False
        self._ended = False
        self._warning: Problem | None = None
        self._reader, self._feeder = self._begin()

    def _begin(self) -> tuple[ChildReader, Feeder | None]:
        child, feeder = self._start(self._seekable)
        starved_s = (lambda: feeder.starved_s) if feeder else None
        return ChildReader(child, self._limits.wall_s, starved_s, self._limits.stall_s), feeder

    def _restart(self, error: DecoderStalledError) -> None:
        """Replaces a hung child; the new one passes over what has been read. Raises `error` the second time."""
        if self._restarts_left == 0:
            raise self._reader.fail(error)
        self._restarts_left -= 1
        log.warning("a decoder hangs (%s) and is started again", error.details)
        self._start_again()

    def _start_again(self) -> None:
        self._close_child()
        with self._lock:
            if self._cancelled:
                self._reader.check()
            self._reader, self._feeder = self._begin()
        self._to_skip, self._samples = self._given, 0
        self._opened = False

    def __enter__(self) -> DecodeStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        return self

    @property
    def info(self) -> MediaInfo:
        """What the file claims to be (waits until ffmpeg has opened it). `duration_s` is a claim or None."""
        while True:
            self._reader.check()
            try:
                self._await_opening()
            except DecoderStalledError as error:
                self._restart(error)
            else:
                return self._reader.report.info

    @property
    def samples_read(self) -> int:
        """Samples from the beginning up to here, skipped ones included; at the end the exact length."""
        return self._samples

    @property
    def warning(self) -> Problem | None:
        """After the last window: what is wrong with the file although it could be decoded, or None.

        Codes: truncated_media (shorter than it claims), damaged_media (errors on the way).
        """
        return self._warning

    def cancel(self) -> None:
        """Kill the child now; whoever reads, or will read, gets CancelledError. Callable from any thread."""
        with self._lock:
            self._cancelled = True
            self._reader.cancel()

    def close(self) -> None:
        """End and reap the child and close the pipes. Idempotent."""
        self._ended = True
        self._close_child()

    def _close_child(self) -> None:
        self._reader.close()
        if self._feeder is not None:
            self._feeder.close()

    def __next__(self) -> NDArray[np.float32]:
        self._reader.check()
        while not self._ended:
            try:
                self._await_opening()
                window = self._read_window()
            except DecoderStalledError as error:
                self._restart(error)
                continue
            # Skipping decodes on purpose: seeking lands near a time, not on a sample.
            if self._to_skip > 0:
                self._to_skip -= WINDOW_SAMPLES
            elif window.size > 0:
                self._given += WINDOW_SAMPLES
                return window
        raise StopIteration

    def _await_opening(self) -> None:
        if self._opened:
            return
        self._reader.await_banner()
        if self._seekable and self._is_file and self._reader.report.opens_as_stream:
            self._seekable = False
            self._start_again()
            self._reader.await_banner()
        report = self._reader.report
        if not report.has_audio:
            returncode = self._reader.finish()
            if self._source is not None and self._source.error is not None:
                raise self._source.error
            raise self._reader.fail(report.limit_error(returncode) or report.input_error(returncode))
        claimed_s = report.info.duration_s
        if claimed_s is not None and claimed_s > self._limits.max_duration_s:
            raise self._reader.fail(self._too_long(f"It claims to last {claimed_s / 3600:.1f} hours"))
        self._opened = True

    def _read_window(self) -> NDArray[np.float32]:
        """Return the next samples, fewer than a window only at the end; empty when nothing is left."""
        window = np.empty(WINDOW_SAMPLES, dtype=np.float32)
        filled = self._reader.read_into(window.data.cast("B")) // _SAMPLE_BYTES
        self._samples += filled
        if self._samples > self._limits.max_duration_s * SAMPLE_RATE_HZ:
            raise self._reader.fail(self._too_long("It goes on beyond the limit"))
        if filled < WINDOW_SAMPLES:
            self._finish()
            window = window[:filled].copy()
        if not np.isfinite(window).all():
            np.nan_to_num(window, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        return window

    def _finish(self) -> None:
        """Judge how the child ended: raise, or leave a warning, or be content."""
        returncode = self._reader.finish()
        self._ended = True
        if self._source is not None and self._source.error is not None:
            raise self._source.error
        if limit := self._reader.report.limit_error(returncode):
            raise self._reader.fail(limit)
        if self._samples == 0:
            raise self._reader.fail(self._reader.report.input_error(returncode))
        self._warning = self._warning_of(returncode)

    def _warning_of(self, returncode: int) -> Problem | None:
        decoded_s = self._samples / SAMPLE_RATE_HZ
        info = self._reader.report.info
        # A video may go on in silence. Containers round: a second and a hundredth are no damage.
        claimed_s = None if info.has_video else info.duration_s
        if claimed_s is not None and decoded_s < claimed_s * 0.99 - 1.0:
            return Problem(
                code="truncated_media",
                message=f"The file ends early: {decoded_s:.1f} s of the {claimed_s:.1f} s it announces.",
                hint="What is there was analysed. If there should be more, copy or export the file again.",
            )
        if returncode != 0 or self._reader.report.error_lines:
            return Problem(
                code="damaged_media",
                message="The file has damaged places; what could not be decoded is missing.",
                hint="Times after a damaged place may be a little off. A fresh copy of the file may help.",
            )
        return None

    def _too_long(self, how: str) -> MediaError:
        hours = self._limits.max_duration_s / 3600
        allowed = f"{hours:.3g} hours" if hours >= 1 else f"{self._limits.max_duration_s:.3g} seconds"
        return MediaError(
            f"The recording is too long. {how}; at most {allowed} are taken.",
            hint="Cut it into shorter pieces and give them one by one.",
            code="too_long",
            details=self._reader.report.details,
        )
