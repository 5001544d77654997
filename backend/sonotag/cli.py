"""The command line: `sonotag serve | analyze | models | openapi`.

Results go to standard output, all else to standard error.
Exit codes: 0 all went well, 1 something failed (the message says what), 2 the command was not understood.
"""

from __future__ import annotations

import json
import socket
import sys

import click

from sonotag import __version__


@click.group()
@click.version_option(__version__)
def main() -> None:
    """SonoTag: find sounds in recordings."""


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="Port; 0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Serve the page and the API."""
    import uvicorn

    from sonotag.logs import configure_logging
    from sonotag.main import create_app
    from sonotag.settings import Settings

    settings = Settings()
    configure_logging(settings.log_level, settings.log_format)
    try:
        listener = _listener(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port."
        ) from error
    address, bound_port = listener.getsockname()[:2]
    shown = "localhost" if address in ("127.0.0.1", "0.0.0.0", "::", "::1") else address
    click.echo(f"SonoTag is at http://{shown}:{bound_port}", err=True)
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,
        ws="websockets",
        ws_max_size=1 << 20,
        ws_ping_interval=20,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        # Behind a proxy that an operator runs; which addresses are trusted is uvicorn's FORWARDED_ALLOW_IPS.
        proxy_headers=True,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Accepted sockets inherit it: a viewer that stopped reading is dropped, which pings alone do not achieve.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
    listener.bind((host, port))
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


@main.command()
def openapi() -> None:
    """Print the OpenAPI document, from which the page's types are generated."""
    from sonotag.main import create_app, openapi_document
    from sonotag.settings import Settings

    click.echo(json.dumps(openapi_document(create_app(Settings())), indent=2, sort_keys=True, ensure_ascii=False))


if __name__ == "__main__":
    main()
