"""Many viewers of one recording: each is told everything once, and what is the same for many is made once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sonotag.api import broadcast
from sonotag.api.broadcast import Batch, Broadcasts, View
from sonotag.api.messages import EventMessage
from sonotag.api.viewer import Viewer
from sonotag.errors import NotFoundError
from sonotag.jobs.shutdown import Shutdown
from tests.unit.test_viewer import PROMPTS, Screen, Stage

PATIENCE_S = 30
MESSAGES: TypeAdapter[Any] = TypeAdapter(EventMessage)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("data"))
    yield stage
    stage.models.close()
    stage.database.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "MIN_INTERVAL_S", 0.0)
    monkeypatch.setattr(broadcast, "PER_VIEWER_S", 0.0)
    monkeypatch.setattr(broadcast, "PER_MAKING", 0.0)


def broadcasts_of(stage: Stage, shutdown: Shutdown | None = None) -> Broadcasts:
    return Broadcasts(stage.database, stage.events, stage.scorer, shutdown or Shutdown())


async def following(batches: AsyncGenerator[Batch]) -> Batch:
    return await asyncio.wait_for(anext(batches), PATIENCE_S)


STEPS = st.lists(
    st.one_of(
        st.sampled_from(["window", "progress"]),
        st.tuples(st.sampled_from(["pull", "prompts"]), st.integers(0, 3)),
    ),
    max_size=25,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_fast_and_slow_viewers_all_end_with_the_whole(stage: Stage, steps: list[Any]) -> None:
    stage.begin()

    async def follow() -> None:
        parts = broadcasts_of(stage)
        views = [View(tuple(PROMPTS), None), View(None, 0), View(tuple(PROMPTS), 2), View(tuple(PROMPTS), None)]
        screens = [Screen() for _ in views]
        # A place that the log is at already is as good as a snapshot of nothing.
        screens[1].seq, screens[2].seq = 0, 2
        joined = [parts.join(stage.id, view) for view in views]
        sources = [one.__enter__().batches(view) for one, view in zip(joined, views, strict=True)]

        async def pull(place: int) -> None:
            view = views[place]
            if view.seq != stage.database.recording(stage.id).last_seq or view.snapshot_due:
                batch = await following(sources[place])
                screens[place].take([MESSAGES.validate_json(text) for _, text in batch.messages])

        for number, step in enumerate([*steps, "window"]):
            if step == "window":
                stage.add_window(number / 40)
            elif step == "progress":
                stage.add_progress()
            elif step[0] == "prompts":
                views[step[1]].set_prompts(PROMPTS)
            else:
                await pull(step[1])
        for place in range(len(views)):
            while views[place].seq != stage.database.recording(stage.id).last_seq:
                await pull(place)
        for screen in screens:
            assert screen.row == pytest.approx(stage.expected(), abs=0.0011)
        for one, source in zip(joined, sources, strict=True):
            await source.aclose()
            one.__exit__(None, None, None)
        assert not parts._open

    asyncio.run(follow())


def test_what_is_the_same_for_many_is_made_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.begin()
    stage.add_window(0.3)
    pulls: list[int | None] = []
    pull = Viewer.pull

    def counted(viewer: Viewer, *arguments: Any) -> Any:
        pulls.append(viewer.seq)
        return pull(viewer, *arguments)

    monkeypatch.setattr(Viewer, "pull", counted)

    async def follow() -> None:
        parts = broadcasts_of(stage)
        views = [View(tuple(PROMPTS), None) for _ in range(50)]
        joined = [parts.join(stage.id, view) for view in views]
        sources = [one.__enter__().batches(view) for one, view in zip(joined, views, strict=True)]
        first = await asyncio.gather(*(following(source) for source in sources))
        assert len({id(batch) for batch in first}) == 1
        stage.add_window(0.4)
        second = await asyncio.gather(*(following(source) for source in sources))
        assert len({id(batch) for batch in second}) == 1
        assert len(pulls) == 2
        for one, source in zip(joined, sources, strict=True):
            await source.aclose()
            one.__exit__(None, None, None)

    asyncio.run(follow())


def test_all_are_told_of_the_end(stage: Stage) -> None:
    stage.begin()

    async def follow() -> None:
        shutdown = Shutdown()
        parts = broadcasts_of(stage, shutdown)
        view = View(tuple(PROMPTS), None)
        with parts.join(stage.id, view) as joined:
            source = joined.batches(view)
            await following(source)
            waiting = asyncio.ensure_future(following(source))
            await asyncio.sleep(0)
            shutdown.on_begin(stage.events.ring_all)
            shutdown.begin()
            with pytest.raises(StopAsyncIteration):
                await waiting
        gone = broadcasts_of(stage)
        with gone.join(stage.id, one := View(tuple(PROMPTS), None)) as joined:
            source = joined.batches(one)
            await following(source)
            waiting = asyncio.ensure_future(following(source))
            await asyncio.sleep(0)
            stage.database.delete_recording(stage.id)
            stage.events.ring(stage.id)
            with pytest.raises(NotFoundError):
                await waiting

    asyncio.run(follow())
