"""OpenVINO through a narrow door: what of it this package uses, with types."""

from __future__ import annotations

import io
import itertools
import mmap
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from openflam import processor
from openflam.engines.interface import Float32, PrecisionName
from openflam.errors import EngineError
from openflam.storage import storage_errors

INSTALL_HINT = "Install it: pip install 'openflam[openvino]'"


def is_installed() -> bool:
    return find_spec("openvino") is not None


def openvino() -> Any:
    """The library. Raises EngineError where it is not installed or cannot be loaded."""
    # Its converter would report every use to its makers, over the network.
    cast("dict[str, object]", sys.modules).setdefault("openvino_telemetry", None)
    try:
        return import_module("openvino")
    except (ImportError, OSError) as error:
        raise EngineError(f"OpenVINO cannot be loaded: {error}", INSTALL_HINT) from error


def version() -> str:
    """Of the library: what one version compiled, another does not take."""
    return str(openvino().__version__)


def settings(precision: PrecisionName, threads: int, lanes: int = 1) -> dict[str, object]:
    """How a network is to be run, by as many callers at a time as there are lanes, which share the threads.

    An int8 network does the rest in bfloat16 where the processor has it.
    """
    is_half = precision == "bfloat16" or (precision == "int8" and has_bfloat16())
    shared: dict[str, object] = {"PERFORMANCE_HINT": "LATENCY"} if lanes == 1 else {"NUM_STREAMS": lanes}
    return {
        **shared,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "bf16" if is_half else "f32",
    }


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware. The library says so too of those that it helps out."""
    return "BF16" in capabilities() and processor.may_have_bfloat16()


def has_int8() -> bool:
    """Whether the library multiplies int8 on this processor."""
    return "INT8" in capabilities()


def capabilities() -> list[str]:
    """What the library does on this processor."""
    return openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Network:
    """One compiled part of the model: arrays in, arrays out."""

    def __init__(self, compiled: Any, mapped: mmap.mmap | None = None) -> None:
        self._compiled = compiled
        self._mapped = mapped
        self._request: Any = None

    def __call__(self, *inputs: npt.NDArray[Any]) -> list[Float32]:
        """Inputs and outputs in the order of the network's, outputs as arrays of their own."""
        if self._request is None:
            self._request = self.request()
        results = self._request.infer(dict(enumerate(inputs)))
        return [np.asarray(results[place]) for place in range(len(results))]

    def request(self) -> Any:
        """Of the library: one call at a time."""
        return self._compiled.create_infer_request()

    def export(self) -> memoryview:
        """What :meth:`mapped` takes, its weights included."""
        stream = io.BytesIO()
        self._compiled.export_model(stream)
        return stream.getbuffer()

    @classmethod
    def mapped(cls, path: Path, precision: PrecisionName, threads: int, lanes: int = 1) -> Network:
        """An exported network, its weights mapped. Raises StorageError and its kin, EngineError for a damaged one."""
        library = openvino()
        with storage_errors(f"map {path}"), path.open("rb") as file:
            # OpenVINO takes only what may be written; a private copy is made of no page, as none is.
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        try:
            tensor = library.Tensor(np.frombuffer(memory, np.uint8), shared_memory=True)
            compiled = library.Core().import_model(tensor, "CPU", settings(precision, threads, lanes))
        except RuntimeError as error:
            raise EngineError(f"{path} cannot be loaded: {error}", "Remove its folder: it will be made anew") from error
        return cls(compiled, memory)

    def release(self) -> None:
        """Gives back the file's pages, of which the first calls made copies laid out for the processor."""
        if self._mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


class Chain:
    """Networks of one input, one output and known shapes, one behind the other: what one writes, the next reads there.

    One call at a time; several chains of the same networks may be called at a time where these have lanes for them.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = list(networks)  # whose files are mapped as long as they are there
        self._requests = [network.request() for network in self._networks]
        for before, after in itertools.pairwise(self._requests):
            after.set_input_tensor(before.get_output_tensor())

    def __call__(self, given: Float32) -> Float32:
        """An array of its own."""
        # It is read where it lies, which the library does only of what may be written.
        shared = np.require(given, np.float32, ["C", "W"])
        self._requests[0].set_input_tensor(openvino().Tensor(shared, shared_memory=True))
        for request in self._requests:
            request.infer()
        return np.array(self._requests[-1].get_output_tensor().data)
