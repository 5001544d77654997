"""A real SonoTag server on a socket that its parent opened, whose internet is a rig in its parent's process."""

from __future__ import annotations

import argparse
import asyncio
import socket
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


def guard_to(port: int) -> EgressGuard:
    """The guard as it is, but for its resolver and its connector: every name is the rig's."""

    async def resolve(_: str, __: int) -> Sequence[str]:
        return [PUBLIC_ADDRESS]

    async def connect(_: str, __: int) -> Streams:
        return await asyncio.open_connection("127.0.0.1", port)

    return EgressGuard(resolve=resolve, connect=connect)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listener", type=int, required=True, help="the listening socket's descriptor")
    parser.add_argument("--rig-port", type=int, required=True)
    parser.add_argument("--certificates", type=Path, required=True)
    given = parser.parse_args()
    settings = Settings(link_sites=[SITE])
    configure_logging(settings.log_level, settings.log_format)
    app = create_app(settings, Outside(lambda: guard_to(given.rig_port), given.certificates))
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=10
    )
    with socket.socket(fileno=given.listener) as listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
