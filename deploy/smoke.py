"""Puts a recording through a running SonoTag and says whether it works.

    python3 deploy/smoke.py [BASE_URL] [FILE]

BASE_URL is http://localhost:8000 by default. Without a FILE a few seconds of noise and tones are made up.
The server must answer /healthz, become ready, take the upload, analyse it to the end and give scores between
0 and 1 for as many frames as the recording is long; the recording is then deleted again. Exit status 0 means
that all of it held. Only the standard library is used, so this runs anywhere.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import math
import random
import sys
import time
import urllib.parse
import wave
from array import array
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

PROMPTS = ["dog barking", "speech", "rain", "car horn"]
READY_TIMEOUT_S = 120.0
ANALYSIS_TIMEOUT_S = 600.0


class SmokeError(Exception):
    """What did not hold."""


def expect(held: bool, complaint: str) -> None:
    if not held:
        raise SmokeError(complaint)


class Server:
    """A server at a base URL, which may have a path prefix."""

    def __init__(self, base_url: str) -> None:
        parts = urllib.parse.urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SmokeError(f"not a base URL: {base_url}")
        self.address, self.prefix = parts.netloc, parts.path.rstrip("/")
        self.connection_class = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        # Says whose the recording is: only its owner may delete it.
        self.cookies: SimpleCookie = SimpleCookie()

    def request(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> tuple[int, bytes]:
        connection = self.connection_class(self.address, timeout=60)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
            connection.request(method, self.prefix + path, body=body, headers=headers)
            response = connection.getresponse()
            for given in response.headers.get_all("Set-Cookie", []):
                self.cookies.load(given)
            return response.status, response.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, expected: int, body: bytes | None = None, content_type: str = "") -> Any:
        status, answer = self.request(method, path, body, content_type)
        expect(status == expected, f"{method} {path} answered {status}: {answer[:300]!r}")
        return json.loads(answer)

    def upload(self, name: str, content: bytes) -> Any:
        boundary = f"smoke{random.getrandbits(64):x}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self.json("POST", "/upload_audio", 201, body, f"multipart/form-data; boundary={boundary}")


def made_up_recording(seconds: int = 24, rate_hz: int = 48_000) -> bytes:
    """A WAV of quiet noise with a tone in every third second."""
    noise = random.Random(0)  # noqa: S311 (nothing is kept secret by it)
    samples = array("h")
    for index in range(seconds * rate_hz):
        tone = 0.4 * math.sin(2 * math.pi * 880 * index / rate_hz) if (index // rate_hz) % 3 == 0 else 0.0
        samples.append(int(32_000 * (tone + 0.02 * noise.uniform(-1, 1))))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def wait_until(what: str, timeout_s: float, probe: Callable[[], bool]) -> float:
    """Asks until the probe says yes; returns the seconds that took."""
    started = time.monotonic()
    while True:
        try:
            if probe():
                return time.monotonic() - started
        except OSError:
            pass  # not listening yet
        expect(time.monotonic() - started < timeout_s, f"{what}: not within {timeout_s:.0f} s")
        time.sleep(0.2)


def check_scores(server: Server, recording: dict[str, Any]) -> str:
    """Rows of scores reach over the whole recording and lie between 0 and 1; returns what was found."""
    query = urllib.parse.urlencode({"prompts": ";".join(PROMPTS)})
    answer = server.json("GET", f"/api/recordings/{recording['id']}/scores?{query}", 200)
    expect(len(answer["scores"]) == len(PROMPTS), f"{len(answer['scores'])} rows for {len(PROMPTS)} prompts")
    rows = [row for row in answer["scores"] if row is not None]
    expect(bool(rows), f"the model covers none of {PROMPTS}")
    expected = (answer["end_s"] - answer["start_s"]) / answer["seconds_per_column"]
    for row in rows:
        expect(abs(len(row) - expected) <= 1, f"{len(row)} columns of scores instead of {expected:.0f}")
        expect(all(0.0 <= score <= 1.0 for score in row), "a score lies outside 0..1")
    short_s = recording["duration_s"] - answer["end_s"]
    expect(short_s < 1.0, f"the scores end {short_s:.1f} s before the recording does")
    return f"{len(rows)} of {len(PROMPTS)} prompts covered, {len(rows[0])} columns each, all within 0..1"


def smoke(base_url: str, name: str, content: bytes) -> None:
    server = Server(base_url)
    waited_s = wait_until("/healthz", READY_TIMEOUT_S, lambda: server.request("GET", "/healthz")[0] == 200)
    print(f"ok: /healthz answers (waited {waited_s:.1f} s)")
    waited_s = wait_until("/readyz", READY_TIMEOUT_S, lambda: server.request("GET", "/readyz")[0] == 200)
    print(f"ok: /readyz, the model is warm (waited {waited_s:.1f} s more)")
    status, page = server.request("GET", "/")
    expect(status == 200 and b"<html" in page.lower(), f"GET / answered {status} and no page")
    print("ok: / is the page")

    started = time.monotonic()
    recording = server.upload(name, content)
    try:
        print(f"ok: uploaded {name}, {len(content):,} bytes, in {time.monotonic() - started:.2f} s")
        path = f"/api/recordings/{recording['id']}"
        order = json.dumps({"recording_id": recording["id"], "prompts": PROMPTS}).encode()
        started = time.monotonic()
        server.json("POST", "/analyze", 202, order, "application/json")

        def is_finished() -> bool:
            nonlocal recording
            recording = server.json("GET", path, 200)
            return recording["state"] in ("done", "failed", "cancelled")

        wait_until("the analysis", ANALYSIS_TIMEOUT_S, is_finished)
        expect(
            recording["state"] == "done",
            f"the analysis ended as {recording['state']}: {recording.get('error')}",
        )
        took_s = time.monotonic() - started
        print(f"ok: analysed {recording['duration_s']:.1f} s of sound in {took_s:.2f} s ({recording['model']})")
        print(f"ok: {check_scores(server, recording)}")
    finally:
        status, said = server.request("DELETE", f"/api/recordings/{recording['id']}")
        expect(status == 204, f"the recording could not be deleted: {status} {said[:300]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base_url", nargs="?", default="http://localhost:8000")
    parser.add_argument("file", nargs="?", type=Path, help="a recording; made up by default")
    arguments = parser.parse_args()
    try:
        if arguments.file:
            smoke(arguments.base_url, arguments.file.name, arguments.file.read_bytes())
        else:
            smoke(arguments.base_url, "smoke.wav", made_up_recording())
    except (SmokeError, OSError, KeyError, ValueError) as error:
        print(f"FAILED: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print("all of it held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
