"""The optimiser: every weight learns, matrices by Muon in the memory that the network computes with."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sonotag.models.tagger import Tagger
from training.config import TrainingConfig
from training.network import trainable_tagger
from training.train import Optimiser, share_of_learning_rate

CONFIG = TrainingConfig(steps=20, warmup_steps=4)


def _step(tagger: Tagger, optimiser: Optimiser, number: int) -> float:
    """One step towards labels that are all there; returns the loss before it."""
    mel_db = torch.randn(2, 80, CONFIG.network.n_mels, generator=torch.Generator().manual_seed(3)) * 20 - 60
    loss = -torch.nn.functional.logsigmoid(tagger.logits(tagger.frames_of_mel(mel_db))).mean()
    tagger.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step(number)
    return loss.item()


def test_every_weight_of_the_network_moves_and_the_loss_falls() -> None:
    torch.manual_seed(0)
    tagger = trainable_tagger(CONFIG.network, 5, 0.0)
    optimiser = Optimiser(tagger, CONFIG)
    before = {name: value.detach().clone() for name, value in tagger.named_parameters()}
    losses = [_step(tagger, optimiser, number) for number in range(5)]
    still = [
        name for name, value in tagger.named_parameters() if value.requires_grad and torch.equal(value, before[name])
    ]
    assert still == []
    assert losses[-1] < losses[0] / 2


def test_a_matrix_moves_alike_in_all_its_directions() -> None:
    """What tells Muon from Adam: its steps are (about) orthogonal matrices of the gradient's own directions."""
    torch.manual_seed(0)
    tagger = trainable_tagger(CONFIG.network, 5, 0.0)
    optimiser = Optimiser(tagger, replace(CONFIG, weight_decay=0.0))
    weight = dict(tagger.named_parameters())["members.0.blocks.3.conv.weight"]
    before = weight.detach().clone()
    _step(tagger, optimiser, 3)
    moved = (weight.detach() - before).movedim(1, -1).reshape(len(weight), -1)
    sizes = torch.linalg.svdvals(moved)
    rank = int((sizes > 1e-3 * sizes[0]).sum())
    assert rank > 10
    assert sizes[rank // 2] > sizes[0] / 3


@pytest.mark.parametrize(("step", "share"), [(0, 0.25), (3, 1.0), (4, 1.0), (12, 0.5), (20, 0.0)])
def test_the_learning_rate_warms_up_and_falls_to_nothing(step: int, share: float) -> None:
    assert share_of_learning_rate(step, CONFIG) == pytest.approx(share)
