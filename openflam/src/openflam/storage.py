"""Files that are there whole or not at all, written by one process at a time, and failures in words."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from openflam.errors import OpenFLAMError, StorageDeniedError, StorageError, StorageFullError

log = logging.getLogger(__name__)

ALIGNMENT_BYTES = 64
"""Where tensors begin in a file: at a cache line."""
SAFETENSORS_TYPES = {torch.float32: "F32", torch.bfloat16: "BF16"}


@contextmanager
def storage_errors(doing: str) -> Generator[None]:
    """Turns the operating system's errors into this package's: "cannot <doing>: <why>"."""
    try:
        yield
    except OpenFLAMError:  # some are OSErrors too, and say it better
        raise
    except OSError as error:
        reason = f"cannot {doing}: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(reason, "Free some space, or name a folder on another disk") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageDeniedError(reason, "Grant access to it, or name a folder that may be written") from error
        raise StorageError(reason) from error


def require_space(folder: Path, size_bytes: int) -> None:
    """Raises StorageFullError when `size_bytes` do not fit on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes:
        raise StorageFullError(
            f"{folder} has {free / 1e6:.0f} MB left, and {size_bytes / 1e6:.0f} MB are needed",
            "Free some space, or name a folder on another disk",
        )


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """One holder at a time, across processes; others wait. The lock file stays, as removing it would race."""
    with storage_errors(f"lock {path}"):
        handle = path.with_name(f".{path.name}.lock").open("w")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("waiting for another process that makes %s", path)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def written_whole(path: Path) -> Generator[IO[bytes]]:
    """A file to write that takes `path`'s place when the block ends well, and leaves nothing behind otherwise.

    Survives a loss of power: what stands at `path` is the old or the new file, complete. One writer at a time (see
    :func:`exclusive`), so what a killed one left behind is overwritten by the next.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with storage_errors(f"read {path}"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
