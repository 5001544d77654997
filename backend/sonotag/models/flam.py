"""FLAM behind the encoder protocol: open vocabulary, weights from the user's disk or the hub (package `openflam`).

Only this module knows `openflam`. Nothing of it, nor torch, is imported before there are weights to load.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sonotag.domain import Float32, Link, Problem, PromptCoverage, PromptVectors
from sonotag.errors import InputError, ModelError
from sonotag.models.manager import DownloadProgress, DownloadReport

if TYPE_CHECKING:
    from openflam import FLAM, FLAMConfig, Tokenizer
    from openflam.fetch import Progress

log = logging.getLogger(__name__)

NAME = "flam"
TITLE = "FLAM"
LICENSE = "Adobe Research License"
TERMS = (
    "FLAM's weights are Adobe's, under the Adobe Research License: for non-commercial research only. "
    "They are fetched from Adobe's repository on the Hugging Face Hub, some 800 MB, and stay on this server."
)
CHECKPOINT_FILE = "open_flam_oct17.pth"
TOKENIZER_FILE = "tokenizer.json"
BY_HAND = (
    "Get {checkpoint} from huggingface.co/kechenadobe/OpenFLAM (non-commercial research only) and {tokenizer} from "
    "huggingface.co/FacebookAI/roberta-base, put both into {folder}, and try again or restart."
)
CACHED_PROMPTS = 4096
"""Vectors kept in memory, two kilobytes each: changing one word of many costs one text, not all."""

Precision = Literal["float32", "bfloat16"]


def fastest_precision(cpu_flags: frozenset[str]) -> Precision:
    """bfloat16 where the processor multiplies it in hardware; elsewhere it would be slower than float32."""
    return "bfloat16" if cpu_flags & {"avx512_bf16", "amx_bf16", "bf16"} else "float32"


def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What Linux says that the processor can do; empty elsewhere."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    values = (line.partition(":")[2] for line in lines if line.startswith(("flags", "Features")))
    return frozenset(next(values, "").split())


class FlamSource:
    """Where FLAM comes from: `checkpoint` (a file or a folder) if one is named, else `folder`, which may be filled."""

    name = NAME
    title = TITLE
    terms: str | None = TERMS

    def __init__(
        self,
        folder: Path,
        checkpoint: Path | None,
        *,
        threads: int,
        precision: Precision | Literal["auto"] = "auto",
        config: FLAMConfig | None = None,
        endpoint: str | None = None,
    ) -> None:
        """`threads` for encoding; `config` None = v1-base; `endpoint` = a hub's address other than the usual one."""
        self._folder = folder
        self._named = checkpoint
        self._threads = threads
        self._precision: Precision = fastest_precision(cpu_flags()) if precision == "auto" else precision
        self._config = config
        self._endpoint = endpoint

    def _files(self) -> tuple[Path, Path]:
        """Where the checkpoint and the tokenizer are, or would be."""
        checkpoint = self._named or self._folder
        # A folder is what is not plainly a file: that the folder is not there yet does not make it one.
        if checkpoint.is_dir() or checkpoint.suffix not in (".pth", ".pt", ".safetensors"):
            checkpoint /= CHECKPOINT_FILE
        beside = checkpoint.parent / TOKENIZER_FILE
        return checkpoint, beside if beside.is_file() else self._folder / TOKENIZER_FILE

    def absent(self) -> Problem | None:
        checkpoint, tokenizer = self._files()
        missing = [path for path in (checkpoint, tokenizer) if not path.is_file()]
        if not missing:
            return None
        return Problem(
            "model_absent",
            f"FLAM's weights are not here: {' and '.join(path.name for path in missing)} missing.",
            BY_HAND.format(checkpoint=CHECKPOINT_FILE, tokenizer=TOKENIZER_FILE, folder=missing[0].parent),
        )

    def download(self, report: DownloadReport) -> None:
        from openflam.errors import OpenFLAMError
        from openflam.fetch import fetch_checkpoint

        def told(progress: Progress) -> None:
            report(DownloadProgress(progress.file, progress.done_bytes, progress.total_bytes))

        if self.absent() is None:
            return  # put there by hand since
        if self._named is not None:
            raise ModelError(
                f"The server is set to read FLAM from {self._files()[0]}, which is not there.",
                hint="Put the file there, or unset SONOTAG_FLAM_CHECKPOINT, and restart.",
                code="model_failed",
            )
        try:
            fetch_checkpoint(self._folder, told, endpoint=self._endpoint)
        except OpenFLAMError as error:
            raise ModelError(_sentence(error.message), hint=_sentence(error.hint), code="model_failed") from error

    def load(self) -> FlamEncoder:
        from openflam import Tokenizer, convert_checkpoint, load_model
        from openflam.errors import OpenFLAMError

        checkpoint, tokenizer = self._files()
        try:
            converted = convert_checkpoint(checkpoint, self._precision, config=self._config, cache_dir=self._folder)
            model = load_model(converted.path, config=self._config)
            text = Tokenizer.from_file(tokenizer, self._config.text if self._config else None)
        except OpenFLAMError as error:
            raise ModelError(_sentence(error.message), hint=_sentence(error.hint), code="model_failed") from error
        return FlamEncoder(model, text, converted.source_sha256[:16], threads=self._threads)


class FlamEncoder:
    """A loaded FLAM."""

    name = NAME
    title = TITLE
    license = LICENSE
    labels: tuple[str, ...] = ()
    # On a processor a batch gains nothing, and would make a result depend on its company in the last bits.
    max_batch = 1

    def __init__(self, model: FLAM, tokenizer: Tokenizer, version: str, *, threads: int) -> None:
        """`threads` bounds torch's pool while a window is encoded."""
        self.version = version
        self._model = model
        self._tokenizer = tokenizer
        self._threads = threads
        audio = model.config.audio
        self.frames_per_window = audio.frames
        self.seconds_per_frame = audio.seconds_per_frame
        self.dimension = model.config.dim
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Float32, float, float]] = OrderedDict()

    def encode_audio(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, 32, 512] float32 of unit length."""
        import torch

        # The count belongs to the calling thread, and the other model's own may stand.
        torch.set_num_threads(self._threads)
        with torch.inference_mode():
            # A decoder lets a damaged float file's wild samples pass; the model refuses them.
            samples = np.clip(np.nan_to_num(windows, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
            return self._model.encode_audio(torch.as_tensor(samples)).frames.numpy()

    def encode_text(self, prompts: Sequence[str]) -> PromptVectors:
        """Vectors [P, 512], scales [P], biases [P]; every prompt is covered. Raises InputError for one without text."""
        new = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._known]
        encoded = self._encoded(new)
        with self._lock:
            rows = [encoded[prompt] if prompt in encoded else self._known[prompt] for prompt in prompts]
            for prompt in prompts:
                if prompt in encoded:
                    self._known[prompt] = encoded[prompt]
                self._known.move_to_end(prompt)
            while len(self._known) > CACHED_PROMPTS:
                self._known.popitem(last=False)
        vectors = np.array([row[0] for row in rows], dtype=np.float32).reshape(len(rows), self.dimension)
        scale, bias = (np.array([row[i] for row in rows], dtype=np.float32) for i in (1, 2))
        covered = np.ones(len(rows), dtype=np.bool_)
        coverage = tuple(PromptCoverage(prompt, True, matched=prompt) for prompt in prompts)
        return PromptVectors(vectors, scale, bias, covered, Link.UNBIASED, coverage)

    def _encoded(self, prompts: list[str]) -> dict[str, tuple[Float32, float, float]]:
        from openflam.errors import PromptError

        if not prompts:
            return {}
        try:
            text = self._model.encode_text(prompts, self._tokenizer)
        except PromptError as error:
            raise InputError(_sentence(error.message), hint=_sentence(error.hint), code="bad_prompt") from error
        arrays = (text.vectors.numpy(), text.logit_scale.numpy(), text.logit_bias.numpy())
        return {
            prompt: (vector, float(scale), float(bias))
            for prompt, vector, scale, bias in zip(prompts, *arrays, strict=True)
        }


def _sentence(text: str) -> str:
    """openflam's words begin small and end without a full stop."""
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."
