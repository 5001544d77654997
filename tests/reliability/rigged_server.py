"""A real SonoTag server on a socket that its parent opened, whose internet is a rig in its parent's process."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from sonotag.logs import configure_logging
from sonotag.main import Outside, create_app
from sonotag.media.egress import EgressGuard, Streams
from sonotag.settings import LinkSite, Settings
from tests.links.rig.hosts import PUBLIC_ADDRESS
from tests.links.rig.media import HOST

SITE = LinkSite(name="rig", title="The Rig", hosts=[HOST], extractors=["generic"], reach=[HOST])

LATE = ("yt_dlp.version", "websockets", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on")
"""What a server imports when it is needed. Not OpenVINO: that begins a thread, which a fork would not have."""


def guard_to(port: int) -> EgressGuard:
    """The guard as it is, but for its resolver and its connector: every name is the rig's."""

    async def resolve(_: str, __: int) -> Sequence[str]:
        return [PUBLIC_ADDRESS]

    async def connect(_: str, __: int) -> Streams:
        return await asyncio.open_connection("127.0.0.1", port)

    return EgressGuard(resolve=resolve, connect=connect)


def serve(listener: int, rig_port: int, certificates: Path) -> None:
    settings = Settings(link_sites=[SITE])
    configure_logging(settings.log_level, settings.log_format)
    app = create_app(settings, Outside(lambda: guard_to(rig_port), certificates))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=10
    )
    with socket.socket(fileno=listener) as sock:
        uvicorn.Server(config).run(sockets=[sock])


def main() -> None:
    """Starts a server at every line of standard input, one at a time: says its process id, and how it ended.

    Each is a fork of this process, which has everything imported and runs nothing: a start then costs a third.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listener", type=int, required=True, help="the listening socket's descriptor")
    parser.add_argument("--rig-port", type=int, required=True)
    parser.add_argument("--certificates", type=Path, required=True)
    given = parser.parse_args()
    for module in LATE:
        importlib.import_module(module)
    assert threading.active_count() == 1, "a fork would not have the other threads"
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            faulthandler.register(signal.SIGUSR1)
            serve(given.listener, given.rig_port, given.certificates)
            return
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
