"""What whoever runs a server sees and may rely on: readiness, numbers, log lines, and its end."""

from __future__ import annotations

import json
import logging
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sonotag.api.counters import MOST_CODES, Counters
from sonotag.logs import configure_logging, log_context, without_contents
from tests.api.conftest import Server
from tests.api.server_process import PATIENCE_S, ServerProcess
from tests.api.silent_flac import silent_flac

MakeWav = Callable[..., Path]
StartServer = Callable[..., Any]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    started: list[ServerProcess] = []

    def begin(**settings: str) -> ServerProcess:
        started.append(ServerProcess(tmp_path / "data", SONOTAG_MODEL="builtin", **settings))
        started[-1].wait_ready()
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


def read_on(socket: ClientConnection) -> None:
    while True:
        socket.recv(PATIENCE_S)


def metrics(server: Server) -> dict[str, float]:
    lines = server.client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_readiness_names_every_reason(start_server: StartServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_server() as server:
        ready = server.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["reasons"]) == (200, "ok", [])
        assert ready.json()["checks"] == {"model": "ready", "database": "ok", "disk": "ok", "server": "ok"}
        services = server.client.app.state.services
        monkeypatch.setattr(services.disk, "floor_bytes", 1 << 62)
        low = server.client.get("/readyz")
        assert (low.status_code, low.json()["status"], low.json()["checks"]["disk"]) == (503, "failing", "low")
        assert "MB free" in low.json()["reasons"][0]
        services.shutdown.begin()
        stopping = server.client.get("/readyz").json()
        assert (stopping["status"], stopping["checks"]["server"]) == ("stopping", "stopping")


def test_a_database_that_takes_no_writes_is_not_ready(start_server: StartServer) -> None:
    with start_server() as server:
        only_reads = True

        def look(connection: Any, *_: Any) -> None:
            connection.execute(f"PRAGMA query_only = {int(only_reads)}")

        event.listen(server.client.app.state.services.database._engine, "checkout", look)
        refused = server.client.get("/readyz")
        only_reads = False
        assert (refused.status_code, refused.json()["checks"]["database"]) == (503, "failing")
        assert server.client.get("/readyz").status_code == 200


def test_metrics_tell_of_requests_jobs_model_disk_and_memory(server: Server, make_wav: MakeWav) -> None:
    before = metrics(server)
    recording = server.upload(make_wav(25))
    server.analyze(recording["id"], ["rain"])
    server.finish(recording["id"])
    assert server.client.get("/api/recordings/rec_nothing-here/scores").status_code == 404
    now = metrics(server)

    def grown(name: str) -> float:
        return now[name] - before.get(name, 0.0)

    assert grown('sonotag_requests_total{method="POST",route="/analyze",status="202"}') == 1
    missing = 'sonotag_requests_total{method="GET",route="/api/recordings/{recording_id}/scores",status="404"}'
    assert grown(missing) == 1
    assert grown('sonotag_errors_total{code="not_found"}') == 1
    assert grown("sonotag_windows_encoded_total") == 3
    assert grown('sonotag_job_states_total{state="done"}') == 1
    assert grown('sonotag_recordings{state="done"}') == 1
    assert now["sonotag_jobs_queued"] == now["sonotag_jobs_running"] == now["sonotag_windows_waiting"] == 0
    assert now["sonotag_windows_per_second"] > 0
    assert now["sonotag_times_real_time"] > 1
    assert now["sonotag_disk_free_bytes"] > 0
    assert now["sonotag_memory_bytes"] > 1e7
    assert now["process_resident_memory_bytes"] > 1e7
    # No address of a recording becomes a label.
    assert recording["id"] not in server.client.get("/metrics").text


def test_what_is_read_by_a_share_link_is_counted_without_its_token(server: Server) -> None:
    recording_id = server.client.post("/api/sample").json()["id"]
    token = server.client.post(f"/api/recordings/{recording_id}/shares").json()["token"]
    assert server.client.delete(f"/api/recordings/{token}").status_code == 403
    assert server.client.get(f"/api/recordings/{token}").status_code == 200
    text = server.client.get("/metrics").text
    assert 'sonotag_refusals_total{reason="read_only_share"} 1.0' in text
    assert token not in text


def test_labels_are_bounded() -> None:
    counters = Counters()
    for number in range(MOST_CODES + 50):
        counters.request("INVENTED", "/x", 503, 0.1, f"code_{number}")
    samples = [sample for metric in counters.registry.collect() for sample in metric.samples]
    assert len({s.labels["code"] for s in samples if s.name == "sonotag_errors_total"}) == MOST_CODES + 1
    assert len({s.labels["reason"] for s in samples if s.name == "sonotag_refusals_total"}) == MOST_CODES + 1
    assert {s.labels["method"] for s in samples if s.name == "sonotag_requests_total"} == {"other"}


def test_every_answer_has_an_id(server: Server) -> None:
    made = server.client.get("/healthz").headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", made)
    given = server.client.get("/api/nothing", headers={"X-Request-ID": "proxy-7.b"})
    assert (given.status_code, given.headers["x-request-id"]) == (404, "proxy-7.b")
    hostile = server.client.get("/healthz", headers={"X-Request-ID": "a b" * 40})
    assert re.fullmatch("[0-9a-f]{16}", hostile.headers["x-request-id"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET https://example.org/watch?v=secret&t=3 failed", "GET https://example.org/… failed"),
        ("http://user:password@proxy:3128", "http://proxy:3128/…"),
        ('see "wss://a.example/x#y".', 'see "wss://a.example/…".'),
        ("  TITLE           : My diary\n  Duration: 00:01", "  TITLE           : …\n  Duration: …"),
        ("[info]     comment         : words\n[error] x: y", "[info]     comment         : …\n[error] x: y"),
        ("1 of 2 windows: done", "1 of 2 windows: done"),
    ],
)
def test_what_belongs_to_users_is_taken_out_of_lines(text: str, left: str) -> None:
    assert without_contents(text) == left


def test_lines_carry_ids_in_both_styles(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        for style in ("json", "text"):
            configure_logging("INFO", style)
            with log_context(job="job_1", owner="own_1"), log_context(recording="rec_1"):
                logging.getLogger("sonotag.x").info(
                    "from %s", "https://a.example/b?c=d", extra={"fields": {"status": 200}}
                )
            try:
                raise ValueError("https://a.example/secret")
            except ValueError:
                logging.getLogger("sonotag.x").exception("broke")
    finally:
        root.handlers[:], _ = kept, root.setLevel(level)
    first, second, *text = capsys.readouterr().err.splitlines()
    line = json.loads(first)
    assert (line["job"], line["owner"], line["recording"], line["status"]) == ("job_1", "own_1", "rec_1", 200)
    assert line["message"] == "from https://a.example/…"
    assert "secret" not in second
    assert "ValueError" in json.loads(second)["exception"]
    assert text[0].endswith("INFO sonotag.x: from https://a.example/… [job=job_1 owner=own_1 recording=rec_1]")
    assert "secret" not in "\n".join(text)


def test_a_server_ends_when_it_is_told_to_and_says_so_to_everybody(
    process: Callable[..., ServerProcess],
) -> None:
    """Sockets close with 1012, event streams end, windows in hand are stored, and the log tells no contents."""
    server = process(SONOTAG_LOG_FORMAT="json", SONOTAG_LOG_LEVEL="DEBUG")
    content = silent_flac(10 * 3600)
    sent = server.client.post("/upload_audio", params={"filename": "my private diary.flac"}, content=content)
    recording_id = sent.json()["id"]
    order = {"recording_id": recording_id, "prompts": ["whispered secrets"]}
    assert server.client.post("/analyze", json=order).status_code == 202
    address = str(server.client.base_url).replace("http", "ws")
    with (
        connect(f"{address}/ws/recordings/{recording_id}?prompts=whispered+secrets", max_size=None) as socket,
        server.client.stream("GET", f"/api/recordings/{recording_id}/events") as events,
    ):
        assert json.loads(socket.recv(PATIENCE_S))["type"] == "snapshot"
        server.wait(recording_id, lambda r: r["windows_done"] > 2)
        began_s = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            read_on(socket)
        assert socket.close_code == 1012
        assert "".join(events.iter_text())
    assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert time.monotonic() - began_s < 20
    lines = [json.loads(line) for line in server.log[1:]]
    assert not [line for line in lines if re.search("diary|whispered|flac", json.dumps(line))]
    assert not "".join(
        line.get("exception", line["message"]) for line in lines if line["level"] in ("error", "warning")
    )
    ordered = next(line for line in lines if line.get("route") == "/analyze")
    assert ordered["owner"].startswith("own_")
    assert ordered["request"]
