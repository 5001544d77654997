"""A closed server: a password for people, API keys for programs, and what is open all the same."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sonotag.api.errors import answer_of
from sonotag.api.origins import SAFE_METHODS
from sonotag.api.owners import cookie_header
from sonotag.api.shares import share_of
from sonotag.api.signing import Signer
from sonotag.domain import ApiKey, KeyScope
from sonotag.errors import AccessError, BusyError, SignInError
from sonotag.store.access import KeyStore

SESSION_COOKIE = "sonotag_session"
SESSION_S = 30 * 86_400
TRIES = 10
TRIES_PER_S = 300.0
"""So many wrong passwords or keys are answered to one address in so long."""

MAX_ADDRESSES = 10_000
CLOSED_SOCKET = 4401

OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/api/access", "/api/session"})
"""What a closed server answers to everybody, beside the files of the page."""


class Attempts:
    """Counts wrong tries of each address, and forgets them after a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, address: str) -> None:
        """Counts a try before it is known how it ends, so that tries side by side count as well. Raises BusyError."""
        now_s = self._clock()
        with self._lock:
            recent = [then_s for then_s in self._tries.pop(address, []) if now_s - then_s < TRIES_PER_S]
            self._tries[address] = recent
            if len(self._tries) > MAX_ADDRESSES:
                self._tries.popitem(last=False)
            if len(recent) >= TRIES:
                raise BusyError(
                    "There were too many wrong tries from here.",
                    hint="Wait a few minutes.",
                    code="too_many_tries",
                    retry_after_s=max(1, int(TRIES_PER_S - (now_s - recent[0])) + 1),
                )
            recent.append(now_s)

    def succeeded(self, address: str) -> None:
        """The try that was begun last was right: it does not count."""
        with self._lock:
            recent = self._tries.get(address)
            if recent:
                recent.pop()


def address_of(scope: Scope) -> str:
    """Whose tries are counted together: an address, or in IPv6 the network that one customer has."""
    client = scope.get("client")
    host = client[0] if client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class SiteAccess:
    """What lets somebody in: the site's password, if it has one, and keys."""

    def __init__(self, signer: Signer, password: str | None, keys: KeyStore) -> None:
        self._signer = signer
        self._password = None if password is None else _digest(password)
        self._keys = keys
        self._wrong_passwords = Attempts()
        self._wrong_keys = Attempts()
        self.cookie_name = f"{SESSION_COOKIE}_{signer.mark(SESSION_COOKIE)}"
        # With another password everybody has to sign in anew.
        self._generation = "" if password is None else signer.mark(f"password {password}")

    @property
    def closed(self) -> bool:
        return self._password is not None

    def sign_in(self, password: str, address: str) -> None:
        """Raises SignInError for a wrong password, BusyError after too many of them."""
        self._wrong_passwords.begin(address)
        if self._password is None or not hmac.compare_digest(_digest(password), self._password):
            raise SignInError("This is not the password.", hint="Ask whoever runs the server.", code="wrong_password")
        self._wrong_passwords.succeeded(address)

    def session_header(self, now_s: float, *, path: str, secure: bool) -> str:
        """The Set-Cookie header of somebody who signed in."""
        value = self._signer.sign(SESSION_COOKIE, f"{self._generation}.{int(now_s)}")
        return cookie_header(self.cookie_name, value, path=path, secure=secure, max_age_s=SESSION_S)

    def end_header(self, *, path: str, secure: bool) -> str:
        """The Set-Cookie header that ends a session."""
        return cookie_header(self.cookie_name, "", path=path, secure=secure, max_age_s=0)

    def signed_in(self, connection: HTTPConnection, now_s: float) -> bool:
        text = self._signer.read(SESSION_COOKIE, connection.cookies.get(self.cookie_name, ""))
        if text is None or self._password is None:
            return False
        generation, _, issued_s = text.rpartition(".")
        return generation == self._generation and now_s - int(issued_s) < SESSION_S

    def key(self, authorization: str, address: str) -> ApiKey | None:
        """The key that an Authorization header names; None without one. Raises SignInError, BusyError."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        # A right key is always answered: many requests may use it at once, and others may share the address.
        key = self._keys.find(text.strip())
        if key is None:
            self._wrong_keys.begin(address)
            raise SignInError(
                "This API key is not valid.", hint="It may have been revoked: make another one.", code="bad_api_key"
            )
        return key


def _digest(text: str) -> bytes:
    # Of one length, so that comparing takes the same time for all.
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def page_paths(directory: Path) -> frozenset[str]:
    """The addresses of the page's files."""
    return frozenset(f"/{path.relative_to(directory).as_posix()}" for path in directory.rglob("*") if path.is_file())


class KeyMiddleware:
    """Finds out which API key a request has, in `scope["state"]["key"]`, and refuses what the key may not do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        authorization = HTTPConnection(scope).headers.get("authorization")
        if authorization is not None:
            site: SiteAccess = scope["app"].state.services.site
            try:
                key = await asyncio.to_thread(site.key, authorization, address_of(scope))
                if key is not None:
                    _check_scope(scope, key)
                    state["key"] = key
            except (AccessError, BusyError, SignInError) as error:
                await refuse(scope, receive, send, error)
                return
        await self._app(scope, receive, send)


def _check_scope(scope: Scope, key: ApiKey) -> None:
    reads = scope["type"] == "websocket" or scope["method"] in SAFE_METHODS
    needed = KeyScope.READ if reads else KeyScope.WRITE
    if needed not in key.scopes:
        raise AccessError(
            f"This API key may not {needed.value}.", hint=f"Make one with the scope {needed.value}.", code="key_scope"
        )


class SiteMiddleware:
    """Lets nobody into a closed server but those who signed in, who have a key, or who come by a share link."""

    def __init__(self, app: ASGIApp, page_dir: Path) -> None:
        self._app = app
        self._page = page_paths(page_dir) if page_dir.is_dir() else frozenset[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._open(scope):
            await self._app(scope, receive, send)
            return
        error = SignInError(
            "This server wants a password.",
            hint="Sign in on its page. A program needs an API key, sent as Authorization: Bearer.",
            code="sign_in_needed",
        )
        await refuse(scope, receive, send, error)

    def _open(self, scope: Scope) -> bool:
        site: SiteAccess = scope["app"].state.services.site
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return (
            not site.closed
            or path in OPEN_PATHS
            or path in self._page
            or scope["state"].get("key") is not None
            or share_of(scope) is not None
            or site.signed_in(HTTPConnection(scope), time.time())
        )


async def refuse(scope: Scope, receive: Receive, send: Send, error: AccessError | BusyError | SignInError) -> None:
    """Answers a request with the error; a socket is refused before it opens."""
    if scope["type"] == "http":
        await answer_of(Request(scope), error)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": CLOSED_SOCKET, "reason": error.message})
