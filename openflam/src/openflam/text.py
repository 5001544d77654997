"""Prompts -> token ids, and groups of them that are encoded at once: roberta-base's byte-level BPE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tokenizers

from openflam.config import TextConfig
from openflam.errors import PromptError, TokenizerError

FIRST_TOKEN, LAST_TOKEN, PADDING_TOKEN = "<s>", "</s>", "<pad>"
TOKENS_PER_BATCH = 2048
"""Bounds the memory of a batch: RoBERTa-base's widest activation of it is 25 MB in float32."""
TOKENIZER_HINT = "Take tokenizer.json from the hub's repository FacebookAI/roberta-base"
FREE_PADDING = 32
"""Tokens of padding that cost less than a group of its own, for which all weights are read once more."""


class Tokens(NamedTuple):
    """ids: a list of token ids for every prompt, first and last token included; truncated: places of prompts cut."""

    ids: list[list[int]]
    truncated: list[int]


class Tokenizer:
    """roberta-base's tokenizer.json: byte-level BPE between <s> and </s>, cut to the length that the model knows."""

    def __init__(self, backend: tokenizers.Tokenizer, config: TextConfig | None = None) -> None:
        """Raises TokenizerError when `backend` is not of RoBERTa's kind, or knows tokens that the model does not."""
        self._config = config or TextConfig()
        self._backend = backend
        backend.no_padding()
        backend.enable_truncation(self._config.max_tokens)  # pyright: ignore[reportUnknownMemberType]
        self._check()

    @classmethod
    def from_file(cls, path: str | Path, config: TextConfig | None = None) -> Tokenizer:
        """Reads a tokenizer.json. Raises TokenizerError when it is missing, unreadable or another model's."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TokenizerError(f"{path} cannot be read: {error}", TOKENIZER_HINT) from error
        try:
            backend = tokenizers.Tokenizer.from_str(text)
        except Exception as error:  # the library raises no narrower class
            raise TokenizerError(f"{path} is no tokenizer.json: {error}", TOKENIZER_HINT) from error
        return cls(backend, config)

    def encode(self, prompts: Sequence[str], first: int = 0) -> Tokens:
        """Token ids of each prompt, at most `max_tokens` of them.

        Raises PromptError for a prompt that is empty or white space only, or no valid Unicode; it names the prompt's
        place, counted from `first`.
        """
        for place, prompt in enumerate(prompts, first):
            check_prompt(prompt, place)
        encodings = self._backend.encode_batch(list(prompts))
        return Tokens(
            [encoding.ids for encoding in encodings],
            [place for place, encoding in enumerate(encodings) if encoding.overflowing],
        )

    def _check(self) -> None:
        padding = self._backend.token_to_id(PADDING_TOKEN)
        if padding != self._config.padding_id:
            raise TokenizerError(
                f"the tokenizer's {PADDING_TOKEN} is {padding}, the model's {self._config.padding_id}", TOKENIZER_HINT
            )
        size = self._backend.get_vocab_size(with_added_tokens=True)
        if size > self._config.vocabulary:
            raise TokenizerError(
                f"the tokenizer knows {size} tokens, the model {self._config.vocabulary}", TOKENIZER_HINT
            )
        tokens = self._backend.encode("a").tokens
        if tokens[0] != FIRST_TOKEN or tokens[-1] != LAST_TOKEN:
            raise TokenizerError(f"the tokenizer does not put {FIRST_TOKEN} … {LAST_TOKEN} around", TOKENIZER_HINT)


def check_prompt(prompt: str, place: int) -> None:
    """Raises PromptError for what is no text to look for."""
    if not prompt.strip():
        raise PromptError(f"prompt {place} is empty", "Write what is to be heard, for example: dog barking")
    try:
        prompt.encode("utf-8")
    except UnicodeEncodeError as error:
        raise PromptError(f"prompt {place} is no valid Unicode: {error.reason}", "Remove lone surrogates") from error


def near_length_groups(lengths: Sequence[int], tokens_per_batch: int = TOKENS_PER_BATCH) -> Iterator[list[int]]:
    """Places of sequences, shortest first, grouped so that padding adds at most one token and an eighth, or 32 in all.

    No group takes more than `tokens_per_batch` padded tokens, unless a single sequence does.
    """
    group: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        shortest = lengths[group[0]] if group else 0
        padding = (len(group) + 1) * lengths[place] - sum(lengths[other] for other in group) - lengths[place]
        spread = lengths[place] > shortest + 1 + shortest // 8 and padding > FREE_PADDING
        if group and (spread or (len(group) + 1) * lengths[place] > tokens_per_batch):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def groups_in_order(lengths: Iterable[int], tokens: int) -> Iterator[list[int]]:
    """Places of sequences as they come, as many together as have at most `tokens`, unless a single one has more."""
    group: list[int] = []
    held = 0
    for place, length in enumerate(lengths):
        if group and held + length > tokens:
            yield group
            group, held = [], 0
        group.append(place)
        held += length
    if group:
        yield group


def pad(sequences: Sequence[Sequence[int]], padding_id: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """-> ids int64 [B, L] and mask int64 [B, L] (1 = token, 0 = padding), L the longest."""
    longest = max(len(ids) for ids in sequences)
    ids = np.full((len(sequences), longest), padding_id, np.int64)
    mask = np.zeros((len(sequences), longest), np.int64)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask
