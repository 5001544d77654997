"""Each browser is an owner of its own, known by a signed cookie."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from sonotag.api.owners import COOKIE_AGE_S, RENEW_AFTER_S, OwnerCookies
from sonotag.api.signing import Signer
from sonotag.errors import StorageError
from sonotag.main import own_secret
from sonotag.settings import Settings
from sonotag.store.files import DataDirectory
from sonotag.store.secret import kept_secret
from tests.api.conftest import Server

SECRET = b"a secret of the tests"


def stored_owner(server: Server, recording_id: str) -> str:
    return server.client.app.state.services.database.recording(recording_id).owner  # type: ignore[attr-defined]


def stranger(server: Server, base_url: str = "http://localhost") -> TestClient:
    """Another browser at the same server. Not entered: the server's life is that of its first client."""
    return TestClient(server.client.app, base_url=base_url)


def test_a_browser_stays_the_same_owner_and_another_is_another(server: Server) -> None:
    mine = server.client.post("/api/sample")
    again = server.client.post("/api/sample")
    theirs = stranger(server).post("/api/sample")
    owners = [stored_owner(server, answer.json()["id"]) for answer in (mine, again, theirs)]
    assert owners[0] == owners[1] != owners[2]
    assert all(owner.startswith("own_") and len(owner) == 36 for owner in owners)
    assert "set-cookie" not in again.headers


def test_every_way_in_notes_whose_it_is(server: Server, make_wav: Callable[..., Path]) -> None:
    path = make_wav(1)
    owner = stored_owner(server, server.client.post("/api/sample").json()["id"])
    whole = server.upload(path)["id"]
    streamed = server.client.post(
        "/upload_audio?filename=a.wav&prompts=dog",
        content=path.read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    ).json()["id"]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "100"}
    announced = server.client.post("/api/uploads", headers=headers)
    assert {stored_owner(server, one) for one in (whole, streamed, announced.headers["X-Recording-Id"])} == {owner}
    (upload,) = [u for u in server.client.app.state.services.uploads._store.all() if u.length_bytes == 100]  # type: ignore[attr-defined]
    assert upload.owner == owner


def test_the_cookie_is_out_of_scripts_reach_and_not_for_other_sites(server: Server) -> None:
    plain = stranger(server).post("/api/sample").headers["set-cookie"]
    assert plain.startswith("sonotag_owner_")
    assert plain.split("; ")[1:] == ["Path=/", f"Max-Age={COOKIE_AGE_S}", "HttpOnly", "SameSite=Lax"]
    behind_tls = stranger(server, "https://localhost").post("/api/sample")
    assert behind_tls.headers["set-cookie"].split("; ")[-1] == "Secure"
    assert behind_tls.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/model", "/api/recordings", "/nothing"])
def test_what_is_only_read_gives_no_cookie(server: Server, path: str) -> None:
    assert "set-cookie" not in stranger(server).get(path).headers


def test_the_page_gives_one_and_a_refusal_none(server: Server) -> None:
    page = stranger(server).get("/")
    assert "set-cookie" in page.headers
    assert page.headers["cache-control"] == "no-store"
    # Another site's form comes without the visitor's cookie: the answer must not replace it.
    foreign = stranger(server).post("/api/sample", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "set-cookie" not in foreign.headers


def test_a_cookie_that_is_not_of_this_server_is_a_stranger_s(server: Server) -> None:
    client = stranger(server)
    recording_id = client.post("/api/sample").json()["id"]
    (cookie,) = client.cookies.jar
    assert cookie.value is not None
    owner = stored_owner(server, recording_id)
    other = "own_" + "0" * 32
    forgeries = [
        cookie.value.replace(owner, other),
        cookie.value[:-1],
        "v2" + cookie.value,
        f"v1.{other}.1.é",
        "v1..",
        "",
    ]
    for forged in forgeries:
        headers = {"Cookie": f"{cookie.name}={forged}".encode()}
        answer = stranger(server).post("/api/sample", headers=headers)  # type: ignore[arg-type]
        assert stored_owner(server, answer.json()["id"]) not in (owner, other)
        assert "set-cookie" in answer.headers


def test_a_cookie_is_renewed_in_time_and_holds_for_ever() -> None:
    cookies = OwnerCookies(Signer(SECRET))
    known = cookies.read(cookies.value("own_a", 1_000.7))
    assert known is not None
    assert (known.owner, known.issued_s) == ("own_a", 1_000)
    assert RENEW_AFTER_S < COOKIE_AGE_S / 2
    assert OwnerCookies(Signer(b"another secret")).read(cookies.value("own_a", 1)) is None


def test_what_was_signed_for_one_purpose_is_worth_nothing_for_another() -> None:
    signer = Signer(SECRET)
    assert signer.read("a", signer.sign("a", "x.y")) == "x.y"
    assert signer.read("b", signer.sign("a", "x.y")) is None
    # The purpose and the text are told apart.
    assert signer.sign("a", "bc").rpartition(".")[2] != signer.sign("ab", "c").rpartition(".")[2]


def test_servers_of_one_host_have_cookies_of_different_names() -> None:
    assert OwnerCookies(Signer(b"one")).name != OwnerCookies(Signer(b"two")).name
    assert OwnerCookies(Signer(b"one")).name == OwnerCookies(Signer(b"one")).name


def test_the_secret_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    secret = kept_secret(path)
    assert len(secret) == 64
    assert kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]
    path.write_text("short")
    with pytest.raises(StorageError, match="shorter than 16"):
        kept_secret(path)


def test_an_operator_s_secret_keeps_owners_across_data_directories(tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_text("sixteen letters or more\n")
    first, second = DataDirectory(tmp_path / "first"), DataDirectory(tmp_path / "second")
    given = own_secret(Settings(secret=SecretStr("sixteen letters or more")), first)
    assert own_secret(Settings(secret_file=file), second) == given
    assert not first.secret.exists()
    assert own_secret(Settings(), first) == own_secret(Settings(), first) != given
    assert own_secret(Settings(), second) != own_secret(Settings(), first)
