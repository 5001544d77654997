"""The child process of :mod:`openflam.prepare`: ``python -m openflam.engines.trial REQUEST`` (JSON).

Converts the checkpoint, runs every engine and precision that was asked for, and leaves the networks of the fastest that
holds the tolerances. Says how far it is on standard output, a line of JSON each; the last is the answer or an error.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from openflam.checkpoint import check_finite, check_state, dtype_of, read_published
from openflam.engines import convert, quantize
from openflam.engines.interface import Engine, PrecisionName
from openflam.engines.network import Network, has_bfloat16, openvino, settings
from openflam.engines.openvino_engine import AudioNetworks, OpenVINOEngine, TextNetworks, TokenEmbedding, text_precision
from openflam.engines.torch_engine import TorchEngine
from openflam.errors import OpenFLAMError, PrecisionError
from openflam.model import FLAM
from openflam.prepare import Request, Stage, config_from
from openflam.probe import Outputs, Trial, best, compared, measured, outputs, sounds
from openflam.storage import sha256_of, storage_errors

NETWORKS = {
    "features": False,
    "audio_front": True,
    "audio_back": True,
    "audio_heads": False,
    "text_tower": True,
    "text_heads": False,
}
"""Names, and whether they run in the precision under trial; the others are float32."""


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)


def stage(name: Stage) -> None:
    say(stage=name)


class Trials:
    """The model, and what became of each way to run it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.config = config_from(request.config)
        self.folder = Path(request.folder)
        self.source = Path(request.source)
        self.trials: list[Trial] = []
        torch.set_num_threads(request.threads)
        state = read_published(self.source)
        check_state(state, self.config, self.source)
        check_finite(state, self.source)
        self.model = FLAM.from_state_dict({key: value.float() for key, value in state.items()}, self.config)

    def run(self) -> dict[str, Any]:
        """Tries everything and answers what the manifest will hold."""
        stage("converting")
        digest = sha256_of(self.source)
        self.model.requires_grad_(False)
        convert.write_networks(self.model, self.folder)
        convert.write_embedding(self.model, self.folder)
        stage("measuring")
        definition = TorchEngine(self.model, threads=self.request.threads)
        reference = outputs(definition, self.config)
        chosen: Trial | None = None
        for precisions in self.wanted():
            engines: list[Engine] = [self.compiled(precision) for precision in precisions]
            if self.request.engine == "auto":
                engines += [
                    definition if how == "float32" else self.half_torch() for how in precisions if how != "int8"
                ]
            chosen = self.tried(engines, reference)
            if chosen:
                break
        if chosen is None:
            raise self.none_holds()
        self.keep(chosen)
        return {
            "engine": chosen.engine,
            "precision": chosen.precision,
            "weights_sha256": digest,
            "trials": [noted(trial) for trial in self.trials],
        }

    def wanted(self) -> list[list[PrecisionName]]:
        """Precisions to choose among; what comes later is tried only where nothing of what comes before holds."""
        if self.request.precision != "auto":
            return [[cast("PrecisionName", self.request.precision)]]
        more: list[PrecisionName] = ["int8"] if quantize.is_installed() else []
        return [["bfloat16", *more], ["float32"]] if has_bfloat16() else [["float32", *more]]

    def tried(self, engines: list[Engine], reference: Outputs) -> Trial | None:
        """Compares the engines with the reference, measures those that hold, and gives the best of them."""
        trials = [compared(engine, reference, self.config) for engine in engines]
        holding = [place for place, trial in enumerate(trials) if trial.holds]
        times = measured([engines[place] for place in holding], self.config)
        for place, seconds in zip(holding, times, strict=True):
            trials[place] = trials[place]._replace(seconds_per_window=seconds)
        self.trials += trials
        return best(trials)

    def compiled(self, precision: PrecisionName) -> Engine:
        """OpenVINO in `precision`; what it compiled is written beside, to be kept or not."""
        library = openvino()
        core = library.Core()
        place = self.folder / precision
        with storage_errors(f"write {place}"):
            place.mkdir()
        found: dict[str, Network] = {}
        for name, follows in NETWORKS.items():
            how = (text_precision(precision) if name.startswith("text") else precision) if follows else "float32"
            path = self.folder / f"{name}.xml"
            if how == "int8":
                path = self.quantized(name, found)
            elif how == "bfloat16":
                path = self.halved(name)
            compiled = core.compile_model(core.read_model(path), "CPU", settings(how, self.request.threads))
            found[name] = Network(compiled)
            with storage_errors(f"write {place / name}"), (place / f"{name}.blob").open("wb") as file:
                file.write(found[name].export())
                file.flush()
                os.fsync(file.fileno())
        text = TextNetworks(
            found["text_tower"],
            found["text_heads"],
            TokenEmbedding.mapped(self.folder, self.config.text.layer_norm_eps),
        )
        return OpenVINOEngine(
            AudioNetworks(found["features"], found["audio_front"], found["audio_back"], found["audio_heads"]),
            lambda: text,
            self.config,
            precision=precision,
        )

    def halved(self, name: str) -> Path:
        """The network with weights of 16 bits: float16, which is finer than the bfloat16 that they become."""
        path = self.folder / f"{name}.half.xml"
        if not path.exists():
            library = openvino()
            with storage_errors(f"write {path}"):
                library.save_model(library.Core().read_model(self.folder / f"{name}.xml"), path, compress_to_fp16=True)
        return path

    def quantized(self, name: str, found: Mapping[str, Network]) -> Path:
        """The network in int8, calibrated on the caller's sounds or else on the probe's, as those before it give them.

        `found` holds these.
        """
        given = self.request.calibration
        windows = np.load(given, mmap_mode="r") if given else sounds(self.config)
        inputs = [found["features"](window[None])[0] for window in windows]
        if name == "audio_back":
            inputs = [found["audio_front"](patches)[0] for patches in inputs]
        path = self.folder / f"{name}.int8.xml"
        with storage_errors(f"write {path}"):
            quantize.write_quantized(self.folder / f"{name}.xml", path, inputs)
        return path

    def half_torch(self) -> Engine:
        """torch in bfloat16."""
        state = self.model.state_dict()
        half = {key: value.to(dtype_of(key, "bfloat16")) for key, value in state.items()}
        return TorchEngine(FLAM.from_state_dict(half, self.config), threads=self.request.threads)

    def none_holds(self) -> PrecisionError:
        said = "; ".join(
            f"{trial.engine} {trial.precision}: cosine {trial.cosine:.5f}, scores off by {trial.score_error:.4f}"
            for trial in self.trials
        )
        return PrecisionError(f"no precision asked for is near enough to the model ({said})", "Choose float32")

    def keep(self, best: Trial) -> None:
        """Leaves the networks of `best` in the folder, and nothing else."""
        with storage_errors(f"write {self.folder}"):
            if best.engine == "openvino":
                for path in (self.folder / best.precision).iterdir():
                    path.rename(self.folder / path.name)
            kept = {".blob", ".npy", ".npz"} if best.engine == "openvino" else set[str]()
            for path in list(self.folder.iterdir()):
                if path.is_dir():
                    for inner in path.iterdir():
                        inner.unlink()
                    path.rmdir()
                elif path.suffix not in kept:
                    path.unlink()


def noted(trial: Trial) -> dict[str, Any]:
    """For the manifest; what did not hold was not measured."""
    return {**trial._asdict(), "seconds_per_window": trial.seconds_per_window if trial.holds else None}


def end_with_parent() -> None:
    """Standard input is a pipe from the parent: when that is gone, so is this."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(3)

    threading.Thread(target=wait, daemon=True).start()


def main() -> int:
    end_with_parent()
    try:
        say(**Trials(Request(**json.loads(sys.argv[1]))).run())
    except OpenFLAMError as error:
        say(error=type(error).__name__, message=error.message, hint=error.hint)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
