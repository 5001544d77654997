"""Where the model runs: on a graphics processor only where torch has one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from openflam import FLAM, FLAMConfig, device, open_runtime, runtime
from openflam.checkpoint import dtype_of
from openflam.engines.torch_engine import TorchEngine
from tests.openflam.filled import filled_model, golden, signal
from tests.openflam.place import place_tiny

TINY = FLAMConfig.tiny()


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("placed")
    place_tiny(folder)
    return folder


@given(st.integers(0, 200_000_000_000))
def test_batches_fit_into_what_is_free(free_bytes: int) -> None:
    count = device.windows_at_once(free_bytes)
    assert 1 <= count <= device.MOST_WINDOWS
    assert count == 1 or count * device.WINDOW_BYTES <= device.SHARE * free_bytes
    assert device.windows_at_once(free_bytes + device.WINDOW_BYTES) >= count


@pytest.mark.skipif(device.DRIVER.exists(), reason="there is a driver")
def test_without_a_driver_torch_is_not_even_imported() -> None:
    code = "import sys; from openflam.device import best_device; print(best_device(), 'torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    asked = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "/nowhere"})
    assert asked.stdout.strip() == "cpu False"


def test_a_driver_alone_is_no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = tmp_path / "version"
    driver.write_text("NVRM version")
    monkeypatch.setattr(device, "DRIVER", driver)
    assert device.best_device() == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(
    ("engine", "precision", "there"),
    [("auto", "float32", True), ("torch", "float32", True), ("openvino", "float32", False)],
)
def test_it_is_used_unless_openvino_is_asked_for(
    placed: Path, monkeypatch: pytest.MonkeyPatch, engine: Any, precision: Any, there: bool
) -> None:
    devices: list[str] = []

    class Recorded(TorchEngine):
        def __init__(self, model: Any, *, threads: int, device: Any = "cpu") -> None:
            devices.append(device)
            super().__init__(model, threads=threads)

    monkeypatch.setattr(runtime, "best_device", lambda: "cuda")
    monkeypatch.setattr("openflam.engines.torch_engine.TorchEngine", Recorded)
    opened = open_runtime(placed, tokenizer=placed / "tokenizer.json", engine=engine, precision=precision, config=TINY)
    assert devices == (["cuda"] if there else [])
    assert opened.engine == ("torch" if there else "openvino")
    assert opened.encode_audio(signal(silent=True)[None]).frames.shape == (1, TINY.audio.frames, TINY.dim)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics processor here")
def test_on_a_graphics_processor_it_gives_the_references_numbers() -> None:
    state = filled_model(FLAMConfig()).state_dict()
    half = FLAM.from_state_dict(
        {key: value.to(dtype_of(key, "bfloat16")) for key, value in state.items()}, FLAMConfig()
    )
    engine = TorchEngine(half, threads=1, device="cuda")
    assert engine.max_batch > 1
    found = engine.encode_audio(np.stack([signal(silent=False), signal(silent=True)]))
    wanted = golden()["local_audio"].numpy()
    assert (found.frames * wanted).sum(-1).min() > 0.999
