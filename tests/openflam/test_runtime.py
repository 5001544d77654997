"""Runtimes: arrays in, arrays out, the same on every engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from openflam import FLAM, FLAMConfig, PromptError, Tokenizer, open_runtime
from openflam.locate import CHECKPOINT_FILE
from openflam.runtime import Runtime
from openflam.storage import sha256_of
from openflam.threads import available_threads, cgroup_quota
from tests.openflam.filled import filled_model, signal
from tests.openflam.small_tokenizer import train

TINY = FLAMConfig.tiny()
PROMPTS = ["dog", "a man speaks while rain falls on a tin roof", "glass", "dog", "x" * 300]


@pytest.fixture(scope="module")
def model() -> FLAM:
    return filled_model(TINY)


@pytest.fixture(scope="module")
def folder(model: FLAM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user fills it, with a tiny model."""
    folder = tmp_path_factory.mktemp("weights")
    torch.save(model.state_dict(), folder / CHECKPOINT_FILE)
    train(TINY.text.vocabulary).save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def runtime(folder: Path) -> Runtime:
    return open_runtime(
        folder, tokenizer=folder / "tokenizer.json", engine="torch", precision="float32", threads=1, config=TINY
    )


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    return np.stack([signal(silent=False), signal(silent=True), signal(silent=False)[::-1]])


def test_what_it_says_of_itself(runtime: Runtime, folder: Path) -> None:
    assert (runtime.engine, runtime.precision) == ("torch", "float32")
    assert runtime.weights_id == sha256_of(folder / CHECKPOINT_FILE)[:16]
    assert (runtime.frames, runtime.seconds_per_frame, runtime.dim) == (32, 0.3125, TINY.dim)
    assert runtime.max_batch >= 1


def test_audio_is_the_models(runtime: Runtime, model: FLAM, windows: np.ndarray) -> None:
    audio = runtime.encode_audio(windows)
    with torch.inference_mode():
        theirs = model.encode_audio(torch.tensor(windows))
    np.testing.assert_allclose(audio.frames, theirs.frames, atol=1e-5)
    np.testing.assert_allclose(audio.clip, theirs.clip, atol=1e-5)
    assert audio.frames.dtype == audio.clip.dtype == np.float32


def test_text_is_the_models(runtime: Runtime, model: FLAM, folder: Path) -> None:
    text = runtime.encode_text(PROMPTS)
    theirs = model.encode_text(PROMPTS, Tokenizer.from_file(folder / "tokenizer.json", TINY.text))
    for one, other in zip(text[:3], theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert text.truncated.tolist() == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros((1, 441_000), np.float32), "resample"),
        (np.zeros((2, 2, 480_000), np.float32), "mix stereo down"),
        (np.zeros(480_000, np.float32), r"\[B, 480000\]"),
        (np.zeros((0, 480_000), np.float32), "B >= 1"),
        (np.zeros((1, 480_000), np.int16), "not int16; divide"),
        (np.full((1, 480_000), np.nan, np.float32), "NaN or infinite"),
        (np.full((1, 480_000), -np.inf, np.float32), "NaN or infinite"),
    ],
)
def test_audio_that_does_not_fit_is_refused(runtime: Runtime, samples: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        runtime.encode_audio(samples)


def test_audio_that_may_not_be_written_is_read(runtime: Runtime, windows: np.ndarray) -> None:
    fixed = windows[:1].copy()
    fixed.flags.writeable = False
    np.testing.assert_array_equal(runtime.encode_audio(fixed).clip, runtime.encode_audio(windows[:1]).clip)


def test_prompts_that_are_none_are_refused(runtime: Runtime) -> None:
    with pytest.raises(PromptError, match="no prompt"):
        runtime.encode_text([])
    with pytest.raises(PromptError, match="prompt 1 is empty"):
        runtime.encode_text(["dog", " "])
    with pytest.raises(TypeError, match="list of texts"):
        runtime.encode_text("dog")


def test_importing_it_imports_no_torch() -> None:
    """Conversion, fetching and choosing are at hand without it."""
    names = "openflam, openflam.runtime, openflam.fetch, openflam.engines.interface, openflam.text"
    code = f"import sys, {names}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4.0),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_threads_fit_the_containers_share(tmp_path: Path, files: dict[str, str], quota: float | None) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cgroup_quota(tmp_path) == quota
    granted = available_threads(tmp_path / "absent")
    assert available_threads(tmp_path) == (granted if quota is None else min(granted, int(np.ceil(quota))))
