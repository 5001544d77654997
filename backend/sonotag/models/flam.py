"""FLAM behind the encoder protocol: open vocabulary, weights from the user's disk or the hub (package `openflam`).

Only this module knows `openflam`. Nothing of it is imported before there are weights to load, and torch only where it
runs the model.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sonotag.domain import Float32, Link, Problem, PromptCoverage, PromptVectors
from sonotag.errors import InputError, ModelError
from sonotag.models.manager import DownloadProgress, DownloadReport, LoadReport, LoadStage

if TYPE_CHECKING:
    from openflam import FLAMConfig, Runtime
    from openflam.fetch import Progress

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

UNUSED_KEPT_S = 20.0
"""How long what only new prompts need (some 280 MB), or only several windows at once, stays in memory without use: half
a second brings it back."""
TOO_LONG = "Longer than FLAM reads: only its beginning is looked for."

Engine = Literal["auto", "openvino", "torch"]
Precision = Literal["auto", "float32", "bfloat16", "int8"]


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
        engine: Engine = "auto",
        precision: Precision = "auto",
        sounds: Callable[[], Float32] | None = None,
        config: FLAMConfig | None = None,
        endpoint: str | None = None,
    ) -> None:
        """`threads` for encoding; `engine` and `precision` as `openflam.open_runtime` takes them.

        `sounds` gives windows [N, 480000] of real sound, asked for when engine and precision are to be chosen, which
        is otherwise done by made sounds. `config` None is v1-base; `endpoint` is a hub's address other than the usual
        one.
        """
        self._folder = folder
        self._named = checkpoint
        self._threads = threads
        self._engine: Engine = engine
        self._precision: Precision = precision
        self._sounds = sounds
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

    def load(self, report: LoadReport) -> FlamEncoder:
        from openflam import open_runtime
        from openflam.errors import OpenFLAMError

        checkpoint, tokenizer = self._files()
        try:
            runtime = open_runtime(
                checkpoint,
                tokenizer=tokenizer,
                cache_dir=self._folder,
                engine=self._engine,
                precision=self._precision,
                threads=self._threads,
                progress=lambda stage: report(LoadStage(stage)),
                calibration=self._sounds,
                config=self._config,
            )
        except OpenFLAMError as error:
            raise ModelError(_sentence(error.message), hint=_sentence(error.hint), code="model_failed") from error
        return FlamEncoder(runtime)


class Text(NamedTuple):
    """What FLAM makes of one prompt: vector [512] of unit length; `truncated`: it is longer than FLAM reads."""

    vector: Float32
    scale: float
    bias: float
    truncated: bool


class FlamEncoder:
    """A loaded FLAM."""

    name = NAME
    title = TITLE
    license = LICENSE
    labels: tuple[str, ...] = ()

    def __init__(self, runtime: Runtime, unused_kept_s: float = UNUSED_KEPT_S) -> None:
        self._runtime = runtime
        self._unused_kept_s = unused_kept_s
        self._resting: threading.Timer | None = None
        self.version = runtime.weights_id
        self.frames_per_window = runtime.frames
        self.seconds_per_frame = runtime.seconds_per_frame
        self.dimension = runtime.dim
        self.max_batch = runtime.max_batch
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Text] = OrderedDict()

    def encode_audio(self, windows: Float32) -> Float32:
        """[B, 480000] float32 at 48 kHz -> frames [B, 32, 512] float32 of unit length."""
        # A decoder lets a damaged float file's wild samples pass; the model refuses them.
        samples = np.clip(np.nan_to_num(windows, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
        try:
            return self._runtime.encode_audio(samples).frames
        finally:
            if len(windows) > 1:
                self._rest_later()

    def encode_text(self, prompts: Sequence[str]) -> PromptVectors:
        """Vectors [P, 512], scales [P], biases [P]; every prompt is covered. Raises InputError for one without text."""
        with self._lock:
            texts = {prompt: self._known[prompt] for prompt in prompts if prompt in self._known}
        texts |= self._encoded([prompt for prompt in dict.fromkeys(prompts) if prompt not in texts])
        rows = [texts[prompt] for prompt in prompts]
        with self._lock:
            for prompt in prompts:
                self._known[prompt] = texts[prompt]
                self._known.move_to_end(prompt)
            while len(self._known) > CACHED_PROMPTS:
                self._known.popitem(last=False)
        vectors = np.array([row.vector for row in rows], dtype=np.float32).reshape(len(rows), self.dimension)
        scale = np.array([row.scale for row in rows], dtype=np.float32)
        bias = np.array([row.bias for row in rows], dtype=np.float32)
        covered = np.ones(len(rows), dtype=np.bool_)
        coverage = tuple(
            PromptCoverage(prompt, True, matched=prompt, note=TOO_LONG if row.truncated else None)
            for prompt, row in zip(prompts, rows, strict=True)
        )
        return PromptVectors(vectors, scale, bias, covered, Link.UNBIASED, coverage)

    def _encoded(self, prompts: list[str]) -> dict[str, Text]:
        from openflam.errors import PromptError

        if not prompts:
            return {}
        try:
            text = self._runtime.encode_text(prompts)
        except PromptError as error:
            raise InputError(_sentence(error.message), hint=_sentence(error.hint), code="bad_prompt") from error
        finally:
            self._rest_later()
        return {
            prompt: Text(vector, float(scale), float(bias), bool(truncated))
            for prompt, vector, scale, bias, truncated in zip(prompts, *text, strict=True)
        }

    def _rest_later(self, after_s: float | None = None) -> None:
        """Prompts come in bursts, while somebody is writing them, and recordings too; between those their memory is
        given back."""
        with self._lock:
            if self._resting is None:
                self._resting = threading.Timer(self._unused_kept_s if after_s is None else after_s, self._rest)
                self._resting.daemon = True
                self._resting.start()

    def _rest(self) -> None:
        with self._lock:
            self._resting = None
        left_s = self._runtime.rest(self._unused_kept_s)
        if left_s is not None:
            self._rest_later(left_s)


def _sentence(text: str) -> str:
    """openflam's words begin small and end without a full stop."""
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."
