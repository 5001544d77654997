"""From free text to a label of a closed vocabulary, or an honest "not covered".

A prompt is covered only when every word of it that carries meaning is accounted for by one label; a word that
is left over ("dog *eating*", "*hot* dog *stand*", "bark of a *tree*") makes it another sound, and a model
that does not know that sound must not pretend. What a prompt of that kind comes near to is offered instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonotag.domain import PromptCoverage
from sonotag.models.synonyms import Entry, Synonyms, Term, load_synonyms, words_of

MAX_WORDS = 24
"""A prompt with more words that carry meaning is a text, not the name of a sound."""

NEAREST = 3
"""How many labels are offered for a prompt that is not covered."""

# What one word of a prompt says for a label among the suggestions, by the column of the table it stands in.
_SAYS, _WHO, _DOES, _NEAR, _PART, _PLAIN = 3.0, 2.0, 1.2, 1.5, 0.8, 0.3
_GROUPS = (0.9, 0.6, 0.4, 0.3)
_WHOLE = 10.0
"""A label that part of the prompt names outright comes before any that is only near."""
_LEAST, _NEVER_CROWDED_OUT = 0.15, 4.0
"""A suggestion needs this score, and this part of the best score (as far as the latter counts)."""
_ALIKE = 0.55
"""From this trigram similarity on, an unknown word may be a misspelt known one."""
_SHORTEST_MISSPELT, _LONGEST_MISSPELT = 4, 30
_LONGEST_TERM = 5


@dataclass(slots=True)
class _Reading:
    """What one label accounts for in a prompt."""

    accounted: set[int]
    says: bool = False
    who: bool = False
    does: bool = False
    spans: int = 0
    weight: int = 0
    """Words accounted for that mean something, so `plain` ones not counted."""

    @property
    def whole(self) -> bool:
        return self.says or (self.who and self.does)


def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _stem(word: str) -> str:
    """Cut common endings. For suggestions only: too coarse to decide that a prompt is covered."""
    for ending in ("ing", "ed", "es", "s", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Vocabulary:
    """Maps prompts to the labels a model has. Immutable after construction; safe to share between threads."""

    def __init__(self, labels: Sequence[str], synonyms: Synonyms | None = None) -> None:
        """Prepare for `labels`, in the model's order, with the package's table of synonyms or another."""
        self.labels = tuple(labels)
        self._words = load_synonyms() if synonyms is None else synonyms
        self._own = {tuple(words_of(label)): label for label in reversed(self.labels)}
        self._terms: dict[Term, list[tuple[int, str]]] = {}
        self._hints: dict[str, dict[int, float]] = {}
        self._index_labels()
        self._index_relatives()
        self._spread: dict[str, float] = {
            word: 1 / math.sqrt(sum(hits.values()) / max(hits.values())) for word, hits in self._hints.items()
        }
        self._spelling: dict[str, list[tuple[str, int]]] = {}
        for word in sorted(self._hints):
            if word == _stem(word) and len(word) >= _SHORTEST_MISSPELT:
                grams = _trigrams(word)
                for gram in grams:
                    self._spelling.setdefault(gram, []).append((word, len(grams)))

    def _entries(self) -> list[tuple[int, Entry]]:
        """The entries of the labels here, and of absent labels that lend their words to one that is here."""
        place = {label: index for index, label in reversed(list(enumerate(self.labels)))}
        found = [(index, self._words.entry_of(label)) for label, index in place.items()]
        for entry in self._words.entries.values():
            if entry.label not in place and entry.stands_for in place:
                found.append((place[entry.stands_for], entry))
        return sorted(found, key=lambda pair: pair[0])

    def _index_labels(self) -> None:
        for index, entry in self._entries():
            for column in ("says", "who", "does", "plain"):
                terms: frozenset[Term] = getattr(entry, column)
                for term in terms:
                    self._terms.setdefault(term, []).append((index, column))
            for term in entry.says:
                self._hint(term, index, _SAYS)
            for term in entry.who:
                self._hint(term, index, _PLAIN if term in entry.anyone else _WHO)
            for term in entry.does:
                self._hint(term, index, _DOES)
            for term in entry.near:
                self._hint(term, index, _NEAR)
            for term in entry.plain:
                self._hint(term, index, _PLAIN)

    def _index_relatives(self) -> None:
        """Let words of a group, and those of labels that this model lacks, lead to the group's labels."""
        members: dict[str, list[tuple[int, float]]] = {}
        for index, entry in self._entries():
            for group, weight in zip(entry.groups, _GROUPS, strict=False):
                members.setdefault(group, []).append((index, weight))
        for group, terms in self._words.groups.items():
            for index, weight in members.get(group, ()):
                for term in terms:
                    self._hint(term, index, weight)
        here = frozenset(self.labels)
        for entry in self._words.entries.values():
            if entry.label in here:
                continue
            for group, own in zip(entry.groups, _GROUPS, strict=False):
                for index, weight in members.get(group, ()):
                    for term in entry.says | (entry.who - entry.anyone):
                        if len(term) == 1:
                            self._hint(term, index, weight * own)

    def _hint(self, term: Term, index: int, weight: float) -> None:
        """Remember the strongest reason why each word of `term` suggests the label."""
        if len(term) > 1:
            weight = min(weight, _PART)
        for word in term:
            for key in (word, _stem(word)):
                if key not in self._words.preposition and key not in self._words.joiner:
                    hits = self._hints.setdefault(key, {})
                    hits[index] = max(hits.get(index, 0.0), weight)

    # ------------------------------------------------------------------ resolving

    def resolve(self, prompt: str) -> PromptCoverage:
        """How the model understands `prompt`; case, spacing and punctuation do not matter. Never raises."""
        words = words_of(prompt)
        own = self._own.get(tuple(words))
        if own is not None:
            return PromptCoverage(prompt, covered=True, matched=own)
        # Small numbers are quantifiers ("2 dogs").
        kept = [word for word in words if word not in self._words.filler and not (word.isdigit() and len(word) <= 3)]
        if 0 < len(kept) <= MAX_WORDS and not self._says_otherwise(words):
            index = self._whole(kept)
            if index is None:
                index = self._before_preposition(kept)
            if index is not None:
                return PromptCoverage(prompt, covered=True, matched=self.labels[index])
        return PromptCoverage(prompt, covered=False, nearest=self._nearest(kept[:MAX_WORDS]))

    def _says_otherwise(self, words: Sequence[str]) -> bool:
        """Whether the prompt asks for an absence, or holds an expression that means something else."""
        if not self._words.negation.isdisjoint(words):
            return True
        return any(words[i : i + len(term)] == list(term) for term in self._words.never for i in range(len(words)))

    def _read(self, words: Sequence[str]) -> dict[int, _Reading]:
        """What every label accounts for in `words`, longest expressions first."""
        readings: dict[int, _Reading] = {}
        for length in range(min(_LONGEST_TERM, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                hits = self._terms.get(tuple(words[start : start + length]))
                for index, column in hits or ():
                    reading = readings.setdefault(index, _Reading(set()))
                    span = range(start, start + length)
                    if column == "says":
                        reading.says = True
                    elif column == "who":
                        reading.who = True
                    elif column == "does":
                        reading.does = True
                    new = [place for place in span if place not in reading.accounted]
                    if new:
                        reading.accounted.update(new)
                        reading.spans += 1
                        reading.weight += len(new) if column != "plain" else 0
        return readings

    def _particle(self, word: str) -> bool:
        return word in self._words.preposition or word in self._words.joiner

    def _whole(self, words: Sequence[str]) -> int | None:
        """The label that accounts for every word, or None (also when two do equally well)."""
        best = self._best_whole(words)
        return None if best is None else best[0]

    def _best_whole(self, words: Sequence[str]) -> tuple[int, _Reading] | None:
        needed = self._needed(words)
        if not needed:
            return None
        found = [(i, r) for i, r in self._read(words).items() if r.whole and needed <= r.accounted]
        # The longer the expressions that were recognised, the more certain the reading.
        found.sort(key=lambda pair: (pair[1].spans, -pair[1].weight, not pair[1].says, pair[0]))
        if len(found) > 1:
            (_, first), (_, second) = found[:2]
            if (first.spans, first.weight, first.says) == (second.spans, second.weight, second.says):
                return None
        return found[0] if found else None

    def _needed(self, words: Sequence[str]) -> set[int]:
        """The places of the words to account for, leaving out settings ("in the *street* at *night*")."""
        needed: set[int] = set()
        somewhere = False
        for place, word in enumerate(words):
            if word in self._words.preposition:
                somewhere = True
            elif word in self._words.joiner:
                somewhere = False
            elif not (somewhere and word in self._words.setting):
                needed.add(place)
        return needed

    def _before_preposition(self, words: Sequence[str]) -> int | None:
        """Resolve what stands before the first preposition, if that is clear by itself.

        Two words or more must speak for the label there, and the rest must name no other sound: "dog
        barking at the postman" is barking, "waves in her hair" is not the sea, "rain falling on a drum" may
        be either.
        """
        cut = next((place for place, word in enumerate(words) if word in self._words.preposition), 0)
        if cut == 0 or any(word in self._words.joiner for word in words):
            return None
        best = self._best_whole(words[:cut])
        if best is None or best[1].weight < 2:
            return None
        others = (index for index, reading in self._read(words[cut + 1 :]).items() if reading.whole)
        return None if any(index != best[0] for index in others) else best[0]

    # ------------------------------------------------------------------ suggesting

    def _nearest(self, words: Sequence[str]) -> tuple[str, ...]:
        """The labels that come nearest, best first; none when nothing in the prompt is near anything."""
        scores: dict[int, float] = {}
        for index, reading in self._read(words).items():
            if reading.whole:
                first = min(reading.accounted)
                scores[index] = _WHOLE + reading.weight - first / 100
        for word in words:
            if self._particle(word):
                continue
            key = word if word in self._hints else _stem(word)
            if key in self._hints:
                self._add(scores, key, 1.0)
            else:
                for alike, similarity in self._alike(word):
                    self._add(scores, alike, similarity)
        least = max(_LEAST, _LEAST * min(max(scores.values(), default=0.0), _NEVER_CROWDED_OUT))
        ranked = sorted((-score, index) for index, score in scores.items() if score >= least)
        return tuple(self.labels[index] for _, index in ranked[:NEAREST])

    def _add(self, scores: dict[int, float], key: str, factor: float) -> None:
        # A word that goes with many labels says little for each of them.
        factor *= self._spread[key]
        for index, weight in self._hints[key].items():
            scores[index] = scores.get(index, 0.0) + weight * factor

    def _alike(self, word: str) -> list[tuple[str, float]]:
        """Known words that are spelt much like `word`, with their similarity (Dice's, over trigrams)."""
        word = _stem(word)
        if not _SHORTEST_MISSPELT <= len(word) <= _LONGEST_MISSPELT:
            return []
        grams = _trigrams(word)
        shared: dict[tuple[str, int], int] = {}
        for gram in grams:
            for known in self._spelling.get(gram, ()):
                shared[known] = shared.get(known, 0) + 1
        found = [(known, 2 * count / (len(grams) + size)) for (known, size), count in shared.items()]
        return sorted((pair for pair in found if pair[1] >= _ALIKE), key=lambda pair: (-pair[1], pair[0]))[:4]
