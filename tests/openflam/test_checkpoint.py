"""Weights on disk: found, refused for a reason, converted once, mapped."""

from __future__ import annotations

import errno
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from openflam import (
    FLAM,
    CheckpointCorruptError,
    CheckpointMismatchError,
    CheckpointNotFoundError,
    FLAMConfig,
    StorageDeniedError,
    StorageError,
    StorageFullError,
    load_model,
)
from openflam.checkpoint import convert_checkpoint
from openflam.locate import CHECKPOINT_FILE, ENVIRONMENT_VARIABLE, find_checkpoint
from openflam.model import is_derived
from openflam.storage import sha256_of
from tests.openflam.filled import filled_model

TINY = FLAMConfig.tiny()


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def model() -> FLAM:
    return filled_model(TINY)


@pytest.fixture(scope="module")
def windows() -> torch.Tensor:
    return torch.randn(2, 480_000, generator=torch.Generator().manual_seed(4)) * 0.1


def state_of(model: FLAM) -> dict[str, Any]:
    """As published: with entries that are computed here."""
    state = {key: value.clone() for key, value in model.state_dict().items()}
    return state | {"audio_branch.logmel_extractor.melW": torch.zeros(513, 64)}


@pytest.fixture
def source(model: FLAM, tmp_path: Path) -> Path:
    path = tmp_path / CHECKPOINT_FILE
    torch.save(state_of(model), path)
    return path


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


# -- where it is -----------------------------------------------------------------------------------------


def test_found_by_path_then_variable_then_directory(source: Path, tmp_path: Path, monkeypatch: Any) -> None:
    other = tmp_path / "other" / CHECKPOINT_FILE
    other.parent.mkdir()
    shutil.copy(source, other)
    assert find_checkpoint(directory=source.parent) == source
    assert find_checkpoint(source) == find_checkpoint(source.parent) == source
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(other))
    assert find_checkpoint(directory=source.parent) == other
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(other.parent))
    assert find_checkpoint() == other
    assert find_checkpoint(source) == source


def test_what_is_named_must_be_there(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckpointNotFoundError, match=f"(?s)no checkpoint is named.*{ENVIRONMENT_VARIABLE}"):
        find_checkpoint()
    with pytest.raises(CheckpointNotFoundError, match=r"absent\.pth.*kechenadobe/OpenFLAM.*put it there") as refused:
        find_checkpoint(tmp_path / "absent.pth", source.parent)
    assert isinstance(refused.value, OSError)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(CheckpointNotFoundError, match="gone"):
        find_checkpoint(directory=source.parent)


# -- converted and mapped --------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapper", ["plain", "state_dict", "module."])
@torch.inference_mode()
def test_the_loaded_model_is_the_saved_one(model: FLAM, windows: torch.Tensor, tmp_path: Path, wrapper: str) -> None:
    content: Any = state_of(model)
    if wrapper == "state_dict":
        content = {"epoch": 3, "state_dict": content}
    elif wrapper == "module.":
        content = {f"module.{key}": value for key, value in content.items()}
    torch.save(content, tmp_path / "weights.pth")
    loaded = load_model(tmp_path / "weights.pth", config=TINY)
    for key, value in model.state_dict().items():
        if not is_derived(key):
            torch.testing.assert_close(loaded.state_dict()[key], value, atol=0, rtol=0)
    torch.testing.assert_close(loaded.encode_audio(windows), model.encode_audio(windows))
    assert not loaded.training


@torch.inference_mode()
def test_half_the_precision_keeps_the_scores(model: FLAM, windows: torch.Tensor, source: Path) -> None:
    ids = torch.tensor([[0, 17, 99, 2], [0, 40, 41, 2]])
    mask = torch.ones_like(ids)
    half = load_model(source, "bfloat16", config=TINY)
    assert half.audio_branch.norm.weight.dtype == torch.bfloat16
    ours, exact = half.encode_audio(windows), model.encode_audio(windows)
    text, exact_text = half.encode_tokens(ids, mask), model.encode_tokens(ids, mask)
    for one, other in ((ours.frames, exact.frames), (ours.clip, exact.clip), (text.vectors, exact_text.vectors)):
        assert one.dtype == torch.float32
        assert torch.cosine_similarity(one, other, dim=-1).min() > 0.999
    scores = half.similarity(ours.frames, text)
    torch.testing.assert_close(scores, model.similarity(exact.frames, exact_text), atol=0.01, rtol=0)


def test_weights_are_mapped_not_copied(source: Path) -> None:
    loaded = load_model(source, config=TINY)
    target = source.with_suffix(".float32.safetensors")
    ranges = [
        tuple(int(end, 16) for end in line.split()[0].split("-"))
        for line in Path("/proc/self/maps").read_text().splitlines()
        if line.endswith(target.name)
    ]
    assert ranges
    for name, parameter in loaded.named_parameters():
        assert any(start <= parameter.data_ptr() < end for start, end in ranges), name


def test_converted_once(source: Path) -> None:
    first = convert_checkpoint(source, config=TINY)
    assert first.source_sha256 == sha256_of(source)
    inode = first.path.stat().st_ino
    assert convert_checkpoint(source, config=TINY) == first
    assert first.path.stat().st_ino == inode
    assert files(source.parent) == {source.name, first.path.name}
    os.utime(source, ns=(0, 0))
    assert convert_checkpoint(source, config=TINY) == first
    assert first.path.stat().st_ino != inode


def test_a_converted_file_can_be_named_and_moved(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "deep"
    converted = convert_checkpoint(source, "bfloat16", config=TINY, cache_dir=cache)
    assert converted.path.parent == cache
    source.unlink()
    moved = converted.path.rename(tmp_path / "weights.safetensors")
    assert load_model(moved, config=TINY, sha256=converted.source_sha256).text_branch.embeddings
    with pytest.raises(CheckpointCorruptError, match="instead of 00"):
        load_model(moved, config=TINY, sha256="00")
    assert files(tmp_path) == {"cache", "weights.safetensors"}


def test_a_damaged_conversion_is_made_anew(source: Path) -> None:
    target = convert_checkpoint(source, config=TINY).path
    target.write_bytes(target.read_bytes()[:1000])
    load_model(source, config=TINY)
    assert target.stat().st_size > 1000


def test_a_bare_safetensors_file_is_converted(model: FLAM, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file({k: v.contiguous() for k, v in state_of(model).items()}, tmp_path / "theirs.safetensors")
    load_model(tmp_path / "theirs.safetensors", config=TINY)
    assert files(tmp_path) == {"theirs.safetensors", "theirs.float32.safetensors"}


CONVERT = """
import json, sys
from pathlib import Path
from openflam import FLAMConfig, convert_checkpoint, load_model
print("ready", flush=True)
sys.stdin.readline()
path = convert_checkpoint(Path(sys.argv[1]), config=FLAMConfig.tiny()).path
load_model(path, config=FLAMConfig.tiny())
assert "torch._dynamo" not in sys.modules  # seconds of imports and 100 MB that nothing here needs
print(json.dumps(path.stat().st_ino))
"""


def test_two_processes_make_one_file(source: Path) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([sys.executable, "-c", CONVERT, str(source)], **pipes) for _ in range(2)]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    inodes = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    final = source.with_suffix(".float32.safetensors")
    assert inodes == [final.stat().st_ino] * 2


# -- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("missing", r"2 missing: text_projection\.0\.weight, text_projection\.0\.bias"),
        ("extra", r"4 unknown: extra\.0, extra\.1, extra\.2, …"),
        ("shape", r"1 of another shape: text_projection\.0\.weight \[3, 3\] instead of \[16, 32\]"),
        ("integers", r"1 not floating point: text_projection\.0\.bias"),
    ],
)
def test_another_models_weights_are_refused_by_key(source: Path, change: str, words: str) -> None:
    state = torch.load(source, weights_only=True)
    if change == "missing":
        del state["text_projection.0.weight"], state["text_projection.0.bias"]
    elif change == "extra":
        state |= {f"extra.{place}": torch.zeros(1) for place in range(4)}
    elif change == "shape":
        state["text_projection.0.weight"] = torch.zeros(3, 3)
    else:
        state["text_projection.0.bias"] = torch.zeros(16, dtype=torch.int64)
    torch.save(state, source)
    with pytest.raises(CheckpointMismatchError, match=words):
        load_model(source, config=TINY)
    assert files(source.parent) == {source.name}


def test_what_is_no_state_is_refused(source: Path) -> None:
    for content in ([torch.zeros(1)], {"a": 1}, {}):
        torch.save(content, source)
        with pytest.raises(CheckpointMismatchError, match="not a state dict"):
            load_model(source, config=TINY)


def test_weights_that_are_not_finite_are_refused(source: Path) -> None:
    state = torch.load(source, weights_only=True)
    state["text_projection.0.bias"][2] = float("nan")
    torch.save(state, source)
    with pytest.raises(CheckpointCorruptError, match=r"not finite: text_projection\.0\.bias"):
        load_model(source, config=TINY)


@pytest.mark.parametrize("kept", [0.01, 0.5, 0.999])
def test_half_a_file_is_refused(source: Path, kept: float) -> None:
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(CheckpointCorruptError, match=r"damaged or cut short.*again"):
        load_model(source, config=TINY)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b"ID3\x04music", "no checkpoint"),
        (bytes(range(256)) * 40, "no checkpoint"),
    ],
)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_another_kind_of_file_is_refused(tmp_path: Path, start: bytes, words: str, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(start)
    with pytest.raises(CheckpointCorruptError, match=words):
        load_model(path, config=TINY)


class Attack:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("attacked",)


def test_code_in_a_checkpoint_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"a": Attack()}, "zipped.pth")
    Path("bare.pth").write_bytes(pickle.dumps(Attack()))
    for name in ("zipped.pth", "bare.pth"):
        with pytest.raises(CheckpointCorruptError):
            load_model(name, config=TINY)
    assert not Path("attacked").exists()


def test_other_bytes_than_expected_are_refused(source: Path) -> None:
    right = sha256_of(source)
    with pytest.raises(CheckpointCorruptError, match=f"SHA-256 {right} instead of 1234"):
        load_model(source, config=TINY, sha256="1234")
    load_model(source, config=TINY, sha256=right.upper())
    with pytest.raises(CheckpointCorruptError, match="instead of 1234"):
        load_model(source, config=TINY, sha256="1234")


# -- when the disk says no -------------------------------------------------------------------------------


def test_no_space_is_seen_before(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(source.parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageFullError, match=r"0 MB left, and \d+ MB are needed"):
        load_model(source, config=TINY)
    assert files(source.parent) == {source.name}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFullError),
        (errno.EDQUOT, StorageFullError),
        (errno.EROFS, StorageDeniedError),
        (errno.EACCES, StorageDeniedError),
        (errno.EIO, StorageError),
    ],
)
def test_a_failed_write_leaves_nothing(
    source: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[StorageError]
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind, match=os.strerror(number)) as refused:
        load_model(source, config=TINY)
    assert type(refused.value) is kind
    assert files(source.parent) == {source.name}
    monkeypatch.undo()
    load_model(source, config=TINY)


def test_a_folder_that_cannot_be_made(source: Path) -> None:
    with pytest.raises(StorageError, match="cannot make"):
        load_model(source, config=TINY, cache_dir=source / "inside a file")


def test_a_source_that_may_not_be_read(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(StorageDeniedError) as refused:
        load_model(source, config=TINY)
    assert isinstance(refused.value, PermissionError)
