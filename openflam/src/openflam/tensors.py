"""Tensors written as a safetensors file in the types they will run in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from openflam.storage import require_space, storage_errors, written_whole

ALIGNMENT_BYTES = 64
"""Where tensors begin in a file: at a cache line."""
SAFETENSORS_TYPES = {torch.float32: "F32", torch.bfloat16: "BF16"}


def write_safetensors(
    path: Path, tensors: Mapping[str, Tensor], dtypes: Mapping[str, torch.dtype], metadata: Mapping[str, str]
) -> None:
    """Writes CPU tensors as `dtypes` (float32, bfloat16), cast one by one: memory never holds them all twice.

    The format (https://github.com/huggingface/safetensors): header's length as uint64 little-endian, header in JSON
    padded with spaces, tensors back to back. Raises StorageError and its kin.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for key, tensor in tensors.items():
        dtype = dtypes[key]
        start, end = end, end + tensor.numel() * dtype.itemsize
        header[key] = {
            "dtype": SAFETENSORS_TYPES[dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT_BYTES)
    with storage_errors(f"write {path}"):
        require_space(path.parent, 8 + len(text) + end)
        with written_whole(path) as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for key, tensor in tensors.items():
                cast = tensor.detach().to(dtypes[key]).contiguous()
                file.write(cast.reshape(-1).view(torch.uint8).numpy().data)
