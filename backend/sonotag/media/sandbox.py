"""Runs ffmpeg on strangers' files: a child process with hard limits that leaves nothing behind.

The limits hold before ffmpeg executes its first instruction. `prlimit` (util-linux) sets them and then
replaces itself by ffmpeg; where it is missing a small Python program does the same. `preexec_fn` would run
Python code between fork and exec, which can deadlock in a process with threads, and this server has threads;
limiting the child from outside after its start would leave it a moment without limits.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sonotag.errors import MediaError

PIPE_BYTES = 1 << 20
"""What an ordinary user may ask a pipe to hold on Linux. Fewer, larger reads: half a window each."""

FORMAT_WHITELIST = "wav,w64,mp3,flac,ogg,mov,matroska,aac,ac3,aiff,caf,avi,asf,flv,mpegts,mpeg,amr,wv"
"""Containers that ffmpeg may open. Playlists and concat scripts stay out: they name other files."""

_ON_THE_FILES_CLOCK = "aresample=48000:async=1:first_pts=0"

MONO_FILTER = f"{_ON_THE_FILES_CLOCK}:rematrix_maxval=1:ochl=mono,asetnsamples=n=48000:p=0"
"""48 kHz mono on the clock of the file, a second at a time.

`async=1:first_pts=0` pads with silence where the audio track begins after the video, or has lost packets,
so that a sample's number stays its time in the player. `rematrix_maxval=1` makes stereo the mean of its
channels: without it ffmpeg's float mixing gives (L + R) / sqrt(2), which is 3 dB too loud. Blocks
of a second instead of a packet halve the switching between ffmpeg's threads.
"""

COPY_FILTER = f"{_ON_THE_FILES_CLOCK}:rematrix_maxval=1:ochl=stereo"
"""48 kHz stereo on the same clock, for a copy to listen to."""

_LIMIT_AND_EXEC = """\
import os, resource, sys
for spec in sys.argv[1].split(","):
    name, soft, hard = spec.split(":")
    try:
        resource.setrlimit(getattr(resource, name), (int(soft), int(hard)))
    except (ValueError, OSError):
        if sys.platform.startswith("linux"):
            raise
try:
    os.execv(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.stderr.write(f"{error}\\n")
    sys.exit(127)
"""


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What one child may use. It can never write a file: everything leaves it through pipes."""

    memory_bytes: int = 512 * 1024 * 1024
    cpu_s: int = 900
    open_files: int = 64


def limited_command(command: Sequence[str], limits: ProcessLimits) -> list[str]:
    """Return `command` (whose first word is an absolute path) behind the program that sets its limits."""
    # The soft CPU limit lets ffmpeg say why it stops; the hard one, a little later, does not ask.
    cpu = f"{limits.cpu_s}:{limits.cpu_s + 5}"
    prlimit = shutil.which("prlimit")
    if prlimit is not None:
        return [
            prlimit,
            f"--as={limits.memory_bytes}",
            f"--cpu={cpu}",
            f"--nofile={limits.open_files}",
            "--fsize=0",
            "--core=0",
            *command,
        ]
    specs = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_NOFILE": f"{limits.open_files}:{limits.open_files}",
        "RLIMIT_FSIZE": "0:0",
        "RLIMIT_CORE": "0:0",
        "RLIMIT_AS": f"{limits.memory_bytes}:{limits.memory_bytes}",
    }
    text = ",".join(f"{name}:{value}" for name, value in specs.items())
    return [sys.executable, "-I", "-S", "-c", _LIMIT_AND_EXEC, text, *command]


def input_arguments(*, seekable: bool) -> list[str]:
    """Return ffmpeg's arguments up to and including its input, which is its descriptor 0.

    `fd:` keeps a regular file `seekable` (an MP4 may have its index at the end) and a pipe usable; `pipe:` reads a
    file as if it were still arriving.
    """
    return [
        "-nostdin",
        "-hide_banner",
        "-nostats",
        "-loglevel",
        "level+info",
        "-threads",
        "1",
        # By default one filter thread per core, whose stacks alone fill the address space of a large machine.
        "-filter_threads",
        "1",
        "-protocol_whitelist",
        "fd,pipe",
        "-format_whitelist",
        FORMAT_WHITELIST,
        "-max_streams",
        "32",
        "-i",
        "fd:" if seekable else "pipe:0",
    ]


class Child:
    """One sandboxed ffmpeg in its own process group.

    `stdout_fd` and `stderr_fd` are non-blocking. `kill` may be called from any thread at any time;
    everything else belongs to the thread that reads. `close` always ends and reaps the process.
    """

    def __init__(
        self, ffmpeg: Path, arguments: Sequence[str], *, stdin_fd: int, limits: ProcessLimits, seekable: bool = True
    ) -> None:
        """Start it; with `seekable` False it takes a file for a stream.

        Raises MediaError `decoder_failed` when the program cannot be started."""
        self._lock = threading.Lock()
        self._returncode: int | None = None
        command = limited_command([str(ffmpeg), *input_arguments(seekable=seekable), *arguments], limits)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=stdin_fd,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env={},
                start_new_session=True,
            )
        except OSError as error:
            raise decoder_missing(str(error)) from error
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.stdout_fd = self._process.stdout.fileno()
        self.stderr_fd = self._process.stderr.fileno()
        for descriptor in (self.stdout_fd, self.stderr_fd):
            os.set_blocking(descriptor, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # Refused when the user's pipes already hold their share; the pipe then stays at 64 KiB and works.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self.stdout_fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def processor_s(self) -> float | None:
        """Seconds of processor time it has used, or None where the system does not tell."""
        try:
            # "pid (name) state …": utime and stime are the 14th and 15th word (proc(5)).
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
            return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError):
            return None

    def kill(self) -> None:
        """End the whole process group at once. Does nothing when it has been reaped."""
        # Under the lock, because after reaping the number may belong to somebody else's group.
        with self._lock:
            if self._returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Reap the process, which has closed its pipes; return its status (negative: a signal)."""
        with self._lock:
            if self._returncode is None:
                try:
                    self._returncode = self._process.wait(timeout=5.0)
                except subprocess.TimeoutExpired:
                    os.killpg(self._process.pid, signal.SIGKILL)
                    self._returncode = self._process.wait()
            return self._returncode

    def close(self) -> None:
        """Kill it if it runs, close the pipes, reap it. Idempotent."""
        self.kill()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        self.wait()


def decoder_missing(details: str) -> MediaError:
    """Return the error of a server whose ffmpeg does not start."""
    return MediaError(
        "The server's audio decoder could not be started.",
        hint="Ask the operator of this server to check its ffmpeg (the setting SONOTAG_FFMPEG).",
        code="decoder_failed",
        details=details,
    )
