"""A short seeded look with the media fuzzer; `make fuzz` is the long one."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.api.conftest import Server
from tests.fuzz.corpus import FEW, Corpus
from tests.fuzz.exam import Exam
from tests.fuzz.media import Campaign, check_the_end, left_on_disk
from tests.fuzz.mutate import MOST_BYTES, damage

FILES = 16


@pytest.fixture
def server(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server(model="builtin", decode_timeout_s=20, max_duration_s=60) as server:
        # From here on all threads are one owner: the first answer that changes something gives the cookie.
        first = server.client.post("/api/sample").json()
        assert server.client.delete(f"/api/recordings/{first['id']}").status_code == 204
        yield server


def test_damaged_files_get_a_result_or_an_error_in_words_and_leave_nothing(server: Server, tmp_path: Path) -> None:
    campaign = Campaign(Corpus(tmp_path, FEW), seed=6, keep=tmp_path)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda number: campaign.examine(server.client, number), range(FILES)))
    check_the_end(campaign, psutil.Process(os.getpid()), server.data_dir)
    assert not campaign.tally.findings
    assert campaign.tally.files == FILES
    # The dice fell so that both ways are taken.
    assert {outcome.split(":")[0] for outcome in campaign.tally.outcomes} >= {"done", "refused"}


def test_a_file_of_a_seed_is_always_the_same_and_none_is_too_long(tmp_path: Path) -> None:
    def contents(seed: int) -> list[bytes]:
        return [Campaign(corpus, seed).file(number)[1] for number in range(100)]

    corpus = Corpus(tmp_path, ("cbr.mp3", "pcm16.wav"))
    assert contents(1) == contents(1) != contents(2)
    assert all(0 < len(content) <= MOST_BYTES for content in contents(1))
    whole = corpus.read("pcm16.wav")
    assert damage(whole, whole, random.Random(1))[0] != whole


def test_the_examiner_finds_what_must_not_be() -> None:
    """Answers without words, errors of the server's own and connections that break are findings."""
    answers = {
        "no words": SimpleNamespace(status_code=404, text="Not Found", json=dict, headers={}),
        "own error": SimpleNamespace(status_code=500, text="{}", json=dict, headers={}),
    }
    for answer in answers.values():
        client = SimpleNamespace(request=lambda *_, answer=answer, **__: answer)
        exam = Exam(client, b"x", "a.wav", random.Random(1))
        exam.run()
        assert exam.findings

    def broken(*_: object, **__: object) -> None:
        raise OSError("reset")

    exam = Exam(SimpleNamespace(request=broken), b"x", "a.wav", random.Random(1))
    exam.run()
    assert any("OSError: reset" in finding for finding in exam.findings)


def test_what_is_left_on_disk_is_seen(tmp_path: Path) -> None:
    for folder in ("recordings", "incoming"):
        (tmp_path / folder).mkdir()
    assert left_on_disk(tmp_path) == []
    (tmp_path / "incoming" / "1234.part").touch()
    assert left_on_disk(tmp_path) == ["incoming/1234.part"]
