"""What is read of the processor, and what oneDNN is forbidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from openflam.processor import LIMIT, has_bfloat16, may_have_bfloat16, processor_name

NEW = "processor\t: 0\nmodel name\t: New One\nflags\t\t: fpu avx2 avx512f avx512_vnni avx512_bf16 amx_bf16\n"
OLD = "processor\t: 0\nmodel name\t: Old One\nflags\t\t: fpu avx2 avx512f\n"


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(LIMIT, raising=False)
    path = tmp_path / "cpuinfo"
    path.write_text(NEW)
    return path


def test_bfloat16_is_read_from_the_flags(new: Path) -> None:
    assert has_bfloat16(new)
    assert may_have_bfloat16(new)
    new.write_text(OLD)
    assert not has_bfloat16(new)
    assert not may_have_bfloat16(new), "the library would emulate it, slowly"


def test_of_an_unknown_processor_the_library_is_believed(new: Path) -> None:
    new.unlink()
    assert may_have_bfloat16(new)
    assert not has_bfloat16(new)


@pytest.mark.parametrize(
    ("limit", "allowed"), [("AVX512_CORE_VNNI", False), ("avx2", False), ("AVX512_CORE_AMX", True)]
)
def test_a_limit_holds_and_is_another_processor(
    new: Path, monkeypatch: pytest.MonkeyPatch, limit: str, allowed: bool
) -> None:
    """What was chosen without the limit is not believed with it."""
    without = processor_name(new)
    assert without == "New One avx2 avx512f avx512_vnni amx_bf16 avx512_bf16"
    monkeypatch.setenv(LIMIT, limit)
    assert has_bfloat16(new) is may_have_bfloat16(new) is allowed
    assert processor_name(new) == f"{without} up to {limit}"
