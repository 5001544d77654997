"""Media files for the tests: samples written by soundfile, every other format made from them by ffmpeg itself."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from sonotag.media.decode import Decoder, find_ffmpeg

TORN_MP3 = Path(__file__).resolve().parents[1] / "data" / "media" / "opens-only-as-a-stream.mp3"
"""A quarter of a second of which ffmpeg finds no two frames in a row where it can seek, so refuses it as a file."""

Samples = NDArray[np.float32]
Encode = Callable[..., Path]


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    return find_ffmpeg(os.environ.get("SONOTAG_FFMPEG"))


@pytest.fixture(scope="session")
def decoder(ffmpeg: Path) -> Decoder:
    return Decoder(ffmpeg)


@pytest.fixture
def write_wav(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, samples: Samples, rate_hz: int = 48_000, subtype: str = "FLOAT") -> Path:
        path = tmp_path / name
        soundfile.write(path, samples, rate_hz, subtype=subtype, format="WAV")
        return path

    return write


@pytest.fixture
def encode(ffmpeg: Path, tmp_path: Path) -> Encode:
    """`encode("name.ext", *arguments)` runs ffmpeg with these arguments and returns the file it wrote."""

    def run(name: str, *arguments: str | Path) -> Path:
        path = tmp_path / name
        command = [ffmpeg, "-nostdin", "-v", "error", "-y", *arguments, path]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60)
        return path

    return run


@pytest.fixture
def noise() -> Samples:
    """Twenty-three and a bit seconds of stereo noise [n, 2] at 48 kHz: two windows and a rest."""
    generator = np.random.default_rng(7)
    return generator.uniform(-0.5, 0.5, (1_111_111, 2)).astype(np.float32)


def open_descriptors() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def child_processes() -> set[int]:
    """Return the processes whose parent is this one, zombies included."""
    children: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        # Other processes of the machine come and go while this looks.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            after_name = (process / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[1]) == os.getpid():
                children.add(int(process.name))
    return children


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Every test here ends with the descriptors and the child processes that it began with."""
    descriptors, children = len(open_descriptors()), child_processes()
    yield
    assert child_processes() <= children
    assert len(open_descriptors()) <= descriptors
