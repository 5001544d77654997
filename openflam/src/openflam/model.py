"""FLAM: both towers, their shared space, and scores of text against frames (arXiv 2505.05335)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.module import _IncompatibleKeys  # pyright: ignore[reportPrivateUsage]

from openflam.config import FLAMConfig, check_waveform
from openflam.errors import PromptError
from openflam.htsat import HTSAT, WindowAttention
from openflam.roberta import RoBERTa
from openflam.text import Tokenizer, near_length_groups, pad

log = logging.getLogger(__name__)

Method = Literal["unbiased", "approximate"]

PROMPTS_PER_BLOCK = 4096
"""Prompts held at once, so that any number of them can be encoded."""

DERIVED = (
    ".relative_position_index",
    ".attn_mask",
    ".num_batches_tracked",
    ".position_ids",
    ".token_type_ids",
)
"""Ends of published keys whose values follow from the configuration: they are accepted and not kept."""
DERIVED_MODULES = ("audio_branch.spectrogram_extractor.", "audio_branch.logmel_extractor.")


def is_derived(key: str) -> bool:
    """Whether a published state dict's entry is computed here instead (STFT kernels, mel matrix, index buffers)."""
    return key.endswith(DERIVED) or key.startswith(DERIVED_MODULES)


class AudioEmbeddings(NamedTuple):
    """frames [B, T, D] and clip [B, D], each of unit length."""

    frames: Tensor
    clip: Tensor


class TextEmbeddings(NamedTuple):
    """vectors [P, D] of unit length; logit_scale [P] (> 0) and logit_bias [P] of each text."""

    vectors: Tensor
    logit_scale: Tensor
    logit_bias: Tensor


def similarity(frames: Tensor, text: TextEmbeddings, method: Method = "unbiased") -> Tensor:
    """Scores [B, P, T] in 0..1 of texts in frames [B, T, D].

    With s = <frame, vector>, a = logit_scale and b = logit_bias: approximate = sigmoid(a s);
    unbiased = p / (p + sigmoid(b)) with p = sigmoid(a s + b). In both, 0.5 is no more likely than by chance.
    Raises ValueError for another method.
    """
    logits = torch.einsum("btd,pd->bpt", frames, text.vectors) * text.logit_scale[:, None]
    if method == "approximate":
        return torch.sigmoid(logits)
    if method == "unbiased":
        bias = text.logit_bias[:, None]
        present = torch.sigmoid(logits + bias)
        return present / (present + torch.sigmoid(bias))
    raise ValueError(f'method is "unbiased" or "approximate", not {method!r}')


def projection(dim_in: int, dim: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(dim_in, dim), nn.ReLU(), nn.Linear(dim, dim))


def per_text_head(dim: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, 1))


class FLAM(nn.Module):
    """The model. `FLAM()` is v1-base; `load_state_dict` takes the published state dict's keys as they are.

    The towers' weights (but for the first batch norm's) may be bfloat16; what they are fed and what leaves the model
    is float32.
    """

    def __init__(self, config: FLAMConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or FLAMConfig.v1_base()
        self.logit_scale_a = nn.Parameter(torch.zeros(()))
        self.aed_logit_scale = nn.Parameter(torch.zeros(()))
        self.audio_branch = HTSAT(config.audio)
        self.audio_projection = projection(config.audio.dim_out, config.dim)
        self.text_branch = RoBERTa(config.text)
        self.text_projection = projection(config.text.dim, config.dim)
        self.fc_per_text_logit_bias = per_text_head(config.text.dim)
        self.fc_per_text_logit_scale = per_text_head(config.text.dim)
        self.eval()

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """As of any module; entries of the published state dict that are computed here are left out."""
        kept = {key: value for key, value in state_dict.items() if not is_derived(key)}
        result = super().load_state_dict(kept, strict, assign)
        for part in self.modules():
            if isinstance(part, WindowAttention):
                part.derive()
        return result

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor], config: FLAMConfig | None = None) -> FLAM:
        """A model that takes `state`'s tensors over as its own: no second copy, and no random weights to throw away.

        Raises RuntimeError, naming them, when keys or shapes are not those of the configuration.
        """
        with torch.device("meta"):
            model = cls(config)
        model.load_state_dict(dict(state), assign=True)
        # What is no part of a state is still without memory.
        model.audio_branch.log_mel.derive(model.logit_scale_a.device)
        model.audio_branch.bn0.num_batches_tracked = torch.tensor(0, device=model.logit_scale_a.device)
        return model.eval()

    def encode_audio(self, waveform: Tensor) -> AudioEmbeddings:
        """waveform [B, 480000] float, mono at 48 kHz, -> frames [B, 32, 512] and clip [B, 512].

        Raises ValueError for another shape or type, an empty batch, or samples that are not finite.
        """
        finite = torch.isfinite(waveform).all() if waveform.is_floating_point() else None
        check_waveform(
            tuple(waveform.shape), str(waveform.dtype), None if finite is None else bool(finite), self.config.audio
        )
        tower = self.audio_branch(waveform)
        return AudioEmbeddings(*(self.audio_heads(x.float()) for x in tower))

    def encode_tokens(self, ids: Tensor, mask: Tensor) -> TextEmbeddings:
        """Token ids int [B, L] and mask [B, L] (1 = token, 0 = padding) -> vectors [B, 512], scales [B], biases [B].

        Raises ValueError for shapes that do not fit, an empty batch, or more than 77 tokens.
        """
        longest = self.config.text.max_tokens
        if ids.ndim != 2 or ids.shape != mask.shape or 0 in ids.shape or ids.shape[1] > longest:
            shapes = f"{list(ids.shape)} and {list(mask.shape)}"
            raise ValueError(f"ids and mask are [B, L] alike with B >= 1 and 1 <= L <= {longest}, not {shapes}")
        return self.text_heads(self.text_branch(ids, mask).float())

    def audio_heads(self, embeddings: Tensor) -> Tensor:
        """What the audio tower returns, float32 [..., 1024] -> [..., 512] of unit length."""
        return functional.normalize(self.audio_projection(embeddings), dim=-1)

    def text_heads(self, pooled: Tensor) -> TextEmbeddings:
        """What the text tower returns, float32 [B, 768] -> vectors, scales and biases."""
        vectors = functional.normalize(self.text_projection(pooled), dim=-1)
        scale = (self.fc_per_text_logit_scale(pooled).squeeze(1) + self.aed_logit_scale).exp()
        return TextEmbeddings(vectors, scale, self.fc_per_text_logit_bias(pooled).squeeze(1))

    def encode_text(self, prompts: Iterable[str], tokenizer: Tokenizer) -> TextEmbeddings:
        """Prompts -> vectors [P, 512], scales [P], biases [P] in the order given, without gradients.

        Prompts over 77 tokens are cut, and the log names them. Raises PromptError for no prompt at all or an empty one.
        """
        blocks = list(self.encode_text_blocks(prompts, tokenizer))
        if not blocks:
            raise PromptError("there is no prompt to encode", "Give at least one")
        return TextEmbeddings(*(torch.cat(parts) for parts in zip(*blocks, strict=True)))

    def encode_text_blocks(
        self, prompts: Iterable[str], tokenizer: Tokenizer, block: int = PROMPTS_PER_BLOCK
    ) -> Iterator[TextEmbeddings]:
        """As :meth:`encode_text` in blocks of `block` prompts: a million of them in the memory that one block takes."""
        if isinstance(prompts, str):
            raise TypeError(f"prompts are a list of texts, not one text: [{prompts!r}]")
        source, first = iter(prompts), 0
        while texts := list(islice(source, block)):
            tokens = tokenizer.encode(texts, first)
            if tokens.truncated:
                some = ", ".join(f"{first + place} ({texts[place][:40]!r}…)" for place in tokens.truncated[:3])
                longest = self.config.text.max_tokens
                log.warning("%d of %d prompts cut to %d tokens: %s", len(tokens.truncated), len(texts), longest, some)
            yield self._encode_block(tokens.ids)
            first += len(texts)

    @torch.no_grad()
    def _encode_block(self, sequences: list[list[int]]) -> TextEmbeddings:
        device = self.logit_scale_a.device
        groups = list(near_length_groups([len(ids) for ids in sequences]))
        encoded: list[TextEmbeddings] = []
        for group in groups:
            ids, mask = pad([sequences[place] for place in group], self.config.text.padding_id)
            encoded.append(
                self.encode_tokens(torch.as_tensor(ids, device=device), torch.as_tensor(mask, device=device))
            )
        order = torch.tensor([place for group in groups for place in group], device=device).argsort()
        return TextEmbeddings(*(torch.cat(parts)[order] for parts in zip(*encoded, strict=True)))

    def similarity(self, frames: Tensor, text: TextEmbeddings, method: Method = "unbiased") -> Tensor:
        """See :func:`similarity`."""
        return similarity(frames, text, method)
