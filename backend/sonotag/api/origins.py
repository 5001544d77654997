"""Which pages may open sockets and send unsafe requests: our own, and those an operator names."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sonotag.api.errors import answer
from sonotag.domain import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def origin_allowed(headers: Headers, allowed: Sequence[str]) -> bool:
    """True without an Origin (not a browser's cross-site request), for the server's own, and for those in `allowed`."""
    origin = headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


class OriginGuard:
    """Refuses unsafe requests that another site's page sends through a visitor's browser."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and scope["state"].get("key") is None  # a browser sends cookies by itself, but never a key
            and not origin_allowed(Headers(scope=scope), self._allowed)
        ):
            problem = Problem(
                "origin_refused",
                "This request comes from another site's page.",
                "The operator can allow that site with SONOTAG_ALLOWED_ORIGINS.",
            )
            await answer(403, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)
