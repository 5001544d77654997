"""What holds for every address and every request, whatever is in them."""

from __future__ import annotations

import pytest

from tests.api.conftest import Server


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/recordings/rec_1", {"GET", "DELETE"}),
        ("GET", "/api/model/download", {"POST", "DELETE"}),
        ("PUT", "/analyze", {"POST"}),
        ("PUT", "/api/uploads/upl_1", {"HEAD", "PATCH", "DELETE", "POST", "OPTIONS"}),
        ("DELETE", "/healthz", {"GET"}),
    ],
)
def test_a_method_that_an_address_does_not_take_is_answered_with_all_that_it_takes(
    server: Server, method: str, path: str, allowed: set[str]
) -> None:
    answer = server.client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) >= allowed


@pytest.mark.parametrize("path", ["/analyze", "/api/link", "/download_youtube", "/api/model/download"])
@pytest.mark.parametrize("body", [b"\xff\xfe\xff{}", b'{"url": "\xe9"}', b"\x80"])
def test_a_body_that_is_no_utf8_is_refused_in_words(server: Server, path: str, body: bytes) -> None:
    answer = server.client.post(path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
    assert "UTF-8" in answer.json()["error"]["hint"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/analyze", {"recording_id": 1}),
        ("/analyze", {"recording_id": "rec_1", "prompts": "rain"}),
        ("/download_youtube", {"url": "https://youtu.be/jNQXAC9IVRw", "start_s": "1"}),
        ("/api/model/download", {"accept_terms": "true"}),
        ("/api/model/download", {"accept_terms": 1}),
    ],
)
def test_a_body_is_taken_as_its_schema_has_it(server: Server, path: str, body: dict[str, object]) -> None:
    """Text that looks like a number is none, and no number is a yes."""
    answer = server.client.post(path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
