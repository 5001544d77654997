"""What every damaged file must get from the server: a result or an error in words, in time, and nothing left of it."""

from __future__ import annotations

import base64
import contextlib
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

REQUEST_LIMIT_S = 90.0
ANALYSIS_LIMIT_S = 180.0
"""Far beyond what the server allows a file: for machines with other work."""

PROMPTS = ["dog barking", "rain", "zxqv flumph"]
TERMINAL = ("done", "failed", "cancelled")
PIECE = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


class Client(Protocol):
    """httpx2.Client, or Starlette's test client."""

    def request(self, method: str, url: str, **options: Any) -> Any: ...


@dataclass(slots=True)
class Exam:
    """One file's way through the server. `findings`: what must not have happened."""

    client: Client
    content: bytes
    name: str
    chance: random.Random
    findings: list[str] = field(default_factory=list[str])
    outcome: str = ""
    slowest_s: float = 0.0
    recording_id: str | None = None

    def run(self) -> None:
        way = self.chance.choices((self._form, self._raw, self._pieces, self._while_it_arrives), (6, 2, 2, 2))[0]
        try:
            way()
            if self.recording_id is not None:
                self._analyze()
                self._read_all()
        except Exception as error:
            self.findings.append(f"{type(error).__name__}: {error}")
        finally:
            if self.recording_id is not None:
                self._delete()

    # ------------------------------------------------------------ ways in

    def _form(self) -> None:
        answer = self._ask("POST", "/upload_audio", {201}, files={"file": (self.name, self.content)})
        self._took(answer)

    def _raw(self) -> None:
        answer = self._ask("POST", "/upload_audio", {201}, params={"filename": self.name}, content=self._chunks())
        self._took(answer)

    def _while_it_arrives(self) -> None:
        query = {"filename": self.name, "prompts": "; ".join(PROMPTS)}
        answer = self._ask("POST", "/upload_audio", {201}, params=query, content=self._chunks())
        self._took(answer)

    def _chunks(self) -> Iterator[bytes]:
        step = self.chance.choice((1000, 30_000, 300_000))
        for start in range(0, len(self.content), step):
            yield self.content[start : start + step]

    def _took(self, answer: Any) -> None:
        if answer.status_code == 201:
            self.recording_id = answer.json()["id"]
        else:
            self.outcome = f"refused: {answer.json()['error']['code']}"

    def _pieces(self) -> None:
        named = base64.b64encode(self.name.encode()).decode()
        announced = {"Upload-Length": str(len(self.content)), "Upload-Metadata": f"filename {named}"}
        begun = self._ask("POST", "/api/uploads", {201}, headers={**PIECE, **announced})
        self.recording_id = begun.headers["X-Recording-Id"]
        if self.chance.random() < 0.7:
            self._ask("POST", "/analyze", {202}, json={"recording_id": self.recording_id, "prompts": PROMPTS})
        place, cut = f"/api/{begun.headers['Location']}", self.chance.randrange(len(self.content))
        offset = 0
        for piece in (self.content[:cut], self.content[cut:]):
            # 422: the last byte came, and what came is no audio. 410: the analysis found that out before.
            headers = {**PIECE, "Upload-Offset": str(offset)}
            answer = self._ask("PATCH", place, {204, 422, 410}, headers=headers, content=piece)
            offset += len(piece)
            if answer.status_code != 204:
                break

    # ------------------------------------------------------------ what becomes of it

    def _analyze(self) -> None:
        recording = self._recording()
        if recording["state"] == "stored":
            self._ask("POST", "/analyze", {202}, json={"recording_id": self.recording_id, "prompts": PROMPTS})
        began_s = time.monotonic()
        while (recording := self._recording())["state"] not in TERMINAL:
            if time.monotonic() - began_s > ANALYSIS_LIMIT_S:
                self.findings.append(f"still {recording['state']} after {ANALYSIS_LIMIT_S:.0f} s")
                break
            time.sleep(0.02)
        if recording["state"] == "failed":
            self._check_words(recording["error"])
            self.outcome = f"failed: {recording['error']['code']}"
        else:
            warning = recording["warning"]
            self.outcome = recording["state"] + (f": {warning['code']}" if warning else "")
        if recording["state"] == "done":
            self._check_done(recording)

    def _check_done(self, recording: dict[str, Any]) -> None:
        length_s = recording["duration_s"]
        self._expect(math.isfinite(length_s) and length_s > 0, f"lasts {length_s}")
        self._expect(recording["duration_exact"], "its length is not exact")
        self._expect(recording["windows_done"] == recording["windows_total"] == math.ceil(length_s / 10), "windows")
        base = f"/api/recordings/{self.recording_id}"
        scores = self._ask("GET", f"{base}/scores", {200}).json()
        self._expect([row is None for row in scores["scores"]] == [False, False, True], "covered prompts")
        values = [value for row in scores["scores"] if row for value in row]
        self._expect(bool(values) and all(0 <= value <= 1 for value in values), "scores are not all within 0..1")
        self._expect(abs(scores["end_s"] - length_s) < 0.2, f"scores end at {scores['end_s']} of {length_s}")
        for moment in self._ask("GET", f"{base}/detections", {200}).json()["detections"]:
            within = 0 <= moment["onset_s"] < moment["offset_s"] <= length_s + 0.2
            self._expect(within, f"a detection outside of the recording: {moment}")
        peaks = self._ask("GET", f"{base}/peaks", {200}).json()
        pairs = list(zip(peaks["min"], peaks["max"], strict=True))
        self._expect(bool(pairs) and all(-1.01 <= low <= high <= 1.01 for low, high in pairs), "peaks")

    def _read_all(self) -> None:
        """What the page asks for of any recording, whatever its state."""
        base = f"/api/recordings/{self.recording_id}"
        info = self._ask("GET", f"{base}/spectrogram", {200}).json()
        tile = self._ask("GET", f"{base}/spectrogram/0/0", {200})
        self._expect(len(tile.content) == min(info["columns"], 512) * info["bands"], "the tile's size")
        for what in ("scores", "peaks", "detections"):
            self._ask("GET", f"{base}/{what}", {200})
        audio = self._ask("GET", f"{base}/audio", {200, 206, 409, 422}, headers={"Range": "bytes=0-99"})
        if audio.status_code in (200, 206):
            kind = audio.headers["content-type"].split("/")[0]
            inert = kind in ("audio", "video") or audio.headers["content-type"] == "application/octet-stream"
            self._expect(inert and audio.headers["x-content-type-options"] == "nosniff", "an unsafe type")
            self._expect(0 < len(audio.content) <= 100, f"{len(audio.content)} bytes for a range of 100")
        else:
            self.outcome += f", not playable: {audio.json()['error']['code']}"

    def _delete(self) -> None:
        with contextlib.suppress(Exception):
            self._ask("DELETE", f"/api/recordings/{self.recording_id}", {204})
            self._ask("GET", f"/api/recordings/{self.recording_id}", {404})

    # ------------------------------------------------------------ asking

    def _recording(self) -> dict[str, Any]:
        return self._ask("GET", f"/api/recordings/{self.recording_id}", {200}).json()

    def _ask(self, method: str, url: str, good: set[int], **options: Any) -> Any:
        """The answer to a request. One that is neither expected nor a refusal in words is a finding, and raised."""
        began_s = time.monotonic()
        try:
            answer = self.client.request(method, url, **options)
        except Exception as error:
            self.findings.append(f"{method} {url}: {type(error).__name__}: {error}")
            raise
        took_s = time.monotonic() - began_s
        self.slowest_s = max(self.slowest_s, took_s)
        self._expect(took_s < REQUEST_LIMIT_S, f"{method} {url} took {took_s:.0f} s")
        if answer.status_code not in (200, 201, 202, 204, 206):
            self._check_error(method, url, answer)
        refusal_is_fine = method in ("POST", "PATCH") and url != "/analyze" and 400 <= answer.status_code < 500
        if answer.status_code not in good and not refusal_is_fine:
            self.findings.append(f"{method} {url}: {answer.status_code} {answer.text[:300]}")
        return answer

    def _check_error(self, method: str, url: str, answer: Any) -> None:
        if answer.status_code >= 500:
            self.findings.append(f"{method} {url}: {answer.status_code} {answer.text[:300]}")
            return
        try:
            self._check_words(answer.json()["error"])
        except (ValueError, KeyError):
            self.findings.append(f"{method} {url}: {answer.status_code} without words: {answer.text[:300]}")

    def _check_words(self, problem: dict[str, str] | None) -> None:
        complete = problem is not None and all(problem.get(part) for part in ("code", "message", "hint"))
        self._expect(complete, f"an error without all its words: {problem}")
        self._expect(problem is None or problem["code"] != "internal_error", f"an error of the server's own: {problem}")

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.findings.append(otherwise)
