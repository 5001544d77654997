"""The JSON result."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.domain import Detection, PromptCoverage
from sonotag.export.formats import FORMATS
from sonotag.export.json_result import json_results
from sonotag.export.result import SourceResult

RESULT = SourceResult(
    source="a “kitchen”.wav",
    model="builtin",
    duration_s=0.5004,
    seconds_per_frame=0.125,
    coverage=(
        PromptCoverage("a dog barks", covered=True, matched="dog barking"),
        PromptCoverage("rope creaking", covered=False, nearest=("wood creaking",)),
    ),
    scores=[[0.0, 0.123456, 1.0, 0.5], None],
    detections=(Detection("a dog barks", 0.1250004, 0.375, 1.0, 0.561728),),
)

GOLDEN = {
    "source": "a “kitchen”.wav",
    "model": "builtin",
    "duration_s": 0.5,
    "seconds_per_frame": 0.125,
    "prompts": ["a dog barks", "rope creaking"],
    "coverage": [
        {"prompt": "a dog barks", "covered": True, "matched": "dog barking", "nearest": [], "note": None},
        {
            "prompt": "rope creaking",
            "covered": False,
            "matched": None,
            "nearest": ["wood creaking"],
            "note": None,
        },
    ],
    "scores": [[0.0, 0.1235, 1.0, 0.5], None],
    "detections": [{"prompt": "a dog barks", "onset_s": 0.125, "offset_s": 0.375, "peak": 1.0, "mean": 0.5617}],
}


def test_one_source_is_an_object() -> None:
    assert json.loads(json_results([RESULT])) == GOLDEN
    assert json_results([RESULT]).endswith("}\n")
    assert "“kitchen”" in json_results([RESULT])


def test_other_numbers_of_sources_are_a_list() -> None:
    assert json.loads(json_results([])) == []
    assert json.loads(json_results([RESULT, RESULT])) == [GOLDEN, GOLDEN]


def test_what_json_cannot_express_is_an_error() -> None:
    broken = SourceResult("a", "m", 1.0, 0.125, (PromptCoverage("a", covered=True),), [[math.nan]], ())
    with pytest.raises(ValueError, match="JSON"):
        json_results([broken])


def test_registered() -> None:
    known = FORMATS["json"]
    assert (known.media_type, known.extension) == ("application/json", ".json")
    assert known.render([RESULT]) == json_results([RESULT])


@given(st.text(), st.text(), st.lists(st.floats(0, 1), max_size=20))
def test_reads_back_the_same(source: str, prompt: str, scores: list[float]) -> None:
    result = SourceResult(
        source,
        "builtin",
        10.0,
        0.125,
        (PromptCoverage(prompt, covered=True, matched="rain"),),
        [scores],
        (Detection(prompt, 0.25, 1.125, 0.9, 0.8),),
    )
    back = json.loads(json_results([result]).encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass"))
    assert back["source"] == source
    assert back["prompts"] == [prompt]
    assert back["scores"][0] == pytest.approx(scores, abs=5.1e-5)
    assert back["detections"] == [{"prompt": prompt, "onset_s": 0.25, "offset_s": 1.125, "peak": 0.9, "mean": 0.8}]
