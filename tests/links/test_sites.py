"""yt-dlp's own extractors of YouTube and SoundCloud, against servers that stand in for those."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sonotag.media.decode import find_ffmpeg
from tests.api.conftest import Server
from tests.links.conftest import wav_of
from tests.links.rig.hosts import Rig
from tests.links.rig.soundcloud import SoundCloud, Track
from tests.links.rig.youtube import Video, YouTube
from tests.links.test_download import download, ended

VIDEO = "rigRIG_rig1"
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, float], bytes]:
    folder = tmp_path_factory.mktemp("encoded")

    def make(suffix: str, seconds: float) -> bytes:
        path = folder / f"{seconds}.{suffix}"
        if not path.exists():
            source = folder / "source.wav"
            source.write_bytes(wav_of(seconds))
            command = [find_ffmpeg(), "-nostdin", "-v", "error", "-y", "-i", source, path]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60)
        return Path(path).read_bytes()

    return make


@pytest.fixture
def youtube(rig: Rig) -> Iterator[YouTube]:
    site = YouTube(picture=JPEG)
    site.settle(rig)
    yield site
    site.media.stop()


@pytest.fixture
def soundcloud(rig: Rig) -> Iterator[SoundCloud]:
    site = SoundCloud(picture=JPEG)
    site.settle(rig)
    yield site
    site.media.stop()


def test_a_youtube_video_from_link_to_heatmap(
    server: Server, rig: Rig, youtube: YouTube, encoded: Callable[[str, float], bytes]
) -> None:
    content = encoded("webm", 32)
    description = "0:00 Opening\n0:10 The dog\n0:20 The rain"
    youtube.videos[VIDEO] = Video("A walk in the rig", "v.webm", 32, len(content), description=description)
    youtube.media.files["/v.webm"] = ("audio/webm", content)
    youtube.media.gates["/v.webm"] = len(content) * 2 // 3
    begun = download(server, f"https://youtu.be/{VIDEO}?si=tracking&t=12")
    assert begun["link"]["url"] == f"https://www.youtube.com/watch?v={VIDEO}"
    server.analyze(begun["id"])
    early = server.wait(begun["id"], lambda r: r["windows_done"] >= 1 or r["state"] == "failed")
    assert early["arriving"], early["error"]
    assert (early["title"], early["link"]["uploader"]) == ("A walk in the rig", "Rig Channel")
    assert early["duration_s"] == pytest.approx(32, abs=0.1)
    assert [c["title"] for c in early["link"]["chapters"]] == ["Opening", "The dog", "The rain"]
    assert early["expected_bytes"] == len(content)
    youtube.media.open_gate("/v.webm")
    done = ended(server, begun["id"])
    assert (done["state"], done["windows_done"]) == ("done", 4)
    assert done["source"]["media_type"] == "audio/webm"
    pictured = server.wait(begun["id"], lambda r: r["link"]["thumbnail_url"] is not None)
    picture = server.client.get(pictured["link"]["thumbnail_url"])
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")


@pytest.mark.parametrize(
    ("playability", "code"),
    [
        ({"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"}, "link_sign_in"),
        ({"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm your age"}, "link_age_restricted"),
        ({"status": "LOGIN_REQUIRED", "reason": "This is a private video"}, "link_private"),
        ({"status": "ERROR", "reason": "This video has been removed by the uploader"}, "link_removed"),
        (
            {"status": "UNPLAYABLE", "reason": "The uploader has not made this video available in your country"},
            "link_region_locked",
        ),
        ({"status": "UNPLAYABLE", "reason": "Join this channel to get access to members-only content"}, "link_private"),
        ({"status": "LIVE_STREAM_OFFLINE", "reason": "This live event will begin in 3 hours."}, "link_live"),
    ],
)
def test_what_youtube_refuses_is_said(server: Server, youtube: YouTube, playability: dict[str, str], code: str) -> None:
    youtube.videos[VIDEO] = Video("Not for you", "v.webm", 32, 1000, playability=playability)
    failed = ended(server, download(server, f"https://www.youtube.com/watch?v={VIDEO}")["id"])
    assert failed["error"]["code"] == code, failed["error"]
    assert failed["error"]["hint"]


def test_a_live_broadcast_is_not_fetched(server: Server, youtube: YouTube) -> None:
    youtube.videos[VIDEO] = Video("News, live", "v.webm", 0, 1000, live=True)
    failed = ended(server, download(server, f"https://www.youtube.com/live/{VIDEO}")["id"])
    assert failed["error"]["code"] == "link_live", failed["error"]


def test_a_video_that_is_too_long_is_not_fetched(server: Server, youtube: YouTube) -> None:
    youtube.videos[VIDEO] = Video("Ten days of rain", "v.webm", 864_000, 1000)
    failed = ended(server, download(server, f"https://www.youtube.com/watch?v={VIDEO}")["id"])
    assert failed["error"]["code"] == "link_too_long", failed["error"]
    assert "240.0 hours" in failed["error"]["message"]
    assert youtube.media.sent == {}


@pytest.mark.parametrize("path", ["rig/morning-birds", "rig/morning-birds/s-a1B2c3"])
def test_a_soundcloud_track_from_link_to_heatmap(
    server: Server, soundcloud: SoundCloud, encoded: Callable[[str, float], bytes], path: str
) -> None:
    content = encoded("mp3", 32)
    soundcloud.tracks[path] = Track("Morning birds", "t.mp3", 32_000)
    soundcloud.media.files["/t.mp3"] = ("audio/mpeg", content)
    soundcloud.media.gates["/t.mp3"] = len(content) * 2 // 3
    begun = download(server, f"https://m.soundcloud.com/{path}?utm_source=clipboard")
    assert begun["link"]["url"] == f"https://soundcloud.com/{path}"
    server.analyze(begun["id"])
    early = server.wait(begun["id"], lambda r: r["windows_done"] >= 1 or r["state"] == "failed")
    assert early["arriving"], early["error"]
    assert (early["title"], early["link"]["uploader"]) == ("Morning birds", "Rig Recordist")
    soundcloud.media.open_gate("/t.mp3")
    done = ended(server, begun["id"])
    assert (done["state"], done["windows_done"]) == ("done", 4)
    assert server.client.get(done["audio_url"]).content == content


def test_a_preview_is_never_taken_for_the_track(server: Server, soundcloud: SoundCloud) -> None:
    soundcloud.tracks["label/hit"] = Track("The hit", "t.mp3", 30_000, snipped=True)
    failed = ended(server, download(server, "https://soundcloud.com/label/hit")["id"])
    assert failed["error"]["code"] == "link_preview_only", failed["error"]


def test_a_protected_track_is_said_to_be_one(server: Server, soundcloud: SoundCloud) -> None:
    soundcloud.tracks["label/hit"] = Track("The hit", "t.mp3", 180_000, protocol="ctr-encrypted-hls")
    failed = ended(server, download(server, "https://soundcloud.com/label/hit")["id"])
    assert failed["error"]["code"] == "link_preview_only", failed["error"]


def test_a_track_that_is_not_there(server: Server, soundcloud: SoundCloud) -> None:
    failed = ended(server, download(server, "https://soundcloud.com/rig/nothing")["id"])
    assert failed["error"]["code"] == "link_removed", failed["error"]


def test_too_many_requests_are_said(server: Server, soundcloud: SoundCloud) -> None:
    soundcloud.api_status = 429
    failed = ended(server, download(server, "https://soundcloud.com/rig/busy")["id"])
    assert failed["error"]["code"] == "link_rate_limited", failed["error"]


@pytest.fixture(scope="module")
def playlist(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Thirty-two seconds as an HLS playlist of two-second pieces, by file name."""
    folder = tmp_path_factory.mktemp("hls")
    (folder / "source.wav").write_bytes(wav_of(32))
    command = [
        find_ffmpeg(),
        "-nostdin",
        "-v",
        "error",
        "-i",
        "source.wav",
        "-c:a",
        "aac",
        "-f",
        "hls",
        "-hls_time",
        "2",
    ]
    command += ["-hls_list_size", "0", "list.m3u8"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60, cwd=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".m3u8", ".ts")}


def test_pieces_of_a_playlist_are_heard_while_the_rest_is_fetched(
    server: Server, soundcloud: SoundCloud, playlist: dict[str, bytes]
) -> None:
    soundcloud.tracks["rig/pieces"] = Track("In pieces", "list.m3u8", 32_000, protocol="hls")
    for name, content in playlist.items():
        kind = "application/vnd.apple.mpegurl" if name.endswith("m3u8") else "video/mp2t"
        soundcloud.media.files[f"/{name}"] = (kind, content)
    soundcloud.media.gates["/list12.ts"] = 0
    begun = download(server, "https://soundcloud.com/rig/pieces")
    server.analyze(begun["id"])
    early = server.wait(begun["id"], lambda r: r["windows_done"] >= 1 or r["state"] == "failed")
    assert early["arriving"], early["error"]
    soundcloud.media.open_gate("/list12.ts")
    done = ended(server, begun["id"])
    assert done["state"] == "done", done["error"]
    assert done["duration_s"] == pytest.approx(32, abs=0.3)
    assert server.owned()


def test_a_missing_piece_is_not_passed_over(server: Server, soundcloud: SoundCloud, playlist: dict[str, bytes]) -> None:
    soundcloud.tracks["rig/pieces"] = Track("In pieces", "list.m3u8", 32_000, protocol="hls")
    for name, content in playlist.items():
        kind = "application/vnd.apple.mpegurl" if name.endswith("m3u8") else "video/mp2t"
        soundcloud.media.files[f"/{name}"] = (kind, content)
    soundcloud.media.statuses["/list5.ts"] = 404
    failed = ended(server, download(server, "https://soundcloud.com/rig/pieces")["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "link_network"), failed["error"]


def test_a_stretch_of_a_video_is_not_called_cut_off(
    server: Server, youtube: YouTube, encoded: Callable[[str, float], bytes]
) -> None:
    """Its container would announce the length of the whole."""
    content = encoded("webm", 32)
    youtube.videos[VIDEO] = Video("A walk in the rig", "v.webm", 32, len(content), description="0:00 A\n0:12 B\n0:25 C")
    youtube.media.files["/v.webm"] = ("audio/webm", content)
    begun = download(server, f"https://youtu.be/{VIDEO}", start_s=8)
    server.analyze(begun["id"])
    done = ended(server, begun["id"])
    assert (done["state"], done["warning"]) == ("done", None)
    assert done["duration_s"] == pytest.approx(24, abs=0.1)
    assert [(c["start_s"], c["title"]) for c in done["link"]["chapters"]] == [(0, "A"), (4, "B"), (17, "C")]
