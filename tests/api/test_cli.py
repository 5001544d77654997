"""The command line, as a script would use it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sonotag.sample import load_sample

SAMPLE = load_sample()


@pytest.fixture
def sonotag(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "SONOTAG_DATA_DIR": str(tmp_path / "data")}
        command = [sys.executable, "-m", "sonotag.cli", *arguments]
        return subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)

    return run


Sonotag = Callable[..., subprocess.CompletedProcess[bytes]]


def test_json_of_one_source_is_the_documented_shape(sonotag: Sonotag) -> None:
    done = sonotag("analyze", str(SAMPLE.path), "--prompts", "dog barking; someone sneezes; flumph zxqv")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert set(result) == {
        "source",
        "model",
        "duration_s",
        "seconds_per_frame",
        "prompts",
        "coverage",
        "scores",
        "detections",
    }
    assert result["prompts"] == ["dog barking", "someone sneezes", "flumph zxqv"]
    assert result["scores"][2] is None
    frames = -(-result["duration_s"] // result["seconds_per_frame"])
    assert len(result["scores"][0]) == len(result["scores"][1]) == frames
    assert b'"flumph zxqv" is not covered' in done.stderr
    heard = {detection["prompt"] for detection in result["detections"]}
    assert heard == {"dog barking", "someone sneezes"}
    (bark, *_) = [event for event in SAMPLE.events if event.prompt == "dog barking"]
    assert any(
        d["prompt"] == "dog barking" and d["onset_s"] < bark.offset_s and d["offset_s"] > bark.onset_s
        for d in result["detections"]
    )


def test_several_sources_one_of_them_bad(sonotag: Sonotag, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("not audio at all, however it is called\n" * 20)
    done = sonotag("analyze", str(SAMPLE.path), str(text), str(tmp_path / "missing.wav"), "--format", "csv")
    assert done.returncode == 1
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert rows
    assert {row["source"] for row in rows} == {str(SAMPLE.path)}
    assert b"notes.mp3" in done.stderr
    assert b"missing.wav: There is no such file." in done.stderr


def test_audacity_labels_into_a_file(sonotag: Sonotag, tmp_path: Path) -> None:
    output = tmp_path / "labels.txt"
    done = sonotag("analyze", str(SAMPLE.path), "--format", "audacity", "--output", str(output), "--quiet")
    assert (done.returncode, done.stdout) == (0, b"")
    for line in output.read_text().splitlines():
        onset, offset, label = line.split("\t")
        assert 0 <= float(onset) < float(offset) <= SAMPLE.duration_s + 0.1
        assert label


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["analyze"], b"Missing argument"),
        (["analyze", "x.wav", "--prompts", "a", "--preset", "general"], b"not both"),
        (["analyze", "x.wav", "y.wav", "--format", "audacity"], b"one source at a time"),
        (["analyze", "x.wav", "--format", "xml"], b"xml"),
    ],
)
def test_misuse_is_exit_code_2(sonotag: Sonotag, arguments: list[str], words: bytes) -> None:
    done = sonotag(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_unknown_preset_names_the_known_ones(sonotag: Sonotag) -> None:
    done = sonotag("analyze", str(SAMPLE.path), "--preset", "nothing")
    assert done.returncode == 1
    assert b"general" in done.stderr
    assert not done.stdout


def test_models_lists_what_the_built_in_tagger_knows(sonotag: Sonotag) -> None:
    done = sonotag("models")
    assert done.returncode == 0
    assert b"dog barking" in done.stdout
