"""What this processor is called and can do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
LIMIT = "ONEDNN_MAX_CPU_ISA"
"""oneDNN, which multiplies for torch and OpenVINO, is told by this variable to leave newer instructions alone."""
LIMITS_WITHOUT_BFLOAT16 = frozenset({"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX512_CORE", "AVX512_CORE_VNNI"})


def processor_name(cpuinfo: Path = CPUINFO) -> str:
    """Model and instruction sets that matter for speed; the same name is the same choice of engine."""
    fields = cpu_fields(cpuinfo)
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_fp16", "amx_int8", *sorted(BFLOAT16))
    flags = cpu_flags(cpuinfo)
    model = fields.get("model name") or platform.processor() or platform.machine()
    limit = os.environ.get(LIMIT)
    return " ".join([model, *(flag for flag in wanted if flag in flags), *([f"up to {limit}"] if limit else [])])


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether it multiplies bfloat16 in hardware; elsewhere that type is slower than float32."""
    return bool(cpu_flags(cpuinfo) & BFLOAT16) and not is_limited()


def may_have_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """The same, but true where nothing is known of the processor."""
    return not is_limited() and (has_bfloat16(cpuinfo) or not cpu_flags(cpuinfo))


def is_limited() -> bool:
    """Whether bfloat16 is forbidden by :data:`LIMIT`."""
    return os.environ.get(LIMIT, "").upper() in LIMITS_WITHOUT_BFLOAT16


def cpu_flags(cpuinfo: Path = CPUINFO) -> frozenset[str]:
    """What Linux says that the processor can do; empty elsewhere."""
    fields = cpu_fields(cpuinfo)
    return frozenset((fields.get("flags") or fields.get("Features") or "").split())


def cpu_fields(cpuinfo: Path) -> dict[str, str]:
    """Of the first processor."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    fields: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    return fields
