"""Whose request it is. Each browser is an owner of its own, known by a signed cookie."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonotag.api.origins import SAFE_METHODS
from sonotag.api.signing import Signer
from sonotag.domain import ApiKey

COOKIE = "sonotag_owner"
COOKIE_AGE_S = 400 * 86_400
"""As long as browsers keep a cookie at most."""

RENEW_AFTER_S = 30 * 86_400
"""A cookie older than this is given anew, so that whoever comes back within a year stays who they are."""


def new_owner() -> str:
    """128 unguessable bits, though it is the signature that lets nobody else be this owner."""
    return f"own_{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class KnownOwner:
    owner: str
    issued_s: int


class OwnerCookies:
    """Reads and writes the cookie that says which browser this is.

    Its name ends in a mark of this server's secret. Cookies do not tell ports and, behind proxies, paths apart: two
    servers on one host would otherwise take each other's for a forgery and replace it, and with it its owner's
    recordings would be lost to them.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.name = f"{COOKIE}_{signer.mark(COOKIE)}"

    def value(self, owner: str, now_s: float) -> str:
        return self._signer.sign(COOKIE, f"{owner}.{int(now_s)}")

    def read(self, value: str) -> KnownOwner | None:
        """Whose cookie it is; None when this server did not make it.

        It holds however old it is: with it would go the recordings, and a clock may be wrong.
        """
        text = self._signer.read(COOKIE, value)
        if text is None:
            return None
        owner, _, issued_s = text.rpartition(".")
        return KnownOwner(owner, int(issued_s))

    def header(self, owner: str, now_s: float, *, path: str, secure: bool) -> str:
        """The value of a Set-Cookie header."""
        return cookie_header(self.name, self.value(owner, now_s), path=path, secure=secure, max_age_s=COOKIE_AGE_S)


def cookie_header(name: str, value: str, *, path: str, secure: bool, max_age_s: int) -> str:
    """A Set-Cookie header's value: for this server alone, out of scripts' reach, not sent by other sites' pages."""
    parts = [f"{name}={value}", f"Path={path}", f"Max-Age={max_age_s}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)


def cookie_path(scope: Scope) -> str:
    """Where the server is mounted, as far as it knows: a proxy may take a prefix off without a word."""
    return scope.get("root_path") or "/"


def add_cookie(headers: MutableHeaders, value: str) -> None:
    """Adds a Set-Cookie; an answer that has one belongs to one browser and into no cache that others share."""
    headers.append("Set-Cookie", value)
    kept = headers.get("Cache-Control")
    if kept is None:
        headers["Cache-Control"] = "no-store"
    elif "private" not in kept and "no-store" not in kept:
        headers["Cache-Control"] = f"private, {kept.removeprefix('public, ')}"


class OwnerMiddleware:
    """Gives every request and socket its owner in `scope["state"]["owner"]`: an API key's, or the browser's.

    A browser without a cookie is given one with a page, and with what changes something; never with an answer that
    refuses. A page's first requests run side by side: were each of them given a cookie, the last to come would
    replace the one that a recording was made under.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        key: ApiKey | None = state.get("key")
        if key is not None:
            state["owner"] = key.owner
            await self._app(scope, receive, send)
            return
        cookies: OwnerCookies = scope["app"].state.services.owners
        known = cookies.read(HTTPConnection(scope).cookies.get(cookies.name, ""))
        owner = state["owner"] = known.owner if known else new_owner()
        now_s = time.time()
        due = known is None or now_s - known.issued_s > RENEW_AFTER_S

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _gives_cookie(scope, message):
                secure = scope["scheme"] == "https"
                cookie = cookies.header(owner, now_s, path=cookie_path(scope), secure=secure)
                add_cookie(MutableHeaders(scope=message), cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie if due and scope["type"] == "http" else send)


def _gives_cookie(scope: Scope, message: Message) -> bool:
    # Another site's form can send a request without the visitor's cookie; its refusal must not replace that.
    if message["status"] >= 400:
        return False
    if scope["method"] not in SAFE_METHODS or scope["path"].endswith("/api/access"):
        return True
    return Headers(scope=message).get("content-type", "").startswith("text/html")
