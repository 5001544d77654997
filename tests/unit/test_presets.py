"""The lists of prompts that come with the package."""

from __future__ import annotations

from sonotag.models.synonyms import load_synonyms
from sonotag.models.vocabulary import Vocabulary
from sonotag.presets import load_presets


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
