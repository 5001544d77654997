"""Links on the command line: fetched through the same guard, then analysed as any file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sonotag.cli import _analyze_all  # pyright: ignore[reportPrivateUsage]  # the command, its internet exchanged
from sonotag.main import Outside
from tests.links.conftest import RIG_SITE, wav_of
from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite

LINK = f"https://{HOST}/sound.wav"


@pytest.fixture
def outside(rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Outside:
    monkeypatch.setenv("SONOTAG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SONOTAG_LINK_SITES", json.dumps([RIG_SITE.model_dump()]))
    return Outside(rig.guard, rig.certificates)


def test_a_link_is_a_source_like_a_file(
    outside: Outside, media: MediaSite, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(5))
    file = tmp_path / "same.wav"
    file.write_bytes(wav_of(5))
    results, failed = _analyze_all((LINK, str(file)), "rain; speech", None, "builtin", 0.5, True, outside)
    assert not failed, capsys.readouterr().err
    of_link, of_file = results
    assert (of_link.source, of_file.source) == (LINK, str(file))
    assert of_link.duration_s == pytest.approx(5)
    assert of_link.scores == of_file.scores


def test_what_cannot_be_fetched_is_said_and_the_rest_goes_on(
    outside: Outside, media: MediaSite, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    media.statuses["/gone.wav"] = 404
    media.files["/sound.wav"] = ("audio/wav", wav_of(2))
    sources = (f"https://{HOST}/gone.wav", "https://192.168.0.1/a.mp3", str(tmp_path), "nothing.wav", LINK)
    results, failed = _analyze_all(sources, "rain", None, "builtin", 0.5, True, outside)
    assert failed
    assert [result.source for result in results] == [LINK]
    gone, inside, folder, nothing, *_ = capsys.readouterr().err.splitlines()
    assert "There is no recording at this address" in gone
    assert inside.startswith("https://192.168.0.1/a.mp3: ")
    assert "A directory" in folder
    assert "There is no such file" in nothing
