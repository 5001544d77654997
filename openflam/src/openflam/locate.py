"""Where the published weights are looked for, and what a converted file says about itself. Needs no torch."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, cast

from safetensors import SafetensorError, safe_open

from openflam.errors import CheckpointCorruptError, CheckpointNotFoundError
from openflam.storage import storage_errors

log = logging.getLogger(__name__)

REPOSITORY = "kechenadobe/OpenFLAM"
CHECKPOINT_FILE = "open_flam_oct17.pth"
ENVIRONMENT_VARIABLE = "SONOTAG_FLAM_CHECKPOINT"
SUFFIX = ".safetensors"
LAYOUT = "1"
"""Of converted files; another number here makes them be converted anew."""

GET_IT_HINT = f"Get {CHECKPOINT_FILE} from https://huggingface.co/{REPOSITORY} (non-commercial research only)"


def find_checkpoint(path: str | Path | None = None, directory: str | Path | None = None) -> Path:
    """The checkpoint named by `path`, else by SONOTAG_FLAM_CHECKPOINT, else the one in `directory`.

    `path` and the variable name a file, or a folder that holds open_flam_oct17.pth. What is named but not there is an
    error, never passed over. Raises CheckpointNotFoundError, which says where was looked and where to put the file.
    """
    named = str(path or "") or os.environ.get(ENVIRONMENT_VARIABLE, "") or str(directory or "")
    if not named:
        raise CheckpointNotFoundError(
            "no checkpoint is named", f"{GET_IT_HINT}, and name it by path or by {ENVIRONMENT_VARIABLE}"
        )
    place = Path(named)
    with storage_errors(f"read {place}"):
        file = place / CHECKPOINT_FILE if place.is_dir() else place
        if file.is_file():
            return file
    raise CheckpointNotFoundError(f"there is no checkpoint at {file}", f"{GET_IT_HINT}, and put it there")


def read_metadata(path: Path) -> dict[str, str] | None:
    """The metadata of a converted file, or None for a file that is absent, damaged or not of this package's making."""
    if not path.is_file():
        return None
    try:
        with cast("Any", safe_open)(path, "np") as file:
            metadata: dict[str, str] | None = file.metadata()
    except SafetensorError as error:
        log.warning("%s cannot be read: %s", path, error)
        return None
    return metadata if metadata and metadata.get("openflam_layout") == LAYOUT else None


def check_sha256(source: Path, found: str, expected: str | None) -> None:
    """Raises CheckpointCorruptError unless the hashes are equal or none is expected."""
    if expected is not None and found != expected.lower():
        raise CheckpointCorruptError(f"{source} has SHA-256 {found} instead of {expected}", f"{GET_IT_HINT} again")
