"""The end of the process, from the signal on: no new work, and what is in hand is put away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sonotag.errors import BusyError

log = logging.getLogger(__name__)


class Shutdown:
    """Whether the server is stopping, and what is to be done as soon as it is."""

    def __init__(self) -> None:
        self._begun = threading.Event()
        self._actions: list[Callable[[], None]] = []

    @property
    def has_begun(self) -> bool:
        return self._begun.is_set()

    def on_begin(self, action: Callable[[], None]) -> None:
        """`action` is called once, in a thread of its own."""
        self._actions.append(action)

    def begin(self) -> None:
        """Called by a signal's handler, so it returns at once; idempotent."""
        if not self._begun.is_set():
            self._begun.set()
            threading.Thread(target=self._act, name="shutdown", daemon=True).start()

    def ensure_open(self) -> None:
        """Raises BusyError `shutting_down`."""
        if self._begun.is_set():
            raise shutting_down()

    def _act(self) -> None:
        log.info("stopping: no new work is taken")
        for action in self._actions:
            try:
                action()
            except Exception:
                # The others are to be stopped all the same.
                log.exception("stopping met an error")


def shutting_down() -> BusyError:
    """What new work is answered with while the server stops."""
    return BusyError("The server is restarting.", hint="Try again in a minute.", code="shutting_down", retry_after_s=15)
