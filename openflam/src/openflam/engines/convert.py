"""The model cut into parts that become OpenVINO's networks. Runs in the child process of :mod:`openflam.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from openflam.engines.network import openvino
from openflam.engines.openvino_engine import POSITIONS_FILE, WORDS_FILE
from openflam.engines.patches import Patches
from openflam.engines.tower import front_and_back
from openflam.model import FLAM
from openflam.storage import storage_errors


class Part(nn.Module):
    """A function of the model as a module of its own, as the converter takes only these."""

    def __init__(self, model: FLAM, function: Callable[..., Any]) -> None:
        super().__init__()
        self._model = model
        self._function = function

    def forward(self, *inputs: Tensor) -> Any:
        return self._function(self._model, *inputs)


def text_tower(model: FLAM, embedded: Tensor, mask: Tensor, starts: Tensor) -> Tensor:
    """Embedded tokens of several texts in a row [1, L, D], what is added to the attention of each token to each
    [1, 1, L, L], and where texts start [B] -> [B, D]."""
    text = model.text_branch
    return text.pooled(text.encode_embedded(embedded, mask)[0, starts])


def parts(model: FLAM) -> dict[str, tuple[nn.Module, tuple[Tensor, ...], list[list[int]]]]:
    """Of each network that is traced: the module, inputs to trace it with, and its inputs' shapes (-1 = any)."""
    audio, text = model.config.audio, model.config.text
    embedded, mask, starts = torch.randn(1, 5, text.dim), torch.zeros(1, 1, 5, 5), torch.tensor([0, 3])
    return {
        "features": (Patches(model), (torch.randn(1, audio.window_samples),), [[1, audio.window_samples]]),
        "audio_heads": (
            Part(model, FLAM.audio_heads),
            (torch.randn(1, audio.frames + 1, audio.dim_out),),
            [[1, audio.frames + 1, audio.dim_out]],
        ),
        "text_tower": (
            Part(model, text_tower),
            (embedded, mask, starts),
            [[1, -1, text.dim], [1, 1, -1, -1], [-1]],
        ),
        "text_heads": (
            Part(model, FLAM.text_heads),
            (torch.randn(2, text.dim),),
            [[-1, text.dim]],
        ),
    }


def write_networks(model: FLAM, folder: Path) -> None:
    """Writes every network as `folder`/NAME.xml and .bin, in float32. Raises StorageError and its kin."""
    library = openvino()

    def write(name: str, network: Any) -> None:
        with storage_errors(f"write {folder / name}"):
            library.save_model(network, folder / f"{name}.xml", compress_to_fp16=False)

    with torch.no_grad():
        for name, (module, example, shapes) in parts(model).items():
            shaped = [library.PartialShape(shape) for shape in shapes]
            write(name, library.convert_model(module.eval(), example_input=example, input=shaped))
    for name, network in front_and_back(model.audio_branch):
        write(name, network)


def write_embedding(model: FLAM, folder: Path) -> None:
    """Writes what :class:`openflam.engines.openvino_engine.TokenEmbedding` maps. Raises StorageError and its kin."""
    embeddings = model.text_branch.embeddings
    positions = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
    with storage_errors(f"write {folder / WORDS_FILE}"), torch.no_grad():
        np.save(folder / WORDS_FILE, embeddings.word_embeddings.weight.numpy())
        np.savez(
            folder / POSITIONS_FILE,
            positions=positions.numpy(),
            weight=embeddings.LayerNorm.weight.numpy(),
            bias=embeddings.LayerNorm.bias.numpy(),
        )
