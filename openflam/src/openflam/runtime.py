"""FLAM ready to use on whatever runs it best here: arrays in, arrays out, and no torch where OpenVINO runs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from openflam.config import FLAMConfig, check_waveform
from openflam.device import Device, best_device
from openflam.engines import network
from openflam.engines.interface import (
    AudioArrays,
    Calibration,
    Engine,
    EngineName,
    Float32,
    PrecisionName,
    TextArrays,
)
from openflam.errors import EngineError, PrecisionError, PromptError
from openflam.locate import find_checkpoint
from openflam.prepare import OnStage, Prepared, Stage, folder_of, identity, prepare, read_prepared
from openflam.processor import has_bfloat16
from openflam.storage import exclusive, storage_errors
from openflam.text import Tokenizer
from openflam.textcache import Entry, TextCache, key_of
from openflam.threads import available_threads

log = logging.getLogger(__name__)

PROMPTS_PER_BLOCK = 4096
"""Prompts looked up and encoded at once, so that any number of them takes little more than their vectors."""
TEXTS_FILE = "texts.sqlite3"


class TextVectors(NamedTuple):
    """vectors [P, D] float32 of unit length; scale, bias [P] float32; truncated [P] bool: cut to the longest known."""

    vectors: Float32
    scale: Float32
    bias: Float32
    truncated: npt.NDArray[np.bool_]


class Runtime(Protocol):
    """A loaded FLAM. Its methods may be called from any thread; they take turns."""

    engine: EngineName
    precision: PrecisionName
    weights_id: str
    """Of the checkpoint: 16 hexadecimal digits of its SHA-256. Vectors of different ids are not to be compared."""
    frames: int
    seconds_per_frame: float
    dim: int
    max_batch: int
    """Windows that one call should bring at most: more gain nothing here, but may come."""

    def encode_audio(self, samples: npt.NDArray[np.floating]) -> AudioArrays:
        """samples [B, 480000] mono at 48 kHz in -1..1 -> frames [B, 32, 512], clip [B, 512], float32 of unit length.

        Raises ValueError for another shape or type, an empty batch, or samples that are not finite.
        """
        ...

    def encode_text(self, prompts: Sequence[str]) -> TextVectors:
        """Prompts -> vectors [P, 512], scale [P], bias [P], truncated [P], in the order given.

        Raises PromptError for no prompt at all, or one that is empty or no valid Unicode.
        """
        ...

    def rest(self, unused_s: float = 0.0) -> float | None:
        """Gives back memory that only new texts, or only several windows at once, need, and that they did not use for
        so long; the next ones fetch it again. Returns in how many seconds there may be more; None: all is given back.
        """
        ...


class LoadedRuntime:
    """A :class:`Runtime` over an engine."""

    def __init__(
        self, engine: Engine, tokenizer: Tokenizer, weights_id: str, config: FLAMConfig, cache: TextCache
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._model = f"{weights_id} {engine.name} {engine.precision}"
        self._tokenizer = tokenizer
        self._config = config
        self._lock = threading.Lock()
        self.engine: EngineName = engine.name
        self.precision: PrecisionName = engine.precision
        self.weights_id = weights_id
        self.frames = config.audio.frames
        self.seconds_per_frame = config.audio.seconds_per_frame
        self.dim = config.dim
        self.max_batch = engine.max_batch

    def encode_audio(self, samples: npt.NDArray[np.floating]) -> AudioArrays:
        """See :class:`Runtime`."""
        finite = bool(np.isfinite(samples).all()) if np.issubdtype(samples.dtype, np.floating) else None
        check_waveform(samples.shape, str(samples.dtype), finite, self._config.audio)
        ready = np.ascontiguousarray(samples, np.float32)
        with self._lock:
            parts = [
                self._engine.encode_audio(ready[start : start + self.max_batch])
                for start in range(0, len(ready), self.max_batch)
            ]
        return parts[0] if len(parts) == 1 else AudioArrays(*(np.concatenate(x) for x in zip(*parts, strict=True)))

    def encode_text(self, prompts: Sequence[str]) -> TextVectors:
        """See :class:`Runtime`."""
        if isinstance(prompts, str):
            raise TypeError(f"prompts are a list of texts, not one text: [{prompts!r}]")
        if not prompts:
            raise PromptError("there is no prompt to encode", "Give at least one")
        text = empty_text(len(prompts), self.dim)
        truncated = np.zeros(len(prompts), np.bool_)
        for first in range(0, len(prompts), PROMPTS_PER_BLOCK):
            tokens = self._tokenizer.encode(prompts[first : first + PROMPTS_PER_BLOCK], first)
            truncated[[first + place for place in tokens.truncated]] = True
            for whole, part in zip(text, self._encode_block(tokens.ids), strict=True):
                whole[first : first + len(part)] = part
        return TextVectors(*text, truncated)

    def rest(self, unused_s: float = 0.0) -> float | None:
        """See :class:`Runtime`."""
        with self._lock:
            return self._engine.rest(unused_s)

    def _encode_block(self, sequences: list[list[int]]) -> TextArrays:
        """Of texts that were met before, the vectors come from the cache."""
        keys = [key_of(self._model, ids) for ids in sequences]
        known = self._cache.get(list(dict.fromkeys(keys)))
        new = {key: ids for key, ids in zip(keys, sequences, strict=True) if key not in known}
        encoded = self._encode_sequences(list(new.values()))
        fresh = {
            key: Entry(vector, float(scale), float(bias))
            for key, vector, scale, bias in zip(new, *encoded, strict=True)
        }
        self._cache.put(fresh)
        known.update(fresh)
        rows = [known[key] for key in keys]
        return TextArrays(*(np.asarray(part, np.float32) for part in zip(*rows, strict=True)))

    def _encode_sequences(self, sequences: list[list[int]]) -> TextArrays:
        text = empty_text(len(sequences), self.dim)
        for group in self._engine.text_groups([len(ids) for ids in sequences]):
            with self._lock:
                encoded = self._engine.encode_tokens([sequences[place] for place in group])
            for whole, part in zip(text, encoded, strict=True):
                whole[group] = part
        return text


def empty_text(count: int, dim: int) -> TextArrays:
    """Arrays to fill."""
    return TextArrays(np.empty((count, dim), np.float32), np.empty(count, np.float32), np.empty(count, np.float32))


def open_runtime(
    checkpoint: str | Path,
    *,
    tokenizer: str | Path | Tokenizer,
    cache_dir: str | Path | None = None,
    engine: EngineName | Literal["auto"] = "auto",
    precision: PrecisionName | Literal["auto"] = "auto",
    threads: int | None = None,
    progress: OnStage | None = None,
    calibration: Calibration | None = None,
    config: FLAMConfig | None = None,
) -> Runtime:
    """Opens the published weights with the engine and precision that are given, or else the fastest that hold.

    On a graphics processor that torch can use, torch runs the model there, unless OpenVINO or int8 is asked for.
    `checkpoint` is a file, or a folder that holds it; `tokenizer` roberta-base's tokenizer.json. What is made from them
    lies in `cache_dir` (else beside the checkpoint), so that a later start is short. `threads` None is what this
    process may use. `progress` is told, in this thread, what is going on. `calibration` gives windows [N, 480000] of
    sounds like those to come when a choice is to be made: half of them calibrate int8, and on the other half, as on
    made sounds, what is chosen must hold the tolerances. `config` None is v1-base.
    Raises CheckpointNotFoundError, CheckpointCorruptError, CheckpointMismatchError, TokenizerError, EngineError,
    StorageError and its kin.
    """
    config = config or FLAMConfig.v1_base()
    source = find_checkpoint(checkpoint)
    cache = Path(cache_dir) if cache_dir else source.parent
    with storage_errors(f"make {cache}"):
        cache.mkdir(parents=True, exist_ok=True)
    text = tokenizer if isinstance(tokenizer, Tokenizer) else Tokenizer.from_file(tokenizer, config.text)
    how = Opening(source, cache, precision, threads or available_threads(), config, calibration, progress or ignore)
    loaded, weights_sha256 = open_engine(how, engine)
    log.info("FLAM runs on %s in %s, %d threads", loaded.name, loaded.precision, how.threads)
    vectors = TextCache(cache / TEXTS_FILE, config.dim)
    return LoadedRuntime(loaded, text, weights_sha256[:16], config, vectors)


def ignore(stage: Stage) -> None:
    log.debug("%s", stage)


class Opening(NamedTuple):
    """What :func:`open_runtime` was asked for."""

    source: Path
    cache: Path
    precision: PrecisionName | Literal["auto"]
    threads: int
    config: FLAMConfig
    calibration: Calibration | None
    tell: OnStage


def open_engine(how: Opening, engine: EngineName | Literal["auto"]) -> tuple[Engine, str]:
    """The engine, and its weights' SHA-256."""
    device = best_device() if engine != "openvino" and how.precision != "int8" else "cpu"
    if engine == "torch" or device != "cpu":
        return open_torch(how, device)
    if engine == "openvino":
        return open_prepared(how, "openvino")
    if not network.is_installed():
        log.info("OpenVINO is not installed: torch runs the model")
        return open_torch(how)
    try:
        return open_prepared(how, "auto")
    except PrecisionError:
        raise
    except EngineError as error:
        if how.precision == "int8":
            raise
        log.warning("OpenVINO cannot run the model, torch does: %s", error)
        return open_torch(how)


def open_prepared(how: Opening, engine: Literal["auto", "openvino"]) -> tuple[Engine, str]:
    """What :mod:`openflam.prepare` chose, now or at an earlier start. Of two processes at once, one waits."""
    folder = folder_of(how.source, how.cache, engine, how.precision)
    with exclusive(folder):
        prepared = read_prepared(folder, identity(how.source, how.config))
        try:
            loaded = opened(prepared, how) if prepared else None
        except EngineError as error:
            log.warning("%s is damaged and will be made anew: %s", folder, error)
            prepared = loaded = None
        if prepared is None:
            prepared = prepare(
                how.source,
                folder,
                config=how.config,
                engine=engine,
                precision=how.precision,
                threads=how.threads,
                calibration=how.calibration,
                tell=how.tell,
            )
            loaded = opened(prepared, how)
    if loaded is None:
        return open_torch(how._replace(precision=prepared.precision))
    return loaded, prepared.weights_sha256


def opened(prepared: Prepared, how: Opening) -> Engine | None:
    """The networks, or None where the choice was torch. Raises EngineError for damaged ones, StorageError."""
    if prepared.engine != "openvino":
        return None
    from openflam.engines.openvino_engine import OpenVINOEngine

    how.tell("loading")
    return OpenVINOEngine.opened(
        prepared.folder,
        how.config,
        precision=prepared.precision,
        threads=how.threads,
    )


def open_torch(how: Opening, device: Device = "cpu") -> tuple[Engine, str]:
    """The model on torch; unasked in bfloat16 where the processor or the device has it."""
    import torch

    from openflam.checkpoint import convert_checkpoint, load_model
    from openflam.engines.torch_engine import TorchEngine

    precision = how.precision
    if precision == "auto":
        is_half = has_bfloat16() if device == "cpu" else torch.cuda.is_bf16_supported()
        precision = "bfloat16" if is_half else "float32"
    if precision == "int8":
        raise EngineError("torch does not run the model in int8", "Choose openvino, or another precision")
    how.tell("converting")
    converted = convert_checkpoint(how.source, precision, config=how.config, cache_dir=how.cache)
    how.tell("loading")
    model = load_model(converted.path, config=how.config)
    log.info("torch runs the model on %s", device)
    return TorchEngine(model, threads=how.threads, device=device), converted.source_sha256
