"""Clients that do what people do to a server that keeps being killed, and hold it to what it acknowledged.

An operation whose answer was lost may have happened or not; nothing is expected of it but that it is whole.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import httpx2

from tests.links.rig.media import HOST
from tests.reliability.clips import PROMPTS, Clip, scores_of
from tests.reliability.ledger import Entry, Ledger

TUS = {"Tus-Resumable": "1.0.0"}
OGG_END_OF_STREAM = 4
LAPSE_S = 0.05
FEW, MANY = 5, 12
"""Fewer recordings and more are brought; more, and some are deleted."""


class GaveUpError(Exception):
    """The run ends while an operation still waits for the server."""


class Person:
    """One thread of operations, chosen at random."""

    def __init__(
        self,
        base_url: str,
        cookie: str,
        clips: list[Clip],
        ledger: Ledger,
        seed: int,
        stop: threading.Event,
    ) -> None:
        self._client = httpx2.Client(base_url=base_url, headers={"Cookie": cookie}, timeout=60)
        self._clips = clips
        self._ledger = ledger
        self._rng = random.Random(seed)
        self._stop = stop
        self.paused = threading.Event()
        self.idle = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            if self.paused.is_set():
                self.idle.set()
                time.sleep(LAPSE_S)
                continue
            self.idle.clear()
            name, operation = self._choose()
            try:
                with self._ledger.operation(name):
                    if operation():
                        self._ledger.acknowledged(name)
            except (httpx2.TransportError, GaveUpError):
                time.sleep(LAPSE_S)  # its answer is lost
            except Exception as error:
                self._ledger.accuse(f"{name}: {type(error).__name__}: {error}")
        self._client.close()
        self.idle.set()

    def _choose(self) -> tuple[str, Callable[[], bool]]:
        count = len(self._ledger.living())
        bring: list[tuple[str, Callable[[], bool]]] = [
            ("upload", self._upload),
            ("upload in pieces", self._upload_in_pieces),
            ("upload with prompts", self._upload_with_prompts),
            ("download", self._download),
        ]
        use: list[tuple[str, Callable[[], bool]]] = [
            ("analysis", self._analyse),
            ("analysis", self._analyse),
            ("re-scoring", self._score),
            ("listening", self._listen),
            ("following", self._follow),
        ]
        if count < FEW:
            return self._rng.choice(bring)
        if count > MANY:
            return ("deletion", self._delete)
        return self._rng.choice([*bring, *use, *use, ("deletion", self._delete)])

    def _upload(self) -> bool:
        clip = self._rng.choice(self._clips)
        answer = self._client.post("/upload_audio", files={"file": (clip.filename, clip.content)})
        if self._refused(answer, 201):
            return False
        self._ledger.add(Entry(answer.json()["id"], clip, whole=True))
        return True

    def _upload_with_prompts(self) -> bool:
        clip, prompts = self._rng.choice(self._clips), self._rng.choice(PROMPTS)
        query = {"filename": clip.filename, "prompts": ";".join(prompts)}
        answer = self._client.post("/upload_audio", params=query, content=self._slowly(clip.content))
        if self._refused(answer, 201):
            return False
        self._ledger.add(Entry(answer.json()["id"], clip, whole=True, analysed=True, prompts={prompts}))
        return True

    def _slowly(self, content: bytes) -> Iterator[bytes]:
        step = max(1, len(content) // 8)
        for start in range(0, len(content), step):
            yield content[start : start + step]
            time.sleep(self._rng.uniform(0, 0.1))

    def _upload_in_pieces(self) -> bool:
        clip = self._rng.choice(self._clips)
        length = len(clip.content)
        name = base64.b64encode(clip.filename.encode()).decode()
        headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": f"filename {name}"}
        answer = self._client.post("/api/uploads", headers=headers)
        if self._refused(answer, 201):
            return False
        url = f"/api/{answer.headers['location']}"
        entry = self._ledger.add(Entry(answer.headers["x-recording-id"], clip, busy=True))
        try:
            if self._rng.random() < 0.7:
                self._patiently(lambda: self._ask_analysis(entry))
            self._send_pieces(entry, url)
        finally:
            entry.busy = False
        return entry.whole

    def _send_pieces(self, entry: Entry, url: str) -> None:
        content = entry.clip.content
        acknowledged = 0
        while acknowledged < len(content):
            offset = self._patiently(lambda: self._where(url))
            if offset < acknowledged:
                self._ledger.accuse(f"upload of {entry.id} stands at {offset}, {acknowledged} were acknowledged")
                return
            acknowledged = offset
            step = self._rng.randint(len(content) // 12, len(content) // 3)
            while acknowledged < len(content):
                piece = content[acknowledged : acknowledged + step]
                headers = {**TUS, "Upload-Offset": str(acknowledged), "Content-Type": "application/offset+octet-stream"}
                try:
                    answer = self._client.patch(url, headers=headers, content=self._slowly(piece))
                except httpx2.TransportError:
                    self._pause_or_give_up()
                    break
                if answer.status_code != 204:
                    self._refused(answer, 204)
                    self._pause_or_give_up()
                    break
                acknowledged = int(answer.headers["upload-offset"])
        entry.whole = True

    def _where(self, url: str) -> int:
        answer = self._client.head(url, headers=TUS)
        if answer.status_code != 200:
            raise AssertionError(f"an acknowledged upload is answered {answer.status_code}")
        return int(answer.headers["upload-offset"])

    def _download(self) -> bool:
        clip = next(clip for clip in self._clips if clip.filename == "sound.mp3")
        answer = self._client.post("/download_youtube", json={"url": f"https://{HOST}/sound.mp3"})
        if answer.status_code == 429 or self._refused(answer, 202):
            return False
        entry = self._ledger.add(Entry(answer.json()["id"], clip, whole=True))
        self._patiently(lambda: self._ask_analysis(entry))
        return True

    def _analyse(self) -> bool:
        with self._ledger.borrow(self._rng) as entry:
            return entry is not None and self._ask_analysis(entry)

    def _ask_analysis(self, entry: Entry) -> bool:
        prompts = self._rng.choice(PROMPTS)
        entry.prompts.add(prompts)
        answer = self._client.post("/analyze", json={"recording_id": entry.id, "prompts": list(prompts)})
        if self._refused(answer, 202, entry):
            return False
        entry.prompts, entry.analysed = {prompts}, True
        return True

    def _score(self) -> bool:
        with self._ledger.borrow(self._rng, whole=False) as entry:
            if entry is None:
                return False
            prompts = self._rng.choice(PROMPTS)
            before = self._client.get(f"/api/recordings/{entry.id}")
            if self._refused(before, 200, entry):
                return False
            try:
                scores = scores_of(self._client, entry.id, prompts)
            except httpx2.HTTPStatusError as error:
                self._refused(error.response, 200, entry)
                return False
            self._compare(entry, prompts, scores["scores"], before.json())
            return True

    def _compare(
        self, entry: Entry, prompts: tuple[str, ...], scores: list[list[float]], recording: dict[str, Any]
    ) -> None:
        """What is heard so far is the beginning of what the uninterrupted run heard, to the last digit."""
        expected = entry.clip.scores[prompts]
        for got, whole in zip(scores, expected, strict=True):
            if got != whole[: len(got)]:
                self._ledger.accuse(f"scores of {entry.id} ({entry.clip.filename}) are not those of a quiet run")
                return
            if recording["state"] == "done" and len(got) != len(whole):
                self._ledger.accuse(f"{entry.id} is done with {len(got)} of {len(whole)} columns")

    def _listen(self) -> bool:
        with self._ledger.borrow(self._rng) as entry:
            if entry is None:
                return False
            answer = self._client.get(f"/api/recordings/{entry.id}/audio")
            if answer.status_code == 409 or self._refused(answer, 200, entry):
                return False
            content = answer.content
            if entry.clip.playable and hashlib.sha256(content).hexdigest() != entry.clip.sha256:
                self._ledger.accuse(f"the audio of {entry.id} is not what was sent: {len(content)} bytes")
            if not entry.clip.playable and not _is_whole_ogg(content):
                self._ledger.accuse(f"half a copy of {entry.id} was served: {len(content)} bytes")
            return True

    def _follow(self) -> bool:
        with self._ledger.borrow(self._rng, whole=False) as entry:
            if entry is None:
                return False
            until_s = time.monotonic() + self._rng.uniform(0.2, 1.0)
            url = f"/api/recordings/{entry.id}/events"
            seen: list[dict[str, Any]] = []
            timeout = httpx2.Timeout(60, read=0.5)
            with (
                contextlib.suppress(httpx2.ReadTimeout),
                self._client.stream("GET", url, params={"after": entry.last_seq}, timeout=timeout) as answer,
            ):
                if answer.status_code != 200:
                    answer.read()
                    self._refused(answer, 200, entry)
                    return False
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        seen.append(json.loads(line[6:]))
                        self._ensure_follows(entry, seen)
                    if time.monotonic() > until_s:
                        break
            return True

    def _ensure_follows(self, entry: Entry, seen: list[dict[str, Any]]) -> None:
        message = seen[-1]
        if message["type"] != "snapshot" and message["from_seq"] != entry.last_seq + 1:
            self._ledger.accuse(f"{entry.id}: event {message['from_seq']} came after {entry.last_seq}")
        windows = [one for one in seen if one["type"] == "window"]
        for one, other in pairwise(windows):
            if other["index"] != one["index"] + one["count"]:
                self._ledger.accuse(f"{entry.id}: window {other['index']} came after {one['index']}")
        entry.last_seq = message["seq"]

    def _delete(self) -> bool:
        with self._ledger.borrow(self._rng) as entry:
            if entry is None:
                return False
            entry.deleting = True
            answer = self._client.delete(f"/api/recordings/{entry.id}")
            if answer.status_code == 409:  # it does not stop at once
                entry.deleting = False
                return False
            if self._refused(answer, 204):
                return False
            entry.deleted = True
            if self._client.get(f"/api/recordings/{entry.id}").status_code != 404:
                self._ledger.accuse(f"{entry.id} is still there after its deletion")
            return True

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Asks until there is an answer, over any number of restarts."""
        while True:
            try:
                return ask()
            except httpx2.TransportError:
                self._pause_or_give_up()

    def _pause_or_give_up(self) -> None:
        if self._stop.is_set():
            raise GaveUpError
        time.sleep(LAPSE_S)

    def _refused(self, answer: httpx2.Response, wanted: int, entry: Entry | None = None) -> bool:
        """Whether the answer is another one than wanted; accuses unless the server may well say that."""
        if answer.status_code == wanted:
            return False
        if answer.status_code in (429, 503):  # full, or its model is still loading
            time.sleep(LAPSE_S)
        else:
            about = f" of {entry.id}, whole {entry.whole}" if entry else ""
            place = f"{answer.request.method} {answer.request.url.path}"
            self._ledger.accuse(f"{place}{about}: {answer.status_code} {answer.text[:200]}")
        return True


def _is_whole_ogg(content: bytes) -> bool:
    last = content.rfind(b"OggS")
    return content.startswith(b"OggS") and last > 0 and bool(content[last + 5] & OGG_END_OF_STREAM)
