"""One side of the comparison in bench_openflam.py, in a process of its own: prints its figures as JSON.

    python benchmarks/openflam_side.py reference|ours|eager FOLDER THREADS [CACHE]
    python benchmarks/openflam_side.py reference|ours|eager FOLDER THREADS --scores WINDOWS.npy PROMPTS [--check]

`reference` runs in the environment of reference_env.py and imports nothing of this project. FOLDER holds the checkpoint
and the tokenizer as tests/openflam/place.py makes them, and for `ours` what was converted before. With CACHE, a folder
for that, only the audio tower is timed. The second form prints the scores of prompts (a JSON list) in windows, for
openflam_compare.py; with --check this project's sanity check comes first (the reference's asks the hub for a file).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

BEGAN = time.perf_counter()
SAMPLES = 480_000
ROUNDS = 5
PROMPTS = 20
SOUNDS = ["dog barking", "rain on a roof", "a man speaking", "glass breaking", "wind in the trees"]
CHECKPOINT, TOKENIZER = "open_flam_oct17.pth", "tokenizer.json"


class Side(Protocol):
    """The calls that are timed."""

    def audio(self, windows: np.ndarray) -> None:
        """Frames of windows [B, 480000]."""

    def text(self, prompts: list[str]) -> None:
        """Vectors of prompts."""

    def scores(self, window: np.ndarray, prompts: list[str]) -> np.ndarray:
        """The original app's whole call: unbiased scores [P, 32] of prompts in one window [1, 480000]."""


class Reference:
    """The package of the same name on PyPI, with the tokenizer and weights of FOLDER instead of the hub's."""

    def __init__(self, folder: Path, threads: int) -> None:
        import huggingface_hub
        import torch
        import transformers

        torch.set_num_threads(threads)
        config = transformers.RobertaConfig(
            vocab_size=50_265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5
        )
        special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}

        def tokenizer(*_: object, **__: object) -> Any:
            return transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER), **special)

        # What it would ask the hub for, made or taken from the folder: the architecture is what is measured.
        transformers.RobertaTokenizer.from_pretrained = tokenizer
        transformers.RobertaModel.from_pretrained = lambda *_, **__: transformers.RobertaModel(config)
        huggingface_hub.hf_hub_download = lambda *_, **__: str(folder / CHECKPOINT)
        import openflam

        # The placed file has zeros for STFT kernels, filters and indices: the model keeps those it made itself.
        state = torch.load(folder / CHECKPOINT, weights_only=True)
        kept = {key: value for key, value in state.items() if value.ndim == 0 or value.any()}
        openflam.OpenFLAM.load_ckpt = lambda model, _: model.model.load_state_dict(kept, strict=False)
        self._torch = torch
        self._model = openflam.OpenFLAM(model_name="v1-base", default_ckpt_path=str(folder)).eval()

    def audio(self, windows: np.ndarray) -> None:
        with self._torch.no_grad():
            self._model.get_local_audio_features(self._torch.from_numpy(windows))

    def text(self, prompts: list[str]) -> None:
        with self._torch.no_grad():
            self._model.get_text_features(prompts)

    def scores(self, window: np.ndarray, prompts: list[str]) -> np.ndarray:
        with self._torch.no_grad():
            found = self._model.get_local_similarity(
                self._torch.from_numpy(window), prompts, method="unbiased", cross_product=True
            )
        return found.numpy()[0]


class Ours:
    """This project's runtime; `eager` is its plain torch path in float32."""

    def __init__(self, folder: Path, threads: int, **how: Any) -> None:
        from openflam import open_runtime
        from openflam.engines.interface import AudioArrays, TextArrays
        from openflam.probe import Outputs, scores

        self._folder = folder
        self._runtime = open_runtime(folder, tokenizer=folder / TOKENIZER, threads=threads, **how)
        self._scores = lambda audio, text: scores(Outputs(AudioArrays(*audio), TextArrays(*text[:3])))[0]
        self.chosen = f"{self._runtime.engine} {self._runtime.precision}"

    def audio(self, windows: np.ndarray) -> None:
        self._runtime.encode_audio(windows)

    def text(self, prompts: list[str]) -> None:
        self._runtime.encode_text(prompts)

    def scores(self, window: np.ndarray, prompts: list[str]) -> np.ndarray:
        return self._scores(self._runtime.encode_audio(window), self._runtime.encode_text(prompts))

    def check(self) -> None:
        """`sanity_check`, which raises where the weights are not what they should be."""
        import openflam

        openflam.OpenFLAM(model_name="v1-base", default_ckpt_path=str(self._folder)).sanity_check()


def new_prompts() -> Callable[[], list[str]]:
    """Every call gives prompts that no cache knows, in this process or from an earlier one."""
    count = time.time_ns()

    def prompts() -> list[str]:
        nonlocal count
        count += PROMPTS
        letters = [np.base_repr(count + place, 36)[-3:].lower() for place in range(PROMPTS)]
        return [f"{SOUNDS[place % len(SOUNDS)]} {letters[place]}" for place in range(PROMPTS)]

    return prompts


def seconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Of the fastest call, after one that counts for nothing."""
    call()
    times: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def audio_figures(side: Side, windows: np.ndarray) -> dict[str, Any]:
    return {
        "window at batch 1": seconds(lambda: side.audio(windows[:1])),
        "window at batch 8": seconds(lambda: side.audio(windows), 3) / 8,
        "engine": getattr(side, "chosen", "torch float32"),
    }


def figures(side: Side, windows: np.ndarray, started_s: float) -> dict[str, Any]:
    prompts = new_prompts()
    fixed = [f"{SOUNDS[place % len(SOUNDS)]} {place}" for place in range(PROMPTS)]
    result = {
        "start": started_s,
        **audio_figures(side, windows),
        "20 new prompts": seconds(lambda: side.text(prompts()), 3),
        "call, prompts new": seconds(lambda: side.scores(windows[:1], prompts()), 3),
        "call, prompts known": seconds(lambda: side.scores(windows[:1], fixed), 3),
        "scores": side.scores(windows[:1], fixed).tolist(),
    }
    result["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return result


def main() -> None:
    name, folder, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    with_scores = "--scores" in sys.argv
    cache = sys.argv[4] if len(sys.argv) > 4 and not with_scores else None
    if name == "reference":
        side: Side = Reference(folder, threads)
    elif name == "eager":
        side = Ours(folder, threads, engine="torch", precision="float32")
    else:
        side = Ours(folder, threads, cache_dir=cache)
    if with_scores:
        if "--check" in sys.argv and isinstance(side, Ours):
            side.check()
        prompts = json.loads(sys.argv[6])
        print(json.dumps([side.scores(window[None], prompts).tolist() for window in np.load(sys.argv[5])]))
        return
    side.audio(np.zeros((1, SAMPLES), np.float32))
    windows = np.random.default_rng(0).uniform(-0.3, 0.3, (8, SAMPLES)).astype(np.float32)
    print(json.dumps(audio_figures(side, windows) if cache else figures(side, windows, time.perf_counter() - BEGAN)))


if __name__ == "__main__":
    main()
