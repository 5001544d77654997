"""The tagger as it is trained: batch normalisation after every convolution, folded away on export."""

from __future__ import annotations

import copy
from collections.abc import Sequence
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
    """A :class:`Tagger` of one member with batch normalisation and dropout put in their places, and a cautious head."""
    # Members, smoothing and what hears steady noise come together when the training is over.
    tagger = Tagger(replace(config, members=1, joined_dim=0, smoothing_frames=1, steady_unrest=None), n_labels)
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


def noise_variance(config: TaggerConfig) -> Tensor:
    """What :func:`unrest_of` makes of Gaussian noise in each band, [n_mels] in dB^2."""
    samples = np.random.default_rng(0).normal(size=NOISE_WINDOWS * config.window_samples).astype(np.float32)
    mel_db = LogMel(config)(torch.from_numpy(samples).reshape(NOISE_WINDOWS, -1))
    return unrest_of(mel_db, config.columns_per_frame).mean(dim=(0, 1))


def joined(members: Sequence[Tagger], wanted: TaggerConfig) -> Tagger:
    """One tagger whose logits are the means of the ``members``', with what ``wanted`` has and training does without:
    smoothed frames, a channel for steady noise, and, where the members side by side are wider than there are labels,
    a projection.

    The projection is onto the span of the labels' vectors, so that every logit stays what it was.

    Raises ValueError if the members do not all hear the bands alike: they share ``band_mean`` and ``band_std``.
    """
    first, states = members[0], [member.state_dict() for member in members]
    n_labels = len(first.vectors)
    shared = ("band_mean", "band_std", "scale")
    if any(not torch.equal(state[name], states[0][name]) for state in states for name in shared):
        raise ValueError(f"members differ in one of {', '.join(shared)}")
    config = replace(
        first.config,
        members=len(members),
        smoothing_frames=wanted.smoothing_frames,
        steady_unrest=wanted.steady_unrest,
        joined_dim=n_labels if n_labels < len(members) * first.config.dim else 0,
    )
    made = Tagger(config, n_labels).eval()
    state = {name: states[0][name] for name in shared}
    for number, own in enumerate(states):
        state |= {
            f"members.{number}.{name.removeprefix('members.0.')}": value
            for name, value in own.items()
            if name.startswith("members.0.")
        }
    state["bias"] = torch.stack([own["bias"] for own in states]).mean(dim=0)
    vectors = torch.cat([own["vectors"] for own in states], dim=1) / len(members)
    if config.joined_dim:
        # Rows of the third factor are orthonormal: frames keep their lengths and angles as far as labels can tell.
        left, sizes, basis = torch.linalg.svd(vectors.double(), full_matrices=False)
        state["join"], vectors = basis.float(), (left * sizes).float()
    if config.steady_unrest:
        state["noise_variance"] = noise_variance(config)
        vectors = torch.cat([vectors, vectors.new_full((n_labels, 1), -STEADY_PENALTY)], dim=1)
    made.load_state_dict(state | {"vectors": vectors})
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
