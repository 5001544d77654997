"""The published weights: found, checked, converted once, and mapped into memory from then on.

The weights are Adobe's, under the Adobe Research License (non-commercial research only); none come with this package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from openflam.config import FLAMConfig
from openflam.errors import CheckpointCorruptError, CheckpointMismatchError
from openflam.locate import (
    GET_IT_HINT,
    LAYOUT,
    SUFFIX,
    check_sha256,
    find_checkpoint,
    read_metadata,
)
from openflam.model import FLAM, is_derived
from openflam.storage import exclusive, sha256_of, storage_errors
from openflam.tensors import write_safetensors

Precision = Literal["float32", "bfloat16"]

NAMED = 3
"""Keys named in a message of what does not fit."""


class Converted(NamedTuple):
    """A file to map: where, in which precision, and the SHA-256 of the checkpoint that it was made from."""

    path: Path
    precision: Precision
    source_sha256: str


def read_published(path: Path) -> dict[str, Tensor]:
    """The state dict in a checkpoint file, its tensors mapped rather than read, without what is computed here.

    Takes a state dict as it is, or in an entry `state_dict` or `model` beside others, its keys with or without
    `module.` in front: which of these the published file is cannot be seen from the specification. Runs no code of
    the file's (`weights_only`). Raises CheckpointCorruptError, StorageError and its kin.
    """
    with storage_errors(f"read {path}"), path.open("rb") as file:
        start = file.read(64)
    try:
        if path.suffix == SUFFIX:
            content: Any = load_file(path)
        else:
            # Only files in torch's zip format can be mapped; the older format is read whole.
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=start.startswith(b"PK"))
    except MemoryError:
        raise
    except Exception as error:  # what a damaged file makes the libraries raise is anybody's guess, OSError among it
        raise CheckpointCorruptError(f"{path} is {what_it_is(path, start)}", f"{GET_IT_HINT} again") from error
    return state_in(content, path)


def what_it_is(path: Path, start: bytes) -> str:
    """Words for a file that is no checkpoint, by its first bytes."""
    size = path.stat().st_size
    if size == 0:
        return "empty"
    if start.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the file that it points to"
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        return "a web page, not the file that was asked for"
    if start.startswith(b"PK"):
        return f"damaged or cut short ({size} bytes), or holds more than tensors"
    return f"no checkpoint, or one cut short ({size} bytes)"


def state_in(content: object, path: Path) -> dict[str, Tensor]:
    """The tensors by key in what a checkpoint file holds. Raises CheckpointMismatchError where there are none."""
    kind = type(content).__name__
    if isinstance(content, Mapping):
        entries = cast("Mapping[object, object]", content)
        for wrapper in ("state_dict", "model"):
            inner = entries.get(wrapper)
            if isinstance(inner, Mapping):
                entries = cast("Mapping[object, object]", inner)
        state = {key: value for key, value in entries.items() if isinstance(key, str) and isinstance(value, Tensor)}
        if state and len(state) == len(entries):
            if all(key.startswith("module.") for key in state):
                state = {key.removeprefix("module."): value for key, value in state.items()}
            return {key: value for key, value in state.items() if not is_derived(key)}
    raise CheckpointMismatchError(f"{path} holds {kind}, not a state dict of tensors", GET_IT_HINT)


def check_state(state: Mapping[str, Tensor], config: FLAMConfig, path: Path) -> None:
    """Raises CheckpointMismatchError, naming the first few keys, unless keys and shapes are the configuration's."""
    with torch.device("meta"):
        expected = {key: value.shape for key, value in FLAM(config).state_dict().items() if not is_derived(key)}
    misshapen = [
        f"{key} {list(state[key].shape)} instead of {list(shape)}"
        for key, shape in expected.items()
        if key in state and state[key].shape != shape
    ]
    found = {
        "missing": [key for key in expected if key not in state],
        "unknown": [key for key in state if key not in expected],
        "of another shape": misshapen,
        "not floating point": [key for key in expected if key in state and not state[key].is_floating_point()],
    }
    wrong = "; ".join(f"{len(keys)} {how}: {first_few(keys)}" for how, keys in found.items() if keys)
    if wrong:
        raise CheckpointMismatchError(f"{path} holds another model's weights ({wrong})", GET_IT_HINT)


def first_few(words: Sequence[str]) -> str:
    return ", ".join(words[:NAMED]) + (", …" if len(words) > NAMED else "")


def dtype_of(key: str, precision: Precision) -> torch.dtype:
    """What a parameter is kept in: the two towers in `precision`, the little that feeds and follows them in float32."""
    in_tower = key.startswith(("audio_branch.", "text_branch.")) and not key.startswith("audio_branch.bn0.")
    return torch.bfloat16 if in_tower and precision == "bfloat16" else torch.float32


def converted_path(source: Path, precision: Precision, cache_dir: Path | None = None) -> Path:
    """Where the converted file of a checkpoint lies: in `cache_dir`, else beside it."""
    return (cache_dir or source.parent) / f"{source.stem}.{precision}{SUFFIX}"


def convert_checkpoint(
    source: Path,
    precision: Precision = "float32",
    *,
    config: FLAMConfig | None = None,
    cache_dir: Path | None = None,
    sha256: str | None = None,
) -> Converted:
    """Converts a checkpoint once into a file to map; where that has been done, by whomever, it takes the result.

    The result is made anew when the checkpoint's size or time has changed. Two processes may call this at once: the
    second waits for the first. `sha256` is what the checkpoint's must be, where it is known.
    Raises CheckpointCorruptError, CheckpointMismatchError, StorageError and its kin.
    """
    target = converted_path(source, precision, cache_dir)
    with storage_errors(f"read {source}"):
        stat = source.stat()
    identity = {"source_bytes": str(stat.st_size), "source_mtime_ns": str(stat.st_mtime_ns)}

    def done() -> Converted | None:
        metadata = read_metadata(target)
        if metadata is None or not identity.items() <= metadata.items():
            return None
        result = Converted(target, precision, metadata["source_sha256"])
        check_sha256(source, result.source_sha256, sha256)
        return result

    if result := done():
        return result
    with storage_errors(f"make {target.parent}"):
        target.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(target):
        if result := done():
            return result
        digest = sha256_of(source)
        check_sha256(source, digest, sha256)
        state = read_published(source)
        check_state(state, config or FLAMConfig.v1_base(), source)
        check_finite(state, source)
        metadata = {"openflam_layout": LAYOUT, "precision": precision, "source_sha256": digest, **identity}
        write_safetensors(target, state, {key: dtype_of(key, precision) for key in state}, metadata)
    return Converted(target, precision, digest)


def check_finite(state: Mapping[str, Tensor], source: Path) -> None:
    """Raises CheckpointCorruptError when a weight is NaN or infinite."""
    wrong = [key for key, value in state.items() if not torch.isfinite(value).all()]
    if wrong:
        raise CheckpointCorruptError(f"{source} has weights that are not finite: {first_few(wrong)}", GET_IT_HINT)


def load_model(
    path: str | Path | None = None,
    precision: Precision = "float32",
    *,
    config: FLAMConfig | None = None,
    directory: str | Path | None = None,
    cache_dir: str | Path | None = None,
    sha256: str | None = None,
) -> FLAM:
    """The model with published weights, on the CPU, its weights mapped from the converted file: memory holds one copy.

    `path` and `directory` as of :func:`find_checkpoint`, or a file that :func:`convert_checkpoint` made, in whichever
    precision it has. The rest as of :func:`convert_checkpoint`. `precision` is that of the towers; what a model returns
    is float32 in any. Raises what those two raise.
    """
    source = find_checkpoint(path, directory)
    metadata = read_metadata(source) if source.suffix == SUFFIX else None
    if metadata is None:
        cache = Path(cache_dir) if cache_dir else None
        target = convert_checkpoint(source, precision, config=config, cache_dir=cache, sha256=sha256).path
    else:
        check_sha256(source, metadata["source_sha256"], sha256)
        target = source
    with storage_errors(f"map {target}"):
        state = load_file(target)
    check_state(state, config or FLAMConfig.v1_base(), target)
    return FLAM.from_state_dict(state, config)
