"""How many threads may run at once: the processors this process is allowed, or the container's share of them."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def available_threads(cgroup: Path = CGROUP) -> int:
    """The lesser of the processors that the scheduler grants and the control group's quota, rounded up; at least 1."""
    granted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cgroup_quota(cgroup)
    return max(1, granted if quota is None else min(granted, math.ceil(quota)))


def cgroup_quota(cgroup: Path) -> float | None:
    """Processors that the control group (version 2, else 1) may use, or None where it sets no bound."""
    try:
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        try:
            quota = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (cgroup / "cpu" / "cpu.cfs_period_us").read_text(encoding="ascii").strip()
        except OSError:
            return None
    try:
        return int(quota) / int(period) if int(quota) > 0 and int(period) > 0 else None
    except ValueError:  # "max"
        return None
