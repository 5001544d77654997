"""One training run: clips -> a tagger ready for inference (not yet calibrated)."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sonotag.models.tagger import Tagger
from training.clips import Clip, Floats
from training.config import TrainingConfig
from training.mixtures import Batch, MixtureMaker
from training.network import WeightAverage, folded, trainable_tagger
from training.vocabulary import LABELS

log = logging.getLogger(__name__)
STATISTICS_BATCHES = 8


def linear_softmax(probability: Tensor) -> Tensor:
    """Frame probabilities [B, T, L] -> clip probabilities [B, L]: sum p^2 / sum p (Wang et al., arXiv:1810.09050)."""
    return probability.square().sum(dim=1) / probability.sum(dim=1).clamp(min=1e-6)


def loss_of(logits: Tensor, target: Tensor, weight: Tensor, config: TrainingConfig) -> Tensor:
    """Frame cross-entropy plus some clip cross-entropy; [B, T, L] each -> scalar, per frame and clip."""
    positive = logits.new_tensor(config.positive_weight)
    frame = functional.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum", pos_weight=positive)
    clip_target = (target * (weight > 0)).amax(dim=1)
    # A clip's label is known if it is heard for sure, or if no frame leaves it open.
    known = torch.maximum((target * weight).amax(dim=1), weight.amin(dim=1))
    probability = linear_softmax(torch.sigmoid(logits)).clamp(1e-5, 1 - 1e-5)
    clip = functional.binary_cross_entropy(probability, clip_target, known, reduction="sum")
    return frame / (target.shape[0] * target.shape[1]) + config.clip_loss_weight * clip / target.shape[0]


def masked(mel_db: Tensor, rng: np.random.Generator, fill: Tensor) -> Tensor:
    """SpecAugment (Park et al. 2019, arXiv:1904.08779): [B, columns, n_mels]; a band of mels, sometimes a moment."""
    for example in mel_db:
        if rng.random() < 0.5:
            width = int(rng.integers(1, 9))
            low = int(rng.integers(0, mel_db.shape[2] - width))
            example[:, low : low + width] = fill[low : low + width]
        if rng.random() < 0.3:
            width = int(rng.integers(4, 20))
            low = int(rng.integers(0, mel_db.shape[1] - width))
            example[low : low + width] = fill
    return mel_db


def _tensors(batch: Batch, rng: np.random.Generator, fill: Tensor, mixup_share: float) -> tuple[Tensor, Tensor, Tensor]:
    mel, target, weight = (torch.from_numpy(array) for array in (batch.mel_db, batch.target, batch.weight))
    mel = masked(mel, rng, fill)
    # Mixup (Zhang et al. 2018, arXiv:1710.09412) of decibels, between neighbours of the batch.
    chosen = rng.random(len(mel)) < mixup_share
    share = torch.from_numpy(np.where(chosen, rng.beta(2, 5, len(mel)), 0.0).astype(np.float32))[:, None, None]
    mel, target = (one * (1 - share) + one.roll(1, 0) * share for one in (mel, target))
    both = torch.minimum(weight, weight.roll(1, 0))
    return mel, target, torch.where(share > 0, both, weight)


def share_of_learning_rate(step: int, config: TrainingConfig) -> float:
    """Linear warm-up to 1, then a half cosine to 0."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    progress = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * progress))


def _as_matrix(weight: Tensor) -> Tensor:
    """[out, in, ...] -> [out, all else], of the same memory: convolutions over maps have their channels last."""
    return (weight.movedim(1, -1) if weight.ndim == 4 else weight).reshape(len(weight), -1)


class Optimiser:
    """Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) for weights between channels, AdamW for all else.

    Muon's steps change all directions of a matrix alike: in as many steps it gets much further here.
    """

    def __init__(self, network: Tagger, config: TrainingConfig) -> None:
        self.config = config
        # The labels' vectors are no map from channels to channels: each row is for itself.
        inner = [p for p in network.members.parameters() if p.ndim > 1]
        self.matrices = [(weight, nn.Parameter(_as_matrix(weight.data))) for weight in inner]
        plain = [p for p in network.parameters() if p.requires_grad and p.ndim <= 1]
        groups = [
            {"params": [network.vectors], "weight_decay": config.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        matrices = [matrix for _, matrix in self.matrices]
        muon = torch.optim.Muon(matrices, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw")
        adam = torch.optim.AdamW(groups, fused=True)
        self.parts = ((muon, config.matrix_learning_rate), (adam, config.learning_rate))

    def step(self, number: int) -> None:
        """Take the step ``number`` along the gradients that the network's parameters hold."""
        for weight, matrix in self.matrices:
            assert weight.grad is not None
            matrix.grad = _as_matrix(weight.grad)
        for part, learning_rate in self.parts:
            for group in part.param_groups:
                group["lr"] = learning_rate * share_of_learning_rate(number, self.config)
            part.step()


def bfloat16_is_fast() -> bool:
    """Whether this processor multiplies bfloat16 matrices in hardware; elsewhere it would be slower than float32."""
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def band_statistics(clips: Sequence[Clip], noise: Floats, config: TrainingConfig) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each band's decibels over some mixtures, [n_mels] each; the same for all members."""
    maker = MixtureMaker(clips, noise, config, config.mixture_shares[0], config.seed)
    seen = np.concatenate([maker.batch().mel_db.reshape(-1, config.network.n_mels) for _ in range(STATISTICS_BATCHES)])
    return torch.from_numpy(seen.mean(axis=0)), torch.from_numpy(seen.std(axis=0)).clamp(min=1.0)


def train(clips: Sequence[Clip], noise: Floats, config: TrainingConfig, member: int, name: str) -> Tagger:
    """Train one member on clips, with mixtures and a beginning of its own; returns its averaged network, folded for
    inference."""
    # Far apart, so that no member's stream of random numbers is another's.
    seed = config.seed + 1000 * member
    torch.manual_seed(seed)
    torch.set_num_threads(config.threads)
    rng = np.random.default_rng(seed + 1)
    maker = MixtureMaker(clips, noise, config, config.mixture_shares[member], seed + 2)
    network = trainable_tagger(config.network, len(LABELS), config.dropout)
    for into, value in zip((network.band_mean, network.band_std), band_statistics(clips, noise, config), strict=True):
        into.copy_(value)
    average = WeightAverage(network, config.ema_decay)
    optimiser = Optimiser(network, config)
    fast = bfloat16_is_fast()
    started, running = time.monotonic(), 0.0
    network.train()
    for step in range(config.steps):
        mel, target, weight = _tensors(maker.batch(), rng, network.band_mean, config.mixup_share)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
            frames = network.frames_of_mel(mel)
        loss = loss_of(network.logits(frames), target, weight, config)
        network.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step(step)
        average.update(network)
        running = 0.98 * running + 0.02 * loss.item() if step else loss.item()
        if step % 100 == 99 or step + 1 == config.steps:
            log.info("%s: step %d, loss %.3f, %.0f s", name, step + 1, running, time.monotonic() - started)
    return folded(average.module)  # pyright: ignore[reportArgumentType]
