"""The whole v1-base model against what the reference returns (tests/data/flam)."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from openflam import FLAM, AudioEmbeddings, TextEmbeddings
from tests.openflam.filled import golden, load_spec, published_state, signal

TOLERANCE = 1e-3
LEAST_COSINE = 0.9999


class Outputs:
    """Everything the model says about the golden inputs, computed once."""

    def __init__(self) -> None:
        spec = load_spec()
        model = FLAM.from_state_dict(published_state())
        windows = torch.from_numpy(np.stack([signal(silent=False), signal(silent=True)]))
        ids, mask = padded(spec["tokens"])
        with torch.inference_mode():
            self.log_mel = model.audio_branch.log_mel(windows)
            self.audio: AudioEmbeddings = model.encode_audio(windows)
            self.pooled = model.text_branch(ids, mask)
            self.text: TextEmbeddings = model.encode_tokens(ids, mask)
            self.scores = {m: model.similarity(self.audio.frames, self.text, m) for m in ("unbiased", "approximate")}
            alone = [torch.tensor([tokens]) for tokens in spec["tokens"]]
            self.text_alone = [model.encode_tokens(ids, torch.ones_like(ids)) for ids in alone]


def padded(sequences: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(tokens) for tokens in sequences)
    ids = torch.tensor([tokens + [1] * (longest - len(tokens)) for tokens in sequences])
    mask = torch.tensor([[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in sequences])
    return ids, mask


@pytest.fixture(scope="module")
def ours() -> Outputs:
    return Outputs()


@pytest.fixture(scope="module")
def theirs() -> dict[str, torch.Tensor]:
    return golden()


def assert_close(one: torch.Tensor, other: torch.Tensor) -> None:
    torch.testing.assert_close(one, other, atol=TOLERANCE, rtol=TOLERANCE)


def test_log_mel(ours: Outputs, theirs: dict[str, torch.Tensor]) -> None:
    assert_close(ours.log_mel, theirs["log_mel"])


def test_audio(ours: Outputs, theirs: dict[str, torch.Tensor]) -> None:
    for one, other in ((ours.audio.frames, theirs["local_audio"]), (ours.audio.clip, theirs["global_audio"])):
        assert_close(one, other)
        assert functional.cosine_similarity(one, other, dim=-1).min() > LEAST_COSINE


def test_text(ours: Outputs, theirs: dict[str, torch.Tensor]) -> None:
    assert_close(ours.pooled, theirs["text_branch"])
    assert_close(ours.text.vectors, theirs["text"])
    assert_close(ours.text.logit_scale, theirs["logit_scale"])
    assert_close(ours.text.logit_bias, theirs["logit_bias"])
    assert functional.cosine_similarity(ours.text.vectors, theirs["text"], dim=-1).min() > LEAST_COSINE


def test_a_text_needs_no_padding(ours: Outputs, theirs: dict[str, torch.Tensor]) -> None:
    for place, alone in enumerate(ours.text_alone):
        assert_close(alone.vectors[0], theirs["text"][place])
        assert_close(alone.logit_bias[0], theirs["logit_bias"][place])


@pytest.mark.parametrize("method", ["unbiased", "approximate"])
def test_scores(ours: Outputs, theirs: dict[str, torch.Tensor], method: str) -> None:
    assert_close(ours.scores[method], theirs[method])
