"""The page's files: packed where the client takes it, the same bytes in the end."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from sonotag.api.page import mount_page

SCRIPT = b"export const words = 'rain';\n" * 200


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>SonoTag</title>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-1.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "main-1.js.br").write_bytes(b"a stand-in for brotli")
    app = FastAPI()
    mount_page(app, tmp_path)
    return TestClient(app)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=much", None),
        ("identity", None),
        ("", None),
    ],
)
def test_a_script_comes_as_the_client_takes_it(client: TestClient, accepted: str, encoding: str | None) -> None:
    with client.stream("GET", "/assets/main-1.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert int(answer.headers["content-length"]) == len(raw)
    if encoding is None:
        assert raw == SCRIPT
    if encoding == "gzip":
        assert gzip.decompress(raw) == SCRIPT


def test_what_is_not_packed_comes_as_it_is(client: TestClient) -> None:
    answer = client.get("/icon.svg")
    assert answer.content == b"<svg/>"
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


def test_each_form_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = {
        accepted: client.head("/assets/main-1.js", headers={"Accept-Encoding": accepted}).headers["etag"]
        for accepted in ("br", "gzip", "identity")
    }
    assert len(set(tags.values())) == 3
    for accepted, status in (("gzip", 304), ("br", 200)):
        asked = {"Accept-Encoding": accepted, "If-None-Match": tags["gzip"]}
        assert client.head("/assets/main-1.js", headers=asked).status_code == status


@pytest.mark.parametrize("kind", ["script", "style"])
def test_a_document_may_have_the_scripts_and_styles_it_was_built_with_and_no_others(
    client: TestClient, tmp_path: Path, kind: str
) -> None:
    def allowed(path: str, what: str = kind) -> str:
        policy = client.head(path).headers["content-security-policy"]
        return next(part for part in policy.split("; ") if part.startswith(f"{what}-src"))

    assert allowed("/") == f"{kind}-src 'self'"
    page = tmp_path / "index.html"
    for code in (b"early = 1;", b"early = 22;"):
        inline = f"<{kind}>".encode() + code + f"</{kind}>".encode()
        page.write_bytes(b"<!doctype html>" + inline + b'<script src="a.js"></script>')
        digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
        assert allowed("/") == allowed("/index.html") == f"{kind}-src 'self' 'sha256-{digest}'"
        other = "style" if kind == "script" else "script"
        assert allowed("/", other) == f"{other}-src 'self'"
    assert allowed("/assets/main-1.js") == f"{kind}-src 'self'"
