"""Thousands of damaged media files through a real server: `make fuzz`.

    FUZZ_FILES=5000 FUZZ_SEED=1 FUZZ_CLIENTS=2 FUZZ_MINUTES=120 python -m tests.fuzz.media

File N of a seed is always the same: FUZZ_ONLY=N repeats it alone. Files that something was found with are kept in
build/fuzz. The exit status is 1 where anything was found, or where the time ended before the files did.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from tests.api.server_process import ServerProcess
from tests.fuzz.corpus import Corpus
from tests.fuzz.exam import Client, Exam
from tests.fuzz.mutate import damage

KEPT = Path(__file__).resolve().parents[2] / "build" / "fuzz"

CHILD_LIMIT_S = 90.0
"""No decoder may live longer: the server of the campaign allows it 20 s of waiting."""

SERVER_SETTINGS = {
    "SONOTAG_MODEL": "builtin",
    "SONOTAG_DECODE_TIMEOUT_S": "20",
    "SONOTAG_MAX_DURATION_S": "60",
    # One client stands for many here.
    "SONOTAG_LIMIT_REQUESTS_PER_MINUTE": "0",
    "SONOTAG_LIMIT_STREAMS": "0",
    "SONOTAG_LIMIT_JOBS_PER_HOUR": "0",
    "SONOTAG_LIMIT_UPLOAD_BYTES_PER_HOUR": "0",
    "SONOTAG_LOG_LEVEL": "WARNING",
    "SONOTAG_LOG_FORMAT": "json",
}


@dataclass(slots=True)
class Tally:
    """What came of the files so far."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, int] = field(default_factory=dict[str, int])
    mutations: Counter[str] = field(default_factory=Counter[str])
    kinds: Counter[str] = field(default_factory=Counter[str])
    findings: list[str] = field(default_factory=list[str])
    slowest: tuple[float, str] = (0.0, "")
    oldest_child_s: float = 0.0

    def lines(self) -> Iterable[str]:
        yield f"fuzz: {self.files} files of {len(self.kinds)} kinds, {sum(self.mutations.values())} mutations"
        for outcome, count in self.outcomes.most_common():
            yield f"  {count:6}  {outcome} (such as file {self.examples[outcome]})"
        yield f"fuzz: slowest answer {self.slowest[0]:.1f} s ({self.slowest[1]})"
        yield f"fuzz: oldest decoder {self.oldest_child_s:.1f} s"
        yield f"fuzz: {len(self.findings)} findings"
        for finding in self.findings[:50]:
            yield f"  {finding}"


class Campaign:
    """Files by number, each made anew from the seed, put through a server by any number of clients."""

    def __init__(self, corpus: Corpus, seed: int, keep: Path = KEPT) -> None:
        self.tally = Tally()
        self._corpus = corpus
        self._seed = seed
        self._keep = keep
        self._lock = threading.Lock()

    def file(self, number: int) -> tuple[str, bytes, list[str], random.Random]:
        """Name, content and damage of file `number`, and the dice for what follows."""
        chance = random.Random(f"{self._seed}/{number}")
        kind, other = chance.choice(self._corpus.kinds), chance.choice(self._corpus.kinds)
        content, damages = damage(self._corpus.read(kind), self._corpus.read(other), chance)
        return kind, content, damages, chance

    def examine(self, client: Client, number: int) -> None:
        kind, content, damages, chance = self.file(number)
        exam = Exam(client, content, kind, chance)
        exam.run()
        with self._lock:
            tally = self.tally
            tally.files += 1
            tally.outcomes[exam.outcome] += 1
            tally.examples.setdefault(exam.outcome, number)
            tally.mutations.update(damages)
            tally.kinds[kind] += 1
            tally.slowest = max(tally.slowest, (exam.slowest_s, f"file {number}, {kind}"))
            if exam.findings:
                self._keep.mkdir(parents=True, exist_ok=True)
                (self._keep / f"{self._seed}-{number}-{kind}").write_bytes(content)
                found = [f"file {number} ({kind}: {', '.join(damages)}): {finding}" for finding in exam.findings]
                tally.findings += found
                print("\n".join(f"fuzz: {finding}" for finding in found), flush=True)

    def note(self, finding: str) -> None:
        with self._lock:
            self.tally.findings.append(finding)


class ChildWatch(threading.Thread):
    """Looks how long the server's decoders live."""

    def __init__(self, pid: int, campaign: Campaign) -> None:
        super().__init__(daemon=True)
        self._server = psutil.Process(pid)
        self._campaign = campaign
        self._told: set[int] = set()
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(0.5):
            for child in decoders(self._server):
                with contextlib.suppress(psutil.Error):
                    age_s = time.time() - child.create_time()
                    tally = self._campaign.tally
                    tally.oldest_child_s = max(tally.oldest_child_s, age_s)
                    if age_s > CHILD_LIMIT_S and child.pid not in self._told:
                        self._told.add(child.pid)
                        self._campaign.note(f"a decoder is alive after {age_s:.0f} s")


def decoders(server: psutil.Process) -> list[psutil.Process]:
    """The ffmpeg processes below a server."""
    found: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        for child in server.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if child.name().startswith(("ffmpeg", "prlimit")):
                    found.append(child)
    return found


def left_on_disk(data_dir: Path) -> list[str]:
    """What lies in the folders for recordings and uploads although every recording was deleted."""
    folders = [data_dir / "recordings", data_dir / "incoming"]
    return sorted(str(path.relative_to(data_dir)) for folder in folders for path in folder.glob("*"))


def check_the_end(campaign: Campaign, server: psutil.Process, data_dir: Path, patience_s: float = 30) -> None:
    """After the last file: no decoder, no file."""
    deadline = time.monotonic() + patience_s
    while (running := decoders(server)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if running:
        campaign.note(f"{len(running)} decoders outlive their recordings")
    if left := left_on_disk(data_dir):
        campaign.note(f"{len(left)} entries left on disk: {left[:5]}")


def _run(campaign: Campaign, server: ServerProcess, numbers: Iterable[int], clients: int, minutes: float) -> None:
    ends_s = time.monotonic() + minutes * 60
    waiting = iter(numbers)
    lock = threading.Lock()

    def work(_: int) -> None:
        with httpx2.Client(base_url=server.client.base_url, timeout=150) as client:
            while time.monotonic() < ends_s:
                with lock:
                    number = next(waiting, None)
                if number is None or server.process.poll() is not None:
                    return
                campaign.examine(client, number)
                if campaign.tally.files % 250 == 0:
                    print(f"fuzz: {campaign.tally.files} files, {len(campaign.tally.findings)} findings", flush=True)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))


def _log_findings(lines: list[str]) -> Iterable[str]:
    for line in lines:
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if "exception" in entry or entry["level"] in ("error", "critical"):
                yield f"the server's log: {entry['message']} {entry.get('exception', '')[-600:]}"


def main() -> int:
    setting: Callable[[str, str], str] = lambda name, default: os.environ.get(f"FUZZ_{name}", default)  # noqa: E731
    seed, files, only = int(setting("SEED", "1")), int(setting("FILES", "5000")), setting("ONLY", "")
    numbers = [int(number) for number in only.split(",")] if only else range(files)
    with tempfile.TemporaryDirectory(prefix="sonotag-fuzz-") as name:
        folder = Path(name)
        (folder / "corpus").mkdir()
        corpus = Corpus(folder / "corpus")
        for kind in corpus.kinds:
            corpus.read(kind)
        campaign = Campaign(corpus, seed)
        server = ServerProcess(folder / "data", **SERVER_SETTINGS)
        try:
            server.wait_ready()
            process = psutil.Process(server.process.pid)
            memory, descriptors = process.memory_info().rss, process.num_fds()
            watch = ChildWatch(process.pid, campaign)
            watch.start()
            began_s = time.monotonic()
            _run(campaign, server, numbers, int(setting("CLIENTS", "2")), float(setting("MINUTES", "120")))
            took_s = time.monotonic() - began_s
            watch.ending.set()
            if server.process.poll() is None:
                check_the_end(campaign, process, folder / "data")
                grown = (process.memory_info().rss - memory) / 1e6
                print(f"fuzz: memory {grown:+.0f} MB, descriptors {process.num_fds() - descriptors:+d}")
            else:
                campaign.note(f"the server ended with status {server.process.returncode}")
        finally:
            if server.process.poll() is None:
                server.end(signal.SIGTERM)
        for finding in _log_findings(server.log):
            campaign.note(finding)
    print("\n".join(campaign.tally.lines()))
    print(f"fuzz: seed {seed}, {took_s / 60:.1f} minutes")
    if campaign.tally.files < len(numbers):
        print(f"fuzz: the time ended after {campaign.tally.files} of {len(numbers)} files")
    if campaign.tally.findings:
        print(f"fuzz: the files are in {KEPT}; FUZZ_SEED={seed} FUZZ_ONLY=N repeats file N")
    return 1 if campaign.tally.findings or campaign.tally.files < len(numbers) else 0


if __name__ == "__main__":
    sys.exit(main())
