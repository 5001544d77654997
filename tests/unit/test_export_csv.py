"""The table of detections."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.domain import Detection
from sonotag.export.csv_table import HEADER, detections_csv, guarded, results_csv, unguarded
from sonotag.export.formats import FORMATS
from sonotag.export.result import SourceResult


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_golden() -> None:
    detections = [
        Detection("a dog barks, twice", 1.25, 3.0, 0.98765, 0.75),
        Detection('the "ding dong"', 61.0, 62.125, 0.5, 0.4321),
    ]
    assert detections_csv(detections) == (
        "prompt,onset_s,offset_s,peak,mean\r\n"
        '"a dog barks, twice",1.250,3.000,0.9877,0.7500\r\n'
        '"the ""ding dong""",61.000,62.125,0.5000,0.4321\r\n'
    )


def test_nothing_found_is_a_header() -> None:
    assert detections_csv([]) == "prompt,onset_s,offset_s,peak,mean\r\n"


def test_several_sources_have_a_column_of_their_own() -> None:
    found = (Detection("rain", 0.0, 1.0, 0.9, 0.8),)
    results = [SourceResult(name, "builtin", 1.0, 0.125, (), [], found) for name in ("=a.wav", "b.wav")]
    rows = read(results_csv(results))
    assert rows[0] == ["source", *HEADER]
    assert [row[0] for row in rows[1:]] == ["'=a.wav", "b.wav"]
    known = FORMATS["csv"]
    assert (known.media_type, known.extension) == ("text/csv; charset=utf-8", ".csv")
    assert known.render(results) == results_csv(results)


@pytest.mark.parametrize("prompt", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "'"])
def test_no_cell_is_a_formula(prompt: str) -> None:
    cell = read(detections_csv([Detection(prompt, 0.0, 1.0, 0.5, 0.5)]))[1][0]
    assert cell == "'" + prompt
    assert unguarded(cell) == prompt


def test_other_text_stays_as_it_is() -> None:
    for prompt in ("", "rain", "a-b", "rain = wet", "犬"):
        assert guarded(prompt) == prompt


@given(
    st.lists(
        st.builds(
            Detection,
            prompt=st.text(st.characters(exclude_categories=["Cs"])),
            onset_s=st.floats(0, 1e6),
            offset_s=st.floats(0, 1e6),
            peak=st.floats(0, 1),
            mean=st.floats(0, 1),
        ),
        max_size=8,
    )
)
def test_reads_back_the_same(detections: list[Detection]) -> None:
    rows = read(detections_csv(detections))
    assert rows[0] == list(HEADER)
    assert [unguarded(row[0]) for row in rows[1:]] == [d.prompt for d in detections]
    for row, d in zip(rows[1:], detections, strict=True):
        assert [float(cell) for cell in row[1:3]] == pytest.approx([d.onset_s, d.offset_s], abs=5.1e-4)
        assert [float(cell) for cell in row[3:]] == pytest.approx([d.peak, d.mean], abs=5.1e-5)
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
