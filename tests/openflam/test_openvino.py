"""The OpenVINO engine: the model's own numbers at full size, and what happens around its making."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openflam import CheckpointMismatchError, EngineError, FLAMConfig, PrecisionError, open_runtime
from openflam.engines import network
from openflam.engines.interface import TextArrays
from openflam.engines.openvino_engine import OpenVINOEngine
from openflam.engines.torch_engine import TorchEngine
from openflam.locate import CHECKPOINT_FILE
from openflam.prepare import MANIFEST, folder_of, identity, read_prepared
from openflam.probe import Outputs, Trial, best, scores
from openflam.runtime import Runtime
from tests.openflam.filled import filled_model, golden, load_spec, signal
from tests.openflam.place import place, place_tiny

ROOT = Path(__file__).parents[2]
TINY = FLAMConfig.tiny()
PROMPTS = ["dog", "a man speaks while rain falls on a tin roof", "glass"]


def opened(folder: Path, engine: Any = "openvino", precision: Any = "float32", **more: Any) -> Runtime:
    return open_runtime(folder, tokenizer=folder / "tokenizer.json", engine=engine, precision=precision, **more)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with v1-base in full size, as a user places it."""
    folder = tmp_path_factory.mktemp("full")
    place(folder)
    return folder


class Ours:
    """What a prepared engine says about the golden inputs."""

    def __init__(self, folder: Path, engine: Any, precision: Any) -> None:
        runtime = opened(folder, engine, precision)
        source, config = folder / CHECKPOINT_FILE, FLAMConfig()
        prepared = read_prepared(folder_of(source, folder, engine, precision), identity(source, config))
        assert prepared is not None
        self.engine, self.precision = prepared.engine, prepared.precision
        self.manifest = json.loads((prepared.folder / MANIFEST).read_text())
        self.audio = runtime.encode_audio(np.stack([signal(silent=False), signal(silent=True)]))
        assert self.engine == "openvino"
        networks = OpenVINOEngine.opened(prepared.folder, config, precision=self.precision, threads=2)
        texts: list[list[int]] = load_spec()["tokens"]
        self.text = networks.encode_tokens(texts)
        alone = [networks.encode_tokens([ids]) for ids in texts]
        self.text_alone = TextArrays(*(np.concatenate(part) for part in zip(*alone, strict=True)))


@pytest.fixture(scope="module")
def theirs() -> dict[str, np.ndarray]:
    return {name: values.numpy() for name, values in golden().items()}


@pytest.fixture(scope="module")
def exact(full: Path) -> Ours:
    return Ours(full, "openvino", "float32")


@pytest.fixture(scope="module")
def chosen(full: Path) -> Ours:
    return Ours(full, "openvino", "auto")


def least_cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(((one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)).min())


def test_float32_is_the_reference(exact: Ours, theirs: dict[str, np.ndarray]) -> None:
    assert exact.precision == "float32"
    pairs = [(exact.audio.frames, theirs["local_audio"]), (exact.audio.clip, theirs["global_audio"])]
    for text in (exact.text, exact.text_alone):
        pairs.append((text.vectors, theirs["text"]))
        np.testing.assert_allclose(text.scale, theirs["logit_scale"], atol=1e-3, rtol=1e-3)
        np.testing.assert_allclose(text.bias, theirs["logit_bias"], atol=1e-3, rtol=1e-3)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=1e-3, rtol=1e-3)
        assert least_cosine(one, other) > 0.9999
    np.testing.assert_allclose(scores(Outputs(exact.audio, exact.text)), theirs["unbiased"], atol=1e-3)


def test_what_is_chosen_holds_the_tolerances(chosen: Ours, theirs: dict[str, np.ndarray]) -> None:
    assert chosen.precision in ("int8", "bfloat16" if network.has_bfloat16() else "float32")
    for text in (chosen.text, chosen.text_alone):
        pairs = [
            (chosen.audio.frames, theirs["local_audio"]),
            (chosen.audio.clip, theirs["global_audio"]),
            (text.vectors, theirs["text"]),
        ]
        assert min(least_cosine(one, other) for one, other in pairs) > 0.999
        assert np.abs(scores(Outputs(chosen.audio, text)) - theirs["unbiased"]).max() < 0.01
    trials = {trial["precision"]: trial for trial in chosen.manifest["trials"]}
    assert {"int8", chosen.precision} <= set(trials)
    assert trials[chosen.precision]["seconds_per_window"] > 0


def test_int8_holds_the_tolerances(chosen: Ours) -> None:
    """By the numbers of the choice, on sounds that it was not calibrated on."""
    (trial,) = [trial for trial in chosen.manifest["trials"] if trial["precision"] == "int8"]
    assert trial["cosine"] > 0.999
    assert trial["score_error"] < 0.01


def test_a_whole_session_loads_no_torch(full: Path, exact: Ours) -> None:
    code = f"""
import sys
import numpy as np
from openflam import open_runtime
folder = {str(full)!r}
runtime = open_runtime(folder, tokenizer=folder + "/tokenizer.json", engine="openvino", precision="float32")
assert runtime.encode_audio(np.zeros((3, 480_000), np.float32)).frames.shape == (3, 32, 512)
assert runtime.encode_text(["dog", "rain"]).vectors.shape == (2, 512)
assert runtime.weights_id == {exact.manifest["weights_sha256"][:16]!r}
sys.exit("torch" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model, prepared for OpenVINO in float32."""
    folder = tmp_path_factory.mktemp("small")
    place_tiny(folder)
    opened(folder, config=TINY)
    return folder


@pytest.fixture(scope="module")
def tiny_engine(small: Path) -> OpenVINOEngine:
    return OpenVINOEngine.opened(prepared_folder(small), TINY, precision="float32", threads=2)


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    return shutil.copytree(small, tmp_path / "copy")


def prepared_folder(folder: Path) -> Path:
    return folder / "open_flam_oct17.openvino.float32"


def inode(folder: Path) -> int:
    return (prepared_folder(folder) / "audio_back.blob").stat().st_ino


def test_engines_agree(small: Path) -> None:
    one, other = (opened(small, engine, config=TINY) for engine in ("openvino", "torch"))
    windows = np.stack([signal(silent=False), signal(silent=True), signal(silent=False)[::-1]])
    for ours, theirs in zip(one.encode_audio(windows), other.encode_audio(windows), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    for ours, theirs in zip(one.encode_text(PROMPTS), other.encode_text(PROMPTS), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-4)
    assert (one.weights_id, one.frames, one.dim) == (other.weights_id, other.frames, other.dim)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_batched_is_single(small: Path, threads: int) -> None:
    """To the bit: a recording that was interrupted and goes on has other windows side by side."""
    engine = OpenVINOEngine.opened(prepared_folder(small), TINY, precision="float32", threads=threads)
    assert engine.max_batch == threads
    windows = np.stack([np.roll(signal(silent=False), 40_000 * i) for i in range(5)])
    together = engine.encode_audio(windows)
    for place_, window in enumerate(windows):
        alone = engine.encode_audio(window[None])
        np.testing.assert_array_equal(together.frames[place_], alone.frames[0])
        np.testing.assert_array_equal(together.clip[place_], alone.clip[0])


def test_windows_may_lie_anywhere_and_results_stay_what_they_were(tiny_engine: OpenVINOEngine) -> None:
    window = signal(silent=False)[None]
    wanted = tiny_engine.encode_audio(window)
    before = wanted.frames.copy()
    spread = np.empty((1, 2 * window.shape[1]), np.float32)
    spread[:, ::2] = window
    fixed = window.copy()
    fixed.flags.writeable = False
    for other in (spread[:, ::2], fixed):
        np.testing.assert_array_equal(tiny_engine.encode_audio(other).frames, before)
    assert (tiny_engine.encode_audio(signal(silent=True)[None]).frames != before).any()
    np.testing.assert_array_equal(wanted.frames, before)


def test_what_was_not_used_lately_is_given_back_and_fetched_again(small: Path) -> None:
    engine = OpenVINOEngine.opened(prepared_folder(small), TINY, precision="float32", threads=2)
    windows, texts = np.stack([signal(silent=False), signal(silent=True)]), [[0, 7, 8, 2], [0, 9, 2]]
    before, text_before = engine.encode_audio(windows), engine.encode_tokens(texts)
    left_s = engine.rest(unused_s=60)
    assert left_s is not None
    assert 0 < left_s <= 60
    assert engine._lanes.is_open
    assert engine._text.is_open
    assert engine.rest(unused_s=0) is None
    assert not engine._lanes.is_open
    assert not engine._text.is_open
    for one, other in ((before, engine.encode_audio(windows)), (text_before, engine.encode_tokens(texts))):
        for values, again in zip(one, other, strict=True):
            np.testing.assert_array_equal(values, again)


@settings(max_examples=20)
@given(data=st.data())
def test_texts_do_not_see_each_other(tiny_engine: OpenVINOEngine, data: st.DataObject) -> None:
    """They stand in one row; the definition encodes each by itself."""
    ids = st.lists(st.integers(3, TINY.text.vocabulary - 1), min_size=1, max_size=TINY.text.max_tokens - 2)
    texts = [[0, *inner, 2] for inner in data.draw(st.lists(ids, min_size=1, max_size=12))]
    together = tiny_engine.encode_tokens(texts)
    definition = TorchEngine(filled_model(TINY), threads=1)
    for place_, text in enumerate(texts):
        for ours, theirs in zip(together, definition.encode_tokens([text]), strict=True):
            np.testing.assert_allclose(ours[place_], theirs[0], atol=1e-4, rtol=1e-4)


def test_made_once(small: Path) -> None:
    before, stages = inode(small), list[str]()
    opened(small, config=TINY, progress=stages.append)
    assert (inode(small), stages) == (before, ["loading"])
    assert {path.suffix for path in prepared_folder(small).iterdir()} == {".json", ".blob", ".npy", ".npz"}


@pytest.mark.parametrize("spoilt", ["no json", "{}", '{"identity": {"layout": 0}}', "[]", None])
def test_a_damaged_or_older_manifest_is_not_believed(copy: Path, spoilt: str | None) -> None:
    folder, expected = prepared_folder(copy), identity(copy / CHECKPOINT_FILE, TINY)
    assert read_prepared(folder, expected) is not None
    if spoilt is None:
        (folder / "words.npy").unlink()
    else:
        (folder / MANIFEST).write_text(spoilt)
    assert read_prepared(folder, expected) is None


def test_damaged_networks_are_made_anew(copy: Path) -> None:
    damaged = prepared_folder(copy) / "text_heads.blob"
    damaged.write_bytes(bytes(damaged.stat().st_size))
    whole = prepared_folder(copy) / "audio_back.blob"
    whole.write_bytes(b"another beginning" + whole.read_bytes()[17:])
    before, stages = inode(copy), list[str]()
    runtime = opened(copy, config=TINY, progress=stages.append)
    assert runtime.encode_text(PROMPTS).vectors.shape == (3, TINY.dim)
    assert inode(copy) != before
    assert stages == ["loading", "converting", "measuring", "loading"]


def test_another_checkpoint_is_prepared_anew(copy: Path) -> None:
    before = opened(copy, config=TINY).weights_id
    state = torch.load(copy / CHECKPOINT_FILE, weights_only=True)
    state["text_projection.0.bias"] += 1
    torch.save(state, copy / CHECKPOINT_FILE)
    assert opened(copy, config=TINY).weights_id != before


def test_two_processes_make_it_once(copy: Path) -> None:
    shutil.rmtree(prepared_folder(copy))
    code = f"""
import sys
from openflam import FLAMConfig, open_runtime
stages = []
open_runtime({str(copy)!r}, tokenizer={str(copy / "tokenizer.json")!r}, engine="openvino", precision="float32",
             config=FLAMConfig.tiny(), progress=stages.append)
print("converting" in stages)
"""
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["False", "True"]


def test_a_wrong_checkpoint_is_refused_in_the_childs_words(copy: Path) -> None:
    state = torch.load(copy / CHECKPOINT_FILE, weights_only=True)
    del state["audio_branch.norm.weight"]
    torch.save(state, copy / CHECKPOINT_FILE)
    for engine in ("openvino", "auto"):
        with pytest.raises(CheckpointMismatchError, match=r"1 missing: audio_branch\.norm\.weight"):
            opened(copy, engine, config=TINY)
    assert not [path.name for path in copy.iterdir() if path.is_dir() and path.name.startswith(".")]


def test_without_openvino_torch_runs_it(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "is_installed", lambda: False)
    assert opened(copy, "auto", "auto", config=TINY).engine == "torch"


def test_a_child_that_dies_leaves_torch(
    copy: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EngineError, match="ended with status 1: it said nothing"):
        opened(copy, "openvino", "bfloat16", config=TINY)
    assert opened(copy, "auto", config=TINY).engine == "torch"
    assert "torch does" in caplog.text


def test_cancelled_by_the_listener(copy: Path) -> None:
    """What a listener raises ends the child, and leaves nothing half made."""
    shutil.rmtree(prepared_folder(copy))

    def refuse(stage: str) -> None:
        raise KeyboardInterrupt(stage)

    with pytest.raises(KeyboardInterrupt, match="converting"):
        opened(copy, config=TINY, progress=refuse)
    assert not [path for path in copy.iterdir() if path.is_dir()]


def test_int8_needs_openvino(copy: Path) -> None:
    with pytest.raises(EngineError, match="int8"):
        opened(copy, "torch", "int8", config=TINY)


def test_own_sounds_are_asked_for_once(copy: Path) -> None:
    """By whoever makes a choice; what is no sound is refused, and no sound at all is as good as not to be asked."""
    asked = list[str]()

    def sounds() -> np.ndarray:
        asked.append("once")
        return np.stack([signal(silent=False), signal(silent=True)])

    shutil.rmtree(prepared_folder(copy))
    for _ in range(2):
        opened(copy, config=TINY, calibration=sounds)
    assert asked == ["once"]
    spoilt = np.stack([signal(silent=False), np.full(480_000, np.nan, np.float32)])
    with pytest.raises(ValueError, match="finite"):
        opened(copy, "openvino", "int8", config=TINY, calibration=lambda: spoilt)
    shutil.rmtree(prepared_folder(copy))
    opened(copy, config=TINY, calibration=lambda: np.empty((0, 480_000), np.float32))


@pytest.mark.skipif(not network.has_bfloat16(), reason="this processor has no bfloat16")
def test_what_does_not_hold_is_not_used(copy: Path) -> None:
    """The tiny model's few dimensions leave bfloat16 no room."""
    with pytest.raises(PrecisionError, match=r"no precision asked for is near enough.*openvino bfloat16: cosine"):
        opened(copy, "auto", "bfloat16", config=TINY)
    assert opened(copy, "auto", "auto", config=TINY).precision == "float32"
    manifest = json.loads((copy / "open_flam_oct17.auto.auto" / MANIFEST).read_text())
    measured = {(trial["engine"], trial["precision"]): trial["seconds_per_window"] for trial in manifest["trials"]}
    assert measured.pop(("openvino", "bfloat16")) is measured.pop(("torch", "bfloat16")) is None
    assert measured.pop(("openvino", "int8")) is None
    assert set(measured) == {("openvino", "float32"), ("torch", "float32")}
    assert min(measured.values()) > 0


def trial(
    engine: str, seconds: float, cosine: float = 0.9999, error: float = 0.001, precision: str = "bfloat16"
) -> Trial:
    return Trial(engine, precision, cosine, error, seconds)


def test_the_fastest_that_holds_is_chosen() -> None:
    assert best([trial("openvino", 2.0), trial("torch", 1.0)]) == trial("torch", 1.0)
    assert best([trial("openvino", 1.2), trial("torch", 1.0)]) == trial("openvino", 1.2)
    small = trial("openvino", 0.9, precision="int8")
    assert best([small, trial("openvino", 1.0)]) == small
    assert best([small, trial("openvino", 0.94)]) == trial("openvino", 0.94)
    near = [trial("openvino", 1.0, cosine=0.9985), trial("torch", 3.0)]
    assert best(near) == near[1]
    assert best([trial("openvino", 1.0, error=0.02)]) is None
