"""How many threads the model may use: the container's CPU quota, not the host's cores."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP_V2_CPU = Path("/sys/fs/cgroup/cpu.max")
CGROUP_V1_CPU = Path("/sys/fs/cgroup/cpu")


def available_cpus(cpu_max: Path = CGROUP_V2_CPU, v1_directory: Path = CGROUP_V1_CPU) -> int:
    """Whole CPUs this process may use, at least 1: its affinity mask, cut by the cgroup quota (v2 or v1) if any."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_v2_quota(cpu_max)
    if quota is None:
        quota = _cgroup_v1_quota(v1_directory)
    return max(1, allowed if quota is None else min(allowed, math.ceil(quota)))


def _cgroup_v2_quota(cpu_max: Path) -> float | None:
    try:
        quota, period = cpu_max.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None  # not cgroup v2, or the controller is not enabled here
    return None if quota == "max" else int(quota) / int(period)


def _cgroup_v1_quota(directory: Path) -> float | None:
    try:
        quota = int((directory / "cpu.cfs_quota_us").read_text(encoding="ascii"))
        period = int((directory / "cpu.cfs_period_us").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return quota / period if quota > 0 and period > 0 else None
