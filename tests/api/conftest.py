"""A whole server for each test module: real decoder, real built-in tagger, a data directory of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from sonotag.main import create_app
from sonotag.settings import Settings

TERMINAL = {"done", "failed", "cancelled"}


class Server:
    """The application in process, with helpers that speak its API as a script would."""

    def __init__(self, client: TestClient, data_dir: Path) -> None:
        self.client = client
        self.data_dir = data_dir

    def upload(self, path: Path, name: str | None = None) -> dict[str, Any]:
        with path.open("rb") as file:
            answer = self.client.post("/upload_audio", files={"file": (name or path.name, file)})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def analyze(self, recording_id: str, prompts: list[str] | None = None) -> dict[str, Any]:
        answer = self.client.post("/analyze", json={"recording_id": recording_id, "prompts": prompts})
        assert answer.status_code == 202, answer.text
        return answer.json()

    def recording(self, recording_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/recordings/{recording_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(
        self, recording_id: str, until: Callable[[dict[str, Any]], bool], timeout_s: float = 180
    ) -> dict[str, Any]:
        """Polls until the recording satisfies `until`; fails loudly when it does not in time."""
        deadline = time.monotonic() + timeout_s
        while not until(recording := self.recording(recording_id)):
            assert time.monotonic() < deadline, f"still {recording}"
            time.sleep(0.01)
        return recording

    def finish(self, recording_id: str) -> dict[str, Any]:
        return self.wait(recording_id, lambda r: r["state"] in TERMINAL)

    def stored(self) -> set[str]:
        """Names of everything that lies in the data directory for recordings and uploads."""
        return {
            str(path.relative_to(self.data_dir))
            for folder in ("recordings", "incoming")
            for path in (self.data_dir / folder).rglob("*")
        }

    def owned(self) -> bool:
        """Whether every stored file belongs to a recording that the server lists."""
        listed = {r["id"] for r in self.client.get("/api/recordings?limit=200").json()["recordings"]}
        directories = {name.split("/")[1] for name in self.stored() if name.startswith("recordings/")}
        return directories <= listed and not any(name.startswith("incoming/") for name in self.stored())


def problem(answer: Any, status: int, code: str) -> dict[str, str]:
    """The error of an answer, which must be complete and of this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint"}
    assert body["error"]["code"] == code, body
    assert body["error"]["message"]
    assert body["error"]["hint"]
    return body["error"]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Starts a server: `with start_server(max_upload_bytes=…) as server`. Settings are fields of Settings."""
    from contextlib import contextmanager

    @contextmanager
    def start(data_dir: Path | None = None, **settings: Any) -> Iterator[Server]:
        directory = data_dir or tmp_path_factory.mktemp("data")
        page = tmp_path_factory.mktemp("page")
        app = create_app(Settings(data_dir=directory, page_dir=page, **settings))
        with TestClient(app, base_url="http://localhost") as client:
            app.state.services.models.encoder(wait_s=180)
            yield Server(client, directory)

    return start


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server() as server:
        yield server


@pytest.fixture
def nothing_unowned(server: Server) -> Iterator[None]:
    """After every test the server answers, and the data directory holds nothing that no recording owns."""
    yield
    assert server.client.get("/healthz").status_code == 200
    assert server.owned(), server.stored()


@pytest.fixture(scope="session")
def make_wav(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a WAV of quiet noise with louder bursts; `seconds` long, always the same for the same arguments."""
    directory = tmp_path_factory.mktemp("audio")

    def make(seconds: float, rate: int = 16_000, name: str | None = None) -> Path:
        path = directory / (name or f"noise-{seconds}-{rate}.wav")
        if not path.exists():
            rng = np.random.default_rng(7)
            samples = rng.standard_normal(round(seconds * rate)).astype(np.float32) * 0.02
            samples[rate // 2 :: rate * 3] += 0.5
            soundfile.write(path, samples, rate)
        return path

    return make


@pytest.fixture(scope="module")
def stored(server: Server, make_wav: Callable[..., Path]) -> str:
    """Id of a recording that is there and analysed."""
    recording = server.upload(make_wav(3))
    server.analyze(recording["id"], ["dog barking"])
    assert server.finish(recording["id"])["state"] == "done"
    return recording["id"]
