"""A server on loopback that answers as the hub does."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import huggingface_hub
import numpy as np
import pytest
from huggingface_hub.utils._http import default_client_factory

TOKENIZER = b'{"version": "1.0"}\n'
WEIGHTS = np.random.RandomState(5).bytes(700_000)


class Hub(ThreadingHTTPServer):
    """Two files at the hub's addresses, their size and hash in its headers, and faults on request."""

    daemon_threads = True

    def __init__(self, tokenizer: bytes = TOKENIZER, weights: bytes = WEIGHTS) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        git = hashlib.sha1(b"blob %d\0" % len(tokenizer) + tokenizer).hexdigest()
        self.files = {
            "/FacebookAI/roberta-base/resolve/main/tokenizer.json": (tokenizer, git),
            "/kechenadobe/OpenFLAM/resolve/main/open_flam_oct17.pth": (weights, hashlib.sha256(weights).hexdigest()),
        }
        self.gets: list[tuple[str, str | None]] = []
        self.cut_after: list[int] = []
        """Bytes after which the next answers with weights break off."""
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, with_body: bool) -> None:
        hub = self.server
        if self.path not in hub.files:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content, etag = hub.files[self.path]
        start = 0
        if with_body:
            wanted = self.headers.get("Range")
            hub.gets.append((self.path.rsplit("/", 1)[1], wanted))
            if wanted and hub.ranges:
                start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if with_body:
            body = content[start:]
            if self.path.endswith(".pth") and hub.cut_after:
                body = body[: hub.cut_after.pop(0)]
            self.wfile.write(body)
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(server: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    # A client of its own: neither a proxy of this machine's nor its hub token is for the server on loopback.
    huggingface_hub.set_client_factory(lambda: httpx2.Client(trust_env=False))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        huggingface_hub.set_client_factory(default_client_factory)
