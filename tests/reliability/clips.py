"""Recordings to work with, and what an uninterrupted run makes of each."""

from __future__ import annotations

import hashlib
import io
import subprocess
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from sonotag.media.decode import find_ffmpeg

PROMPTS = (("dog barking", "rain"), ("speech",), ("music", "rain"))
DERIVED = ("frames", "peaks", "spectrogram")


@dataclass(frozen=True)
class Clip:
    """A file and, once an uninterrupted run has been over it, what is stored and answered for it.

    `derived`: SHA-256 of each derived file by the beginning of its name. `scores`: by prompts, full resolution.
    """

    filename: str
    content: bytes
    playable: bool
    derived: dict[str, str]
    scores: dict[tuple[str, ...], list[list[float]]]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def noise(seconds: float, seed: int, rate_hz: int = 16_000) -> bytes:
    """A WAV of noise whose loudness changes, 16 bits mono."""
    rng = np.random.default_rng(seed)
    loud = np.repeat(rng.uniform(50, 6_000, size=round(seconds) + 1), rate_hz)[: round(seconds * rate_hz)]
    samples = (rng.standard_normal(loud.size) * loud).clip(-32_000, 32_000).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def make_clips(folder: Path, long_s: float) -> list[Clip]:
    """A short and a long WAV, an MP3 and an AIFF, which no browser plays."""
    source = folder / "source.wav"
    source.write_bytes(noise(min(75, long_s), seed=3))
    made: dict[str, bytes] = {"short.wav": noise(13, seed=1), "long.wav": noise(long_s, seed=2)}
    for name in ("sound.mp3", "odd.aiff"):
        command = [find_ffmpeg(), "-nostdin", "-v", "error", "-y", "-i", source, folder / name]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=120)
        made[name] = (folder / name).read_bytes()
    return [Clip(name, content, not name.endswith("aiff"), {}, {}) for name, content in made.items()]


def digests(directory: Path) -> dict[str, str]:
    """SHA-256 of the original and of each derived file of a recording, by the beginning of their names."""
    found: dict[str, str] = {}
    for path in directory.iterdir():
        name = path.name.split("-")[0].split(".")[0]
        if name in (*DERIVED, "original"):
            assert name not in found, f"two files of one kind: {sorted(p.name for p in directory.iterdir())}"
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def learn(clip: Clip, client: httpx2.Client, data_dir: Path, patience_s: float) -> None:
    """Has a server analyse the clip without interruption, and notes what came of it."""
    answer = client.post("/upload_audio", params={"filename": clip.filename}, content=clip.content)
    answer.raise_for_status()
    recording_id = answer.json()["id"]
    client.post("/analyze", json={"recording_id": recording_id, "prompts": list(PROMPTS[0])}).raise_for_status()
    deadline_s = time.monotonic() + patience_s
    while (state := client.get(f"/api/recordings/{recording_id}").json()["state"]) != "done":
        assert time.monotonic() < deadline_s, f"{clip.filename} is {state}"
        time.sleep(0.05)
    clip.derived.update(digests(data_dir / "recordings" / recording_id))
    assert clip.derived.pop("original") == clip.sha256
    for prompts in PROMPTS:
        clip.scores[prompts] = scores_of(client, recording_id, prompts)["scores"]
        assert all(clip.scores[prompts]), f"the model does not know all of {prompts}"


def scores_of(client: httpx2.Client, recording_id: str, prompts: tuple[str, ...]) -> dict[str, Any]:
    query = {"prompts": ";".join(prompts), "max_columns": 20_000}
    answer = client.get(f"/api/recordings/{recording_id}/scores", params=query)
    answer.raise_for_status()
    return answer.json()
