"""Long recordings made in seconds: the sample, analysed by the server, and its rows over and over.

What is stored is what an analysis of the sample, played for hours, would have stored, so that every answer the page
asks for is real work for the server. The audio itself is silence, which packs to a few kilobytes.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from benchmarks.server import Server
from sonotag.domain import SAMPLE_RATE_HZ, RecordingState
from sonotag.media.spectrogram import COLUMNS_PER_SECOND, MEL_BANDS
from sonotag.media.waveform import PEAKS_PER_SECOND
from sonotag.store.arrays import ArrayAppender
from sonotag.store.database import Database
from sonotag.store.files import FRAMES_DTYPE, PEAKS_DTYPE, PEAKS_ROW, SPECTROGRAM_DTYPE, DataDirectory

WINDOW_S = 10
PROMPTS = 50
BATCH = 20


def bring(server: Server, folder: Path, durations_s: Sequence[int]) -> tuple[str, list[str], list[str]]:
    """Gives the server the sample, analysed, and silences; returns the sample's id, theirs, and prompts it knows."""
    sample_id = server.client.post("/api/sample").raise_for_status().json()["id"]
    server.analyze(sample_id)
    server.wait_until_done(sample_id)
    ids: list[str] = []
    for duration_s in durations_s:
        silence = folder / f"{duration_s} s.flac"
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi"]
        source = ["-i", "anullsrc=r=8000:cl=mono", "-t", str(duration_s), "-compression_level", "0", str(silence)]
        subprocess.run([*ffmpeg, *source], check=True)
        ids.append(server.upload(silence))
    return sample_id, ids, known_prompts(server, sample_id)


def known_prompts(server: Server, sample_id: str) -> list[str]:
    """Fifty prompts that the model covers: its labels, then other words of the presets."""
    labels = server.client.get("/api/model").raise_for_status().json()["model"]["labels"]
    presets = server.client.get("/api/presets").raise_for_status().json()["presets"]
    words = itertools.chain.from_iterable(preset["prompts"] for preset in presets)
    known: list[str] = []
    asked_for = list(dict.fromkeys([*labels, *words]))
    for start in range(0, len(asked_for), BATCH):
        batch = asked_for[start : start + BATCH]
        asked = {"prompts": batch, "max_columns": 1}
        answer = server.client.get(f"/api/recordings/{sample_id}/scores", params=asked).raise_for_status().json()
        known += [word for word, row in zip(batch, answer["scores"], strict=True) if row]
    if len(known) < PROMPTS:
        raise RuntimeError(f"the model knows {len(known)} of the labels and words of presets, {PROMPTS} are needed")
    return known[:PROMPTS]


def repeat(path: Path, to: Path, dtype: Any, row: tuple[int, ...], rows: int) -> None:
    """Writes `rows` rows to `to`: those of `path` over and over."""
    piece: NDArray[Any] = np.fromfile(path, dtype=dtype).reshape(-1, *row)
    with ArrayAppender(to, dtype, row, 0) as appender:
        for start in range(0, rows, piece.shape[0]):
            appender.append(piece[: rows - start])
        appender.sync()


def fill(data_dir: Path, sample_id: str, recording_id: str, duration_s: int) -> None:
    """Makes the second recording of what was heard in the first. Nothing else may have the directory open."""
    data = DataDirectory(data_dir)
    database = Database(data.database)
    sample = database.recording(sample_id)
    model, version, frame_s = sample.model, sample.model_version, sample.seconds_per_frame
    if model is None or version is None or frame_s is None:
        raise RuntimeError("the sample is not analysed")
    have, want = data.files_of(sample_id), data.files_of(recording_id)
    frames = round(duration_s / frame_s)
    known = have.frames(model, version)
    width = known.stat().st_size // np.dtype(FRAMES_DTYPE).itemsize // sample.frames_done
    repeat(known, want.frames(model, version), FRAMES_DTYPE, (width,), frames)
    repeat(have.peaks, want.peaks, PEAKS_DTYPE, PEAKS_ROW, duration_s * PEAKS_PER_SECOND)
    repeat(have.spectrogram, want.spectrogram, SPECTROGRAM_DTYPE, (MEL_BANDS,), duration_s * COLUMNS_PER_SECOND)
    database.update(
        recording_id,
        state=RecordingState.DONE,
        duration_s=float(duration_s),
        duration_exact=True,
        model=model,
        model_version=version,
        seconds_per_frame=frame_s,
        windows_done=duration_s // WINDOW_S,
        windows_total=duration_s // WINDOW_S,
        samples_done=duration_s * SAMPLE_RATE_HZ,
        frames_done=frames,
        prompts=list(sample.prompts),
    )
    database.close()
