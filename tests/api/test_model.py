"""Models over HTTP: what there is, what may be fetched, and what happens to wrong files."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.api.conftest import Server
from tests.openflam.small_tokenizer import train


def flam_of(server: Server) -> dict[str, Any]:
    overview = server.client.get("/api/model").json()
    return next(model for model in overview["models"] if model["name"] == "flam")


def wait_for(server: Server, *states: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (model := flam_of(server))["state"] not in states:
        assert time.monotonic() < deadline, model
        time.sleep(0.01)
    return model


def test_what_is_not_here_says_where_to_put_it_and_is_fetched_only_with_consent(server: Server) -> None:
    model = wait_for(server, "absent")
    assert "open_flam_oct17.pth" in model["error"]["hint"]
    assert str(server.data_dir) in model["error"]["hint"]
    assert "non-commercial research only" in model["terms"]
    refused = server.client.post("/api/model/download", json={"accept_terms": False})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "terms_not_accepted"
    unknown = server.client.post("/api/model/download", json={"name": "clap", "accept_terms": True})
    assert unknown.json()["error"]["code"] == "unknown_model"
    built_in = server.client.post("/api/model/download", json={"name": "builtin", "accept_terms": True})
    assert (built_in.status_code, built_in.json()["error"]["code"]) == (409, "model_busy")
    assert server.client.delete("/api/model/download").status_code == 202  # nothing to cancel is no error
    assert flam_of(server)["state"] == "absent"


def test_an_analysis_by_a_model_that_is_not_here_says_so(server: Server, make_wav: Callable[..., Path]) -> None:
    recording = server.upload(make_wav(1))
    answer = server.client.post("/analyze", json={"recording_id": recording["id"], "model": "flam"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_absent")


def test_an_operator_can_forbid_the_download(start_server: Callable[..., Any]) -> None:
    with start_server(flam_download=False) as server:
        answer = server.client.post("/api/model/download", json={"accept_terms": True})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "download_off")


def test_a_server_for_the_builtin_tagger_knows_no_other(start_server: Callable[..., Any]) -> None:
    with start_server(model="builtin") as server:
        assert [model["name"] for model in server.client.get("/api/model").json()["models"]] == ["builtin"]


def test_a_wrong_checkpoint_is_refused_and_the_builtin_tagger_goes_on(
    start_server: Callable[..., Any], make_wav: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "open_flam_oct17.pth").write_bytes(b"<!doctype html><title>Sign in</title>")
    train(300).save(str(tmp_path / "tokenizer.json"))
    with start_server(flam_checkpoint=tmp_path) as server:
        model = wait_for(server, "failed")
        assert "a web page" in model["error"]["message"]
        recording = server.upload(make_wav(1))
        server.analyze(recording["id"], ["dog barking"])
        assert server.finish(recording["id"])["model"] == "builtin"
