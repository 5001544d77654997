"""English word forms, made forwards: from the words of the synonym table to every form a prompt may use.

Stemming works backwards and joins what must stay apart ("training" is no train, "waving" no wave). Making the
forms of known words instead can only ever recognise those words, which is what a vocabulary wants that would
rather not know a prompt than mistake it. A form that English does not have does no harm.
"""

from __future__ import annotations

import re

_VOWELS = "aeiou"

_IRREGULAR_NOUNS = {
    "calf": ("calves",),
    "child": ("children",),
    "foot": ("feet",),
    "goose": ("geese",),
    "hoof": ("hooves",),
    "leaf": ("leaves",),
    "man": ("men",),
    "mouse": ("mice",),
    "wolf": ("wolves",),
    "woman": ("women",),
}

_IRREGULAR_VERBS = {
    "beat": ("beaten",),
    "blow": ("blew", "blown"),
    "break": ("broke", "broken"),
    "draw": ("drew", "drawn"),
    "drive": ("drove", "driven"),
    "fall": ("fell", "fallen"),
    "fly": ("flew", "flown"),
    "light": ("lit",),
    "ride": ("rode", "ridden"),
    "ring": ("rang", "rung"),
    "run": ("ran",),
    "shoot": ("shot",),
    "sing": ("sang", "sung"),
    "speak": ("spoke", "spoken"),
    "spin": ("spun",),
    "strike": ("struck",),
    "take": ("took", "taken"),
    "throw": ("threw", "thrown"),
    "weep": ("wept",),
    "write": ("wrote", "written"),
}

# One vowel between consonants, in a word of one syllable: clap -> clapping, but not roar, tick or blow.
_DOUBLES = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and len(word) > 1 and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def noun_forms(noun: str) -> frozenset[str]:
    """Return the singular and the plural of one lower-case word."""
    return frozenset((noun, _with_s(noun), *_IRREGULAR_NOUNS.get(noun, ())))


def verb_forms(verb: str) -> frozenset[str]:
    """Return the base form of one lower-case verb with its -s, -ing and past forms."""
    if verb.endswith("e") and not verb.endswith("ee"):
        base_ing, base_ed = verb[:-1], verb[:-1]
    elif verb.endswith("y") and len(verb) > 1 and verb[-2] not in _VOWELS:
        base_ing, base_ed = verb, verb[:-1] + "i"
    elif _DOUBLES.match(verb):
        base_ing = base_ed = verb + verb[-1]
    else:
        base_ing = base_ed = verb
    return frozenset((verb, _with_s(verb), base_ing + "ing", base_ed + "ed", *_IRREGULAR_VERBS.get(verb, ())))
