"""The server's process and everything it starts: killed servers must leave nothing running."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, BinaryIO

import httpx2

PR_SET_CHILD_SUBREAPER = 36
POLL_S = 0.02
END_S = 60.0
"""More than any server may take to end; one that takes longer says where its threads are."""


def adopt_orphans() -> None:
    """From now on a process whose parent is killed becomes ours, so that none is overlooked."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def orphans(known: set[int]) -> dict[int, str]:
    """Our living children but the `known` ones, with their command lines; dead ones are buried."""
    found: dict[int, str] = {}
    children = Path(f"/proc/{os.getpid()}/task")
    for task in children.iterdir():
        try:
            numbers = (task / "children").read_text().split()
        except FileNotFoundError:  # a thread that has ended; its children are another's now
            continue
        for number in numbers:
            if (pid := int(number)) not in known:
                try:
                    buried, _ = os.waitpid(pid, os.WNOHANG)
                    if not buried:
                        found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
                except (ChildProcessError, FileNotFoundError):
                    continue
    return found


def await_no_orphans(known: set[int], timeout_s: float) -> list[str]:
    """Waits for orphans to end by themselves; kills those that do not, and returns their command lines."""
    deadline_s = time.monotonic() + timeout_s
    while left := orphans(known):
        if time.monotonic() > deadline_s:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            return list(left.values())
        time.sleep(POLL_S)
    return []


class Nursery:
    """Where servers are forked from. They listen on a socket of ours: clients wait there for the next one."""

    def __init__(
        self, listener: socket.socket, data_dir: Path, log: BinaryIO, rig_port: int, certificates: Path
    ) -> None:
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "tests.reliability.rigged_server", "--listener", str(listener.fileno())]
        command += ["--rig-port", str(rig_port), "--certificates", str(certificates)]
        environment = {**os.environ, "SONOTAG_DATA_DIR": str(data_dir), "SONOTAG_MODEL": "builtin"}
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            pass_fds=[listener.fileno()],
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> RiggedServer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        return RiggedServer(self.address, int(self._process.stdout.readline()), self._process.stdout)

    def close(self) -> None:
        """Servers have ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(60)


class RiggedServer:
    """One server process."""

    def __init__(self, address: str, pid: int, word: IO[str]) -> None:
        """`word`: where its exit status will be said."""
        self.address = address
        self._pid = pid
        self._word = word
        self._code: int | None = None

    def await_ready(self, timeout_s: float) -> None:
        """Until the model is warm. The server not coming up is the worst of failures."""
        deadline_s = time.monotonic() + timeout_s
        with httpx2.Client(base_url=self.address, timeout=timeout_s) as client:
            while True:
                ended, _, _ = select.select([self._word], [], [], 0)
                assert not ended, f"the server ended with status {self._end()}"
                assert time.monotonic() < deadline_s, "the server does not get ready"
                try:
                    if client.get("/readyz").status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                time.sleep(POLL_S)

    def kill(self) -> None:
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)
            self._end()

    def stop(self) -> float:
        """Ends it kindly; returns how long that took, in seconds."""
        began_s = time.monotonic()
        os.kill(self._pid, signal.SIGTERM)
        self._end()
        return time.monotonic() - began_s

    def _end(self) -> int:
        if self._code is None:
            ended, _, _ = select.select([self._word], [], [], END_S)
            if not ended:
                os.kill(self._pid, signal.SIGUSR1)
                time.sleep(1)  # for the threads to be written
                os.kill(self._pid, signal.SIGKILL)
                raise TimeoutError(f"the server does not end within {END_S:.0f} s; its log says where its threads are")
            self._code = int(self._word.readline())
        return self._code
