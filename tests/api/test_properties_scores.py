"""Scores, detections, waveform and tiles of one recording for any parameters, against plain models of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.sample import load_sample
from tests.api.conftest import Server

MakeWav = Callable[..., Path]
WORDS = ["dog barking", "rain", "a baby cries", "glass breaking", "zxqv flumph"]
FEW = settings(max_examples=25)
# A product of matrices may round its last bit otherwise in other company, and a score then its last thousandth.
LAST_DIGIT = 0.00101


class Whole:
    """Everything of a recording at its full resolution, asked for once."""

    def __init__(self, server: Server) -> None:
        recording = server.client.post("/api/sample").json()
        server.analyze(recording["id"], [])
        done = server.finish(recording["id"])
        self.client = server.client
        self.base = f"/api/recordings/{recording['id']}"
        self.duration_s: float = done["duration_s"]
        scores = self.get("scores", prompts=WORDS, max_columns=20_000)
        self.hop_s: float = scores["seconds_per_column"]
        self.rows: dict[str, list[float] | None] = dict(zip(WORDS, scores["scores"], strict=True))
        self.peaks = self.get("peaks", max_columns=20_000)
        info = self.get("spectrogram")
        self.bands, self.levels = info["bands"], info["levels"]
        tiles = [self.tile(0, index) for index in range(-(-info["columns"] // info["columns_per_tile"]))]
        self.columns = np.concatenate(tiles)

    def get(self, what: str, **query: Any) -> Any:
        answer = self.client.get(f"{self.base}/{what}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tile(self, level: int, index: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        answer = self.client.get(f"{self.base}/spectrogram/{level}/{index}")
        assert answer.status_code == 200
        return np.frombuffer(answer.content, np.uint8).reshape(-1, self.bands)


@pytest.fixture(scope="module")
def whole(server: Server) -> Whole:
    return Whole(server)


TIMES = st.one_of(
    st.floats(0, load_sample().duration_s + 5), st.integers(0, 80).map(float), st.sampled_from([0.0, 1e-9, 1e9])
)
COLUMNS = st.one_of(st.integers(1, 700), st.sampled_from([1, 2, 20_000]))
PROMPTS = st.lists(st.sampled_from(WORDS), min_size=1, unique=True)


def part(count: int, per_s: float, from_s: float, to_s: float | None) -> tuple[int, int]:
    """First and last-but-one place of a stretch of time, widened to whole steps of `1 / per_s` s."""
    first = min(math.floor(from_s * per_s), count)
    stop = count if to_s is None else min(math.ceil(to_s * per_s), count)
    return first, max(first, stop)


@FEW
@given(prompts=PROMPTS, from_s=TIMES, to_s=st.one_of(st.none(), TIMES), most=COLUMNS)
def test_scores_of_any_part_are_those_of_the_whole(
    whole: Whole, prompts: list[str], from_s: float, to_s: float | None, most: int
) -> None:
    query: dict[str, Any] = {"prompts": prompts, "from_s": from_s, "max_columns": most}
    if to_s is not None:
        query["to_s"] = to_s
        if to_s < from_s:
            refused = whole.client.get(f"{whole.base}/scores", params=query)
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, "bad_range")
            return
    got = whole.get("scores", **query)
    first, stop = part(len(whole.rows["rain"] or []), 1 / whole.hop_s, from_s, to_s)
    step = max(1, math.ceil((stop - first) / most))
    assert [info["prompt"] for info in got["prompts"]] == prompts
    assert got["start_s"] == pytest.approx(first * whole.hop_s)
    assert got["seconds_per_column"] == pytest.approx(step * whole.hop_s)
    for prompt, row in zip(prompts, got["scores"], strict=True):
        full = whole.rows[prompt]
        if full is None:
            assert row is None
        else:
            expected = [max(full[place : min(place + step, stop)]) for place in range(first, stop, step)]
            assert row == pytest.approx(expected, abs=LAST_DIGIT)
            assert len(row) <= most


@FEW
@given(from_s=TIMES, to_s=st.one_of(st.none(), TIMES), most=COLUMNS)
def test_the_waveform_of_any_part_is_that_of_the_whole(
    whole: Whole, from_s: float, to_s: float | None, most: int
) -> None:
    if to_s is not None and to_s < from_s:
        from_s, to_s = to_s, from_s
    got = whole.get("peaks", from_s=from_s, max_columns=most, **({} if to_s is None else {"to_s": to_s}))
    first, stop = part(len(whole.peaks["min"]), 100, from_s, to_s)
    assert len(got["min"]) == len(got["max"]) <= most
    if stop > first:
        assert min(got["min"]) == min(whole.peaks["min"][first:stop])
        assert max(got["max"]) == max(whole.peaks["max"][first:stop])
        assert got["end_s"] - got["start_s"] == pytest.approx((stop - first) / 100)
    else:
        assert got["min"] == []


@FEW
@given(level=st.integers(0, 20), index=st.one_of(st.integers(0, 4), st.sampled_from([2**31, 1000])))
def test_any_tile_is_the_maximum_of_what_it_covers(whole: Whole, level: int, index: int) -> None:
    got = whole.tile(level, index)
    covered = whole.columns[index * 512 << level : (index + 1) * 512 << level]
    assert len(got) == -(-len(covered) // 2**level)
    for place, column in enumerate(got):
        assert (column == covered[place << level : (place + 1) << level].max(axis=0)).all()


# Between two thousandths, where rounding the scores cannot change what is above them.
LEVELS = st.integers(0, 998).map(lambda thousandths: thousandths / 1000 + 0.0005)
LENGTHS = st.one_of(st.sampled_from([0.0, 0.1, 0.25, 0.4, 1.0, 60.0]), st.floats(0, 5))


def moments(row: list[float], hop_s: float, rule: dict[str, float], heard_s: float) -> list[tuple[float, float]]:
    """Onsets and offsets by the rule as docs/architecture.md words it, found frame by frame."""
    runs: list[list[int]] = []
    onset: int | None = None
    for place, score in enumerate([*row, -1.0]):
        if onset is not None and score < rule["release"]:
            runs.append([onset, place])
            onset = None
        elif onset is None and score >= rule["threshold"]:
            onset = place
    joined: list[list[int]] = []
    for run in runs:
        if joined and (run[0] - joined[-1][1]) * hop_s < rule["merge_gap_s"] - 1e-12:
            joined[-1][1] = run[1]
        else:
            joined.append(run)
    spans = [(first * hop_s, min(stop * hop_s, heard_s)) for first, stop in joined]
    return [(first, stop) for first, stop in spans if stop - first >= rule["min_length_s"] - 1e-9]


@FEW
@given(prompts=PROMPTS, threshold=LEVELS, share=st.floats(0, 1), gap_s=LENGTHS, least_s=LENGTHS, data=st.data())
def test_detections_follow_the_rule(
    whole: Whole, prompts: list[str], threshold: float, share: float, gap_s: float, least_s: float, data: st.DataObject
) -> None:
    release = max(0.0005, math.floor(threshold * share * 1000) / 1000 + 0.0005)
    rule = {"threshold": threshold, "release": min(release, threshold), "merge_gap_s": gap_s, "min_length_s": least_s}
    if any(abs(gap_s / whole.hop_s - n) < 1e-6 for n in range(1, 100)):
        rule["merge_gap_s"] += 0.01  # at exactly a whole number of frames the last bit decides
    own: list[float] | None = None
    query: dict[str, Any] = {"prompts": prompts, **rule}
    if data.draw(st.booleans()):
        own = [threshold] * len(prompts)
        query["thresholds"] = own
    got = whole.get("detections", **query)["detections"]
    assert [d["onset_s"] for d in got] == sorted(d["onset_s"] for d in got)
    # Of the same prompts: a score between two thousandths may be rounded the other way in other company.
    rows = whole.get("scores", prompts=prompts, max_columns=20_000)["scores"]
    for prompt, row in zip(prompts, rows, strict=True):
        expected = [] if row is None else moments(row, whole.hop_s, rule, whole.duration_s)
        mine = [d for d in got if d["prompt"] == prompt]
        assert [(d["onset_s"], d["offset_s"]) for d in mine] == [pytest.approx(span) for span in expected]
        for d in mine:
            assert threshold <= d["peak"] + 1e-6
            assert 0 <= d["mean"] <= d["peak"] <= 1
    csv = whole.client.get(f"{whole.base}/detections", params={**query, "format": "csv"})
    assert len(csv.text.splitlines()) == len(got) + 1


@settings(max_examples=10)
@given(limit=st.integers(1, 5))
def test_pages_of_the_list_hold_each_recording_once(whole: Whole, limit: int) -> None:
    for _ in range(max(0, 7 - len(listed(whole, 200)))):
        whole.client.post("/api/sample")
    assert listed(whole, limit) == listed(whole, 200)


def listed(whole: Whole, limit: int) -> list[str]:
    found: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = whole.client.get("/api/recordings", params={"limit": limit, **before}).json()
        assert len(page["recordings"]) <= limit
        found += [recording["id"] for recording in page["recordings"]]
        if page["next"] is None:
            assert len(found) == len(set(found))
            return found
        before = {"before": page["next"]}
