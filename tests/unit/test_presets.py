"""The lists of prompts that come with the package."""

from __future__ import annotations

import json

from safetensors import safe_open

from sonotag.models.synonyms import load_synonyms
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
    assert [p.name for p in presets] == ["general", "animals", "home", "city", "nature", "people", "music"]
    for preset in presets:
        assert preset.title
        assert 5 <= len(preset.prompts) <= 12
        assert len(set(preset.prompts)) == len(preset.prompts)


def test_every_prompt_is_known_to_the_table() -> None:
    vocabulary = Vocabulary(list(load_synonyms().entries))
    for preset in load_presets():
        for prompt in preset.prompts:
            assert vocabulary.resolve(prompt).covered, prompt


def test_the_default_and_the_sample_are_known_to_the_builtin_model() -> None:
    vocabulary = builtin_vocabulary()
    for prompt in (*load_presets()[0].prompts, *load_sample().prompts):
        assert vocabulary.resolve(prompt).covered, prompt


def test_most_of_every_preset_is_known_to_the_builtin_model() -> None:
    vocabulary = builtin_vocabulary()
    for preset in load_presets():
        known = [prompt for prompt in preset.prompts if vocabulary.resolve(prompt).covered]
        assert len(known) >= len(preset.prompts) / 2, preset.name
