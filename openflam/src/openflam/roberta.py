"""The text tower: RoBERTa's encoder and pooler (arXiv 1907.11692). Names are those of the published state dict."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from openflam.config import TextConfig


class Table(nn.Embedding):
    """An embedding that draws no random weights on the meta device, for which torch would import its compiler."""

    def reset_parameters(self) -> None:
        if not self.weight.is_meta:
            super().reset_parameters()


class Embeddings(nn.Module):
    """Tokens, their positions and their type, summed and normalised."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self._padding_id = config.padding_id
        self.word_embeddings = Table(config.vocabulary, config.dim)
        self.position_embeddings = Table(config.positions, config.dim)
        self.token_type_embeddings = Table(config.token_types, config.dim)
        self.LayerNorm = nn.LayerNorm(config.dim, eps=config.layer_norm_eps)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask [B, L] -> [B, L, D]. Positions count from padding_id + 1 over what is not padding."""
        held = mask.to(torch.int64)
        positions = held.cumsum(1) * held + self._padding_id
        types = self.token_type_embeddings.weight[0]
        return self.LayerNorm(self.word_embeddings(ids) + self.position_embeddings(positions) + types)


class SelfAttention(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self._heads = config.heads
        self.query = nn.Linear(config.dim, config.dim)
        self.key = nn.Linear(config.dim, config.dim)
        self.value = nn.Linear(config.dim, config.dim)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, L, D], mask [B, 1, 1 or L, L] (bool, True = attend, or added) -> [B, L, D]."""
        q, k, v = (
            linear(x).unflatten(2, (self._heads, -1)).transpose(1, 2) for linear in (self.query, self.key, self.value)
        )
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)


class ResidualOutput(nn.Module):
    """Linear, added to the residual, normalised (post-norm)."""

    def __init__(self, dim_in: int, config: TextConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(dim_in, config.dim)
        self.LayerNorm = nn.LayerNorm(config.dim, eps=config.layer_norm_eps)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.LayerNorm(self.dense(x) + residual)


class Layer(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        attention: dict[str, nn.Module] = {
            "self": SelfAttention(config),
            "output": ResidualOutput(config.dim, config),
        }
        self.attention = nn.ModuleDict(attention)
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(config.dim, config.dim_feedforward)})
        self.output = ResidualOutput(config.dim_feedforward, config)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.attention["output"](self.attention["self"](x, mask), x)
        return self.output(functional.gelu(self.intermediate["dense"](x)), x)


class RoBERTa(nn.Module):
    """Token ids -> the pooler's output: tanh of a linear of the first token."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(config) for _ in range(config.layers))})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(config.dim, config.dim)})

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids int64 [B, L], mask [B, L] (1 = token, 0 = padding) -> [B, D]."""
        x = self.encode_embedded(self.embeddings(ids, mask), mask.to(torch.bool)[:, None, None, :])
        return self.pooled(x[:, 0])

    def encode_embedded(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, L, D] as the embeddings make it, mask as :class:`SelfAttention` takes it -> [B, L, D]."""
        layers = self.encoder["layer"]
        assert isinstance(layers, nn.ModuleList)
        for layer in layers:
            x = layer(x, mask)
        return x

    def pooled(self, first: Tensor) -> Tensor:
        """What the encoder made of first tokens [..., D] -> the same shape."""
        return torch.tanh(self.pooler["dense"](first))
