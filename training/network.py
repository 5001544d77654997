"""The tagger as it is trained: batch normalisation after every convolution, folded away on export."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from sonotag.models.tagger import ConvBlock, LogMel, Tagger, TemporalBlock, unrest_of
from sonotag.models.tagger_format import TaggerConfig

NOISE_WINDOWS = 12
"""How much Gaussian noise is measured to know its unrest."""
STEADY_PENALTY = 12.0
"""In logits, of every label in steady noise: more than any network makes of noise."""


def trainable_tagger(config: TaggerConfig, n_labels: int, dropout: float) -> Tagger:
    """A :class:`Tagger` with batch normalisation and dropout put in their places, and a cautious head."""
    # What joins and smooths the branches and what hears steady noise is added when the training is over.
    tagger = Tagger(replace(config, joined_dim=0, smoothing_frames=1, steady_unrest=None), n_labels)
    for block in list(tagger.modules()):
        if isinstance(block, ConvBlock):
            block.norm = nn.BatchNorm2d(block.conv.out_channels)
            nn.init.kaiming_normal_(block.conv.weight, nonlinearity="relu")
        if isinstance(block, TemporalBlock):
            block.dropout = nn.Dropout(dropout)
            nn.init.zeros_(block.out.weight)
            nn.init.zeros_(block.out.bias)
    tagger.scale.requires_grad_(False)
    nn.init.constant_(tagger.bias, -4.0)
    tagger.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  # the stubs lack this overload
    return tagger


def folded(tagger: Tagger) -> Tagger:
    """A copy for inference: each normalisation folded into its convolution's weight and bias."""
    tagger = copy.deepcopy(tagger).eval()
    for block in list(tagger.modules()):
        norm = block.norm if isinstance(block, ConvBlock) else None
        if isinstance(block, ConvBlock) and isinstance(norm, nn.BatchNorm2d):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            assert block.conv.bias is not None
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            block.conv.weight.data = block.conv.weight * gain[:, None, None, None]
            block.conv.bias.data = (block.conv.bias - norm.running_mean) * gain + norm.bias
            block.norm = nn.Identity()
        if isinstance(block, TemporalBlock):
            block.dropout = nn.Identity()
    tagger.requires_grad_(False).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return tagger


def logits_of_branches(tagger: Tagger, frames: Tensor) -> list[Tensor]:
    """Frames of the branches side by side [B, T, branches * dim] -> each one's own logits [B, T, labels].

    Each branch has to answer by itself; their mean is what :meth:`Tagger.logits` gives.
    """
    config = tagger.config
    parts = zip(frames.split(config.dim, dim=2), tagger.vectors.split(config.dim, dim=1), strict=True)
    return [config.branches * tagger.scale * (own @ vectors.T) + tagger.bias for own, vectors in parts]


def noise_variance(config: TaggerConfig) -> Tensor:
    """What :func:`unrest_of` makes of Gaussian noise in each band, [n_mels] in dB^2."""
    samples = np.random.default_rng(0).normal(size=NOISE_WINDOWS * config.window_samples).astype(np.float32)
    mel_db = LogMel(config)(torch.from_numpy(samples).reshape(NOISE_WINDOWS, -1))
    return unrest_of(mel_db, config.columns_per_frame).mean(dim=(0, 1))


def joined(tagger: Tagger, wanted: TaggerConfig) -> Tagger:
    """A copy with what ``wanted`` has and training does without: smoothed frames, a channel for steady noise, and,
    where branches are wider than there are labels, a projection.

    The projection is onto the span of the labels' vectors, so that every logit stays what it was.
    """
    config, n_labels = tagger.config, len(tagger.vectors)
    narrow = n_labels < config.frame_dim
    config = replace(
        config,
        joined_dim=n_labels if narrow else 0,
        smoothing_frames=wanted.smoothing_frames,
        steady_unrest=wanted.steady_unrest,
    )
    made = Tagger(config, n_labels).eval()
    state = tagger.state_dict()
    if narrow:
        # Rows of the third factor are orthonormal: frames keep their lengths and angles as far as labels can tell.
        left, sizes, basis = torch.linalg.svd(tagger.vectors.detach().double(), full_matrices=False)
        state |= {"join": basis.float(), "vectors": (left * sizes).float()}
    if config.steady_unrest:
        against = state["vectors"].new_full((n_labels, 1), -STEADY_PENALTY)
        state |= {"noise_variance": noise_variance(config), "vectors": torch.cat([state["vectors"], against], dim=1)}
    made.load_state_dict(state)
    made.requires_grad_(False).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return made


class WeightAverage:
    """Exponential moving average of a module's parameters and buffers (Polyak and Juditsky 1992)."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval()
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Take one step towards the module; early steps count more."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        current = module.state_dict()
        for name, value in self.module.state_dict().items():
            new: Tensor = current[name]
            if value.dtype.is_floating_point:
                value.lerp_(new, 1 - decay)
            else:
                value.copy_(new)
