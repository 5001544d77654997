"""What a viewer gets: gapless, merged when slow, complete whenever it comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonotag.api.messages import Message, RecordingMessage, SnapshotMessage, WindowMessage
from sonotag.api.viewer import Viewer
from sonotag.domain import WINDOW_SAMPLES, Event, RecordingState, Source, SourceKind
from sonotag.errors import NotFoundError
from sonotag.jobs.events import EventLog
from sonotag.jobs.scores import Scorer
from sonotag.models.manager import ModelManager
from sonotag.store.arrays import ArrayAppender
from sonotag.store.database import Database, new_recording_id
from sonotag.store.files import DataDirectory
from tests.unit.fake_encoder import FakeSource, LoudnessEncoder

PROMPTS = ["loud", "unknown"]


class Stage:
    """A recording that is being analysed by hand, window by window."""

    def __init__(self, root: Path) -> None:
        self.encoder = LoudnessEncoder()
        self.data = DataDirectory(root)
        self.database = Database(self.data.database)
        self.events = EventLog(self.database)
        self.models = ModelManager({"loudness": FakeSource("loudness", lambda: self.encoder)})
        self.models.start()
        self.models.encoder(wait_s=10)
        self.scorer = Scorer(self.data, self.models)
        self.frames = np.empty((0, 2), np.float16)

    def begin(self) -> None:
        self.id = new_recording_id()
        self.frames = np.empty((0, 2), np.float16)
        self.data.files_of(self.id).directory.mkdir()
        self.database.add_recording(self.id, "x", Source(SourceKind.UPLOAD, "x.wav", "audio/wav", 1))
        self.events.commit(
            self.id,
            [
                ("state", {"state": "analyzing"}),
                ("model", {"name": "loudness", "version": "1", "seconds_per_frame": 1.0}),
            ],
            state=RecordingState.ANALYZING,
            model="loudness",
            model_version="1",
            seconds_per_frame=1.0,
            prompts=PROMPTS,
        )

    def viewer(self, after: int | None = None, prompts: list[str] | None = None) -> Viewer:
        return Viewer(self.database, self.events, self.scorer, self.id, prompts, after)

    def add_window(self, level: float) -> None:
        index = len(self.frames) // 10
        new = np.stack([np.full(10, level), np.ones(10)], axis=1).astype(np.float16)
        path = self.data.files_of(self.id).frames("loudness", "1")
        with ArrayAppender(path, np.float16, (2,), len(self.frames)) as array:
            array.append(new)
        body = {
            "index": index,
            "first_frame": len(self.frames),
            "frames": 10,
            "start_s": index * 10.0,
            "end_s": index * 10.0 + 10,
        }
        self.frames = np.concatenate([self.frames, new])
        self.events.commit(
            self.id,
            [("window", body)],
            windows_done=index + 1,
            frames_done=len(self.frames),
            samples_done=(index + 1) * WINDOW_SAMPLES,
        )

    def add_progress(self) -> None:
        body = {
            "stage": "analyzing",
            "done": 1.0,
            "total": None,
            "unit": "s",
            "eta_s": None,
            "times_real_time": 3.0,
        }
        self.events.commit(self.id, [("progress", body)])

    def expected(self) -> list[float]:
        return [round(float(x), 3) for x in 1 / (1 + np.exp(2 - 8 * self.frames[:, 0].astype(np.float64)))]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("data"))
    yield stage
    stage.models.close()
    stage.database.close()


class Screen:
    """What a page would hold after the messages it got; checks that none is missing or repeated."""

    def __init__(self) -> None:
        self.row: list[float] = []
        self.seq: int | None = None

    def take(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, SnapshotMessage):
                assert self.seq is None or message.seq >= self.seq
                assert message.scores[1] is None
                self.row = list(message.scores[0] or [])
            else:
                assert self.seq is None or message.from_seq == self.seq + 1
            if isinstance(message, WindowMessage):
                assert message.scores[1] is None
                assert message.scores[0] is not None
                assert message.start_s == len(self.row)
                assert message.end_s == len(self.row) + len(message.scores[0])
                self.row += message.scores[0]
            assert message.from_seq <= message.seq
            self.seq = message.seq


STEPS = st.lists(st.sampled_from(["window", "progress", "pull", "reconnect", "prompts"]), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, live=st.booleans(), late=st.booleans())
def test_whoever_comes_and_goes_ends_with_the_whole(stage: Stage, steps: list[str], live: bool, late: bool) -> None:
    stage.begin()
    viewer, screen = stage.viewer(None if late else 0), Screen()
    loop = asyncio.new_event_loop()
    # With a subscription entries come from memory, without from the database.
    with stage.events.subscribe(stage.id, loop) if live else contextlib.nullcontext():
        for place, step in enumerate([*steps, "window", "pull"]):
            if step == "window":
                stage.add_window(place / 40)
            elif step == "progress":
                stage.add_progress()
            elif step == "prompts":
                viewer.set_prompts(PROMPTS)
            elif step == "reconnect" and screen.seq is not None:
                viewer = stage.viewer(screen.seq)
            else:
                screen.take(viewer.pull())
    loop.close()
    assert screen.row == pytest.approx(stage.expected(), abs=0.0011)
    assert screen.seq == stage.database.recording(stage.id).last_seq
    assert viewer.pull() == []


def test_a_slow_viewer_gets_windows_merged_and_only_the_newest_progress(stage: Stage) -> None:
    stage.begin()
    viewer = stage.viewer()
    viewer.pull()
    for _ in range(5):
        stage.add_window(0.5)
        stage.add_progress()
    messages = viewer.pull()
    assert [m.model_dump()["type"] for m in messages] == ["window", "progress"]
    assert isinstance(messages[0], WindowMessage)
    assert (messages[0].index, messages[0].count) == (0, 5)
    assert (messages[0].from_seq, messages[0].seq, messages[1].from_seq, messages[1].seq) == (3, 11, 12, 12)


def test_a_place_beyond_the_log_is_answered_with_a_snapshot(stage: Stage) -> None:
    stage.begin()
    (message,) = stage.viewer(after=10**6).pull()
    assert isinstance(message, SnapshotMessage)
    assert message.seq == 2


def test_a_change_of_model_is_followed_by_a_snapshot(stage: Stage) -> None:
    stage.begin()
    stage.add_window(0.2)
    viewer = stage.viewer(after=1)
    messages = viewer.pull()
    assert [m.model_dump()["type"] for m in messages] == ["model", "snapshot"]
    assert messages[1].from_seq == messages[0].seq + 1
    assert messages[1].seq == 3


def test_frames_of_an_older_version_are_not_scored_by_a_newer_one(stage: Stage) -> None:
    stage.begin()
    stage.add_window(0.2)
    stage.encoder.version = "2"
    try:
        messages = stage.viewer().pull()
    finally:
        stage.encoder.version = "1"
    assert [m.model_dump()["type"] for m in messages] == ["snapshot", "rejected"]
    assert messages[1].model_dump()["code"] == "model_changed"
    assert isinstance(messages[0], SnapshotMessage)
    assert messages[0].scores == [None, None]


def test_a_deleted_recording_ends_the_view(stage: Stage) -> None:
    stage.begin()
    viewer = stage.viewer()
    viewer.pull()
    stage.database.delete_recording(stage.id)
    with pytest.raises(NotFoundError):
        viewer.pull()


def test_a_change_between_two_looks_is_told_as_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.begin()
    viewer = stage.viewer()
    viewer.pull()
    stage.add_progress()
    look = stage.events.after

    def late(recording_id: str, seq: int) -> list[Event]:
        monkeypatch.undo()
        stage.events.commit(recording_id, [("recording", {})], title="new")
        return look(recording_id, seq)

    monkeypatch.setattr(stage.events, "after", late)
    messages = [*viewer.pull(), *viewer.pull()]
    assert [message.seq for message in messages] == [3, 4]
    told = messages[-1]
    assert isinstance(told, RecordingMessage)
    assert told.recording.title == "new"
