"""The Audacity label track."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.domain import Detection
from sonotag.errors import InputError
from sonotag.export.audacity import audacity_labels, label_text
from sonotag.export.formats import FORMATS
from sonotag.export.result import SourceResult

FOUND = (Detection("a dog barks", 1.25, 3.0, 0.9, 0.8), Detection("犬\tand\nrain ", 3600.0, 3600.1234567, 0.9, 0.8))


def test_golden() -> None:
    assert audacity_labels(FOUND) == "1.250000\t3.000000\ta dog barks\n3600.000000\t3600.123457\t犬 and rain\n"
    assert audacity_labels([]) == ""


def test_registered_for_one_source() -> None:
    result = SourceResult("a.wav", "builtin", 4000.0, 0.125, (), [], FOUND)
    known = FORMATS["audacity"]
    assert (known.media_type, known.extension) == ("text/plain; charset=utf-8", ".txt")
    assert known.render([result]) == audacity_labels(FOUND)
    for results in ([], [result, result]):
        with pytest.raises(InputError) as caught:
            known.render(results)
        assert caught.value.code == "one_source_only"
        assert caught.value.message
        assert caught.value.hint


@given(st.lists(st.tuples(st.text(), st.floats(0, 1e6), st.floats(0, 1e6)), max_size=8))
def test_reads_back_line_by_line(found: list[tuple[str, float, float]]) -> None:
    detections = [Detection(prompt, onset_s, offset_s, 0.5, 0.5) for prompt, onset_s, offset_s in found]
    text = audacity_labels(detections)
    lines = text.split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(text.splitlines()) == len(detections)
    for line, d in zip(lines, detections, strict=True):
        onset, offset, label = line.split("\t")
        assert float(onset) == pytest.approx(d.onset_s, abs=5.1e-7)
        assert float(offset) == pytest.approx(d.offset_s, abs=5.1e-7)
        assert label == label_text(d.prompt)
        assert label_text(label) == label
