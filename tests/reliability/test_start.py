"""What a server does with what the one before it left, while new things already arrive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sonotag.api.deps import Services
from sonotag.domain import Recording, RecordingState, Source, SourceKind
from sonotag.errors import ConflictError
from sonotag.jobs.incoming import Arrivals, Incoming
from tests.api.conftest import Server

SOURCE = Source(SourceKind.UPLOAD, "a.wav", "application/octet-stream", 0, playable=False)


@pytest.fixture
def server(start_server: Callable[..., Any]) -> Iterator[Server]:
    with start_server() as server:
        yield server


def services_of(server: Server) -> Services:
    return server.client.app.state.services  # pyright: ignore[reportAttributeAccessIssue]


def test_a_server_on_a_damaged_database_says_what_to_do_and_ends(tmp_path: Path) -> None:
    database = tmp_path / "sonotag.db"
    database.write_bytes(b"no database" * 1000)
    command = [sys.executable, "-m", "sonotag.cli", "serve", "--port", "0"]
    environment = {**os.environ, "SONOTAG_DATA_DIR": str(tmp_path), "HOST": "127.0.0.1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 1
    assert "Error: The database is damaged. Nothing was changed. Restore a backup" in run.stderr
    assert database.read_bytes() == b"no database" * 1000


def test_what_begins_to_arrive_while_old_work_is_taken_up_is_not_taken_for_old(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_of(server)
    real_open = Arrivals.open

    def open_late(self: Arrivals, recording: Recording, original: Path, *, size_bytes: int = 0) -> Incoming:
        services.library.resume()  # in the moment between the row and its writer
        return real_open(self, recording, original, size_bytes=size_bytes)

    monkeypatch.setattr(Arrivals, "open", open_late)
    incoming = services.library.receive("a", SOURCE, "own_x")
    recording = services.database.recording(incoming.recording_id)
    assert (recording.state, recording.arriving, recording.problem) == (RecordingState.FETCHING, True, None)


def test_a_body_that_was_cut_off_by_the_end_of_the_server_is_told_as_interrupted(
    start_server: Callable[..., Any], make_wav: Callable[..., Path]
) -> None:
    with start_server() as server:
        services = services_of(server)
        incoming = services.library.receive("a", SOURCE, "own_x")
        incoming.write(make_wav(23).read_bytes()[:100_000])
        services.events.commit(incoming.recording_id, source_size_bytes=100_000)
        announced = services.library.receive("b", SOURCE, "own_x").recording_id
    with start_server(server.data_dir) as again:
        recording = again.recording(incoming.recording_id)
        assert (recording["state"], recording["error"]["code"]) == ("failed", "interrupted")
        assert again.client.get(f"/api/recordings/{announced}").status_code == 404, "nothing of it had come"
        with pytest.raises(ConflictError):
            services_of(again).library.cancel(incoming.recording_id)


def test_a_server_that_is_killed_in_a_deletion_goes_on_with_the_work(
    start_server: Callable[..., Any], make_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with start_server() as server:
        services = services_of(server)
        recording_id = server.upload(make_wav(900))["id"]
        server.analyze(recording_id)
        server.wait(recording_id, lambda recording: recording["windows_done"] >= 1)
        with monkeypatch.context() as patched:
            patched.setattr(services.database, "delete_recording", killed)
            with pytest.raises(Killed):
                services.library.delete(recording_id)
        left = services.database.recording(recording_id)
        assert left.state is RecordingState.ANALYZING, "neither acknowledged as deleted nor cancelled by anybody"
        assert left.windows_total is not None
        assert left.windows_done < left.windows_total
    with start_server(server.data_dir) as again:
        assert again.finish(recording_id)["state"] == "done"
