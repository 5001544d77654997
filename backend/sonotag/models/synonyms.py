"""The table behind the vocabulary: which words stand for which label, read from ``synonyms.toml``.

The file's head explains its keys. Here every word is spread into its forms, so that reading a prompt
is a matter of looking words up.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import cast

from sonotag.models.inflection import noun_forms, verb_forms

Term = tuple[str, ...]
"""An expression as a sequence of words."""

_WORD = re.compile(r"[^\W_]+")
_NOT = re.compile(r"n't\b")
_POSSESSIVE = re.compile(r"'s\b|s'(?=\s|$)")


def words_of(text: str) -> list[str]:
    """Split any text into lower-case words.

    Compatibility forms are folded, invisible characters dropped, "n't" becomes "not", and a possessive loses
    its mark ("dog's" is "dog"). Never raises.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if not folded.isascii():
        folded = folded.replace("\u2019", "'").replace("\u02bc", "'")
        folded = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    if "'" in folded:
        folded = _NOT.sub(" not", folded)
        folded = _POSSESSIVE.sub(lambda match: "s" if match[0] == "s'" else "", folded).replace("'", "")
    return _WORD.findall(folded)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands for one label, every word in all its forms (see the head of ``synonyms.toml``)."""

    label: str
    groups: tuple[str, ...] = ()
    says: frozenset[Term] = frozenset()
    """Expressions that mean the sound by themselves."""
    who: frozenset[Term] = frozenset()
    does: frozenset[Term] = frozenset()
    plain: frozenset[Term] = frozenset()
    anyone: frozenset[Term] = frozenset()
    """Those of `who` and `plain` that came from a set: people can do anything, so they suggest little."""
    near: frozenset[Term] = frozenset()
    stands_for: str | None = None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The whole table."""

    entries: Mapping[str, Entry]
    groups: Mapping[str, frozenset[Term]] = field(default_factory=dict[str, frozenset[Term]])
    filler: frozenset[str] = frozenset()
    negation: frozenset[str] = frozenset()
    never: frozenset[Term] = frozenset()
    """Expressions, fillers included, that no label stands for although its words are in them."""
    joiner: frozenset[str] = frozenset()
    preposition: frozenset[str] = frozenset()
    setting: frozenset[str] = frozenset()

    def term_of(self, text: str) -> Term:
        """The words of an expression that carry meaning, as prompts are read too."""
        return tuple(word for word in words_of(text) if word not in self.filler)

    def entry_of(self, label: str) -> Entry:
        """The entry of a label; one that the table does not know stands for its own words only."""
        own = forms_of(self.term_of(label) or tuple(words_of(label)), noun_forms)
        known = self.entries.get(label)
        return Entry(label, says=own) if known is None else known


def forms_of(term: Term, inflect: Callable[[str], frozenset[str]]) -> frozenset[Term]:
    """An expression with its last word in every form ("fire engine", "fire engines")."""
    if not term:
        return frozenset()
    return frozenset((*term[:-1], form) for form in inflect(term[-1]))


def _noun_or_verb_forms(word: str) -> frozenset[str]:
    return noun_forms(word) | verb_forms(word)


def parse_synonyms(text: str) -> Synonyms:
    """Read a table from TOML.

    Raises:
        tomllib.TOMLDecodeError, KeyError: not a table of synonyms.
    """
    raw = tomllib.loads(text)
    words = cast("Mapping[str, list[str]]", raw["words"])
    sets = cast("Mapping[str, list[str]]", raw["sets"])
    filler = frozenset(words["filler"])

    def terms(values: Iterable[str], inflect: Callable[[str], frozenset[str]]) -> frozenset[Term]:
        spread: set[Term] = set()
        for value in values:
            members = sets[value[1:]] if value.startswith("@") else [value]
            for member in members:
                term = tuple(word for word in words_of(member) if word not in filler)
                spread |= {form for form in forms_of(term, inflect) if form[-1] not in filler}
        return frozenset(spread)

    entries: dict[str, Entry] = {}
    for label, row in cast("Mapping[str, Mapping[str, list[str]]]", raw["labels"]).items():

        def column(name: str, row: Mapping[str, list[str]] = row) -> list[str]:
            return row.get(name, [])

        entries[label] = Entry(
            label=label,
            groups=tuple(column("groups")),
            says=terms([label, *column("nouns"), *column("phrases")], noun_forms) | terms(column("verbs"), verb_forms),
            who=terms(column("who"), noun_forms),
            does=terms(column("does"), _noun_or_verb_forms),
            plain=terms(column("plain"), noun_forms),
            anyone=terms([v for v in (*column("who"), *column("plain")) if v.startswith("@")], noun_forms),
            near=terms(column("near"), _noun_or_verb_forms),
            stands_for=cast("str | None", row.get("stands_for")),
        )
    groups = {
        name: terms(values, _noun_or_verb_forms)
        for name, values in cast("Mapping[str, list[str]]", raw["groups"]).items()
    }
    return Synonyms(
        entries=entries,
        groups=groups,
        filler=filler,
        negation=frozenset(words["negation"]),
        never=frozenset(tuple(words_of(text)) for text in words["never"]),
        joiner=frozenset(words["joiner"]),
        preposition=frozenset(words["preposition"]),
        setting=frozenset(words["setting"]),
    )


def load_synonyms() -> Synonyms:
    """Read the table that comes with the package."""
    return parse_synonyms(resources.files("sonotag.models").joinpath("synonyms.toml").read_text(encoding="utf-8"))
