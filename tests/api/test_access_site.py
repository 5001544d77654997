"""A closed server: the site's password, sessions, and API keys with their scopes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from sonotag.api.signing import Signer
from sonotag.api.site import SESSION_S, TRIES, TRIES_PER_S, Attempts, SiteAccess, address_of
from sonotag.domain import KeyScope
from sonotag.errors import BusyError, InputError, NotFoundError, StorageError
from sonotag.main import site_password
from sonotag.settings import Settings
from sonotag.store.access import KeyStore
from tests.api.conftest import Server
from tests.api.test_access import listed, refused
from tests.api.test_access_owners import stranger

PASSWORD = "open, sesame"


@pytest.fixture(scope="module")
def closed(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server(site_password=PASSWORD) as server:
        yield server


@pytest.fixture(autouse=True)
def no_tries_yet(request: pytest.FixtureRequest) -> None:
    if "closed" in request.fixturenames:
        forget_tries(request.getfixturevalue("closed"))


def site(server: Server) -> Any:
    return server.client.app.state.services.site  # type: ignore[attr-defined]


def forget_tries(server: Server) -> None:
    site(server)._wrong_passwords, site(server)._wrong_keys = Attempts(), Attempts()


def keys(server: Server) -> Any:
    return site(server)._keys


def signed_in(server: Server) -> TestClient:
    client = stranger(server)
    assert client.post("/api/session", json={"password": PASSWORD}).status_code == 200
    return client


def test_nothing_of_the_api_is_answered_before_signing_in(closed: Server) -> None:
    client = stranger(closed)
    document = closed.client.app.openapi()["paths"]  # type: ignore[attr-defined]
    tried = 0
    for path, operations in document.items():
        if path in ("/healthz", "/readyz", "/api/access", "/api/session"):
            continue
        for method in operations:
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            if method == "head":
                assert answer.status_code == 401
            else:
                refused(answer, 401, "sign_in_needed")
            tried += 1
    assert tried > 25
    for path in ("/docs", "/redoc", "/openapi.json", "/nothing", "/api/upload_audio"):
        refused(client.get(path), 401, "sign_in_needed")
    with pytest.raises(WebSocketDisconnect) as ended, client.websocket_connect("/ws/recordings/rec_x"):
        raise AssertionError("the socket opened")
    assert ended.value.code == 4401
    assert closed.stored() == set()


def test_the_page_and_the_checks_of_the_operator_stay_open(closed: Server) -> None:
    client = stranger(closed)
    assert [client.get(path).status_code for path in ("/", "/healthz", "/readyz")] == [200, 200, 200]
    state = stranger(closed).get("/api/access")
    assert state.json() == {"password_needed": True, "signed_in": False, "shared_library": False}
    assert "set-cookie" in state.headers


def test_signing_in_and_out(closed: Server) -> None:
    client = stranger(closed)
    refused(client.post("/api/session", json={"password": "open, barley"}), 401, "wrong_password")
    assert not [name for name in client.cookies if name.startswith("sonotag_session")]
    answer = client.post("/api/session", json={"password": PASSWORD})
    assert answer.json()["signed_in"] is True
    session = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("sonotag_session"))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert PASSWORD not in str(answer.headers)
    recording_id = client.post("/api/sample").json()["id"]
    assert listed(client) == [recording_id]
    other = signed_in(closed)
    assert listed(other) == []
    kept = dict(client.cookies)
    assert client.delete("/api/session").status_code == 204
    refused(client.get("/api/recordings"), 401, "sign_in_needed")
    assert client.get("/api/access").json()["signed_in"] is False
    # Whoever signs in again is the same owner as before.
    assert client.post("/api/session", json={"password": PASSWORD}).status_code == 200
    assert listed(client) == [recording_id]
    assert kept


def test_a_session_ends_with_its_time_and_with_its_password(closed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(closed)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    asked = HTTPConnection({"type": "http", "headers": [(b"cookie", cookies.encode())]})
    signer = Signer((closed.data_dir / "secret").read_bytes())
    same, changed = (SiteAccess(signer, password, keys(closed)) for password in (PASSWORD, "another password"))
    assert same.signed_in(asked, time.time())
    assert not changed.signed_in(asked, time.time())
    assert not SiteAccess(signer, None, keys(closed)).signed_in(asked, time.time())
    assert not same.signed_in(asked, time.time() + SESSION_S)
    monkeypatch.setattr("sonotag.api.site.SESSION_S", -1)
    refused(client.get("/api/recordings"), 401, "sign_in_needed")


def test_wrong_passwords_are_answered_only_so_often(closed: Server) -> None:
    client = stranger(closed)
    for _ in range(TRIES):
        refused(client.post("/api/session", json={"password": "wrong"}), 401, "wrong_password")
    answer = client.post("/api/session", json={"password": PASSWORD})
    refused(answer, 429, "too_many_tries")
    assert 0 < int(answer.headers["retry-after"]) <= TRIES_PER_S + 1


def test_tries_are_counted_while_they_last_and_forgotten_later() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(TRIES):
        attempts.begin("a")
        now[0] += 1
    with pytest.raises(BusyError) as refusal:
        attempts.begin("a")
    assert refusal.value.retry_after_s == TRIES_PER_S - TRIES + 1
    attempts.begin("b")
    now[0] = TRIES_PER_S + 0.5
    attempts.begin("a")
    attempts.succeeded("a")
    attempts.begin("a")
    with pytest.raises(BusyError):
        attempts.begin("a")


def test_addresses_are_bounded_and_those_of_one_network_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sonotag.api.site.MAX_ADDRESSES", 3)
    attempts = Attempts()
    for number in range(10):
        attempts.begin(str(number))
    assert list(attempts._tries) == ["7", "8", "9"]
    assert address_of({"client": ("2001:db8:1:2:3::4", 1)}) == address_of({"client": ("2001:db8:1:2:ffff::", 1)})
    assert address_of({"client": ("2001:db8:1:3::4", 1)}) != address_of({"client": ("2001:db8:1:2::4", 1)})
    assert address_of({"client": ("::ffff:10.0.0.1", 1)}) == address_of({"client": ("10.0.0.1", 9)})
    assert address_of({"client": None}) == ""


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    assert site_password(Settings(site_password_file=file)) == PASSWORD
    assert site_password(Settings(site_password=PASSWORD)) == PASSWORD
    assert site_password(Settings()) is None
    file.write_text("short")
    with pytest.raises(StorageError, match="shorter than 8"):
        site_password(Settings(site_password_file=file))


def test_an_open_server_has_nothing_to_sign_in_to(server: Server) -> None:
    assert server.client.get("/api/access").json()["password_needed"] is False
    refused(server.client.post("/api/session", json={"password": "anything"}), 401, "wrong_password")
    assert server.client.get("/api/access").json()["signed_in"] is False


def test_a_share_link_opens_its_recording_and_nothing_else(closed: Server) -> None:
    owner = signed_in(closed)
    recording_id = owner.post("/api/sample").json()["id"]
    token = owner.post(f"/api/recordings/{recording_id}/shares").json()["token"]
    guest = stranger(closed)
    assert guest.get(f"/api/recordings/{token}").json()["id"] == token
    refused(guest.get(f"/api/recordings/{recording_id}"), 401, "sign_in_needed")
    refused(guest.get("/api/recordings"), 401, "sign_in_needed")
    refused(guest.get("/api/recordings/s-" + "A" * 32), 401, "sign_in_needed")
    # What the page needs besides is told to those who name the link, and nothing else is.
    for path in ("/api/model", "/api/presets", "/api/prompts?prompts=dog", "/api/limits", "/api/system"):
        assert guest.get(path, headers={"X-Share": token}).status_code == 200
        refused(guest.get(path), 401, "sign_in_needed")
        refused(guest.get(path, headers={"X-Share": token[:-1]}), 401, "sign_in_needed")
    for path in ("/api/recordings", f"/api/recordings/{recording_id}", "/metrics", "/openapi.json"):
        refused(guest.get(path, headers={"X-Share": token}), 401, "sign_in_needed")
    refused(guest.post("/api/sample", headers={"X-Share": token}), 401, "sign_in_needed")


def test_no_secret_is_logged(start_server: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = "never to be seen by anybody"
    with start_server(site_password=PASSWORD, secret=secret) as server:
        assert secret not in repr(server.client.app.state.services.settings)
        assert PASSWORD not in repr(server.client.app.state.services.settings)
        client = signed_in(server)
        client.post("/api/session", json={"password": "a wrong one"})
        recording_id = client.post("/api/sample").json()["id"]
        token = client.post(f"/api/recordings/{recording_id}/shares").json()["token"]
        _, key = keys(server).add("a", [KeyScope.READ])
        for path in ("", "/scores?prompts=dog", "/nothing"):
            stranger(server).get(f"/api/recordings/{token}{path}")
        stranger(server).get("/api/recordings", headers=bearer(key))
        stranger(server).get("/api/recordings", headers=bearer(key + "x"))
        cookies = [value.split(".")[-1] for value in client.cookies.values()]
    # What the test's own client says of its requests is not the server's log.
    said = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name[:5] != "httpx")
    assert "/api/recordings/{recording_id}/scores" in said
    for hidden in (secret, PASSWORD, "a wrong one", token, key, *cookies):
        assert hidden not in said


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_is_an_owner_of_its_own_and_needs_no_cookie(closed: Server) -> None:
    key, text = keys(closed).add("a  script ", [KeyScope.READ, KeyScope.WRITE])
    assert key.name == "a script"
    made = stranger(closed).post("/api/sample", headers=bearer(text))
    assert "set-cookie" not in made.headers
    recording_id = made.json()["id"]
    database = closed.client.app.state.services.database  # type: ignore[attr-defined]
    assert database.recording(recording_id).owner == f"key:{key.id}"
    listing = stranger(closed).get("/api/recordings", headers=bearer(text)).json()["recordings"]
    assert [recording["id"] for recording in listing] == [recording_id]
    assert listed(signed_in(closed)) == []
    # A browser sends cookies by itself, but never a key: its requests may come from anywhere.
    foreign = bearer(text) | {"Origin": "https://elsewhere.example"}
    assert stranger(closed).delete(f"/api/recordings/{recording_id}", headers=foreign).status_code == 204
    with closed.client.websocket_connect("/ws/recordings/rec_x", headers=foreign) as socket:
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
        assert ended.value.code == 4404
    keys(closed).revoke(key.id)
    refused(stranger(closed).get("/api/recordings", headers=bearer(text)), 401, "bad_api_key")
    with pytest.raises(NotFoundError):
        keys(closed).revoke(key.id)


def test_a_key_does_what_its_scopes_say(closed: Server) -> None:
    _, reading = keys(closed).add("looks", [KeyScope.READ])
    _, writing = keys(closed).add("brings", [KeyScope.WRITE])
    client = stranger(closed)
    assert client.get("/api/recordings", headers=bearer(reading)).status_code == 200
    refused(client.post("/api/sample", headers=bearer(reading)), 403, "key_scope")
    refused(client.get("/api/recordings", headers=bearer(writing)), 403, "key_scope")
    assert client.post("/api/sample", headers=bearer(writing)).status_code == 201


@pytest.mark.parametrize("text", ["", "sono_wrong", "é", "x" * 5000])
def test_a_wrong_key_is_refused_also_by_an_open_server(server: Server, text: str) -> None:
    forget_tries(server)
    headers = {"Authorization": f"Bearer {text}".encode()}
    refused(stranger(server).get("/api/model", headers=headers), 401, "bad_api_key")  # type: ignore[arg-type]
    with (
        pytest.raises(WebSocketDisconnect) as ended,
        server.client.websocket_connect("/ws/recordings/rec_x", headers=headers),  # type: ignore[arg-type]
    ):
        raise AssertionError("the socket opened")
    assert ended.value.code == 4401
    # What a proxy asked for is not ours.
    assert stranger(server).get("/api/model", headers={"Authorization": "Basic YTpi"}).status_code == 200


def test_wrong_keys_are_answered_only_so_often(server: Server) -> None:
    forget_tries(server)
    codes = [stranger(server).get("/healthz", headers=bearer("sono_no")).status_code for _ in range(TRIES + 1)]
    assert codes == [401] * TRIES + [429]
    forget_tries(server)


def test_many_requests_at_once_with_a_valid_key_are_all_answered(
    closed: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where wrong keys came from the same address: behind a proxy all may have one."""
    _, text = keys(closed).add("parallel", [KeyScope.READ])
    for _ in range(TRIES + 2):
        stranger(closed).get("/api/model", headers=bearer("sono_no"))
    at_once = 2 * TRIES
    together = threading.Barrier(at_once)
    find = KeyStore.find

    def find_together(store: KeyStore, key: str) -> Any:
        together.wait(30)
        return find(store, key)

    monkeypatch.setattr(KeyStore, "find", find_together)
    with ThreadPoolExecutor(at_once) as pool:
        asked = [pool.submit(site(closed).key, f"Bearer {text}", "testclient") for _ in range(at_once)]
        assert {one.result().name for one in asked} == {"parallel"}


def test_a_key_has_a_name_and_a_scope(server: Server) -> None:
    for name, scopes in (("", [KeyScope.READ]), (" \n", [KeyScope.READ]), ("a", [])):
        with pytest.raises(InputError):
            keys(server).add(name, scopes)
