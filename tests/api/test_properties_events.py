"""Events over a real socket and as Server-Sent Events, from any place: none is missing, none comes twice."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.sync.client import connect

from sonotag.main import create_app
from sonotag.settings import Settings
from tests.api.serving import PATIENCE_S, serving

MakeWav = Callable[..., Path]
WORDS = ["dog barking", "rain", "zxqv flumph"]


class Followed:
    """An analysed recording on a server, with its scores as REST tells them."""

    def __init__(self, address: tuple[str, int], sound: Path) -> None:
        self.host = f"{address[0]}:{address[1]}"
        with httpx2.Client(base_url=f"http://{self.host}", timeout=PATIENCE_S) as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.02)
            self.id = client.post("/upload_audio?filename=a.wav", content=sound.read_bytes()).json()["id"]
            client.post("/analyze", json={"recording_id": self.id, "prompts": WORDS})
            state: dict[str, Any] = {}
            while state.get("state") != "done":
                time.sleep(0.02)
                state = client.get(f"/api/recordings/{self.id}").json()
                assert state["state"] not in ("failed", "cancelled"), state
            self.last_seq: int = state["last_seq"]
            query = {"prompts": WORDS, "max_columns": 20_000}
            self.rows = client.get(f"/api/recordings/{self.id}/scores", params=query).json()["scores"]

    @contextlib.contextmanager
    def socket(self, after: int | None, prompts: list[str]) -> Iterator[Any]:
        query = httpx2.QueryParams([("prompts", "; ".join(prompts)), *([] if after is None else [("after", after)])])
        with connect(f"ws://{self.host}/ws/recordings/{self.id}?{query}", open_timeout=PATIENCE_S) as socket:
            yield (json.loads(socket.recv(PATIENCE_S)) for _ in iter(int, 1)), socket

    @contextlib.contextmanager
    def stream(self, after: int | None, by_header: bool, prompts: list[str]) -> Iterator[Iterator[dict[str, Any]]]:
        query: dict[str, Any] = {"prompts": prompts}
        headers: dict[str, str] = {}
        if after is not None and by_header:
            headers["Last-Event-ID"] = str(after)
        elif after is not None:
            query["after"] = after
        url = f"http://{self.host}/api/recordings/{self.id}/events"
        with httpx2.stream("GET", url, params=query, headers=headers, timeout=PATIENCE_S) as answer:
            assert answer.status_code == 200
            yield self._messages(answer)

    @staticmethod
    def _messages(answer: httpx2.Response) -> Iterator[dict[str, Any]]:
        event_id = None
        for line in answer.iter_lines():
            if line.startswith("id: "):
                event_id = int(line[4:])
            elif line.startswith("data: "):
                message = json.loads(line[6:])
                assert message["seq"] == event_id
                yield message


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, make_wav: MakeWav) -> Iterator[Followed]:
    folder = tmp_path_factory.mktemp("server")
    app = create_app(Settings(data_dir=folder / "data", page_dir=folder, model="builtin"))
    with serving(app) as address:
        yield Followed(address, make_wav(33))


class Screen:
    """What a page holds after the messages it got. Rows are as long as the recording; what is not known yet is None."""

    def __init__(self, followed: Followed, after: int | None, prompts: list[str]) -> None:
        self.followed = followed
        self.prompts = prompts
        self.seq = after
        self.rows: list[list[float | None] | None] = [
            None if followed.rows[WORDS.index(prompt)] is None else [None] * len(followed.rows[0]) for prompt in prompts
        ]

    def take(self, message: dict[str, Any]) -> bool:
        """Whether everything is known now."""
        if message["type"] == "snapshot":
            assert self.seq is None or message["seq"] >= min(self.seq, self.followed.last_seq)
            self.rows = [row if row is None else list(row) for row in message["scores"]]
            assert [info["prompt"] for info in message["prompts"]] == self.prompts
        else:
            assert message["from_seq"] == (self.seq or 0) + 1, message
        assert message["from_seq"] <= message["seq"] <= self.followed.last_seq or message["type"] == "snapshot"
        if message["type"] == "window":
            first = round(message["start_s"] / message["seconds_per_frame"])
            for row, new in zip(self.rows, message["scores"], strict=True):
                assert (row is None) == (new is None)
                if row is not None:
                    row[first : first + len(new)] = new
        self.seq = message["seq"]
        return self.seq == self.followed.last_seq

    def check(self, began_after: int | None) -> None:
        """What was told is what REST tells; from the beginning, or by a snapshot, it is everything."""
        for prompt, row in zip(self.prompts, self.rows, strict=True):
            true = self.followed.rows[WORDS.index(prompt)]
            assert (row is None) == (true is None)
            if row is None:
                continue
            assert len(row) == len(true)
            assert all(told is None or told == score for told, score in zip(row, true, strict=True))
            if began_after in (None, 0):
                assert None not in row


PLACES = st.one_of(st.none(), st.integers(0, 40), st.sampled_from([2**31, 2**53]))
PROMPTS = st.lists(st.sampled_from(WORDS), min_size=1, unique=True)


@settings(max_examples=12)
@given(
    after=PLACES, prompts=PROMPTS, breaks=st.lists(st.integers(1, 4), max_size=3), others=st.lists(PROMPTS, max_size=2)
)
def test_a_socket_that_comes_and_goes_misses_nothing(
    followed: Followed, after: int | None, prompts: list[str], breaks: list[int], others: list[list[str]]
) -> None:
    screen = Screen(followed, after, prompts)
    for most in [*breaks, 10**6]:
        with followed.socket(screen.seq, prompts) as (messages, _):
            if screen.seq == followed.last_seq:
                break  # nothing is due
            for count, message in enumerate(messages, start=1):
                if screen.take(message) or count >= most:
                    break
    screen.check(after)
    with followed.socket(followed.last_seq, prompts) as (messages, socket):
        for other in others:
            socket.send(json.dumps({"type": "prompts", "prompts": other}))
            again = Screen(followed, None, other)
            assert again.take(next(messages))
            again.check(None)


@settings(max_examples=8)
@given(after=PLACES, by_header=st.booleans(), prompts=PROMPTS)
def test_server_sent_events_from_any_place_miss_nothing(
    followed: Followed, after: int | None, by_header: bool, prompts: list[str]
) -> None:
    if after == followed.last_seq:
        return  # nothing is due
    screen = Screen(followed, after, prompts)
    with followed.stream(after, by_header, prompts) as messages:
        for message in messages:
            if screen.take(message):
                break
    screen.check(after)
