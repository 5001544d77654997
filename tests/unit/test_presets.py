"""The lists of prompts that come with the package."""

from __future__ import annotations

import json

import pytest
from safetensors import safe_open

from sonotag.analysis.wordings import read_prompt
from sonotag.api.deps import check_prompts, preset_prompts
from sonotag.errors import NotFoundError
from sonotag.models.vocabulary import Vocabulary
from sonotag.presets import load_presets
from sonotag.sample import load_sample
from sonotag.settings import Settings


def builtin_vocabulary() -> Vocabulary:
    """Of the labels that the shipped weights advertise."""
    with safe_open(Settings().weights, framework="pt") as file:
        return Vocabulary(json.loads(file.metadata()["advertised"]))


def test_the_presets_and_their_order() -> None:
    presets = load_presets()
    names = [preset.name for preset in presets]
    assert names == [
        *("general", "people", "music", "genres", "film", "sports", "home", "city", "nature", "machines", "office")
    ]
    assert len(presets[names.index("music")].prompts) >= 40
    for preset in presets:
        assert preset.title
        assert len(preset.prompts) >= 12
        assert len(set(preset.prompts)) == len(preset.prompts), preset.name


def test_every_list_fits_into_one_request_as_single_prompts() -> None:
    for preset in load_presets():
        assert check_prompts(preset.prompts, Settings()) == list(preset.prompts)
        assert all(read_prompt(prompt).all == (prompt,) for prompt in preset.prompts)


def test_a_former_name_still_finds_its_list() -> None:
    presets = load_presets()
    assert preset_prompts("animals", presets) == preset_prompts("nature", presets)
    with pytest.raises(NotFoundError, match="no preset"):
        preset_prompts("nothing", presets)


def test_the_default_and_the_sample_are_known_to_the_builtin_model() -> None:
    vocabulary = builtin_vocabulary()
    for prompt in (*load_presets()[0].prompts, *load_sample().prompts):
        assert vocabulary.resolve(prompt).covered, prompt


def test_what_the_builtin_model_knows_comes_first_in_every_list() -> None:
    vocabulary = builtin_vocabulary()
    for preset in load_presets():
        known = [vocabulary.resolve(prompt).covered for prompt in preset.prompts]
        assert any(known), preset.name
        assert known == sorted(known, reverse=True), preset.name
