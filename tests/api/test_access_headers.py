"""Headers: what a browser is told to allow. Held to the checks of Mozilla's HTTP Observatory that need no internet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from starlette.websockets import WebSocketDisconnect

from sonotag.api.origins import origin_allowed
from sonotag.main import create_app
from sonotag.settings import Settings
from tests.api.conftest import Server
from tests.api.test_access_owners import stranger

PAGE = Path(__file__).parents[2] / "frontend" / "index.html"
HALF_A_YEAR_S = 15_768_000


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server with the page's own document, asked by TLS."""
    directory = tmp_path_factory.mktemp("page")
    (directory / "index.html").write_bytes(PAGE.read_bytes())
    (directory / "assets").mkdir()
    (directory / "assets" / "main-1.js").write_text("0")
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), page_dir=directory))
    with TestClient(app, base_url="https://sonotag.example") as client:
        yield client


def directives(answer: httpx2.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


class Elements(HTMLParser):
    """The elements of a document with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def observatory(answer: httpx2.Response) -> dict[str, int]:
    """What each check adds to 100 points, by the names that the Observatory gives its results; A+ is 100 or more.

    Bonus points count, as there, only when nothing is subtracted. Left out: the redirect from HTTP, which is the
    proxy's, and the list of sites that browsers know to be TLS only.
    """
    headers, policy = answer.headers, directives(answer)
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    styles = policy.get("style-src", policy.get("default-src", ["*"]))
    unsafe = {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"}
    elements = Elements(answer.text).found
    cookies = [value.split("; ") for value in headers.get_list("set-cookie")]
    transport = re.fullmatch(r"max-age=(\d+).*", headers.get("strict-transport-security", ""))
    return {
        "csp-implemented-with-no-unsafe-default-src-none": (10 if policy.get("default-src") == ["'none'"] else 0)
        if not unsafe & {*scripts, *styles, *policy.get("object-src", [])}
        else -20,
        "cookies-secure-with-httponly-sessions-and-samesite": 5
        if cookies and all({"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie) for cookie in cookies)
        else -20,
        "cross-origin-resource-sharing-not-implemented": -50 if "access-control-allow-origin" in headers else 0,
        "referrer-policy-private": 5
        if headers.get("referrer-policy") in ("no-referrer", "same-origin", "strict-origin")
        else -5,
        "hsts-implemented-max-age-at-least-six-months": 0 if transport and int(transport[1]) >= HALF_A_YEAR_S else -20,
        "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0
        if all(
            (attributes.get("src") or "/").startswith(("/", "./")) for tag, attributes in elements if tag == "script"
        )
        else -50,
        "x-content-type-options-nosniff": 0 if headers.get("x-content-type-options") == "nosniff" else -5,
        "x-frame-options-implemented-via-csp": 5
        if policy.get("frame-ancestors") == ["'none'"] and headers.get("x-frame-options") == "DENY"
        else -20,
        "cross-origin-resource-policy-implemented-with-same-origin": 10
        if headers.get("cross-origin-resource-policy") == "same-origin"
        else 0,
    }


def test_every_check_of_the_observatory_is_passed_with_an_a_plus(page: TestClient) -> None:
    answer = page.get("/")
    assert answer.status_code == 200
    checks = observatory(answer)
    assert {name: points for name, points in checks.items() if points < 0} == {}
    assert 100 + sum(checks.values()) == 135, checks


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("content-security-policy", "default-src 'none'; script-src 'self' 'unsafe-inline'"),
        ("referrer-policy", "unsafe-url"),
        ("strict-transport-security", "max-age=86400"),
        ("x-content-type-options", ""),
        ("x-frame-options", "ALLOW"),
        ("set-cookie", "a=b; Secure"),
        ("access-control-allow-origin", "*"),
    ],
)
def test_the_checks_see_what_is_wrong(page: TestClient, header: str, value: str) -> None:
    answer = page.get("/")
    answer.headers[header] = value
    assert [points for points in observatory(answer).values() if points < 0]


def test_the_page_has_nothing_inline() -> None:
    text = PAGE.read_text()
    for tag, attributes in Elements(text).found:
        assert tag not in ("style", "base", "iframe", "object", "embed")
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_page_may_do_what_it_needs(page: TestClient) -> None:
    policy = directives(page.get("/"))
    assert policy["connect-src"] == ["'self'"]  # and sockets: CSP level 3 counts ws and wss of one's own host
    assert {"'self'", "blob:", "data:"} == set(policy["img-src"])
    assert {"'self'", "blob:"} == set(policy["media-src"])
    assert policy["worker-src"] == policy["manifest-src"] == ["'self'"]
    assert page.get("/assets/main-1.js").headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/model", "/api/recordings/rec_x", "/metrics", "/no"])
def test_every_answer_has_them(page: TestClient, path: str) -> None:
    answer = page.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    policy = directives(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    if path not in ("/", "/docs"):
        assert "sandbox" in policy


def test_only_what_came_by_tls_promises_tls(page: TestClient) -> None:
    plain = TestClient(page.app, base_url="http://localhost").get("/")
    assert "strict-transport-security" not in plain.headers
    assert "Secure" not in plain.headers["set-cookie"]


def test_the_reference_names_every_request_and_runs_nothing(page: TestClient) -> None:
    answer = page.get("/docs")
    text = answer.text
    document = page.get("/openapi.json").json()
    assert all(f"<code>{path}</code>" in text for path in document["paths"])
    assert all(f"<code>{name}</code>" in text for name in document["components"]["schemas"])
    elements = Elements(text).found
    assert not [tag for tag, attributes in elements if tag == "script" or "style" in attributes or "src" in attributes]
    assert page.get("/redoc").status_code == 404


def test_what_people_bring_is_served_inert(server: Server) -> None:
    recording_id = server.client.post("/api/sample").json()["id"]
    audio = server.client.get(f"/api/recordings/{recording_id}/audio", headers={"Range": "bytes=0-9"})
    assert audio.status_code == 206
    assert audio.headers["content-type"].startswith("audio/")
    assert audio.headers["content-disposition"] == "inline"
    assert directives(audio)["sandbox"] == []
    assert directives(audio)["default-src"] == ["'none'"]


HOST = "sonotag.example:8443"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        (f"https://{HOST}", True),
        (f"HTTPS://{HOST.upper()}", True),
        ("https://partner.example", True),
        ("null", False),
        ("", False),
        ("https://sonotag.example", False),
        ("https://sonotag.example:443", False),
        (f"http://{HOST}", False),
        (f"ftp://{HOST}", False),
        (f"//{HOST}", False),
        (HOST, False),
        (f"https://{HOST}.evil.example", False),
        (f"https://evil.example/{HOST}", False),
        (f"https://evil.example?{HOST}", False),
        (f"https://evil.example#{HOST}", False),
        (f"https://{HOST}@evil.example", False),
        (f"https://user@{HOST}", False),
        (f"https://{HOST}/", False),
        (f"https://{HOST}/path", False),
        ("https://sonotagXexample:8443", False),
        ("https://partner.example.evil.example", False),
        ("https://partner.example:444", False),
        ("http://partner.example", False),
        ("https://[::1", False),
        (f"https://{HOST} https://evil.example", False),
    ],
)
def test_which_pages_may_send_unsafe_requests(origin: str | None, allowed: bool) -> None:
    headers = Headers({"host": HOST} | ({} if origin is None else {"origin": origin}))
    assert origin_allowed(headers, ["https://partner.example"], "https") is allowed


HOMELY = (
    "localhost",
    "127.0.0.1:8000",
    "[::1]:8000",
    "[::1]",
    "nas",
    "NAS:80",
    "nas.local",
    "a.home.arpa",
    "192.168.0.7",
)
STRANGE = ("evil.example", "evil.example:8000", "local.evil.example", "127.0.0.1.evil.example", "1.2.3", "")


@pytest.fixture(scope="module")
def home(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server(shared_library=True) as server:
        yield server


@pytest.mark.parametrize("host", [*HOMELY, *STRANGE])
def test_a_shared_library_answers_only_to_names_that_no_stranger_s_site_can_have(home: Server, host: str) -> None:
    """Else a site whose name was made to lead here would be one origin with it, and could read everything."""
    answer = home.client.get("/api/recordings", headers={"Host": host})
    known = host in HOMELY or host == ""  # without a name no browser asks
    assert answer.status_code == (200 if known else 421), answer.text
    assert home.client.get("/healthz", headers={"Host": host}).status_code == 200
    if not known:
        assert answer.json()["error"]["code"] == "unknown_host"
        with (
            pytest.raises(WebSocketDisconnect),
            home.client.websocket_connect("/ws/recordings/rec_x", headers={"Host": host}),
        ):
            raise AssertionError("the socket opened")


def test_an_operator_names_the_hosts(start_server: Callable[..., Any]) -> None:
    with start_server(allowed_hosts=["Sono.example"]) as named:
        for host, status in (("sono.example", 200), ("SONO.example:443", 200), ("a.sono.example", 421), ("nas", 421)):
            assert named.client.get("/api/recordings", headers={"Host": host}).status_code == status, host


def test_a_request_without_a_host_has_no_origin_of_its_own() -> None:
    assert not origin_allowed(Headers({"origin": "https://"}), [], "https")
    assert not origin_allowed(Headers({"origin": "null"}), [], "https")


def test_a_page_that_says_it_is_another_site_s_is_refused_without_an_origin_too(server: Server) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)):
        answer = stranger(server).post("/api/sample", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status, site
