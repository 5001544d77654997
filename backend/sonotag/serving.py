"""Uvicorn's server, which tells the application of the signal to stop and never takes longer over it than promised."""

from __future__ import annotations

import logging
import os
import threading
from types import FrameType

import uvicorn

from sonotag.jobs.shutdown import Shutdown

log = logging.getLogger(__name__)

EXIT_S = 18.0
"""After so long the process ends whatever still hangs. Nothing is lost by it: what was told is on the disk."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, shutdown: Shutdown) -> None:
        super().__init__(config)
        self._shutdown = shutdown

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._shutdown.begin()
        super().handle_exit(sig, frame)


def stopping_server(config: uvicorn.Config, shutdown: Shutdown) -> uvicorn.Server:
    """A server that begins `shutdown` with the signal, and whose process has ended at most `EXIT_S` later."""

    def limit() -> None:
        timer = threading.Timer(EXIT_S, _exit)
        timer.daemon = True
        timer.start()

    shutdown.on_begin(limit)
    return _Server(config, shutdown)


def _exit() -> None:
    log.error("stopping took longer than %.0f s: the process ends as it is", EXIT_S)
    os._exit(1)
