"""Serves the built page: hashed assets for ever, index.html never from a cache."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
import re
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self' data:",  # small fonts come inside the style sheet
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",  # its sockets as well
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""What the page may do: run and fetch what this server serves. Nothing from elsewhere, in no frame, and nothing inline
but the scripts and styles that a document was built with (`policy_of`)."""

INLINE = {name: re.compile(rb"<%b>(.*?)</%b>" % (name, name), re.DOTALL) for name in (b"script", b"style")}

DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""For all other answers: whatever a browser takes them for, and whoever made their contents, nothing in them runs."""

SAFETY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), midi=(), "
        "payment=(), serial=(), usb=()"
    ),
    "Content-Security-Policy": DATA_POLICY,
}
STRICT_TRANSPORT = "max-age=31536000"
"""For a year this host is asked by TLS alone. Not its subdomains: they may be somebody else's."""

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>SonoTag</title>
<p>The page is not built here. Run <code>make setup</code>, or set <code>SONOTAG_PAGE_DIR</code>.
The API is at <a href="docs">/docs</a>.</p></html>"""


PACKED = (("br", ".br"), ("gzip", ".gz"))
"""How the build packs text beside itself, the smaller first."""


def is_packable(full_path: str) -> bool:
    return any(Path(full_path + ending).is_file() for _, ending in PACKED)


def packed_beside(full_path: str, accepted: str) -> tuple[Path, str] | None:
    """The smallest packed copy of a file that a client takes, and how it is packed (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip().lower()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue  # A weight that is no number: what it is for is not asked for.
    for encoding, ending in PACKED:
        path = Path(full_path + ending)
        if weights.get(encoding, 0) > 0 and path.is_file():
            return path, encoding
    return None


def policy_of(full_path: str) -> str:
    """The policy for a file of the page: that of all, and in a document the scripts and styles inside it, by their
    hashes."""
    if not full_path.endswith(".html"):
        return PAGE_POLICY
    status = Path(full_path).stat()
    return _document_policy(full_path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _document_policy(full_path: str, _mtime_ns: int, _size: int) -> str:
    document = Path(full_path).read_bytes()
    policy = PAGE_POLICY
    for name, pattern in INLINE.items():
        allowed = f"{name.decode()}-src 'self'"
        digests = [base64.b64encode(hashlib.sha256(code).digest()).decode() for code in pattern.findall(document)]
        policy = policy.replace(allowed, allowed + "".join(f" 'sha256-{digest}'" for digest in digests))
    return policy


def media_type_of(full_path: str) -> str:
    guessed = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


class PageFiles(StaticFiles):
    """Static files with the cache rules of a Vite build, packed where the build packed them."""

    def file_response(  # type: ignore[override]
        self, full_path: str, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        packed = packed_beside(full_path, Headers(scope=scope).get("accept-encoding", ""))
        if packed is None:
            response = super().file_response(full_path, stat_result, scope, status_code)
        else:
            path, encoding = packed
            response = super().file_response(path, path.stat(), scope, status_code)
            response.headers["Content-Encoding"] = encoding
            response.headers["Content-Type"] = media_type_of(full_path)
        if is_packable(full_path):
            response.headers["Vary"] = "Accept-Encoding"
        hashed = Path(full_path).parent.name == "assets"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers["Content-Security-Policy"] = policy_of(full_path)
        return response


class SafetyHeaders:
    """Headers that every answer has: content is what it says it is, addresses do not leak, nobody frames the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFETY_HEADERS.items():
                    headers.setdefault(name, value)
                # Only what came by TLS may promise TLS (RFC 6797, 7.2); at home there is none.
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def mount_page(app: FastAPI, directory: Path) -> None:
    """Serves `directory` at the root, after all other routes."""
    if (directory / "index.html").is_file():
        app.mount("/", PageFiles(directory=directory, html=True), name="page")
        return

    async def not_built() -> HTMLResponse:
        return HTMLResponse(NOT_BUILT)

    app.add_api_route("/", not_built, include_in_schema=False)
