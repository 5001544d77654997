"""What a server does with what the one before it left, while new things already arrive."""

from __future__ import annotations

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
