"""Uploads in pieces, over HTTP: what the protocol promises, and that the recordings are the same as sent at once."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Server

MakeWav = Callable[..., Path]
TUS = {"Tus-Resumable": "1.0.0"}


class Tus:
    """Speaks tus to a server as a small client would."""

    def __init__(self, server: Server) -> None:
        self.client = server.client

    def create(self, length: int, name: str = "noise.wav") -> httpx.Response:
        metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype YXVkaW8vd2F2"
        headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        return self.client.post("/api/uploads", headers=headers)

    def begin(self, length: int, name: str = "noise.wav") -> tuple[str, str]:
        """Address of a new upload and id of its recording."""
        answer = self.create(length, name)
        assert answer.status_code == 201, answer.text
        return f"/api/{answer.headers['Location']}", answer.headers["X-Recording-Id"]

    def head(self, address: str) -> httpx.Response:
        return self.client.head(address, headers=TUS)

    def patch(self, address: str, offset: int, piece: bytes, **changed: str) -> httpx.Response:
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **changed}
        return self.client.patch(address, headers=headers, content=piece)

    def send(self, address: str, content: bytes, piece_bytes: int = 1 << 20) -> None:
        for offset in range(0, len(content), piece_bytes):
            answer = self.patch(address, offset, content[offset : offset + piece_bytes])
            assert answer.status_code == 204, answer.text


@pytest.fixture(scope="module")
def client(server: Server) -> Tus:
    return Tus(server)


def original(server: Server, recording_id: str) -> bytes:
    return (server.data_dir / "recordings" / recording_id / "original").read_bytes()


def test_what_the_server_can_do(client: Tus) -> None:
    answer = client.client.options("/api/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "expiration"}
    assert int(answer.headers["Tus-Max-Size"]) == 4 * 1024**3


def test_a_file_sent_in_pieces_is_the_recording_sent_at_once(client: Tus, server: Server, make_wav: MakeWav) -> None:
    path = make_wav(12)
    content = path.read_bytes()
    address, recording_id = client.begin(len(content), name="my noise.wav")
    arriving = server.recording(recording_id)
    assert (arriving["state"], arriving["arriving"], arriving["expected_bytes"]) == ("fetching", True, len(content))

    assert client.patch(address, 0, content[:100_001]).headers["Upload-Offset"] == "100001"
    told = client.head(address)
    assert told.status_code == 200
    assert told.headers["Upload-Offset"] == "100001"
    assert told.headers["Upload-Length"] == str(len(content))
    assert told.headers["Upload-Metadata"].startswith("filename ")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Upload-Expires"]
    assert told.headers["X-Recording-Id"] == recording_id
    assert client.patch(address, 100_001, content[100_001:]).status_code == 204

    stored, at_once = server.recording(recording_id), server.upload(path, "my noise.wav")
    same = ("title", "state", "duration_s", "source", "windows_total", "arriving")
    assert {key: stored[key] for key in same} == {key: at_once[key] for key in same}
    assert original(server, recording_id) == content
    assert client.head(address).headers["Upload-Offset"] == str(len(content))
    played = client.client.get(stored["audio_url"])
    assert played.content == content


def test_every_answer_names_the_protocol(client: Tus) -> None:
    address, _ = client.begin(1000)
    answers = [
        client.head(address),
        client.head("/api/uploads/upl_nowhere"),
        client.patch(address, 7, b"x"),
        client.patch(address, 0, b"x"),
        client.client.delete(address, headers=TUS),
        client.client.post("/api/uploads", headers={"Upload-Length": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 409, 204, 204, 412]
    assert all(answer.headers["Tus-Resumable"] == "1.0.0" for answer in answers)
    assert answers[-1].headers["Tus-Version"] == "1.0.0"
    assert answers[-1].json()["error"]["code"] == "tus_version"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Tus-Resumable": "0.9"}, 412),
        ({"Content-Type": "audio/wav"}, 415),
        ({"Upload-Offset": "4"}, 409),
        ({"Upload-Offset": "many"}, 400),
    ],
)
def test_a_piece_that_is_refused_changes_nothing(client: Tus, changed: dict[str, str], status: int) -> None:
    address, _ = client.begin(1000)
    answer = client.patch(address, 0, b"abc", **changed)
    assert answer.status_code == status
    assert answer.json()["error"]["hint"]
    assert client.head(address).headers["Upload-Offset"] == "0"


def test_more_bytes_than_announced_are_refused(client: Tus, server: Server, make_wav: MakeWav) -> None:
    content = make_wav(1).read_bytes()
    address, recording_id = client.begin(len(content))
    assert client.patch(address, 0, content + b"x").status_code == 413
    assert client.head(address).headers["Upload-Offset"] == "0"

    def pieces() -> Iterator[bytes]:
        yield content[:1000]
        yield content[1000:] + b"too much"

    # Without a Content-Length it shows only when they come; what was announced is kept.
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.client.patch(address, headers=headers, content=pieces()).status_code == 413
    assert client.head(address).headers["Upload-Offset"] == str(len(content))
    assert original(server, recording_id) == content


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 32_043), max_size=12), repeated=st.lists(st.integers(0, 12), max_size=3))
def test_any_pieces_make_the_same_bytes(
    client: Tus, server: Server, make_wav: MakeWav, cuts: list[int], repeated: list[int]
) -> None:
    content = make_wav(1).read_bytes()
    address, recording_id = client.begin(len(content))
    places = sorted({0, *cuts, len(content)})
    for number, (offset, end) in enumerate(itertools.pairwise(places)):
        assert client.patch(address, offset, content[offset:end]).headers["Upload-Offset"] == str(end)
        if number in repeated:  # the answer was lost, so the client sends the piece again
            assert client.patch(address, offset, content[offset:end]).status_code == 409
            assert client.head(address).headers["Upload-Offset"] == str(end)
    assert original(server, recording_id) == content
    assert server.recording(recording_id)["state"] == "stored"


def test_a_size_that_is_not_taken_is_refused_before_any_byte(start_server: Callable[..., Any]) -> None:
    with start_server(max_upload_bytes=1_000_000) as server:
        client = Tus(server)
        too_large, empty = client.create(1_000_001), client.create(0)
        assert (too_large.status_code, too_large.headers["Tus-Max-Size"]) == (413, "1000000")
        assert (empty.status_code, empty.json()["error"]["code"]) == (422, "empty_file")
        assert server.stored() == set()
        assert server.client.get("/api/recordings").json()["recordings"] == []


def test_what_does_not_fit_on_the_disk_is_refused_before_any_byte(start_server: Callable[..., Any]) -> None:
    with start_server(max_upload_bytes=2**52) as server:
        answer = Tus(server).create(2**51)
        assert (answer.status_code, answer.json()["error"]["code"]) == (507, "disk_full")
        assert server.stored() == set()


def test_only_so_many_uploads_may_be_unfinished(start_server: Callable[..., Any], make_wav: MakeWav) -> None:
    with start_server(max_open_uploads=1) as server:
        client, content = Tus(server), make_wav(1).read_bytes()
        address, _ = client.begin(len(content))
        refused = client.create(len(content))
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        client.send(address, content)
        client.begin(len(content))


def test_an_ended_upload_leaves_nothing(client: Tus, server: Server) -> None:
    address, recording_id = client.begin(1000)
    client.patch(address, 0, b"x" * 500)
    assert client.client.delete(address, headers=TUS).status_code == 204
    assert client.head(address).status_code == 404
    assert client.patch(address, 500, b"x").status_code == 404
    assert client.client.get(f"/api/recordings/{recording_id}").status_code == 404
    assert not (server.data_dir / "recordings" / recording_id).exists()


def test_a_finished_upload_is_forgotten_but_its_recording_stays(client: Tus, server: Server, make_wav: MakeWav) -> None:
    content = make_wav(1).read_bytes()
    address, recording_id = client.begin(len(content))
    client.send(address, content)
    assert client.client.delete(address, headers=TUS).status_code == 204
    assert server.recording(recording_id)["state"] == "stored"


def test_a_cancelled_recording_takes_no_more_bytes(client: Tus, server: Server) -> None:
    address, recording_id = client.begin(1000)
    client.patch(address, 0, b"x" * 500)
    assert client.client.post(f"/api/recordings/{recording_id}/cancel").status_code == 202
    assert client.head(address).status_code == 410
    assert client.patch(address, 500, b"x" * 500).status_code == 410
    assert server.recording(recording_id)["state"] == "cancelled"
    assert not (server.data_dir / "recordings" / recording_id / "original").exists()


def test_abandoned_uploads_expire_and_leave_no_file(start_server: Callable[..., Any], make_wav: MakeWav) -> None:
    content = make_wav(1).read_bytes()
    with start_server(upload_expiry_s=1.5) as server:
        client = Tus(server)
        finished, kept = client.begin(len(content))
        client.send(finished, content)
        abandoned, lost = client.begin(len(content))
        client.patch(abandoned, 0, content[:1000])
        deadline = time.monotonic() + 60
        while (status := client.head(abandoned).status_code) == 200:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert status == 410
        assert client.patch(abandoned, 1000, content[1000:]).status_code == 410
        server.client.app.state.services.uploads.expire()
        assert client.head(abandoned).status_code == client.head(finished).status_code == 404
        assert server.client.get(f"/api/recordings/{lost}").status_code == 404
        assert not (server.data_dir / "recordings" / lost).exists()
        assert original(server, kept) == content


def test_a_file_that_is_no_audio_is_told_so_with_its_last_byte(client: Tus, server: Server) -> None:
    content = b"milk, bread, eggs\n" * 400
    address, recording_id = client.begin(len(content), "notes.mp3")
    assert client.patch(address, 0, content[:5000]).status_code == 204
    refused = client.patch(address, 5000, content[5000:])
    assert refused.status_code == 422
    assert refused.json()["error"]["hint"]
    failed = server.recording(recording_id)
    assert (failed["state"], failed["error"]["code"]) == ("failed", refused.json()["error"]["code"])
    assert client.head(address).headers["Upload-Offset"] == str(len(content))


def test_methods_may_come_as_a_post(client: Tus, server: Server, make_wav: MakeWav) -> None:
    content = make_wav(1).read_bytes()
    address, recording_id = client.begin(len(content))
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    post = client.client.post
    sent = post(address, headers={**headers, "X-HTTP-Method-Override": "PATCH"}, content=content)
    assert sent.status_code == 204
    told = post(address, headers={**TUS, "X-HTTP-Method-Override": "HEAD"})
    assert told.headers["Upload-Offset"] == str(len(content))
    assert post(address, headers=TUS).status_code == 400
    assert post(address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert original(server, recording_id) == content


def test_the_analysis_runs_while_the_pieces_come_and_hears_the_same(
    client: Tus, server: Server, make_wav: MakeWav
) -> None:
    content = make_wav(95, rate=48_000).read_bytes()
    address, recording_id = client.begin(len(content))
    server.analyze(recording_id, ["rain"])
    assert client.patch(address, 0, content[: len(content) // 2]).status_code == 204
    halfway = server.wait(recording_id, lambda r: r["windows_done"] >= 3)
    assert (halfway["state"], halfway["arriving"]) == ("analyzing", True)
    assert client.patch(address, len(content) // 2, content[len(content) // 2 :]).status_code == 204
    done = server.finish(recording_id)
    assert (done["state"], done["arriving"], done["windows_done"]) == ("done", False, 10)

    at_once = server.upload(make_wav(95, rate=48_000))["id"]
    server.analyze(at_once, ["rain"])
    server.finish(at_once)

    def frames(of: str) -> bytes:
        (path,) = (server.data_dir / "recordings" / of).glob("frames-*.f16")
        return path.read_bytes()

    assert frames(recording_id) == frames(at_once)
