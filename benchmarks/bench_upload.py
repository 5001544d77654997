"""Memory of a server while a large file is sent to it in pieces and analysed as it arrives: 200 MB, then 2 GB."""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.server import PeakMemory, Server, running_server

SMALL_BYTES, LARGE_BYTES = 200_000_000, 2_000_000_000
PIECE_BYTES = 8 << 20
BLOCK_BYTES = 1 << 20
RATE_HZ, CHANNELS = 44_100, 2
MB = 1_000_000
TUS = {"Tus-Resumable": "1.0.0"}


def pieces(size_bytes: int) -> Iterator[bytes]:
    """A WAV file of 16-bit stereo noise that comes and goes, piece by piece, never as a whole in memory."""
    count = size_bytes - 44
    frame = CHANNELS * 2
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, CHANNELS, RATE_HZ, RATE_HZ * frame, frame, 16)
    header = struct.pack("<4sI4s", b"RIFF", size_bytes - 8, b"WAVE") + form + struct.pack("<4sI", b"data", count)
    rng = np.random.default_rng(5)
    loud, quiet = ((rng.standard_normal(BLOCK_BYTES // 2) * scale).astype("<i2").tobytes() for scale in (6000, 300))
    pending, made = bytearray(header), len(header)
    while made < size_bytes:
        block = (loud if made // BLOCK_BYTES % 8 == 0 else quiet)[: size_bytes - made]
        made += len(block)
        pending += block
        while len(pending) >= PIECE_BYTES:
            yield bytes(pending[:PIECE_BYTES])
            del pending[:PIECE_BYTES]
    if pending:
        yield bytes(pending)


def send(server: Server, size_bytes: int) -> tuple[str, str, float, float | None]:
    """Id of the recording, SHA-256 of what was sent, seconds it took, seconds until its first window."""
    began_s = time.monotonic()
    created = server.client.post("/api/uploads", headers={**TUS, "Upload-Length": str(size_bytes)}).raise_for_status()
    recording_id = created.headers["X-Recording-Id"]
    server.analyze(recording_id)
    digest = hashlib.sha256()
    offset, first_window_s = 0, None
    for piece in pieces(size_bytes):
        digest.update(piece)
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        address = f"/api/{created.headers['Location']}"
        answer = server.client.patch(address, headers=headers, content=piece).raise_for_status()
        offset = int(answer.headers["Upload-Offset"])
        if first_window_s is None:
            told = server.client.get(f"/api/recordings/{recording_id}").raise_for_status().json()
            if told["windows_done"] > 0:
                first_window_s = time.monotonic() - began_s
    return recording_id, digest.hexdigest(), time.monotonic() - began_s, first_window_s


def main() -> dict[str, Any]:
    peaks: list[int] = []
    figures: dict[str, Any] = {}
    with running_server(SONOTAG_MODEL="builtin") as (server, folder):
        for size_bytes in (SMALL_BYTES, LARGE_BYTES):
            with PeakMemory(server) as memory:
                recording_id, sent, took_s, first_window_s = send(server, size_bytes)
                arrived = server.resident_bytes()
                server.wait_until_done(recording_id, every_s=0.5)
            peaks.append(memory.peak_bytes)
            original = folder / "data" / "recordings" / recording_id / "original"
            with original.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == sent
            server.client.delete(f"/api/recordings/{recording_id}").raise_for_status()
            figures |= {
                f"{size_bytes // MB} MB: sent in, s": took_s,
                f"{size_bytes // MB} MB: rate, MB a second": size_bytes / took_s / MB,
                f"{size_bytes // MB} MB: first window after, s": first_window_s,
                f"{size_bytes // MB} MB: server when all had arrived, MB": arrived / MB,
                f"{size_bytes // MB} MB: peak with children, MB": peaks[-1] / MB,
                f"{size_bytes // MB} MB: bytes identical": str(same),
            }
            if not same:
                raise RuntimeError("what was stored is not what was sent")
    growth = peaks[1] - peaks[0]
    return {
        **figures,
        "difference of the peaks, MB": growth / MB,
        "gates": {"flat within 50 MB": growth <= 50 * MB, "below 400 MB in all": max(peaks) < 400 * MB},
    }
