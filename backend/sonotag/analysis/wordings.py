"""Prompts of several wordings. The text of a prompt may name more than one sound:

    dog barking | puppy | woof      a group: the wording that is heard most counts
    dog barking > cough             a contrast: how much more the left is heard than the right

Either side of `>`, which has spaces around it, may be a group. Any text is a prompt: one that reads otherwise is one
wording as it is. The score of a group is the maximum of its wordings' scores, frame by frame; that of a contrast is
max(0, left - right), frame by frame: 0 where the right is heard at least as much, the score of the left where the right
is not heard at all. Everything after the scores (columns, detections, exports) treats such a prompt as any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sonotag.analysis import scoring
from sonotag.analysis.scoring import pool_max, score_frames
from sonotag.domain import Float32, PromptCoverage, PromptVectors, WordingCoverage

OR = "|"
MORE_THAN = ">"
_MORE_THAN = re.compile(r"(?:^|\s)>(?=\s|$)")
OFFERED = 3
"""How many prompts are offered instead of one that is not covered."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """What a prompt's text asks for: any of `wanted`, as far as it is heard more than any of `against`."""

    wanted: tuple[str, ...]
    against: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.wanted + self.against


def _side(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for part in text.split(OR) if (words := " ".join(part.split()))))


def read_prompt(text: str) -> Wordings:
    """The wordings of a prompt, repeated and empty ones dropped. Never raises."""
    sides = [_side(part) for part in _MORE_THAN.split(text.replace(OR, f" {OR} "))]
    if len(sides) > 2 or not all(sides):
        return Wordings((text,))
    return Wordings(sides[0], sides[1] if len(sides) == 2 else ())


@dataclass(frozen=True, slots=True)
class AskedPrompts:
    """Prompts [P] as a model sees them, wording by wording.

    `wordings` has each wording once; `wanted[p]` and `against[p]` are the places in it of those that the model covers.
    covered bool [P]; rows of prompts that are not covered must not be scored. `coverage` says the same in words.
    """

    wordings: PromptVectors
    wanted: tuple[tuple[int, ...], ...]
    against: tuple[tuple[int, ...], ...]
    covered: NDArray[np.bool_]
    coverage: tuple[PromptCoverage, ...]

    def part(self, places: Sequence[int]) -> AskedPrompts:
        """Those prompts, with no more wordings than they need."""
        needed = sorted({wording for place in places for wording in self.wanted[place] + self.against[place]})
        at = {wording: index for index, wording in enumerate(needed)}
        return AskedPrompts(
            _part(self.wordings, needed),
            tuple(tuple(at[wording] for wording in self.wanted[place]) for place in places),
            tuple(tuple(at[wording] for wording in self.against[place]) for place in places),
            self.covered[list(places)],
            tuple(self.coverage[place] for place in places),
        )


def ask(prompts: Sequence[str], encode_text: Callable[[Sequence[str]], PromptVectors]) -> AskedPrompts:
    """Reads `prompts` and has their wordings encoded, each once."""
    read = [read_prompt(prompt) for prompt in prompts]
    places = {words: place for place, words in enumerate(dict.fromkeys(w for one in read for w in one.all))}
    vectors = encode_text(list(places))
    known = {words: vectors.coverage[place] for words, place in places.items()}
    coverage = tuple(_coverage(prompt, one, known) for prompt, one in zip(prompts, read, strict=True))

    def covered_places(side: Iterable[str]) -> tuple[int, ...]:
        return tuple(places[words] for words in side if known[words].covered)

    return AskedPrompts(
        vectors,
        tuple(covered_places(one.wanted) for one in read),
        tuple(covered_places(one.against) for one in read),
        np.array([one.covered for one in coverage], dtype=np.bool_),
        coverage,
    )


def score_prompts(frames: NDArray[np.float16] | Float32, asked: AskedPrompts, per_column: int = 1) -> Float32:
    """Scores [P, columns] float32 in 0..1 for frames [T, D]; NaN in the rows of prompts not covered.

    As `score_frames`, of which this is the form for prompts of several wordings.
    """
    single = score_frames(frames, asked.wordings, per_column)
    scores = np.full((len(asked.coverage), single.shape[1]), np.nan, dtype=np.float32)
    contrasts: list[int] = []
    for place, (wanted, against) in enumerate(zip(asked.wanted, asked.against, strict=True)):
        if not asked.covered[place]:
            continue
        if against:
            contrasts.append(place)
        else:
            scores[place] = single[list(wanted)].max(axis=0)
    if contrasts:
        _score_contrasts(frames, asked, per_column, contrasts, scores)
    return scores


def _score_contrasts(
    frames: NDArray[np.float16] | Float32, asked: AskedPrompts, per_column: int, rows: Sequence[int], scores: Float32
) -> None:
    """Fills `rows` of `scores`. The difference is taken in each frame, before frames are pooled into columns."""
    needed = sorted({place for row in rows for place in asked.wanted[row] + asked.against[row]})
    at = {place: index for index, place in enumerate(needed)}
    vectors = _part(asked.wordings, needed)
    piece = max(per_column, scoring.PIECE_FRAMES // per_column * per_column)
    for start in range(0, frames.shape[0], piece):
        single = score_frames(frames[start : start + piece], vectors)
        first = start // per_column
        for row in rows:
            left = single[[at[place] for place in asked.wanted[row]]].max(axis=0)
            right = single[[at[place] for place in asked.against[row]]].max(axis=0)
            pooled = pool_max(np.maximum(left - right, 0.0, dtype=np.float32)[None], per_column)[0]
            scores[row, first : first + pooled.shape[0]] = pooled


def _part(vectors: PromptVectors, places: Sequence[int]) -> PromptVectors:
    index = np.array(places, dtype=np.intp)
    return PromptVectors(
        vectors.vectors[index],
        vectors.scale[index],
        vectors.bias[index],
        vectors.covered[index],
        vectors.link,
        tuple(vectors.coverage[place] for place in places),
    )


# ---------------------------------------------------------------------- in words


def _coverage(prompt: str, read: Wordings, known: dict[str, PromptCoverage]) -> PromptCoverage:
    """What the model makes of a prompt, told from what it makes of each wording."""
    if len(read.all) == 1:
        return replace(known[read.wanted[0]], prompt=prompt)
    wanted = [known[words] for words in read.wanted]
    against = [known[words] for words in read.against]
    wanted_known, against_known = any(c.covered for c in wanted), any(c.covered for c in against)
    covered = wanted_known and (against_known or not against)
    matched = _joined(_matched(wanted), _matched(against)) if covered else None
    nearest = () if covered else _instead(read, wanted, against)
    notes = [c.note for c in wanted + against if c.note is not None]
    unknown = [f'"{c.prompt}"' for c in wanted + against if not c.covered]
    if covered and unknown:
        notes.insert(0, f"This model does not know {', '.join(unknown)}; the other wordings count.")
    if wanted_known and against and not against_known:
        notes.insert(0, f"This model does not know {', '.join(unknown)}, so nothing can be held against it.")
    wordings = tuple(
        WordingCoverage(c.prompt, place >= len(wanted), c.covered, c.matched)
        for place, c in enumerate(wanted + against)
    )
    return PromptCoverage(prompt, covered, matched, nearest, " ".join(notes) or None, wordings)


def _matched(side: Iterable[PromptCoverage]) -> list[str]:
    return list(dict.fromkeys(c.matched for c in side if c.matched is not None))


def _joined(wanted: Iterable[str], against: Iterable[str]) -> str:
    sides = [f" {OR} ".join(side) for side in (wanted, against)]
    return f" {MORE_THAN} ".join(side for side in sides if side)


def _instead(read: Wordings, wanted: Sequence[PromptCoverage], against: Sequence[PromptCoverage]) -> tuple[str, ...]:
    """Whole prompts to offer: the side that is known as it is, labels that come near for the other."""
    sides: list[list[str]] = []
    for words, side in ((read.wanted, wanted), (read.against, against)):
        if any(c.covered for c in side) or not side:
            sides.append([_joined(words, ())])
        else:
            sides.append(list(dict.fromkeys(label for c in side for label in c.nearest)))
    offers = [_joined([left], [right] if right else ()) for left in sides[0] for right in sides[1] if left != right]
    return tuple(offers[:OFFERED])
