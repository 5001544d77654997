"""What the server says of how it fetches links, and how its yt-dlp is kept fresh."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sonotag.media import ytdlp_version
from sonotag.media.ytdlp_version import YtdlpVersion, newest, release_date, update, version_in
from tests.api.conftest import Server


def test_the_server_says_what_it_fetches_with(server_with: Callable[..., Server], tmp_path: Path) -> None:
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("# Netscape HTTP Cookie File\n")
    about = server_with(link_cookies=cookies).client.get("/api/system").json()
    assert (about["has_cookies"], about["has_proxy"]) == (True, False)
    assert [site["title"] for site in about["sites"]] == ["YouTube", "SoundCloud", "The Rig"]
    installed = version_in(None)
    assert installed is not None
    assert about["ytdlp"]["version"] == installed.version
    assert about["ytdlp"]["updated"] is False


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("2026.10.26", date(2026, 10, 26)),
        ("2026.1.2.post1", date(2026, 1, 2)),
        ("2026.13.1", None),
        ("nightly", None),
    ],
)
def test_a_version_tells_its_day(version: str, day: date | None) -> None:
    assert release_date(version) == day


def test_old_is_more_than_thirty_days() -> None:
    version = YtdlpVersion("2026.10.01", date(2026, 10, 1), updated=False)
    assert not version.is_stale(date(2026, 10, 31))
    assert version.is_stale(date(2026, 11, 1))
    assert version.age_days(date(2026, 9, 1)) == 0, "a clock that is wrong makes nothing negative"
    assert not YtdlpVersion("nightly", None, updated=False).is_stale(date(2030, 1, 1))


def place(folder: Path, version: str) -> None:
    (folder / "yt_dlp").mkdir(parents=True)
    (folder / "yt_dlp" / "__init__.py").write_text(f"__version__ = {version!r}\n")
    about = folder / f"yt_dlp-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: yt-dlp\nVersion: {version}\n")


def test_the_newer_one_is_used(tmp_path: Path) -> None:
    place(tmp_path / "old", "2020.1.1")
    place(tmp_path / "new", "2099.1.1")
    assert newest(tmp_path / "old")[1] is None
    assert newest(tmp_path / "none")[1] is None
    version, folder = newest(tmp_path / "new")
    assert version is not None
    assert (version.version, version.updated, folder) == ("2099.1.1", True, tmp_path / "new")


def test_an_update_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path / "yt-dlp", "2099.1.1")

    def fail(command: list[str], **_: Any) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(ytdlp_version.subprocess, "run", fail)
    assert not update(tmp_path / "yt-dlp")
    assert newest(tmp_path / "yt-dlp")[1] == tmp_path / "yt-dlp"


def test_an_update_takes_the_place_of_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(tmp_path / "yt-dlp", "2098.1.1")
    run = subprocess.run

    def install(command: list[str], **options: Any) -> Any:
        if "pip" in command:  # the one step that needs the internet
            place(Path(command[command.index("--target") + 1]), "2099.1.1")
            return None
        return run(command, **options)

    monkeypatch.setattr(ytdlp_version.subprocess, "run", install)
    assert update(tmp_path / "yt-dlp")
    version, _ = newest(tmp_path / "yt-dlp")
    assert version is not None
    assert version.version == "2099.1.1"
    assert [path.name for path in tmp_path.iterdir()] == ["yt-dlp"]
