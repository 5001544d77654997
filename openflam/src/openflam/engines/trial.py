"""The child process of :mod:`openflam.prepare`: ``python -m openflam.engines.trial REQUEST`` (JSON).

Converts the checkpoint, runs every engine and precision that was asked for, and leaves the networks of the fastest that
holds the tolerances. Says how far it is on standard output, a line of JSON each; the last is the answer or an error.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from openflam.checkpoint import check_finite, check_state, dtype_of, read_published
from openflam.engines import convert, quantize
from openflam.engines.interface import Engine, Float32, PrecisionName
from openflam.engines.network import Network, has_bfloat16, has_int8, openvino, settings
from openflam.engines.openvino_engine import (
    POSITIONS_FILE,
    WORDS_FILE,
    AudioNetworks,
    OpenVINOEngine,
    TextNetworks,
    TokenEmbedding,
    precision_of,
)
from openflam.engines.torch_engine import TorchEngine
from openflam.engines.tower import Graph
from openflam.errors import OpenFLAMError, PrecisionError
from openflam.model import FLAM
from openflam.prepare import Request, Stage, config_from
from openflam.probe import Trial, best, calibration_sounds, compared, measured, outputs, sounds
from openflam.storage import sha256_of, storage_errors

NETWORKS = ("features", "audio_front", "audio_back", "audio_heads", "text_tower", "text_heads")
PARTS = (1.0, 0.5)
"""Of the layers that can be in int8; the next is tried where the one before does not hold."""


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
        self.networks: dict[tuple[str, PrecisionName], Network] = {}
        self.compared: dict[Engine, Trial] = {}
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
        self.heard, self.checked = self.windows()
        convert.write_networks(self.model, self.folder)
        convert.write_embedding(self.model, self.folder)
        stage("measuring")
        definition = TorchEngine(self.model, threads=self.request.threads)
        self.reference = outputs(definition, self.checked, self.config)
        chosen: Trial | None = None
        for precisions in self.wanted():
            engines: list[Engine] = [self.compiled(how) for how in precisions if how != "int8"]
            if "int8" in precisions:
                engines.append(self.int8())
            if self.request.engine == "auto":
                engines += [
                    definition if how == "float32" else self.half_torch() for how in precisions if how != "int8"
                ]
            chosen = self.tried(engines)
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
        more: list[PrecisionName] = ["int8"] if has_int8() else []
        return [["bfloat16", *more], ["float32"]] if has_bfloat16() else [["float32", *more]]

    def tried(self, engines: list[Engine]) -> Trial | None:
        """Compares the engines with the definition, measures those that hold, and gives the best of them."""
        trials = [self.compare(engine) for engine in engines]
        holding = [place for place, trial in enumerate(trials) if trial.holds]
        times = measured([engines[place] for place in holding], self.config)
        for place, seconds in zip(holding, times, strict=True):
            trials[place] = trials[place]._replace(seconds_per_window=seconds)
        self.trials += trials
        return best(trials)

    def compare(self, engine: Engine) -> Trial:
        """Once for an engine."""
        if engine not in self.compared:
            self.compared[engine] = compared(engine, self.reference, self.checked, self.config)
        return self.compared[engine]

    def windows(self) -> tuple[list[Float32], Float32]:
        """Sounds to calibrate on, and others to compare engines on; of the caller's own, every second goes to each."""
        given = self.request.calibration
        own = np.load(given) if given else np.empty((0, self.config.audio.window_samples), np.float32)
        return [*calibration_sounds(self.config), *own[::2]], np.concatenate((sounds(self.config), own[1::2]))

    def int8(self) -> Engine:
        """With as many layers in int8 as the tolerances allow; where they allow none, with the least that is tried."""
        layers = quantize.narrowed_layers(self.model.audio_branch, self.heard)
        engine: Engine | None = None
        library, path = openvino(), self.folder / "audio_back.int8.xml"
        for part in PARTS:
            network = Graph(self.model.audio_branch, quantize.least_harmed(layers, part)).back()
            with storage_errors(f"write {path}"):
                library.save_model(network, path, compress_to_fp16=has_bfloat16())
            self.networks.pop(("audio_back", "int8"), None)
            engine = self.compiled("int8")
            if self.compare(engine).holds:
                break
        assert engine is not None
        return engine

    def compiled(self, precision: PrecisionName) -> Engine:
        """OpenVINO in `precision`."""
        found = {name: self.network(name, precision_of(name, precision)) for name in NETWORKS}
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

    def network(self, name: str, how: PrecisionName) -> Network:
        """Compiled once, and written as it is, to be kept or not."""
        if (name, how) not in self.networks:
            path = self.folder / f"{name}.xml"
            if how == "int8":
                path = self.folder / f"{name}.int8.xml"
            elif how == "bfloat16":
                path = self.halved(name)
            core, blob = openvino().Core(), self.blob(name, how)
            compiled = core.compile_model(core.read_model(path), "CPU", settings(how, self.request.threads))
            network = self.networks[name, how] = Network(compiled)
            with storage_errors(f"write {blob}"), blob.open("wb") as file:
                file.write(network.export())
                file.flush()
                os.fsync(file.fileno())
        return self.networks[name, how]

    def blob(self, name: str, how: PrecisionName) -> Path:
        return self.folder / f"{name}.{how}.blob"

    def halved(self, name: str) -> Path:
        """The network with weights of 16 bits: float16, which is finer than the bfloat16 that they become."""
        path = self.folder / f"{name}.half.xml"
        if not path.exists():
            library = openvino()
            with storage_errors(f"write {path}"):
                library.save_model(library.Core().read_model(self.folder / f"{name}.xml"), path, compress_to_fp16=True)
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
        """Leaves what `best` needs in the folder, and nothing else."""
        kept: dict[str, str] = {}
        if best.engine == "openvino":
            precision = cast("PrecisionName", best.precision)
            kept = {self.blob(name, precision_of(name, precision)).name: f"{name}.blob" for name in NETWORKS}
            kept |= {name: name for name in (WORDS_FILE, POSITIONS_FILE)}
        with storage_errors(f"write {self.folder}"):
            for path in list(self.folder.iterdir()):
                if path.name in kept:
                    path.rename(self.folder / kept[path.name])
                else:
                    path.unlink()


def noted(trial: Trial) -> dict[str, Any]:
    """For the manifest; what did not hold was not measured."""
    return {**trial._asdict(), "seconds_per_window": trial.seconds_per_window if trial.holds else None}


def end_with_parent() -> None:
    """Standard input is a pipe from the parent: when that is gone, so is this."""

    def wait() -> None:
        # Not through sys.stdin, whose lock would be held when the interpreter ends.
        while os.read(0, 4096):
            pass
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
