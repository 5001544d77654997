"""The guard against a real listener on this machine: nothing that is not allowed ever reaches it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from sonotag.media.egress import EgressGuard, EgressLimits, Session, Streams, is_public
from sonotag.media.links import Sites, parse_link
from tests.links.rig.hosts import Rig

ALLOWED = ("allowed.example", "youtube.com")

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "not an address",
]

# As an attacker would spell this machine, or a cloud's metadata service, in a link's host.
HOSTS = [
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "localhost",
    "localhost.localdomain",
    "localhost.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "2852039166",
    "metadata.google.internal",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "127.0.0.1.nip.io",
    "youtube.com.127.0.0.1.nip.io",
    "youtube.com@127.0.0.1",
    "127.0.0.1#@youtube.com",
    "127.0.0.1\\@youtube.com",
    "youtube.com%00.evil.example",
    "youtube.com%2eevil.example",
    "youtube。com",
    "ⓨoutube.com",
    "xn--outube-r8f.com",
    "y0utube.com",
    "youtube.co",
    "youtube.com.evil.example",
    "evilyoutube.com",
    "sub.youtube.com",
]

OTHERS = [
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "ftp://127.0.0.1/",
    "data:audio/wav;base64,AAAA",
    "dict://127.0.0.1:11211/",
    "//127.0.0.1/",
    "https:127.0.0.1",
    "https:///127.0.0.1",
    "https://user:password@www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com:22/watch?v=dQw4w9WgXcQ",
    "https://w.soundcloud.com/player/?url=http%3A//127.0.0.1%3A{port}/",
    "https://consent.youtube.com/m?continue=http://127.0.0.1:{port}/",
    "https://www.youtube.com/redirect?q=http://127.0.0.1:{port}/",
    "https://www.youtube.com/oembed?url=http://127.0.0.1:{port}/",
    "https://soundcloud.com/oembed?url=http://127.0.0.1:{port}/",
    "https://www.youtube.com/" + "a" * 100_000,
    "https://" + "a." * 50_000 + "com/",
    "https://www.youtube.com/watch?" + "&".join(f"v{i}=1" for i in range(400)),
    "ytsearch:rain",
    "http://127.0.0.1:{port}/a.m3u8",
    "https://www.youtube.com/\r\nHost: 127.0.0.1",
    "https://www.youtube.com/watch?v=../../../etc",
]


class Listener:
    """Counts who connects to it on loopback."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.sendall(b"hello")
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    assert listener.visits == 0, "the guard let somebody in"
    listener.close()


def guard_to(listener: Listener, addresses: Sequence[Sequence[str]]) -> EgressGuard:
    """A guard whose resolver answers each look-up with the next of `addresses`, and port 443 with the listener's."""
    answers = iter(addresses)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async def connect(address: str, port: int) -> Streams:
        return await asyncio.open_connection(address, listener.port)

    return EgressGuard(resolve=resolve, connect=connect)


def guard_to_source(source: socket.socket) -> EgressGuard:
    """A guard for which every name leads to a public address, and that to a listening socket of ours."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14"]

    async def connect(address: str, port: int) -> Streams:
        return await asyncio.open_connection("127.0.0.1", source.getsockname()[1])

    return EgressGuard(resolve=resolve, connect=connect)


def asking(session: Session, request: str, *, token: str | None = None) -> socket.socket:
    """A connection to the proxy on which a request head was sent."""
    port = int(session.proxy_url.rsplit(":", 1)[1])
    secret = token if token is not None else session.proxy_url.split(":")[2].split("@")[0]
    pair = base64.b64encode(f"sonotag:{secret}".encode()).decode()
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = f"{request} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic {pair}\r\n\r\n"
    connection.sendall(head.encode("utf-8", "replace"))
    return connection


def ask(session: Session, request: str, *, token: str | None = None) -> str:
    """Sends a request head to the proxy; returns the status line of its answer."""
    with asking(session, request, token=token) as connection:
        return connection.makefile("rb").readline().decode()


@contextlib.contextmanager
def nothing_collected() -> Iterator[None]:
    """What nobody refers to stays: a connection that is not closed is not closed by chance."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def ends(connection: socket.socket) -> bool:
    """Whether the other side closes a connection within some seconds."""
    connection.settimeout(5)
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [a for a in PRIVATE if a != "not an address"])
def test_a_name_that_leads_inside_is_refused(listener: Listener, address: str) -> None:
    guard = guard_to(listener, [[address]] * 3)
    try:
        with guard.session("job", ALLOWED) as session:
            assert " 403 " in ask(session, "CONNECT allowed.example:443")
            assert session.refusals
    finally:
        guard.close()


def test_a_name_with_one_public_and_one_private_address_is_refused(listener: Listener) -> None:
    guard = guard_to(listener, [["93.184.215.14", "127.0.0.1"]])
    try:
        with guard.session("job", ALLOWED) as session:
            assert " 403 " in ask(session, "CONNECT allowed.example:443")
    finally:
        guard.close()


def test_a_name_server_that_changes_its_mind_is_asked_once(rig: Rig) -> None:
    asked: list[str] = []
    reached: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    async def connect(address: str, port: int) -> Streams:
        reached.append(address)
        raise ConnectionRefusedError

    guard = EgressGuard(resolve=resolve, connect=connect)
    try:
        with guard.session("job", ALLOWED) as session:
            assert " 502 " in ask(session, "CONNECT allowed.example:443")
            assert (asked, reached) == (["allowed.example"], ["93.184.215.14"])
            assert " 403 " in ask(session, "CONNECT allowed.example:443")
            assert reached == ["93.184.215.14"]
    finally:
        guard.close()


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_host_leads_inside(listener: Listener, host: str) -> None:
    """The link is refused by its letters; and if it were not, the guard would refuse the connection."""
    from sonotag.errors import InputError

    for scheme in ("http", "https"):
        with pytest.raises(InputError):
            parse_link(f"{scheme}://{host}:{listener.port}/watch?v=dQw4w9WgXcQ", Sites())
    if host != "sub.youtube.com":  # below an allowed name: the guard may reach it, links may not name it
        with pytest.raises(InputError):
            parse_link(f"https://{host}/watch?v=dQw4w9WgXcQ", Sites())
        guard = guard_to(listener, [["127.0.0.1"]] * 3)
        try:
            with guard.session("job", ALLOWED) as session:
                assert " 403 " in ask(session, f"CONNECT {host}:443")
                assert " 403 " in ask(session, f"CONNECT {host}:{listener.port}")
                assert " 403 " in ask(session, f"GET http://{host}:{listener.port}/")
        finally:
            guard.close()


@pytest.mark.parametrize("text", OTHERS)
def test_no_other_trick_is_a_link(listener: Listener, text: str) -> None:
    from sonotag.errors import InputError

    with pytest.raises(InputError):
        parse_link(text.replace("{port}", str(listener.port)), Sites())


def test_other_ports_methods_and_strangers_are_refused(listener: Listener) -> None:
    guard = guard_to(listener, [["93.184.215.14"]] * 9)
    try:
        with guard.session("job", ALLOWED) as session:
            assert " 403 " in ask(session, "CONNECT allowed.example:80")
            assert " 403 " in ask(session, "GET https://allowed.example/")
            assert " 403 " in ask(session, "CONNECT other.example:443")
            assert " 407 " in ask(session, "CONNECT allowed.example:443", token="wrong")
        assert " 407 " in ask(session, "CONNECT allowed.example:443"), "the session is over"
    finally:
        guard.close()


def test_bytes_are_counted_and_limited() -> None:
    source = socket.create_server(("127.0.0.1", 0))

    def pour() -> None:
        connection, _ = source.accept()
        with connection:
            connection.recv(100)
            try:
                while True:
                    connection.sendall(bytes(65_536))
            except OSError:
                return

    pouring = threading.Thread(target=pour)
    pouring.start()
    guard = guard_to_source(source)
    try:
        with guard.session("job", ALLOWED, EgressLimits(max_bytes=1_000_000)) as session:
            with asking(session, "CONNECT allowed.example:443") as connection:
                stream = connection.makefile("rb")
                assert b" 200 " in stream.readline()
                stream.readline()
                connection.sendall(b"go")
                received = len(stream.read())
            assert 900_000 < received <= 1_000_000
            assert "more bytes than allowed" in session.refusals
            assert " 403 " in ask(session, "CONNECT allowed.example:443")
    finally:
        guard.close()
        pouring.join()
        source.close()


def test_an_operators_proxy_is_gone_through() -> None:
    upstream = socket.create_server(("127.0.0.1", 0))
    heads: list[bytes] = []

    def answer() -> None:
        for status in (b"200 OK", b"403 No"):
            connection, _ = upstream.accept()
            with connection:
                heads.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 " + status + b"\r\n\r\nhello")

    answering = threading.Thread(target=answer)
    answering.start()
    guard = EgressGuard(upstream=f"http://me:p%40ss@127.0.0.1:{upstream.getsockname()[1]}")
    try:
        with guard.session("job", ALLOWED) as session:
            assert " 200 " in ask(session, "CONNECT allowed.example:443")
            assert " 502 " in ask(session, "CONNECT allowed.example:443")
            assert " 403 " in ask(session, "CONNECT other.example:443"), "the allowlist holds all the same"
    finally:
        guard.close()
        answering.join()
        upstream.close()
    assert heads[0].startswith(b"CONNECT allowed.example:443 HTTP/1.1\r\n")
    assert base64.b64encode(b"me:p@ss") in heads[0]


@contextlib.contextmanager
def connected(guard: EgressGuard, listening: socket.socket) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of one connection through the guard: (inside, outside)."""
    with (
        nothing_collected(),
        listening,
        guard.session("job", ALLOWED) as session,
        asking(session, "CONNECT allowed.example:443") as inside,
    ):
        outside, _ = listening.accept()
        with outside:
            yield inside, outside


def test_an_operators_proxy_that_says_nothing_is_let_go() -> None:
    upstream = socket.create_server(("127.0.0.1", 0))
    guard = EgressGuard(upstream=f"http://127.0.0.1:{upstream.getsockname()[1]}")
    with connected(guard, upstream) as (inside, outside):
        assert outside.recv(4096).startswith(b"CONNECT")
        guard.close()
        assert ends(outside)
        assert ends(inside)


def test_a_reader_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sonotag.media.egress._CLOSE_TIMEOUT_S", 0.2)
    source = socket.create_server(("127.0.0.1", 0))
    guard = guard_to_source(source)
    with connected(guard, source) as (inside, outside):
        outside.settimeout(0.3)
        # Until the guard holds what the other side does not take.
        with contextlib.suppress(TimeoutError):
            while True:
                outside.sendall(bytes(65_536))
        guard.close()
        assert ends(outside)
        assert ends(inside)


def test_whoever_has_just_come_in_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    with nothing_collected():
        for _ in range(30):
            guard = EgressGuard()
            with guard.session("job", ALLOWED) as session:
                port = int(session.proxy_url.rsplit(":", 1)[1])
                with contextlib.ExitStack() as stack:
                    came = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(4)]
                    guard.close()
                    assert all(map(ends, came))
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
