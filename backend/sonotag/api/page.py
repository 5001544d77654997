"""Serves the built page: hashed assets for ever, index.html never from a cache."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>SonoTag</title>
<p>The page is not built here. Run <code>make setup</code>, or set <code>SONOTAG_PAGE_DIR</code>.
The API is at <a href="docs">/docs</a>.</p></html>"""


class PageFiles(StaticFiles):
    """Static files with the cache rules of a Vite build."""

    def file_response(self, full_path: str, *args: object, **kwargs: object) -> Response:  # type: ignore[override]
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        hashed = Path(full_path).parent.name == "assets"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        if Path(full_path).suffix == ".html":
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response


class SafetyHeaders:
    """Headers that every answer has: content is what it says it is, and addresses do not leak to other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
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
