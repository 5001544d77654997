"""Which pages may open sockets and send unsafe requests: our own, and those an operator names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sonotag.api.errors import answer
from sonotag.domain import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


ORIGIN = re.compile(r"(https?)://([a-z0-9._\[\]:-]+)", re.IGNORECASE)
"""A web origin as browsers write it (RFC 6454, 6.2): no user, no path. Other schemes are no web page's."""


def origin_allowed(headers: Headers, allowed: Sequence[str], scheme: str) -> bool:
    """Whether a request with these headers comes from no other site's page.

    True for the server's own origin and those in `allowed`, and without an Origin unless the browser says that it is
    another site's (Sec-Fetch-Site). `scheme`: how the server was asked. A page that came by HTTP is not the one that
    came by TLS; the other way round the TLS may be that of a proxy which the server was not told to trust.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    if origin in allowed:
        return True
    match = ORIGIN.fullmatch(origin)
    if match is None or (scheme in ("https", "wss") and match[1].lower() == "http"):
        return False
    return match[2].lower() == headers.get("host", "").lower()


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
            and not origin_allowed(Headers(scope=scope), self._allowed, scope["scheme"])
        ):
            problem = Problem(
                "origin_refused",
                "This request comes from another site's page.",
                "The operator can allow that site with SONOTAG_ALLOWED_ORIGINS.",
            )
            await answer(403, problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class HostGuard:
    """Answers only to this server's own names.

    Without it a site whose name is made to lead here (DNS rebinding) would be one origin with this server, and its page
    could read what is everybody's.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str], *, homely: bool) -> None:
        """`allowed`: the names it has; empty = any, or where `homely`, those that no stranger can own."""
        self._app = app
        self._allowed = frozenset(name.lower() for name in allowed)
        self._homely = homely

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] not in ("http", "websocket")
            or scope["path"] in ("/healthz", "/readyz")
            or self._answers_to(Headers(scope=scope).get("host", ""))
        ):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "unknown host"})
        else:
            problem = Problem(
                "unknown_host",
                "This server does not answer to this name.",
                "The operator can add it to SONOTAG_ALLOWED_HOSTS.",
            )
            await answer(421, problem)(scope, receive, send)

    def _answers_to(self, host: str) -> bool:
        name = PORT.sub("", host).lower()
        if self._allowed:
            return name in self._allowed
        return not self._homely or is_homely(name)


PORT = re.compile(r":[0-9]*$")
HOMELY_ENDINGS = (".localhost", ".local", ".lan", ".home", ".home.arpa", ".internal")
"""Of these nobody can register a name in the public DNS."""


def is_homely(name: str) -> bool:
    """Whether a host's name, in lower case and without a port, is one that no stranger's site can have."""
    if "." not in name and not name.startswith("["):
        return True
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return name.endswith(HOMELY_ENDINGS)
    return True
