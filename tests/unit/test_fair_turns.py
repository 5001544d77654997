"""Whose turn it is: windows in the model's thread, and jobs in the runner's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
import pytest

from sonotag.domain import WINDOW_SAMPLES, Float32
from sonotag.errors import BusyError
from sonotag.jobs.encode import EncodeJob
from sonotag.jobs.runner import JobRunner
from sonotag.models.inference import InferenceWorker
from tests.unit.fake_encoder import LoudnessEncoder

PATIENCE_S = 30


class Gate(LoudnessEncoder):
    """Notes the level of every window in the order in which it is encoded, once the gate is open."""

    def __init__(self, max_batch: int = 1) -> None:
        super().__init__()
        self.max_batch = max_batch
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.levels: list[int] = []

    def encode_audio(self, windows: Float32) -> Float32:
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        self.levels += [round(float(window[0])) for window in windows]
        return super().encode_audio(windows)


def window(level: float) -> Float32:
    return np.full(WINDOW_SAMPLES, level, np.float32)


@pytest.fixture
def worker() -> Iterator[InferenceWorker]:
    worker = InferenceWorker()
    yield worker
    worker.close()


def test_owners_take_turns_and_so_do_the_jobs_of_one(worker: InferenceWorker) -> None:
    encoder = Gate()
    first = worker.submit(encoder, window(0), job="x", owner="X")
    assert encoder.entered.wait(PATIENCE_S)
    results = [worker.submit(encoder, window(10 + n), job="a1", owner="A") for n in range(4)]
    results += [worker.submit(encoder, window(20 + n), job="a2", owner="A") for n in range(2)]
    results += [worker.submit(encoder, window(30 + n), job="b", owner="B") for n in range(3)]
    encoder.gate.set()
    for result in (first, *results):
        result.result(PATIENCE_S)
    assert encoder.levels == [0, 10, 30, 20, 31, 11, 32, 21, 12, 13]


def test_a_batch_is_filled_in_turns_for_one_encoder(worker: InferenceWorker) -> None:
    gate, other = Gate(max_batch=4), LoudnessEncoder("2")
    first = worker.submit(gate, window(0), job="x", owner="X")
    assert gate.entered.wait(PATIENCE_S)
    results = [worker.submit(gate, window(10 + n), job="a", owner="A") for n in range(4)]
    apart = worker.submit(other, window(0.5), job="c", owner="C")
    results += [worker.submit(gate, window(20 + n), job="b", owner="B") for n in range(2)]
    gate.gate.set()
    for result in (first, apart, *results):
        result.result(PATIENCE_S)
    assert gate.levels == [0, 10, 20, 11, 21, 12, 13]


def test_a_fast_decoder_is_held_back_and_nobody_elses_window_with_it() -> None:
    worker, encoder = InferenceWorker(max_waiting=4), Gate()
    results = [worker.submit(encoder, window(0), job="a", owner="A")]
    assert encoder.entered.wait(PATIENCE_S)
    results += [worker.submit(encoder, window(n), job="a", owner="A") for n in range(1, 5)]
    entered = threading.Event()

    def more() -> None:
        entered.set()
        results.append(worker.submit(encoder, window(5), job="a", owner="A"))

    thread = threading.Thread(target=more)
    thread.start()
    assert entered.wait(PATIENCE_S)
    # Of a job that has nothing waiting one window is always taken, however full it is.
    results.append(worker.submit(encoder, window(9), job="b", owner="B"))
    assert worker.waiting == 5
    encoder.gate.set()
    thread.join(PATIENCE_S)
    for result in results:
        result.result(PATIENCE_S)
    assert encoder.levels.index(9) <= 2
    worker.close()
    assert worker.submit(encoder, window(0), job="a", owner="A").cancelled()


class Broken(LoudnessEncoder):
    """Fails in one of the ways in which a model may, whenever a window of level 13 is among those it is given."""

    def __init__(self, fail: Callable[[Float32], Float32]) -> None:
        super().__init__()
        self.fail = fail
        self.gate = threading.Event()

    def encode_audio(self, windows: Float32) -> Float32:
        assert self.gate.wait(PATIENCE_S)
        return self.fail(windows) if (windows[:, 0] == 13).any() else super().encode_audio(windows)


def out_of_memory(windows: Float32) -> Float32:
    raise MemoryError


def leave(windows: Float32) -> Float32:
    raise SystemExit


@pytest.mark.parametrize("fail", [out_of_memory, leave, lambda windows: np.zeros((0, 10, 2), np.float32)])
def test_the_thread_survives_what_one_job_causes_and_the_others_have_their_frames(
    worker: InferenceWorker, fail: Callable[[Float32], Float32]
) -> None:
    encoder = Broken(fail)
    results = [worker.submit(encoder, window(level), job=str(level), owner="A") for level in (1, 2, 13, 3)]
    encoder.gate.set()
    for place in (0, 1, 3):
        assert results[place].result(PATIENCE_S).shape == (10, 2)
    assert results[2].exception(PATIENCE_S) is not None
    assert worker.submit(encoder, window(4), job="4", owner="A").result(PATIENCE_S).shape == (10, 2)


def test_the_speed_of_late_is_told(worker: InferenceWorker) -> None:
    assert (worker.windows_per_s, worker.times_real_time) == (0.0, 0.0)
    began_s = time.monotonic()
    for _ in range(5):
        worker.submit(LoudnessEncoder(), window(0.1)).result(PATIENCE_S)
    assert worker.windows_per_s >= 5 / (time.monotonic() - began_s) * 0.9
    assert worker.times_real_time == pytest.approx(50 / worker.busy_s, rel=0.01)


class FakeJob:
    """A job that runs until it is told to end."""

    def __init__(self, owner: str, name: str, remaining_s: float | None = 3600.0, *, arriving: bool = False) -> None:
        self.id = self.recording_id = name
        self.owner = owner
        self.remaining_s = remaining_s
        self.arriving = arriving
        self.began, self.may_end = threading.Event(), threading.Event()
        self.cancels: list[dict[str, Any]] = []

    def run(self) -> None:
        self.began.set()
        assert self.may_end.wait(PATIENCE_S)

    def cancel(self, **how: Any) -> None:
        self.cancels.append(how)
        self.may_end.set()


class Stage:
    def __init__(self, runner: JobRunner) -> None:
        self.runner = runner
        self.jobs: dict[str, FakeJob] = {}

    def submit(self, *jobs: FakeJob) -> None:
        for job in jobs:
            self.jobs[job.recording_id] = job
            self.runner.submit(cast(EncodeJob, job))

    def finish_next(self) -> str:
        """Ends the one job at work, once it is; returns its name."""
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            at_work = [job for job in self.jobs.values() if job.began.is_set() and not job.may_end.is_set()]
            if at_work:
                at_work[0].may_end.set()
                return at_work[0].recording_id
            time.sleep(0.001)
        raise AssertionError("nothing is at work")


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    made: list[JobRunner] = []

    def make(threads: int = 1, max_queued: int = 100, **options: Any) -> Stage:
        made.append(JobRunner(threads, max_queued, **options))
        return Stage(made[-1])

    yield make
    for runner in made:
        runner.close()


def test_jobs_begin_in_turns_of_their_owners(stage: Callable[..., Stage]) -> None:
    one = stage()
    first = FakeJob("X", "x")
    one.submit(first)
    assert first.began.wait(PATIENCE_S)
    one.submit(
        *(FakeJob("A", f"a{n}") for n in range(3)), *(FakeJob("B", f"b{n}") for n in range(2)), FakeJob("C", "c")
    )
    assert [one.finish_next() for _ in range(7)] == ["x", "a0", "b0", "c", "a1", "b1", "a2"]


def test_a_short_recording_begins_though_long_ones_hold_every_thread(stage: Callable[..., Stage]) -> None:
    one = stage(threads=2)
    long = [FakeJob("A", f"a{n}", 36_000) for n in range(2)]
    unknown, later, short = FakeJob("B", "b", None), FakeJob("C", "c", 36_000), FakeJob("D", "d", 10)
    one.submit(*long)
    assert all(job.began.wait(PATIENCE_S) for job in long)
    one.submit(unknown, later, short)
    assert short.began.wait(PATIENCE_S)
    assert not unknown.began.is_set()
    assert not later.began.is_set()


def test_arriving_recordings_have_threads_of_their_own(stage: Callable[..., Stage]) -> None:
    one = stage(threads=1, arriving_threads=1)
    here, arriving = FakeJob("A", "a"), FakeJob("A", "b", 10, arriving=True)
    waiting = FakeJob("A", "c", 10, arriving=True)
    one.submit(here, arriving, waiting)
    assert here.began.wait(PATIENCE_S)
    assert arriving.began.wait(PATIENCE_S)
    arriving.may_end.set()
    assert waiting.began.wait(PATIENCE_S)


def test_one_owner_cannot_fill_the_queue_and_is_told_when_to_come_again(stage: Callable[..., Stage]) -> None:
    one = stage(max_queued=5, max_queued_per_owner=3, speed=lambda: 100.0)
    at_work = FakeJob("A", "a", 1000)
    one.submit(at_work)
    assert at_work.began.wait(PATIENCE_S)
    one.submit(*(FakeJob("A", f"a{n}") for n in range(3)))
    with pytest.raises(BusyError) as mine:
        one.runner.ensure_room("A")
    # A thousand seconds of sound at a hundred times real time, and nobody else waits.
    assert mine.value.retry_after_s == 10
    one.runner.ensure_room("B")
    one.submit(FakeJob("B", "b0"), FakeJob("B", "b1"))
    with pytest.raises(BusyError) as full:
        one.runner.ensure_room("C")
    assert full.value.retry_after_s == 10
    one.runner.suspend()
    with pytest.raises(BusyError) as stopping:
        one.runner.ensure_room("C")
    assert stopping.value.code == "shutting_down"


def test_without_memory_a_job_begins_only_where_none_is_at_work(stage: Callable[..., Stage]) -> None:
    has_memory = threading.Event()
    one = stage(threads=2, has_memory=has_memory.is_set)
    first, second = FakeJob("A", "a"), FakeJob("B", "b", 10)
    # One after the other: of two that wait, whichever thread wakes first takes its own.
    one.submit(first)
    assert first.began.wait(PATIENCE_S)
    one.submit(second)
    assert not second.began.wait(0.05)
    has_memory.set()
    assert second.began.wait(PATIENCE_S)


def test_suspending_lets_jobs_finish_what_they_have_in_hand(stage: Callable[..., Stage]) -> None:
    one = stage()
    running, waiting = FakeJob("A", "a"), FakeJob("A", "b")
    one.submit(running, waiting)
    assert running.began.wait(PATIENCE_S)
    one.runner.close()
    assert running.cancels == [{"suspend": True}]
    assert not waiting.began.is_set()
    one.submit(FakeJob("A", "c"))
    assert one.runner.queued == 0
