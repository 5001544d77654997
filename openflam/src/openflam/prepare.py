"""Once for a checkpoint and a processor: the model is converted for OpenVINO, tried out, and the best kept.

That needs torch and a few gigabytes for a moment, so a child process does it, and whoever uses the result has neither.
What is kept lies in a folder beside the other converted files:

    manifest.json               what it was made from and by, what was tried, and the choice
    features.blob, audio_front.blob, audio_back.blob, audio_heads.blob, text_tower.blob, text_heads.blob
                                compiled networks
    words.npy, positions.npz    RoBERTa's table of tokens, and what is added to it

Where torch was found to be faster, there is only the manifest.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from openflam import errors
from openflam.config import AudioConfig, FLAMConfig, TextConfig, check_waveform
from openflam.engines import network
from openflam.engines.interface import Calibration, EngineName, PrecisionName
from openflam.errors import EngineError, OpenFLAMError
from openflam.processor import processor_name
from openflam.storage import storage_errors, sync_folder

log = logging.getLogger(__name__)

LAYOUT = 5
"""Of prepared folders; another number here makes them be made anew."""
MANIFEST = "manifest.json"

Stage = Literal["converting", "measuring", "loading"]
OnStage = Callable[[Stage], None]
Choice = Literal["auto", "openvino"]


class Prepared(NamedTuple):
    """What was chosen: `folder` holds the networks where the engine is OpenVINO. weights_sha256: the checkpoint's."""

    folder: Path
    engine: EngineName
    precision: PrecisionName
    weights_sha256: str


class Request(NamedTuple):
    """What the child is asked for."""

    source: str
    folder: str
    """Where it writes; the parent gives the folder its name when all is there."""
    config: dict[str, Any]
    engine: Choice
    precision: str
    threads: int
    calibration: str | None
    """A file of windows float32 [N, window_samples]: sounds to calibrate int8 on, and to compare engines on."""


def folder_of(source: Path, cache: Path, engine: Choice, precision: str) -> Path:
    return cache / f"{source.stem}.{'auto' if engine == 'auto' else engine}.{precision}"


def identity(source: Path, config: FLAMConfig) -> dict[str, Any]:
    """What a prepared folder must have been made from and by. Raises StorageError and its kin, EngineError."""
    with storage_errors(f"read {source}"):
        stat = source.stat()
    return {
        "layout": LAYOUT,
        "source_bytes": stat.st_size,
        "source_mtime_ns": stat.st_mtime_ns,
        "config": hashlib.sha256(repr(config).encode()).hexdigest(),
        "openvino": network.version(),
        "processor": processor_name(),
    }


def read_prepared(folder: Path, expected: dict[str, Any]) -> Prepared | None:
    """What lies in `folder`, or None where it is absent, damaged, or made from or by something else."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not expected.items() <= manifest["identity"].items():
            return None
        for name, size in manifest["files"].items():
            if (folder / name).stat().st_size != size:
                raise ValueError(f"{name} is not of {size} bytes")
        return Prepared(folder, manifest["engine"], manifest["precision"], manifest["weights_sha256"])
    except FileNotFoundError as error:
        if folder.exists():
            log.warning("%s is not whole and will be made anew: %s", folder, error)
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s is damaged and will be made anew: %s", folder, error)
        return None


def prepare(
    source: Path,
    folder: Path,
    *,
    config: FLAMConfig,
    engine: Choice,
    precision: PrecisionName | Literal["auto"],
    threads: int,
    calibration: Calibration | None,
    tell: OnStage,
) -> Prepared:
    """Makes `folder` in a child process. The caller holds the folder's lock, and nobody else reads it meanwhile.

    Raises PrecisionError where nothing asked for holds the tolerances, EngineError where the child fails; what reading
    and checking a checkpoint raises; ValueError for calibration sounds that are none; StorageError and its kin.
    """
    expected = identity(source, config)
    with storage_errors(f"write {folder}"):
        remove_leftovers(folder)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        given = None
        if calibration is not None and len(windows := np.asarray(calibration(), np.float32)):
            check_waveform(windows.shape, str(windows.dtype), bool(np.isfinite(windows).all()), config.audio)
            given = str(scratch / "calibration")
            with storage_errors(f"write {given}"), Path(given).open("wb") as file:
                np.save(file, windows)
        request = Request(str(source), str(scratch), asdict(config), engine, precision, threads, given)
        result = run_child(request, tell)
        files = {path.name: path.stat().st_size for path in scratch.iterdir()}
        manifest = {"identity": expected, "files": files, **result}
        with storage_errors(f"write {folder}"):
            (scratch / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            scratch.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    prepared = read_prepared(folder, expected)
    if prepared is None:
        raise EngineError(f"{folder} changed while it was made", "Try again")
    return prepared


def remove_leftovers(folder: Path) -> None:
    """Scratch folders of those who were killed: under the lock, nobody works in them."""
    for left in folder.parent.glob(f".{folder.name}.*"):
        if left.is_dir():
            shutil.rmtree(left)


def config_from(values: dict[str, Any]) -> FLAMConfig:
    """Inverse of `asdict` and a way through JSON, which knows no tuples."""
    audio: dict[str, Any] = {
        key: tuple(cast("list[int]", value)) if isinstance(value, list) else value
        for key, value in values["audio"].items()
    }
    return FLAMConfig(audio=AudioConfig(**audio), text=TextConfig(**values["text"]), dim=values["dim"])


def run_child(request: Request, tell: OnStage) -> dict[str, Any]:
    """Runs :mod:`openflam.engines.trial` and gives what it answers. Its errors are raised here."""
    command = [sys.executable, "-P", "-m", "openflam.engines.trial", json.dumps(request._asdict())]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as noise:
        # When this process ends, its end of the pipe closes, and the child ends too.
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=noise, text=True, encoding="utf-8"
        ) as child:
            try:
                answer = listen(child.stdout or (), tell)
            finally:
                if child.poll() is None and sys.exc_info()[0] is not None:
                    child.kill()
                    child.wait()  # on an interrupt, Popen itself would leave it after a quarter of a second
        noise.seek(0)
        words = noise.read()
    if answer is None:
        last = next((line for line in reversed(words.splitlines()) if line.strip()), "it said nothing")
        raise EngineError(
            f"conversion for OpenVINO ended with status {child.returncode}: {last}",
            "Is there enough memory? Or choose the engine torch",
        )
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), OpenFLAMError)
        raise kind(answer["message"], answer["hint"])
    for line in words.splitlines():
        log.debug("conversion: %s", line)
    return answer


def listen(lines: Iterable[str], tell: OnStage) -> dict[str, Any] | None:
    """Passes on the stages that the child tells, a line of JSON each, until its answer, or None without one."""
    for line in lines:
        if not line.startswith("{"):
            continue  # a library's chatter
        message = json.loads(line)
        if "stage" not in message:
            return message
        tell(message["stage"])
    return None
