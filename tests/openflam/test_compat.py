"""The reference's surface: the calls of its README."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch

import openflam
import openflam.compat
from openflam import FLAMConfig, OpenFLAM, OpenFLAMError, PromptError, Tokenizer, UnknownModelError
from openflam.locate import CHECKPOINT_FILE
from tests.openflam.filled import filled_model
from tests.openflam.small_tokenizer import train

TINY = FLAMConfig.tiny()
TEXTS = ["dog barking", "rain"]


@pytest.fixture(scope="module")
def flam() -> OpenFLAM:
    return OpenFLAM.around(filled_model(TINY), Tokenizer(train(TINY.text.vocabulary), TINY.text))


@pytest.fixture(scope="module")
def audio() -> torch.Tensor:
    return torch.randn(2, 480_000, generator=torch.Generator().manual_seed(6)) * 0.1


def test_a_script_for_the_reference_runs(tmp_path: Path, audio: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(filled_model(TINY).state_dict(), tmp_path / CHECKPOINT_FILE)
    train(TINY.text.vocabulary).save(str(tmp_path / "tokenizer.json"))
    loaded: Any = openflam.load_model
    monkeypatch.setattr(openflam.compat, "load_model", lambda path: loaded(path, config=TINY))

    flam = openflam.OpenFLAM(model_name="v1-base", default_ckpt_path=str(tmp_path)).to("cpu")
    flam.sanity_check()
    assert flam.get_global_audio_features(audio).shape == (2, TINY.dim)
    assert flam.get_local_audio_features(audio).shape == (2, 32, TINY.dim)
    assert flam.get_text_features(TEXTS).shape == (2, TINY.dim)
    scores = flam.get_local_similarity(audio, TEXTS, method="unbiased", cross_product=True)
    assert scores.shape == (2, 2, 32)
    assert not scores.requires_grad


@pytest.mark.parametrize("method", ["unbiased", "approximate"])
def test_pairs_are_the_diagonal_of_the_product(flam: OpenFLAM, audio: torch.Tensor, method: Any) -> None:
    product = flam.get_local_similarity(audio, TEXTS, method=method, cross_product=True)
    pairs = flam.get_local_similarity(audio, TEXTS, method=method, cross_product=False)
    torch.testing.assert_close(pairs, torch.stack([product[0, 0], product[1, 1]]))
    with pytest.raises(ValueError, match="2 clips and 3 prompts"):
        flam.get_local_similarity(audio, [*TEXTS, "wind"], cross_product=False)


def test_other_lengths_become_a_window(flam: OpenFLAM, audio: torch.Tensor, caplog: pytest.LogCaptureFixture) -> None:
    longer = torch.cat([audio[:1], audio[1:, :48_000]], dim=1)
    with caplog.at_level(logging.WARNING, logger="openflam"):
        cut = flam.get_global_audio_features(longer)
    torch.testing.assert_close(cut, flam.get_global_audio_features(audio[:1]))
    assert "528000 samples" in caplog.text
    filled = torch.zeros(1, 480_000)
    filled[:, :48_000] = audio[1:, :48_000]
    torch.testing.assert_close(
        flam.get_global_audio_features(audio[1:, :48_000]), flam.get_global_audio_features(filled)
    )


def test_bad_input_is_refused(flam: OpenFLAM, audio: torch.Tensor, tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="v1-base"):
        OpenFLAM("v2-large", tmp_path)
    with pytest.raises(PromptError, match="empty"):
        flam.get_local_similarity(audio, ["dog", ""])
    with pytest.raises(ValueError, match="unbiased"):
        flam.get_local_similarity(audio, TEXTS, method="exact")  # type: ignore[arg-type]
    for wrong in (audio[0], torch.zeros(1, 0), torch.full((1, 480_000), float("nan"))):
        with pytest.raises(ValueError, match="waveform"):
            flam.get_global_audio_features(wrong)


def test_the_sanity_check_sees_broken_weights() -> None:
    broken = OpenFLAM.around(filled_model(TINY), Tokenizer(train(TINY.text.vocabulary), TINY.text))
    broken.sanity_check()
    with torch.no_grad():
        broken.model.audio_branch.norm.weight.fill_(float("nan"))
    with pytest.raises(OpenFLAMError, match="clip embeddings"):
        broken.sanity_check()
    same = OpenFLAM.around(filled_model(TINY), Tokenizer(train(TINY.text.vocabulary), TINY.text))
    with torch.no_grad():
        same.model.text_projection[0].weight.fill_(0.0)
    with pytest.raises(OpenFLAMError, match="same embedding"):
        same.sanity_check()
