"""Stands in for the internet on loopback: names are resolved to made-up public addresses, connections come here.

The guard runs as it does in earnest (credentials, allowlist, look at the address, CONNECT); only its resolver and its
connector are ours. TLS is real, with certificates of an authority made for the run.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from sonotag.media.egress import EgressGuard, Streams

PUBLIC_ADDRESS = "93.184.215.14"
"""What every name of the rig resolves to: a public address, so that the guard lets it pass."""

Handler = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request to the rig; `host` is the name it was meant for."""

    protocol_version = "HTTP/1.1"
    server: RigServer
    body: bytes

    @property
    def host(self) -> str:
        return self.headers.get("Host", "").split(":")[0]

    def do_GET(self) -> None:
        # Always read: what is left of a body would be taken for the next request.
        self.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.rig.seen.append(f"{self.command} {self.host}{self.path.split('?')[0]}")
        handler = self.server.rig.sites.get(self.host)
        if handler is None:
            self.give(404, b"no such site", "text/plain")
            return
        try:
            handler(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # a child that was killed, or has what it wants

    do_POST = do_GET  # noqa: N815 (the name that http.server looks for)
    do_HEAD = do_GET  # noqa: N815

    def give(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at `seen`."""


class RigServer(ThreadingHTTPServer):
    daemon_threads = True
    rig: Rig

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of many tests."""


class Rig:
    """Sites by host name, served over TLS on one loopback port."""

    def __init__(self, folder: Path) -> None:
        self.sites: dict[str, Handler] = {}
        self.seen: list[str] = []
        self.addresses: dict[str, Sequence[str]] = {}
        """Names that resolve to something else than the rig."""
        self._authority = trustme.CA()
        self.certificates = folder / "rig-authority.pem"
        self._authority.cert_pem.write_to_path(self.certificates)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._server = RigServer(("127.0.0.1", 0), Exchange)
        self._server.rig = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("rig.invalid").configure_cert(context)
        context.sni_callback = self._choose
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, name="rig", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Of loopback, where the rig listens."""
        return self._server.server_address[1]

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name is None:
            return
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(name).configure_cert(context)
            self._contexts[name] = context
        connection.context = self._contexts[name]

    def guard(self, upstream: str | None = None) -> EgressGuard:
        """An egress guard for which the rig is the internet."""

        async def resolve(host: str, _: int) -> Sequence[str]:
            return self.addresses.get(host, [PUBLIC_ADDRESS])

        async def connect(address: str, port: int) -> Streams:
            if address != PUBLIC_ADDRESS:
                return await asyncio.open_connection(address, port)
            return await asyncio.open_connection("127.0.0.1", self.port)

        return EgressGuard(upstream=upstream, resolve=resolve, connect=connect)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
