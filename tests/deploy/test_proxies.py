"""The sample files of deploy/, run for real where the program is installed: page, API, sockets, events, uploads."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import pytest
from websockets.sync.client import connect

from tests.api.conftest import make_wav as make_wav
from tests.api.server_process import PATIENCE_S, ServerProcess

DEPLOY = Path(__file__).parents[2] / "deploy"
PREFIX = "/sonotag"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    page = tmp_path_factory.mktemp("page")
    (page / "assets").mkdir()
    (page / "index.html").write_text('<!doctype html><html><script src="./assets/app-1.js"></script></html>')
    (page / "assets" / "app-1.js").write_text("1")
    server = ServerProcess(
        tmp_path_factory.mktemp("data"),
        SONOTAG_MODEL="builtin",
        SONOTAG_ROOT_PATH=PREFIX,
        SONOTAG_PAGE_DIR=str(page),
    )
    server.wait_ready()
    yield server
    server.end(signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def nginx_command(folder: Path, port: int, upstream: str) -> list[str]:
    sample = (DEPLOY / "nginx.conf").read_text()
    assert sample.count("listen 80;") == sample.count("127.0.0.1:8000") == 1
    (folder / "sample.conf").write_text(
        sample.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8000", upstream)
    )
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{place}_temp_path {folder}/{place};\n" for place in places)
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary} include {folder}/sample.conf; }}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(whole)]


def caddy_command(folder: Path, port: int, upstream: str) -> list[str]:
    sample = (DEPLOY / "Caddyfile").read_text()
    assert sample.count("sonotag.example.org {") == sample.count("127.0.0.1:8000") == 1
    # Without TLS and its administration, which would take ports of their own.
    site = sample.replace("sonotag.example.org {", f"http://127.0.0.1:{port} {{")
    whole = folder / "Caddyfile"
    whole.write_text(site.replace("{\n", "{\n\tadmin off\n", 1).replace("127.0.0.1:8000", upstream))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(whole)]


COMMANDS: dict[str, Callable[[Path, int, str], list[str]]] = {"nginx": nginx_command, "caddy": caddy_command}


@contextmanager
def running(name: str, folder: Path, upstream: str) -> Iterator[str]:
    """The program in front of `upstream` (host:port); yields the address that visitors see."""
    if shutil.which(name) is None:
        pytest.skip(f"NOT RUN: {name} is not installed here (apt-get install {name})")
    port = free_port()
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    command = COMMANDS[name](folder, port, upstream)
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, env=environment) as process:
        try:
            deadline_s = time.monotonic() + PATIENCE_S
            while not _answers(f"http://127.0.0.1:{port}{PREFIX}/"):
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                assert time.monotonic() < deadline_s
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}{PREFIX}/"
        finally:
            process.kill()
            process.communicate(timeout=PATIENCE_S)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}healthz").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize("name", COMMANDS)
def test_everything_works_under_the_prefix(
    name: str, server: ServerProcess, make_wav: Callable[..., Path], tmp_path: Path
) -> None:
    content = make_wav(60).read_bytes()
    upstream = server.client.base_url
    with running(name, tmp_path, f"{upstream.host}:{upstream.port}") as proxy:
        _use(proxy, content)


def _use(proxy: str, content: bytes) -> None:
    assert len(content) > 1_500_000  # more than nginx takes unless told
    with httpx2.Client(base_url=proxy, timeout=PATIENCE_S) as client:
        moved = client.get(proxy.rstrip("/"))
        assert (moved.status_code, urljoin(proxy, moved.headers["location"])) == (308, proxy)
        page = client.get("")
        assert page.headers["content-type"].startswith("text/html")
        assert f"Path={PREFIX}" in page.headers["set-cookie"]
        assert client.get("assets/app-1.js").headers["cache-control"].endswith("immutable")
        assert client.get("docs").status_code == 200
        assert client.get("openapi.json").json()["paths"]["/upload_audio"]

        # A browser's request: its origin is the proxy's.
        origin = {"Origin": proxy.removesuffix(f"{PREFIX}/")}
        sent = client.post("upload_audio", files={"file": ("a.wav", content)}, headers=origin)
        assert sent.status_code == 201, sent.text
        recording_id = sent.json()["id"]
        assert client.post("api/sample", headers={"Origin": "https://evil.example"}).status_code == 403

        order = {"recording_id": recording_id, "prompts": ["rain"]}
        with connect(f"{proxy.replace('http', 'ws')}ws/recordings/{recording_id}", origin=origin["Origin"]) as events:
            assert json.loads(events.recv(PATIENCE_S))["type"] == "snapshot"
            with client.stream("GET", f"api/recordings/{recording_id}/events") as stream:
                lines = stream.iter_lines()
                # It has come though the stream goes on: nothing holds it back.
                assert next(lines).startswith("id: ")
                assert client.post("analyze", json=order, headers=origin).status_code == 202
                states: list[str] = []
                while "done" not in states:
                    message: dict[str, Any] = json.loads(events.recv(PATIENCE_S))
                    states += [message["state"]] if message["type"] == "state" else []
        part = client.get(f"api/recordings/{recording_id}/audio", headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, content[4:8])

        _upload_in_pieces(client, content)


def _upload_in_pieces(client: httpx2.Client, content: bytes) -> None:
    tus = {"Tus-Resumable": "1.0.0"}
    created = client.post("api/uploads", headers={**tus, "Upload-Length": str(len(content))})
    assert created.status_code == 201
    to = urljoin(str(created.url), created.headers["location"])
    at = 0
    for piece in (content[:700_000], content[700_000:]):
        headers = {**tus, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        assert client.patch(to, content=piece, headers=headers).status_code == 204
        at += len(piece)
    assert client.head(to, headers=tus).headers["upload-offset"] == str(len(content))


class _Mirror(http.server.BaseHTTPRequestHandler):
    """Answers with the headers and the path that came."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_visitor_claims_is_not_passed_on(name: str, tmp_path: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Mirror) as mirror:
        serving = threading.Thread(target=mirror.serve_forever)
        serving.start()
        try:
            with running(name, tmp_path, f"127.0.0.1:{mirror.server_port}") as proxy:
                claims = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
                seen = httpx2.get(f"{proxy}api/presets?x=1", headers=claims).json()
        finally:
            mirror.shutdown()
            serving.join()
    assert (seen["path"], seen["host"]) == ("/api/presets?x=1", proxy.split("/")[2])
    assert (seen["x-forwarded-for"], seen["x-forwarded-proto"]) == ("127.0.0.1", "http")


def test_the_service_file_is_understood(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("NOT RUN: systemd-analyze is not installed here (apt-get install systemd)")
    sample = (DEPLOY / "sonotag.service").read_text()
    installed = "/opt/sonotag/venv/bin/sonotag"
    assert f"ExecStart={installed} serve\n" in sample
    unit = tmp_path / "sonotag.service"
    # What it starts must exist to be verified.
    unit.write_text(sample.replace(installed, sys.executable))
    verified = subprocess.run(
        [program, "verify", str(unit)], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    complaints = [line for line in verified.stderr.splitlines() if "sonotag.service" in line]
    assert (verified.returncode, complaints) == (0, []), verified.stderr
