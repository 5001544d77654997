"""What a link names, told before anybody fetches it, and what is told of one that failed."""

from __future__ import annotations

from sonotag.media.fetch_errors import LONGEST_DETAILS, link_error
from tests.api.conftest import Server
from tests.links.rig.hosts import Rig


def read(server: Server, url: str) -> tuple[int, dict[str, object]]:
    answer = server.client.post("/api/link", json={"url": url})
    return answer.status_code, answer.json()


def test_a_link_is_understood_without_asking_its_site(server: Server, rig: Rig) -> None:
    before = len(rig.seen)
    status, preview = read(server, "youtu.be/jNQXAC9IVRw?t=1m30s&list=PLabcdefghijk")
    assert status == 200
    assert preview == {
        "site": "YouTube",
        "url": "https://www.youtube.com/watch?v=jNQXAC9IVRw",
        "kind": "track",
        "start_s": 90.0,
    }
    status, preview = read(server, "https://soundcloud.com/somebody/sets/some-set")
    assert (status, preview["site"], preview["kind"]) == (200, "SoundCloud", "list")
    assert len(rig.seen) == before


def test_what_is_no_link_is_refused_as_a_download_would_be(server: Server) -> None:
    for url in ("dog barking", "https://example.org/song.mp3", "https://user:secret@youtu.be/jNQXAC9IVRw"):
        status, answer = read(server, url)
        refused = server.client.post("/download_youtube", json={"url": url})
        assert (status, answer) == (refused.status_code, refused.json())
        assert status == 422
        assert set(answer["error"]) == {"code", "message", "hint"}


def test_details_are_what_the_program_said_and_no_secret_of_the_server() -> None:
    said = "ERROR: Unable to connect to proxy http://job:secret@127.0.0.1:9\nTraceback, only for the log"
    problem = link_error("link_network", "YouTube", said).problem
    assert problem.details == "ERROR: Unable to connect to proxy http://127.0.0.1:9"
    assert "YouTube" in problem.message
    longest = link_error("link_failed", "YouTube", "x" * 5000).problem.details
    assert longest is not None
    assert len(longest) == LONGEST_DETAILS
    assert link_error("link_failed", "YouTube").problem.details is None
