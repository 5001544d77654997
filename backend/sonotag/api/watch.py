"""What watches over the application from outside of its services, for as long as there is one."""

from __future__ import annotations

from sonotag.api.counters import Counters
from sonotag.api.limits import Limiter
from sonotag.jobs.memory import MemoryGuard, cgroup_limit
from sonotag.jobs.shutdown import Shutdown
from sonotag.settings import Settings


class Watch:
    """Built before anything is opened: middleware needs it."""

    def __init__(self, settings: Settings) -> None:
        self.counters = Counters()
        self.shutdown = Shutdown()
        self.limiter = Limiter(settings)
        self.memory = MemoryGuard(cgroup_limit() if settings.memory_limit == "auto" else settings.memory_limit or None)
