"""What this processor is called and can do."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})


def processor_name(cpuinfo: Path = CPUINFO) -> str:
    """Model and instruction sets that matter for speed; the same name is the same choice of engine."""
    fields = cpu_fields(cpuinfo)
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_fp16", "amx_int8", *sorted(BFLOAT16))
    flags = cpu_flags(cpuinfo)
    model = fields.get("model name") or platform.processor() or platform.machine()
    return " ".join([model, *(flag for flag in wanted if flag in flags)])


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether it multiplies bfloat16 in hardware; elsewhere that type is slower than float32."""
    return bool(cpu_flags(cpuinfo) & BFLOAT16)


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
