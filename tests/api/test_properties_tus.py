"""Uploads in pieces against a model: any order of pieces, offsets, lengths, headers, names; nothing lost or made up."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.api.conftest import Server

MakeWav = Callable[..., Path]
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass
class Expected:
    """An upload as it must be."""

    address: str
    recording_id: str
    content: bytes
    is_sound: bool
    offset: int = 0
    forgotten: bool = False
    metadata: str = field(default="")

    @property
    def whole(self) -> bool:
        return self.offset == len(self.content)


class Uploading(RuleBasedStateMachine):
    """One client and what it may do to a handful of uploads. `server` and `sound` are given by the test."""

    server: Server
    sound: bytes

    def __init__(self) -> None:
        super().__init__()
        self.uploads: list[Expected] = []

    def send(self, method: str, address: str, **options: Any) -> Any:
        answer = self.server.client.request(method, address, **options)
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and method != "HEAD":
            assert set(answer.json()["error"]) == {"code", "message", "hint"}
        return answer

    @initialize(name=st.text(max_size=30))
    def first(self, name: str) -> None:
        self.announce(name, True, 0)

    @precondition(lambda self: len(self.uploads) < 4)
    @rule(name=st.text(max_size=30), is_sound=st.booleans(), length=st.integers(0, 3000))
    def announce(self, name: str, is_sound: bool, length: int) -> None:
        content = self.sound if is_sound else bytes(place * 7 % 251 for place in range(length))
        metadata = f"filename {base64.b64encode(name.encode('utf-8', 'ignore')).decode()}".strip()
        headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        answer = self.send("POST", "/api/uploads", headers=headers)
        if not content:
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "empty_file")
            return
        assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0")
        address, recording_id = f"/api/{answer.headers['location']}", answer.headers["x-recording-id"]
        self.uploads.append(Expected(address, recording_id, content, is_sound, metadata=metadata))

    @precondition(lambda self: self.uploads)
    @rule(which=st.integers(0, 3), share=st.floats(0, 1), says_length=st.booleans(), by_post=st.booleans())
    def piece(self, which: int, share: float, says_length: bool, by_post: bool) -> None:
        upload = self.uploads[which % len(self.uploads)]
        missing = len(upload.content) - upload.offset
        data = upload.content[upload.offset :][: round(missing * share)]
        headers = {**PIECE, "Upload-Offset": str(upload.offset)}
        method = "PATCH"
        if by_post:
            method, headers = "POST", {**headers, "X-HTTP-Method-Override": "PATCH"}
        answer = self.send(method, upload.address, headers=headers, content=data if says_length else iter([data]))
        if upload.forgotten:
            assert answer.status_code == 404
            return
        was_whole = upload.whole
        upload.offset += len(data)
        if was_whole:
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(upload.offset))
        elif upload.whole and not upload.is_sound:
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unreadable_media")
        else:
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(upload.offset))

    @precondition(lambda self: self.uploads)
    @rule(which=st.integers(0, 3), wrong=st.one_of(st.integers(0, 5000), st.integers(2**53 - 2, 2**53 + 2)))
    def piece_at_another_place(self, which: int, wrong: int) -> None:
        upload = self.uploads[which % len(self.uploads)]
        if wrong == upload.offset:
            return
        answer = self.send("PATCH", upload.address, headers={**PIECE, "Upload-Offset": str(wrong)}, content=b"x")
        assert answer.status_code == (404 if upload.forgotten else 400 if wrong > 2**53 - 1 else 409)

    @precondition(lambda self: self.uploads)
    @rule(which=st.integers(0, 3), more=st.integers(1, 100_000))
    def too_much(self, which: int, more: int) -> None:
        """Announced in advance: nothing of it is taken."""
        upload = self.uploads[which % len(self.uploads)]
        data = upload.content[upload.offset :] + b"x" * more
        answer = self.send(
            "PATCH", upload.address, headers={**PIECE, "Upload-Offset": str(upload.offset)}, content=data
        )
        assert answer.status_code == (404 if upload.forgotten else 413)

    @precondition(lambda self: self.uploads)
    @rule(
        which=st.integers(0, 3),
        broken=st.sampled_from(
            [
                ({"Tus-Resumable": "0.2.2"}, 412),
                ({"Tus-Resumable": ""}, 412),
                ({"Content-Type": "text/plain"}, 415),
                ({"Upload-Offset": "-1"}, 400),
                ({"Upload-Offset": "0x0"}, 400),
                ({"Upload-Offset": "9" * 300}, 400),
            ]
        ),
    )
    def piece_with_a_broken_header(self, which: int, broken: tuple[dict[str, str], int]) -> None:
        upload = self.uploads[which % len(self.uploads)]
        headers = {**PIECE, "Upload-Offset": str(upload.offset), **broken[0]}
        answer = self.send("PATCH", upload.address, headers=headers, content=b"x")
        assert answer.status_code in ({broken[1], 404} if upload.forgotten else {broken[1]})

    @precondition(lambda self: self.uploads)
    @rule(which=st.integers(0, 3))
    def end(self, which: int) -> None:
        upload = self.uploads[which % len(self.uploads)]
        assert self.send("DELETE", upload.address, headers=TUS).status_code == (404 if upload.forgotten else 204)
        upload.forgotten = True

    @invariant()
    def all_stand_where_they_must(self) -> None:
        for upload in self.uploads:
            answer = self.send("HEAD", upload.address, headers=TUS)
            recording = self.server.client.get(f"/api/recordings/{upload.recording_id}")
            if upload.forgotten:
                assert answer.status_code == 404
                assert recording.status_code == (200 if upload.whole else 404)
            else:
                assert (answer.status_code, answer.headers["upload-offset"]) == (200, str(upload.offset))
                assert answer.headers["upload-length"] == str(len(upload.content))
                assert answer.headers["upload-metadata"] == upload.metadata
            if recording.status_code == 200:
                state = "fetching" if not upload.whole else "stored" if upload.is_sound else "failed"
                assert (recording.json()["state"], recording.json()["arriving"]) == (state, not upload.whole)

    def teardown(self) -> None:
        """What was whole is there byte by byte; what is deleted leaves nothing."""
        for upload in self.uploads:
            if upload.whole and upload.is_sound:
                audio = self.server.client.get(f"/api/recordings/{upload.recording_id}/audio")
                assert audio.content == upload.content
            if upload.whole or not upload.forgotten:
                assert self.server.client.delete(f"/api/recordings/{upload.recording_id}").status_code == 204
        assert self.server.stored() == set()


def test_uploads_are_as_a_plain_model_of_them(server: Server, make_wav: MakeWav) -> None:
    Uploading.server, Uploading.sound = server, make_wav(0.05).read_bytes()
    run_state_machine_as_test(Uploading, settings=settings(max_examples=6, stateful_step_count=12))


def test_a_finished_upload_takes_nothing_more_and_says_so_at_once(server: Server, make_wav: MakeWav) -> None:
    content = make_wav(0.05).read_bytes()
    begun = server.client.post("/api/uploads", headers={**TUS, "Upload-Length": str(len(content))})
    address = f"/api/{begun.headers['location']}"
    assert server.client.patch(address, headers={**PIECE, "Upload-Offset": "0"}, content=content).status_code == 204
    at_the_end = {**PIECE, "Upload-Offset": str(len(content))}
    began_s = time.monotonic()
    assert server.client.patch(address, headers=at_the_end, content=b"").status_code == 204
    assert server.client.patch(address, headers=at_the_end, content=iter([])).status_code == 204
    more = server.client.patch(address, headers=at_the_end, content=iter([b"more"]))
    assert (more.status_code, more.json()["error"]["code"]) == (413, "too_large")
    assert time.monotonic() - began_s < 10
    stands = server.client.head(address, headers=TUS)
    assert stands.headers["upload-offset"] == stands.headers["upload-length"]
    server.client.delete(f"/api/recordings/{begun.headers['x-recording-id']}")
