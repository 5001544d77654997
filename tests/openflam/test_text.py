"""Prompts to tokens to vectors, on a small tokenizer of roberta-base's make."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import tokenizers
import torch
from hypothesis import given
from hypothesis import strategies as st

from openflam import FLAM, FLAMConfig, PromptError, TextConfig, Tokenizer, TokenizerError
from openflam.text import FREE_PADDING, groups_in_order, near_length_groups, pad
from tests.openflam.filled import filled_model
from tests.openflam.small_tokenizer import train

TINY = FLAMConfig.tiny()


@pytest.fixture(scope="module")
def model() -> FLAM:
    return filled_model(TINY)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(train(TINY.text.vocabulary), TINY.text)


def test_tokens_stand_between_first_and_last(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode(["dog barking", "a", "犬が吠える 🐕", "  rain\n"])
    assert tokens.truncated == []
    for ids in tokens.ids:
        assert (ids[0], ids[-1]) == (0, 2)
        assert not {0, 1, 2} & set(ids[1:-1])


def test_a_long_prompt_is_cut_and_named(tokenizer: Tokenizer) -> None:
    long = "q" * 300
    tokens = tokenizer.encode(["dog", long, "cat"])
    assert tokens.truncated == [1]
    assert len(tokens.ids[1]) == TINY.text.max_tokens
    assert (tokens.ids[1][0], tokens.ids[1][-1]) == (0, 2)
    just_fits = tokenizer.encode(["q " * 37 + "q"])  # "q" and 37 times " q", each one or two tokens
    assert len(just_fits.ids[0]) <= TINY.text.max_tokens


@pytest.mark.parametrize(("prompt", "words"), [("", "empty"), (" \t\n", "empty"), ("dog \ud800", "Unicode")])
def test_what_is_no_prompt_is_refused_by_place(tokenizer: Tokenizer, prompt: str, words: str) -> None:
    with pytest.raises(PromptError, match=f"prompt 1 is .*{words}") as refused:
        tokenizer.encode(["dog", prompt])
    assert isinstance(refused.value, ValueError)
    assert refused.value.hint


def test_a_file_is_read_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    train(TINY.text.vocabulary).save(str(path))
    assert Tokenizer.from_file(path, TINY.text).encode(["glass breaks"]) == tokenizer.encode(["glass breaks"])


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match=r"cannot be read.*roberta-base"):
        Tokenizer.from_file(tmp_path / "absent.json")
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": ')
    with pytest.raises(TokenizerError, match=r"no tokenizer\.json"):
        Tokenizer.from_file(broken)
    with pytest.raises(TokenizerError, match="the model 290"):
        Tokenizer(train(300), TextConfig(vocabulary=290))
    with pytest.raises(TokenizerError, match="<pad> is None"):
        Tokenizer(tokenizers.Tokenizer(tokenizers.models.BPE()))
    bare = train(300)
    bare.post_processor = tokenizers.processors.ByteLevel()
    with pytest.raises(TokenizerError, match="<s> … </s>"):
        Tokenizer(bare)


@given(st.lists(st.integers(3, 77), max_size=60), st.integers(1, 400))
def test_groups_hold_everything_once_and_pad_little(lengths: list[int], budget: int) -> None:
    groups = list(near_length_groups(lengths, budget))
    assert sorted(itertools.chain.from_iterable(groups)) == list(range(len(lengths)))
    for group in groups:
        shortest, longest = (pick(lengths[place] for place in group) for pick in (min, max))
        padding = sum(longest - lengths[place] for place in group)
        assert longest <= shortest + 1 + shortest // 8 or padding <= FREE_PADDING
        assert len(group) == 1 or len(group) * longest <= budget


@given(st.lists(st.integers(3, 77), max_size=60), st.integers(1, 400))
def test_groups_in_order_are_as_long_as_may_be(lengths: list[int], tokens: int) -> None:
    groups = list(groups_in_order(lengths, tokens))
    assert list(itertools.chain.from_iterable(groups)) == list(range(len(lengths)))
    held = [sum(lengths[place] for place in group) for group in groups]
    assert all(len(group) == 1 or total <= tokens for group, total in zip(groups, held, strict=True))
    assert all(total + lengths[after[0]] > tokens for total, after in zip(held, groups[1:], strict=False))


def test_padding() -> None:
    ids, mask = pad([[0, 5, 2], [0, 2]], 1)
    assert ids.tolist() == [[0, 5, 2], [0, 2, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_vectors_do_not_depend_on_the_company(model: FLAM, tokenizer: Tokenizer) -> None:
    prompts = ["dog", "a man speaks while rain falls on a tin roof", "glass", "dog", "x" * 200, "wind in the trees"]
    together = model.encode_text(prompts, tokenizer)
    assert together.vectors.shape == (len(prompts), TINY.dim)
    assert not together.vectors.requires_grad
    for place, prompt in enumerate(prompts):
        for one, all_of_them in zip(model.encode_text([prompt], tokenizer), together, strict=True):
            torch.testing.assert_close(one[0], all_of_them[place], atol=1e-5, rtol=1e-5)
    in_blocks = list(model.encode_text_blocks(prompts, tokenizer, block=4))
    assert [len(block.vectors) for block in in_blocks] == [4, 2]
    torch.testing.assert_close(torch.cat([b.vectors for b in in_blocks]), together.vectors, atol=1e-5, rtol=1e-5)


def test_prompts_without_end_are_drawn_block_by_block(model: FLAM, tokenizer: Tokenizer) -> None:
    drawn = 0

    def endless() -> Iterator[str]:
        nonlocal drawn
        for drawn in itertools.count(1):
            yield f"dog {drawn}"

    blocks = model.encode_text_blocks(endless(), tokenizer, block=100)
    for count in (100, 200, 300):
        assert len(next(blocks).vectors) == 100
        assert drawn == count


def test_a_cut_prompt_is_said(model: FLAM, tokenizer: Tokenizer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="openflam"):
        model.encode_text(["dog", "y" * 300], tokenizer)
    assert "1 of 2 prompts cut to 77 tokens: 1 ('yyyy" in caplog.text


def test_no_prompts_are_refused(model: FLAM, tokenizer: Tokenizer) -> None:
    with pytest.raises(PromptError, match="no prompt"):
        model.encode_text([], tokenizer)
    with pytest.raises(TypeError, match="list of texts"):
        model.encode_text("dog", tokenizer)
    blocks = model.encode_text_blocks(["dog", "cat", "rain", " "], tokenizer, block=2)
    next(blocks)
    with pytest.raises(PromptError, match="prompt 3 is empty"):
        next(blocks)
