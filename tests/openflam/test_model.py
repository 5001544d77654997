"""Properties of the model at a tiny size, and what it refuses."""

from __future__ import annotations

import pytest
import torch

from openflam import FLAM, FLAMConfig, TextEmbeddings, similarity
from openflam.features import mel_matrix
from openflam.htsat import partition, relative_position_index, shift_mask, unpartition
from tests.openflam.filled import filled_model, load_spec

TINY = FLAMConfig.tiny()


@pytest.fixture(scope="module")
def model() -> FLAM:
    return filled_model(TINY)


@pytest.fixture(scope="module")
def windows() -> torch.Tensor:
    return torch.randn(3, 480_000, generator=torch.Generator().manual_seed(1)) * 0.1


@torch.inference_mode()
def test_batched_equals_single(model: FLAM, windows: torch.Tensor) -> None:
    together = model.encode_audio(windows)
    for place in range(len(windows)):
        alone = model.encode_audio(windows[place : place + 1])
        torch.testing.assert_close(alone.frames[0], together.frames[place], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(alone.clip[0], together.clip[place], atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_embeddings_are_of_unit_length(model: FLAM, windows: torch.Tensor) -> None:
    audio = model.encode_audio(windows)
    assert audio.frames.shape == (3, 32, TINY.dim)
    torch.testing.assert_close(audio.frames.norm(dim=-1), torch.ones(3, 32))
    torch.testing.assert_close(audio.clip.norm(dim=-1), torch.ones(3))


@torch.inference_mode()
def test_padding_changes_nothing(model: FLAM) -> None:
    ids = torch.tensor([[0, 17, 99, 2]])
    alone = model.encode_tokens(ids, torch.ones_like(ids))
    longer = torch.cat([ids, torch.full((1, 9), 1)], dim=1)
    padded = model.encode_tokens(longer, (longer != 1).long())
    for one, other in zip(alone, padded, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_a_sound_moves_the_frames_at_its_time(model: FLAM) -> None:
    quiet = torch.zeros(1, 480_000)
    loud = quiet.clone()
    loud[:, 336_000:384_000] = torch.randn(48_000, generator=torch.Generator().manual_seed(2))  # 7 to 8 s
    change = (model.encode_audio(loud).frames - model.encode_audio(quiet).frames).norm(dim=-1)[0]
    assert 7.0 <= (int(change.argmax()) + 0.5) * TINY.audio.seconds_per_frame <= 8.0


def test_scores_follow_the_equations() -> None:
    generator = torch.Generator().manual_seed(3)
    frames = torch.randn(2, 5, 4, generator=generator)
    text = TextEmbeddings(torch.randn(3, 4, generator=generator), torch.tensor([1.0, 2, 3]), torch.tensor([-1.0, 0, 2]))
    s = torch.stack([frames @ vector for vector in text.vectors], dim=1)
    a, b = text.logit_scale[:, None], text.logit_bias[:, None]
    torch.testing.assert_close(similarity(frames, text, "approximate"), torch.sigmoid(a * s))
    p = torch.sigmoid(a * s + b)
    torch.testing.assert_close(similarity(frames, text), p / (p + torch.sigmoid(b)))
    with pytest.raises(ValueError, match="unbiased"):
        similarity(frames, text, "exact")  # type: ignore[arg-type]


def test_partition_and_back() -> None:
    x = torch.arange(2 * 16 * 16 * 3.0).view(2, 16, 16, 3)
    assert partition(x, 8).shape == (8, 64, 3)
    torch.testing.assert_close(partition(x, 8)[1].view(8, 8, 3), x[0, :8, 8:])
    torch.testing.assert_close(unpartition(partition(x, 8), 8, 16), x)


def test_relative_positions() -> None:
    index = relative_position_index(8)
    assert index.shape == (64, 64)
    assert (index.diagonal() == 112).all()  # no offset: the middle of 15 x 15
    assert index[0, 63] == 0
    assert index[63, 0] == 224


def test_a_shifted_window_sees_only_its_neighbours() -> None:
    mask = shift_mask(16, 8, 4)
    assert (mask[0] == 0).all()
    corner = mask[3].view(8, 8, 8, 8)
    assert (corner[0, 0, :4, :4] == 0).all()
    assert (corner[0, 0, 4:, :] < 0).all()
    assert (corner[0, 0, :, 4:] < 0).all()


def test_every_mel_filter_has_unit_area() -> None:
    filters = mel_matrix(FLAMConfig.v1_base().audio)
    assert filters.shape == (513, 64)
    hz_per_bin = 48_000 / 1024
    wide = filters[:, 32:]  # narrow ones are sampled too coarsely to sum up
    torch.testing.assert_close(wide.sum(0) * hz_per_bin, torch.ones(32), atol=0.05, rtol=0)


def test_published_keys_and_shapes_are_taken_as_they_are() -> None:
    with torch.device("meta"):
        own = FLAM().state_dict()
    published = {e["key"]: tuple(e["shape"]) for e in load_spec()["parameters"] if not e["computed"]}
    assert {k: tuple(v.shape) for k, v in own.items() if not k.endswith("num_batches_tracked")} == published


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_another_state_is_refused_by_name(model: FLAM, change: str) -> None:
    state = dict(model.state_dict())
    if change == "missing":
        del state["text_projection.0.weight"]
    elif change == "extra":
        state["text_projection.9.weight"] = torch.zeros(1)
    else:
        state["text_projection.0.weight"] = torch.zeros(3, 3)
    with pytest.raises(RuntimeError, match="text_projection"):
        FLAM.from_state_dict(state, TINY)


def test_a_state_is_taken_over_without_a_copy(model: FLAM, windows: torch.Tensor) -> None:
    state = {key: value.clone() for key, value in model.state_dict().items()}
    again = FLAM.from_state_dict(state, TINY)
    assert again.text_projection[0].weight.data_ptr() == state["text_projection.0.weight"].data_ptr()
    with torch.inference_mode():
        torch.testing.assert_close(again.encode_audio(windows[:1]).frames, model.encode_audio(windows[:1]).frames)


@pytest.mark.parametrize(
    ("waveform", "words"),
    [
        (torch.zeros(480_000), r"not \[480000\]"),
        (torch.zeros(0, 480_000), "B >= 1"),
        (torch.zeros(1, 441_000), "resample"),
        (torch.zeros(1, 2, 480_000), "mix stereo down"),
        (torch.zeros(1, 480_000, dtype=torch.int16), "divide integers"),
        (torch.full((1, 480_000), float("nan")), "NaN"),
        (torch.full((1, 480_000), float("inf")), "infinite"),
    ],
)
def test_audio_that_does_not_fit_is_refused(model: FLAM, waveform: torch.Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        model.encode_audio(waveform)


@pytest.mark.parametrize("shape", [(3,), (0, 4), (1, 0), (1, 78)])
def test_tokens_that_do_not_fit_are_refused(model: FLAM, shape: tuple[int, ...]) -> None:
    ids = torch.zeros(shape, dtype=torch.int64)
    with pytest.raises(ValueError, match="L <= 77"):
        model.encode_tokens(ids, torch.ones_like(ids))
    with pytest.raises(ValueError, match="ids and mask"):
        model.encode_tokens(torch.zeros(1, 4, dtype=torch.int64), torch.ones(1, 3))
