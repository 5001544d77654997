"""The audio tower's networks in int8: post-training quantization by NNCF, an extra that only the conversion needs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from openflam.engines.interface import Float32
from openflam.engines.network import openvino
from openflam.errors import EngineError

INSTALL_HINT = "Install it: pip install 'openflam[int8]', or choose another precision"
SMOOTHING = 0.95
"""How far outliers of activations are moved into the weights (SmoothQuant, Xiao et al. 2022, arXiv 2211.10438)."""


def is_installed() -> bool:
    return find_spec("nncf") is not None


def write_quantized(source: Path, target: Path, inputs: Sequence[Float32]) -> None:
    """Writes the network `source` (.xml) as `target`, its matrix products in int8, calibrated on `inputs` [1, …].

    Raises EngineError where NNCF is not installed.
    """
    library = openvino()
    try:
        nncf = import_module("nncf")
    except ImportError as error:
        raise EngineError(f"int8 needs NNCF, which cannot be loaded: {error}", INSTALL_HINT) from error
    smoothing = nncf.AdvancedSmoothQuantParameters(matmul=SMOOTHING)
    network = nncf.quantize(
        library.Core().read_model(source),
        nncf.Dataset(list(inputs)),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(inputs),
        advanced_parameters=nncf.AdvancedQuantizationParameters(smooth_quant_alphas=smoothing),
    )
    library.save_model(network, target, compress_to_fp16=False)
