"""An application behind real sockets, served from a thread, for tests that talk to it byte by byte or in streams."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from sonotag.api.connections import guarded_protocol

PATIENCE_S = 60.0
"""For whatever is waited for. Only what hangs should reach this."""


@contextlib.contextmanager
def serving(app: Any, timeout_s: float = PATIENCE_S, most: int = 10_000) -> Iterator[tuple[str, int]]:
    """Serves `app` as `sonotag serve` does, in a thread."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="websockets-sansio", http=guarded_protocol(timeout_s, most)
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not server.started:
                assert time.monotonic() < deadline
                assert thread.is_alive()
                time.sleep(0.01)
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
