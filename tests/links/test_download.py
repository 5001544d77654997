"""Links from paste to heatmap, through the real yt-dlp, the real guard, and servers with all sorts of manners."""

from __future__ import annotations

import contextlib
import io
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from yt_dlp.networking import Response
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import DownloadError

from sonotag.media.decode import find_ffmpeg
from sonotag.media.fetch_child import retry_after_of
from sonotag.media.fetch_errors import wait_words
from sonotag.store.disk import Disk
from tests.api.conftest import Server
from tests.links.conftest import wav_of
from tests.links.rig.hosts import Rig
from tests.links.rig.media import HOST, MediaSite
from tests.media.conftest import child_processes

LINK = f"https://{HOST}/sound.wav"


def download(server: Server, url: str, **more: Any) -> dict[str, Any]:
    answer = server.client.post("/download_youtube", json={"url": url, **more})
    assert answer.status_code == 202, answer.text
    return answer.json()


def ended(server: Server, recording_id: str) -> dict[str, Any]:
    return server.wait(
        recording_id, lambda r: not r["arriving"] and r["state"] not in ("fetching", "queued", "analyzing")
    )


def test_a_link_becomes_a_recording(server: Server, media: MediaSite) -> None:
    content = wav_of(25)
    media.files["/sound.wav"] = ("audio/wav", content)
    begun = download(server, LINK)
    assert (begun["state"], begun["link"]["site"], begun["link"]["url"]) == ("fetching", "The Rig", LINK)
    fetched = ended(server, begun["id"])
    assert (fetched["state"], fetched["error"]) == ("stored", None)
    assert fetched["source"]["size_bytes"] == len(content)
    assert fetched["source"]["kind"] == "url"
    audio = server.client.get(fetched["audio_url"])
    assert audio.content == content
    server.analyze(begun["id"])
    assert server.finish(begun["id"])["duration_s"] == pytest.approx(25)


def test_the_heatmap_begins_before_the_download_ends(server: Server, media: MediaSite) -> None:
    content = wav_of(45)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.gates["/sound.wav"] = len(content) // 2
    begun = download(server, LINK)
    server.analyze(begun["id"])
    early = server.wait(begun["id"], lambda r: r["windows_done"] >= 2)
    assert early["arriving"]
    assert early["state"] == "analyzing"
    assert server.client.get(early["audio_url"]).status_code == 409
    scores = server.client.get(f"/api/recordings/{begun['id']}/scores?prompts=rain").json()
    assert len(scores["scores"][0]) == 160
    media.open_gate("/sound.wav")
    done = ended(server, begun["id"])
    assert (done["state"], done["windows_done"]) == ("done", 5)
    assert done["duration_s"] == pytest.approx(45)
    assert server.client.get(done["audio_url"]).status_code == 200


def test_both_stages_are_told_on_the_socket(server: Server, media: MediaSite) -> None:
    content = wav_of(30)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.bytes_per_s["/sound.wav"] = 600_000
    begun = download(server, LINK)
    server.analyze(begun["id"], ["rain"])
    stages: dict[str, dict[str, Any]] = {}
    kinds: list[str] = []
    with server.client.websocket_connect(f"/ws/recordings/{begun['id']}?prompts=rain") as socket:
        state, seq = "", 0
        while state != "done":
            message = socket.receive_json()
            assert message["from_seq"] <= seq + 1
            seq = message["seq"]
            kinds.append(message["type"])
            state = message.get("state", state)
            if message["type"] == "progress":
                stages[message["stage"]] = message
    assert stages["fetching"]["unit"] == "bytes"
    assert stages["fetching"]["bytes_per_s"] > 0
    assert kinds.index("window") < len(kinds) - 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "link_removed"), (401, "link_private"), (429, "link_rate_limited"), (503, "link_network")],
)
def test_what_a_site_refuses_is_said(server: Server, media: MediaSite, status: int, code: str) -> None:
    media.statuses["/gone.wav"] = status
    failed = ended(server, download(server, f"https://{HOST}/gone.wav")["id"])
    assert failed["state"] == "failed"
    assert failed["error"]["code"] == code, failed["error"]
    assert failed["error"]["hint"]


@pytest.mark.parametrize(
    ("asked", "told"), [("700", "Try again in 12 minutes."), ("", "Try again in an hour."), ("soon", "in an hour.")]
)
def test_a_site_that_wants_a_pause_is_quoted(server: Server, media: MediaSite, asked: str, told: str) -> None:
    media.statuses["/busy.wav"] = 429
    media.answer_headers["Retry-After"] = asked
    failed = ended(server, download(server, f"https://{HOST}/busy.wav")["id"])
    assert failed["error"]["code"] == "link_rate_limited"
    assert told in failed["error"]["hint"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "in an hour"),
        (0, "in a minute"),
        (61, "in 2 minutes"),
        (5400, "in 2 hours"),
        (86_400 * 2, "in 2 days"),
        (1e12, "in an hour"),
        (-5, "in an hour"),
    ],
)
def test_a_pause_in_words(seconds: float | None, words: str) -> None:
    assert wait_words(seconds) == words


def test_a_pause_until_a_date() -> None:
    headers = {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)}
    refused = HTTPError(Response(io.BytesIO(), "https://example.com/", headers, status=429))
    error = DownloadError("refused", (type(refused), refused, None))
    assert retry_after_of(error) == pytest.approx(1800, abs=5)


def test_a_redirect_to_another_host_is_not_followed(server: Server, media: MediaSite, rig: Rig) -> None:
    media.redirects["/sound.wav"] = "https://elsewhere.example.net/sound.wav"
    media.redirects["/inside.wav"] = "http://127.0.0.1:80/sound.wav"
    before = len(rig.seen)
    for path in ("sound", "inside"):
        failed = ended(server, download(server, f"https://{HOST}/{path}.wav")["id"])
        assert failed["error"]["code"] == "link_refused_address", failed["error"]
    assert all(HOST in line for line in rig.seen[before:])


def test_a_redirect_within_the_site_is_followed(server: Server, media: MediaSite) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(3))
    media.redirects["/moved.wav"] = f"https://{HOST}/sound.wav"
    assert ended(server, download(server, f"https://{HOST}/moved.wav")["id"])["state"] == "stored"


def test_a_connection_that_is_cut_goes_on_where_it_was(server: Server, media: MediaSite) -> None:
    content = wav_of(20)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.cut_at["/sound.wav"] = len(content) // 3

    begun = download(server, LINK)
    server.wait(begun["id"], lambda r: media.sent.get("/sound.wav", 0) >= len(content) // 3)
    media.cut_at.clear()
    fetched = ended(server, begun["id"])
    assert fetched["state"] == "stored", fetched["error"]
    assert server.client.get(fetched["audio_url"]).content == content


def test_fewer_bytes_than_announced_are_not_called_the_whole(server: Server, media: MediaSite) -> None:
    content = wav_of(20)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.claimed["/sound.wav"] = len(content) + 100_000
    failed = ended(server, download(server, LINK)["id"])
    assert failed["state"] == "failed"
    assert failed["error"]["code"] == "link_network", failed["error"]


def test_an_endless_file_ends_at_the_limit(server_with: Callable[..., Server], media: MediaSite) -> None:
    server = server_with(max_upload_bytes=2_000_000)
    media.files["/sound.wav"] = ("audio/wav", wav_of(20))
    media.endless.add("/sound.wav")
    failed = ended(server, download(server, LINK)["id"])
    assert failed["error"]["code"] == "link_too_large"


def test_a_slow_link_ends_at_the_time_limit(server_with: Callable[..., Server], media: MediaSite) -> None:
    server = server_with(download_timeout_s=4)
    content = wav_of(20)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.gates["/sound.wav"] = 100_000
    failed = ended(server, download(server, LINK)["id"])
    assert failed["error"]["code"] == "link_timeout"


def test_text_is_not_a_recording(server: Server, media: MediaSite) -> None:
    media.files["/sound.wav"] = ("audio/wav", b"this is no audio at all " * 1000)
    failed = ended(server, download(server, LINK)["id"])
    assert failed["state"] == "failed"
    assert failed["error"]["code"] == "unreadable_media"


def test_cancelling_leaves_nothing(server: Server, media: MediaSite) -> None:
    content = wav_of(30)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.gates["/sound.wav"] = len(content) // 2
    before = child_processes()
    begun = download(server, LINK)
    server.analyze(begun["id"])
    server.wait(begun["id"], lambda r: r["windows_done"] >= 1)
    cancelled = server.client.post(f"/api/recordings/{begun['id']}/cancel").json()
    assert (cancelled["state"], cancelled["arriving"], cancelled["windows_done"]) == ("cancelled", False, 0)
    deadline = time.monotonic() + 20
    while child_processes() - before or server.client.app.state.services.downloads.running:
        assert time.monotonic() < deadline, child_processes() - before
        time.sleep(0.01)
    assert not any(begun["id"] in name for name in server.stored())
    assert server.owned()
    again = server.client.post("/analyze", json={"recording_id": begun["id"]})
    assert again.json()["error"]["code"] == "audio_missing"
    assert server.client.delete(f"/api/recordings/{begun['id']}").status_code == 204


def test_a_cancelled_recording_has_no_frames_before_its_files_go(
    server: Server, media: MediaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = wav_of(30)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.gates["/sound.wav"] = len(content) // 2
    begun = download(server, LINK)
    server.analyze(begun["id"])
    server.wait(begun["id"], lambda r: r["windows_done"] >= 1)
    services = server.client.app.state.services
    remove, seen = services.data.remove, []

    def look(recording_id: str) -> None:
        recording = services.database.recording(recording_id)
        seen.append((recording.state, recording.frames_done, recording.samples_done))
        remove(recording_id)

    monkeypatch.setattr(services.data, "remove", look)
    answer = server.client.post(f"/api/recordings/{begun['id']}/cancel")
    assert answer.status_code == 202, answer.text
    assert seen == [("cancelled", 0, 0)]


def test_without_room_on_the_disk_fetching_pauses_and_goes_on(
    server: Server, media: MediaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = wav_of(30)
    media.files["/sound.wav"] = ("audio/wav", content)
    monkeypatch.setattr(Disk, "free_bytes", property(lambda _: 0))
    begun = download(server, LINK)
    paused = server.wait(begun["id"], lambda r: r["warning"] is not None)
    assert (paused["warning"]["code"], paused["arriving"], paused["state"]) == ("disk_full", True, "fetching")
    assert paused["source"]["size_bytes"] == 0
    monkeypatch.undo()
    done = server.wait(begun["id"], lambda r: not r["arriving"])
    assert (done["state"], done["warning"]) == ("stored", None)
    assert server.client.get(f"/api/recordings/{begun['id']}/audio").content == content


def test_deleting_while_it_arrives_leaves_nothing(server: Server, media: MediaSite) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(30))
    media.gates["/sound.wav"] = 200_000
    begun = download(server, LINK)
    server.wait(begun["id"], lambda r: media.sent.get("/sound.wav", 0) > 100_000)
    assert server.client.delete(f"/api/recordings/{begun['id']}").status_code == 204
    assert server.client.get(f"/api/recordings/{begun['id']}").status_code == 404
    assert not any(begun["id"] in name for name in server.stored())


def test_only_so_many_at_a_time(server_with: Callable[..., Server], media: MediaSite) -> None:
    server = server_with(concurrent_downloads=1)
    media.files["/sound.wav"] = ("audio/wav", wav_of(30))
    media.gates["/sound.wav"] = 1000
    first = download(server, LINK)
    refused = server.client.post("/download_youtube", json={"url": LINK})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    server.client.post(f"/api/recordings/{first['id']}/cancel")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "not_a_link"), ("hello there", "not_a_link"), ("https://example.org/a", "site_not_allowed")],
)
def test_what_is_no_link_of_ours_makes_no_recording(server: Server, text: str, code: str) -> None:
    before = server.client.get("/api/recordings").json()
    answer = server.client.post("/download_youtube", json={"url": text})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code
    assert server.client.get("/api/recordings").json() == before


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected_s"), [(10.0, 25.5, 15.5), (None, 12.0, 12.0), (40.0, None, 5.0), (40.0, 90.0, 5.0)]
)
def test_a_stretch_of_a_link(
    server: Server, media: MediaSite, start_s: float | None, end_s: float | None, expected_s: float
) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(45))
    begun = download(server, LINK, start_s=start_s, end_s=end_s)
    assert (begun["link"]["start_s"], begun["link"]["end_s"]) == (start_s, end_s)
    server.analyze(begun["id"], ["rain"])
    done = ended(server, begun["id"])
    assert done["state"] == "done", done["error"]
    assert done["duration_s"] == pytest.approx(expected_s, abs=0.2)
    # A burst every three seconds from 0.5 s on: they tell where the stretch begins.
    peaks = server.client.get(f"/api/recordings/{begun['id']}/peaks?max_columns=2000").json()
    loud = [i * peaks["seconds_per_column"] for i, high in enumerate(peaks["max"]) if high > 0.3]
    first = next(0.5 + 3 * i for i in range(20) if 0.5 + 3 * i >= (start_s or 0.0)) - (start_s or 0.0)
    assert loud[0] == pytest.approx(first, abs=0.2)


def test_the_end_of_a_stretch_ends_the_fetching(server: Server, media: MediaSite) -> None:
    content = wav_of(45)
    media.files["/sound.wav"] = ("audio/wav", content)
    media.gates["/sound.wav"] = len(content) * 2 // 3  # never opened: the rest is not needed
    begun = download(server, LINK, start_s=5, end_s=20)
    server.analyze(begun["id"])
    done = ended(server, begun["id"])
    assert (done["state"], done["windows_done"]) == ("done", 2)


def test_a_stretch_of_what_has_its_index_last_is_refused_with_the_way_out(
    server: Server, media: MediaSite, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.wav"
    whole.write_bytes(wav_of(8))
    # As ffmpeg writes MP4 unless asked otherwise: media first, index last.
    subprocess.run([find_ffmpeg(), "-v", "error", "-i", whole, tmp_path / "late.m4a"], check=True)
    media.files["/late.m4a"] = ("audio/mp4", (tmp_path / "late.m4a").read_bytes())
    link = f"https://{HOST}/late.m4a"
    failed = ended(server, download(server, link, start_s=2, end_s=4)["id"])
    assert failed["error"]["code"] == "cannot_cut", failed["error"]
    assert ended(server, download(server, link)["id"])["state"] == "stored"


def test_a_stretch_beyond_the_end_is_said_to_be_empty(server: Server, media: MediaSite) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(10))
    failed = ended(server, download(server, LINK, start_s=100)["id"])
    assert failed["error"]["code"] == "empty_stretch"


@pytest.mark.parametrize("stretch", [{"start_s": 20, "end_s": 10}, {"end_s": 0}, {"start_s": -1}, {"start_s": 1e300}])
def test_a_stretch_that_is_none_is_refused(server: Server, stretch: dict[str, float]) -> None:
    answer = server.client.post("/download_youtube", json={"url": LINK, **stretch})
    assert answer.status_code == 422
    assert answer.json()["error"]["hint"]


def test_a_restart_fetches_again_and_goes_on(
    start_on: Callable[..., contextlib.AbstractContextManager[Server]], media: MediaSite, tmp_path: Path
) -> None:
    content = wav_of(45)
    media.files["/sound.wav"] = ("audio/wav", content)
    with start_on(tmp_path) as server:
        begun = download(server, LINK)
        server.analyze(begun["id"], ["rain"])
        whole = ended(server, begun["id"])
        url = f"/api/recordings/{begun['id']}/scores?prompts=rain"
        expected = server.client.get(url).json()["scores"]
    media.gates["/sound.wav"] = len(content) // 2
    with start_on(tmp_path) as server:
        begun = download(server, LINK)
        server.analyze(begun["id"], ["rain"])
        server.wait(begun["id"], lambda r: r["windows_done"] >= 1)
    media.open_gate("/sound.wav")
    with start_on(tmp_path) as server:
        done = ended(server, begun["id"])
        assert (done["state"], done["windows_done"]) == ("done", whole["windows_done"]), done["error"]
        assert server.client.get(f"/api/recordings/{begun['id']}/scores?prompts=rain").json()["scores"] == expected
        assert server.client.get(done["audio_url"]).content == content


def test_an_operators_cookies_are_sent_and_stay_as_they_are(
    server_with: Callable[..., Server], media: MediaSite, tmp_path: Path
) -> None:
    jar = tmp_path / "cookies.txt"
    lines = "# Netscape HTTP Cookie File\n" + "\t".join([f".{HOST}", "TRUE", "/", "TRUE", "4102444800", "token", "T1"])
    jar.write_text(lines + "\n")
    server = server_with(link_cookies=jar)
    media.files["/sound.wav"] = ("audio/wav", wav_of(3))
    assert ended(server, download(server, LINK)["id"])["state"] == "stored"
    assert "token=T1" in media.cookies
    assert jar.read_text() == lines + "\n"


def test_a_stalled_link_shows_all_that_came(server: Server, media: MediaSite) -> None:
    media.files["/sound.wav"] = ("audio/wav", wav_of(30))
    media.gates["/sound.wav"] = came = 24 * 8192
    begun = download(server, LINK)
    server.wait(begun["id"], lambda r: r["source"]["size_bytes"] == came, timeout_s=15)
    server.client.post(f"/api/recordings/{begun['id']}/cancel")
