"""Kills a real server at random moments while people use it, and holds it to what it acknowledged: `make chaos`.

The server runs on loopback with its real decoder, model and database; links are fetched by the real yt-dlp through the
real guard from the rig. After every kill it is looked for processes that outlived it; every so often, and at the end,
all that was acknowledged is compared with what an uninterrupted run makes of the same files.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite
from tests.reliability.checks import await_quiet, check_disk, check_recordings
from tests.reliability.clients import Person
from tests.reliability.clips import Clip, learn, make_clips
from tests.reliability.ledger import Ledger
from tests.reliability.processes import Nursery, RiggedServer, adopt_orphans, await_no_orphans

PATIENCE_S = 240.0
"""For whatever is waited for; only what hangs should reach it."""

ORPHANS_S = 20.0
"""An orphan ends at its next write or read; longer than this it counts as left behind."""


@dataclass(frozen=True)
class Plan:
    kills: int
    seed: int
    people: int
    most_s: float
    check_every: int
    long_s: float


@dataclass
class Bench:
    """Where servers are started, one after the other, on the same data."""

    folder: Path
    nursery: Nursery

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def start(self) -> RiggedServer:
        return self.nursery.start()


@contextlib.contextmanager
def bench(folder: Path, clips: list[Clip]) -> Generator[Bench]:
    rig = Rig(folder)
    site = MediaSite()
    linked = next(clip for clip in clips if clip.filename == "sound.mp3")
    site.files["/sound.mp3"] = ("audio/mpeg", linked.content)
    site.bytes_per_s["/sound.mp3"] = len(linked.content) / 1.5
    rig.sites[HOST] = site
    try:
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener, (folder / "log").open("ab") as log:
            nursery = Nursery(listener, folder / "data", log, rig.port, rig.certificates)
            try:
                yield Bench(folder, nursery)
            except Exception:
                print((folder / "log").read_text(encoding="utf-8", errors="replace")[-10_000:], file=sys.stderr)
                raise
            finally:
                nursery.close()
    finally:
        site.stop()
        rig.close()


def learn_clips(folder: Path, clips: list[Clip]) -> None:
    """What an uninterrupted run makes of the clips, on data of its own."""
    with bench(folder, clips) as quiet:
        server = quiet.start()
        try:
            server.await_ready(PATIENCE_S)
            with httpx2.Client(base_url=server.address, timeout=PATIENCE_S) as client:
                for clip in clips:
                    learn(clip, client, quiet.data_dir, PATIENCE_S)
        finally:
            server.stop()


class Chaos:
    def __init__(self, plan: Plan, bench: Bench, clips: list[Clip]) -> None:
        self._plan = plan
        self._bench = bench
        self._clips = clips
        self._rng = random.Random(plan.seed)
        self._began_s = time.monotonic()
        self.ledger = Ledger()
        self.kills = 0
        self.checks = 0
        self.slowest_start_s = 0.0
        self._stop = threading.Event()

    def run(self) -> None:
        server = self._bench.start()
        server.await_ready(PATIENCE_S)
        with httpx2.Client(base_url=server.address, timeout=PATIENCE_S) as client:
            # One cookie makes all clients one owner; it comes with the first thing that is brought.
            client.delete(f"/api/recordings/{client.post('/api/sample').json()['id']}").raise_for_status()
            cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
            assert cookie, "no cookie came"
            client.headers["Cookie"] = cookie
            people = [
                Person(server.address, cookie, self._clips, self.ledger, self._plan.seed * 100 + n, self._stop)
                for n in range(self._plan.people)
            ]
            threads = [threading.Thread(target=person.run, name="person", daemon=True) for person in people]
            for thread in threads:
                thread.start()
            try:
                while self.kills < self._plan.kills and time.monotonic() - self._began_s < self._plan.most_s:
                    server = self._kill(server)
                    if self.kills % self._plan.check_every == 0:
                        server = self._check(server, client, people)
                if self.kills % self._plan.check_every:
                    server = self._check(server, client, people)
            finally:
                self._stop.set()
                server.kill()
            for thread in threads:
                thread.join(PATIENCE_S)
                if thread.is_alive():
                    self.ledger.accuse("a client still waits for an answer")

    def _kill(self, server: RiggedServer) -> RiggedServer:
        # One kill in five finds the server still starting.
        if self._rng.random() < 0.2:
            time.sleep(self._rng.uniform(0.0, 2.5))
        else:
            began_s = time.monotonic()
            server.await_ready(PATIENCE_S)
            self.slowest_start_s = max(self.slowest_start_s, time.monotonic() - began_s)
            time.sleep(self._rng.uniform(0.05, 2.0))
        self.ledger.note_kill()
        server.kill()
        self.kills += 1
        self._bury()
        return self._bench.start()

    def _bury(self) -> None:
        for words in await_no_orphans({self._bench.nursery.pid}, ORPHANS_S):
            self.ledger.accuse(f"a process outlived its server: {words}")

    def _check(self, server: RiggedServer, client: httpx2.Client, people: list[Person]) -> RiggedServer:
        """Lets everything come to an end, looks at all of it, and begins anew."""
        for person in people:
            person.paused.set()
        server.await_ready(PATIENCE_S)
        for person in people:
            if not person.idle.wait(PATIENCE_S):
                self.ledger.accuse("a client does not get an answer")
        await_quiet(client, self.ledger, PATIENCE_S)
        check_recordings(client, self.ledger, self._bench.data_dir, self._clips)
        stopped_s = server.stop()
        if stopped_s > 20:
            self.ledger.accuse(f"stopping took {stopped_s:.1f} s")
        self._bury()
        check_disk(self.ledger, self._bench.data_dir)
        self.checks += 1
        print(f"chaos: {self.kills} kills, {len(self.ledger.violations)} violations", flush=True)
        server = self._bench.start()
        server.await_ready(PATIENCE_S)
        for person in people:
            person.paused.clear()
        return server

    def summary(self) -> str:
        took_s = time.monotonic() - self._began_s
        done, cut, entries = self.ledger.done, self.ledger.cut, self.ledger.entries.values()
        lines = [
            f"chaos: seed {self._plan.seed}: {self.kills} kills in {took_s / 60:.1f} min, {self.checks} full checks,"
            f" {len(self.ledger.violations)} violations",
            f"chaos: {len(entries)} recordings acknowledged, {sum(e.deleted for e in entries)} of them deleted;"
            f" slowest start {self.slowest_start_s:.1f} s",
            f"chaos: operations acknowledged: {', '.join(f'{name} {count}' for name, count in done.most_common())}",
            f"chaos: operations under way at a kill: {', '.join(f'{name} {n}' for name, n in cut.most_common())}",
        ]
        return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=int(os.environ.get("CHAOS_KILLS", "200")))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("CHAOS_SEED", "1")))
    parser.add_argument("--people", type=int, default=5)
    minutes = float(os.environ.get("CHAOS_MINUTES", "90"))
    parser.add_argument("--minutes", type=float, default=minutes, help="no kill after so long")
    parser.add_argument("--check-every", type=int, default=20)
    parser.add_argument("--long", type=float, default=900.0, help="length of the longest recording, in seconds")
    parser.add_argument("--folder", type=Path, help="an empty folder to keep; default: a temporary one")
    given = parser.parse_args()
    plan = Plan(given.kills, given.seed, given.people, given.minutes * 60, given.check_every, given.long)
    adopt_orphans()
    with contextlib.ExitStack() as stack:
        folder: Path = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        for name in ("quiet", "loud"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        clips = make_clips(folder, plan.long_s)
        learn_clips(folder / "quiet", clips)
        with bench(folder / "loud", clips) as loud:
            chaos = Chaos(plan, loud, clips)
            chaos.run()
        print(chaos.summary(), flush=True)
        if chaos.ledger.violations:
            print("".join((folder / "loud" / "log").read_text().splitlines(keepends=True)[-200:]), file=sys.stderr)
    return 1 if chaos.ledger.violations else 0


if __name__ == "__main__":
    sys.exit(main())
