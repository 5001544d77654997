"""What one address and one owner may ask for, whose address counts, and what happens when memory is short."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from sonotag.api.limits import MOST_KEYS, Admission, Buckets, Limiter, network_of
from sonotag.errors import BusyError
from sonotag.jobs.memory import MemoryGuard, cgroup_limit, used_bytes
from sonotag.jobs.shutdown import Shutdown
from sonotag.settings import Settings
from tests.api.server_process import ServerProcess

MakeWav = Callable[..., Path]
StartServer = Callable[..., Any]


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@settings(max_examples=50)
@given(steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 4)), max_size=60))
def test_a_bucket_never_gives_more_than_its_size_and_what_flowed_back(steps: list[tuple[float, int]]) -> None:
    clock = Clock()
    buckets = Buckets(10, 20.0, clock)
    began_s, given_out = clock.now_s, 0
    for wait_s, count in steps:
        clock.now_s += wait_s
        needed_s = buckets.wait_s("a", count)
        if needed_s == 0:
            buckets.take("a", count)
            given_out += count
        else:
            # The answer is honest: a moment before it is too early, then it is not.
            early = Clock()
            early.now_s = clock.now_s
            assert 0 < needed_s <= count * 2.0
        assert given_out <= 10 + (clock.now_s - began_s) / 2.0 + 1e-6
    clock.now_s += buckets.wait_s("a", 4)
    assert buckets.wait_s("a", 4) < 1e-6


def test_buckets_forget_and_may_be_off() -> None:
    clock = Clock()
    buckets = Buckets(1, 60.0, clock)
    for number in range(MOST_KEYS + 10):
        buckets.take(str(number))
    assert len(buckets) == MOST_KEYS
    off = Buckets(0, 60.0, clock)
    off.take("a", 1e9)
    assert (off.wait_s("a", 1e9), len(off)) == (0.0, 0)
    # What is larger than a whole bucket is let through by a full one, and made up for.
    assert buckets.wait_s("new", 5) == 0.0
    buckets.take("new", 5)
    assert buckets.wait_s("new", 1) == pytest.approx(300)


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_one_customer_is_one_address(host: str, counted: str) -> None:
    assert network_of(host) == counted


def stopped_clock(server: Any) -> Clock:
    """Allowances flow back only when the test says so: a machine with other work may be slow."""
    limiter, clock = server.client.app.state.watch.limiter, Clock()
    for buckets in (limiter._requests, limiter._orders, limiter._bytes):
        buckets._clock = clock
    return clock


def refused(answer: Any, status: int, code: str) -> int:
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert answer.json()["error"]["hint"]
    return int(answer.headers["retry-after"])


def test_too_many_requests_are_answered_429_but_health_is_free(start_server: StartServer) -> None:
    with start_server(limit_requests_per_minute=20) as server:
        clock = stopped_clock(server)
        answers = [server.client.get("/api/presets") for _ in range(25)]
        assert [a.status_code for a in answers[:20]] == [200] * 20
        assert refused(answers[-1], 429, "too_many_requests") == 3
        assert {server.client.get("/healthz").status_code for _ in range(30)} == {200}
        with (
            server.client.websocket_connect("/ws/recordings/rec_x") as socket,
            pytest.raises(WebSocketDisconnect) as closed,
        ):
            socket.receive_json()
        assert (closed.value.code, closed.value.reason) == (1013, answers[-1].json()["error"]["message"])
        text = server.client.get("/metrics").text
        assert 'sonotag_refusals_total{reason="too_many_requests"} 6.0' in text
        clock.now_s += 3
        assert [server.client.get("/api/presets").status_code for _ in range(2)] == [200, 429]


def test_an_owner_is_limited_at_all_addresses_together(start_server: StartServer) -> None:
    with start_server(limit_requests_per_minute=10) as server:
        stopped_clock(server)
        app = server.client.app
        given = server.client.post("/api/sample").headers["set-cookie"].partition(";")[0]

        def ask(address: str, cookie: str) -> int:
            client = TestClient(app, base_url="http://localhost", client=(address, 5))
            return client.get("/api/presets", headers={"Cookie": cookie}).status_code

        statuses = [ask(f"198.51.100.{number}", given) for number in range(15)]
        assert statuses.count(429) == 6
        assert ask("198.51.100.14", "") == 200


def test_open_streams_orders_and_bytes_have_limits_of_their_own(start_server: StartServer, make_wav: MakeWav) -> None:
    with start_server(limit_streams=2, limit_jobs_per_hour=1, limit_upload_bytes_per_hour=1_000_000) as server:
        stopped_clock(server)
        path = make_wav(5)
        recording_id = server.upload(path)["id"]
        address = f"/ws/recordings/{recording_id}"
        with server.client.websocket_connect(address) as first, server.client.websocket_connect(address) as second:
            assert first.receive_json()["type"] == second.receive_json()["type"] == "snapshot"
            with server.client.websocket_connect(address) as third, pytest.raises(WebSocketDisconnect) as closed:
                third.receive_json()
            assert closed.value.code == 1013
            refused(server.client.get(f"/api/recordings/{recording_id}/events"), 429, "too_many_streams")
        with server.client.websocket_connect(address) as again:
            assert again.receive_json()["type"] == "snapshot"
        server.analyze(recording_id, ["rain"])
        again_s = refused(
            server.client.post("/analyze", json={"recording_id": recording_id, "prompts": []}), 429, "too_many_jobs"
        )
        assert again_s == 3600
        # 160 kB have come; a piece of an upload in pieces that is announced as too much is not even begun.
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "3000000"}
        created = server.client.post("/api/uploads", headers=headers)
        piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        to = f"/api/{created.headers['location']}"
        too_much = server.client.patch(to, content=bytes(900_000), headers=piece)
        assert 60 <= refused(too_much, 429, "too_many_bytes") <= 600
        assert server.client.patch(to, content=bytes(700_000), headers=piece).status_code == 204


def test_a_body_of_unknown_length_is_ended_when_the_allowance_is_used_up() -> None:
    limiter = Limiter(Settings(limit_upload_bytes_per_hour=1_000_000), Clock())
    taken: list[int] = []
    raised: list[BusyError] = []

    async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (message := await receive())["more_body"]:
                taken.append(len(message["body"]))
        except BusyError as error:
            raised.append(error)

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(300_000), "more_body": True}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "PATCH", "path": "/api/uploads/x", "headers": [], "state": {"owner": "own_1"}}
    admission = Admission(read_all, limiter, MemoryGuard(None), Shutdown())
    asyncio.run(admission(scope, receive, send))
    assert taken == [300_000] * 4
    assert (raised[0].code, raised[0].retry_after_s) == ("too_many_bytes", 721)


def test_one_owners_queue_is_bounded_beside_everybodys(start_server: StartServer, make_wav: MakeWav) -> None:
    with start_server(max_queued_jobs_per_owner=1) as server:
        server.client.app.state.services.runner._has_memory = lambda: False  # one job begins, the others wait
        ids = [server.upload(make_wav(25))["id"] for _ in range(6)]
        answers = [server.client.post("/analyze", json={"recording_id": one, "prompts": []}) for one in ids]
        late = next(answer for answer in answers if answer.status_code != 202)
        assert 1 <= refused(late, 429, "busy") <= 600
        assert "You have" in late.json()["error"]["message"]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    started: list[ServerProcess] = []

    def begin(**settings: str) -> ServerProcess:
        started.append(ServerProcess(tmp_path / f"data{len(started)}", SONOTAG_MODEL="builtin", **settings))
        started[-1].wait_ready()
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.end(signal.SIGTERM)


def test_an_address_that_a_stranger_claims_does_not_count(process: Callable[..., ServerProcess]) -> None:
    """Nor does memory that is short stop a server: it only takes no new work."""
    server = process(
        FORWARDED_ALLOW_IPS="192.0.2.1", SONOTAG_LIMIT_REQUESTS_PER_MINUTE="20", SONOTAG_MEMORY_LIMIT="20MB"
    )
    low = server.client.post("/upload_audio", params={"filename": "a.wav"}, content=b"RIFF")
    assert refused(low, 503, "memory_low") > 0
    for path in ("/analyze", "/download_youtube", "/api/sample", "/api/uploads"):
        assert refused(server.client.post(path, json={}), 503, "memory_low") > 0
    assert server.client.get("/readyz").status_code == 200
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 250:
        claim = {"X-Forwarded-For": f"198.51.100.{len(statuses)}", "Cookie": ""}
        statuses.append(server.client.get("/api/presets", headers=claim).status_code)
    assert statuses[-1] == 429


def test_the_address_that_a_trusted_proxy_tells_counts(start_server: StartServer) -> None:
    with start_server(limit_requests_per_minute=5) as server:
        stopped_clock(server)
        proxied = TestClient(
            ProxyHeadersMiddleware(server.client.app, "192.0.2.1"), base_url="http://localhost", client=("192.0.2.1", 1)
        )
        for number in range(8):
            # A list grows from the left: what a visitor claims stands before what the proxy saw.
            claim = {"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"}
            assert proxied.get("/api/presets", headers=claim).status_code == 200
        same = [proxied.get("/api/presets", headers={"X-Forwarded-For": "198.51.100.70"}) for _ in range(7)]
        assert same[-1].status_code == 429


class Memory:
    """A machine's memory by hand: `used`, of which emptying the caches gives `cached` back."""

    def __init__(self, used: int, cached: int) -> None:
        self.used, self.cached = used, cached

    def empty(self) -> None:
        self.used -= self.cached
        self.cached = 0


def test_caches_shrink_before_anything_is_refused() -> None:
    clock, memory = Clock(), Memory(used=900, cached=200)
    guard = MemoryGuard(1000, read=lambda: memory.used, clock=clock)
    guard.add_cache(memory.empty)
    guard.ensure()
    assert memory.used == 700
    clock.now_s += 10
    memory.used = 760
    with pytest.raises(BusyError) as low:
        guard.ensure()
    assert low.value.code == "memory_low"
    memory.used = 700
    assert not guard.has_room  # looked at a moment ago
    clock.now_s += 1
    assert guard.has_room
    assert MemoryGuard(None, read=lambda: 1 << 50).has_room


def test_events_kept_for_viewers_are_the_cache_that_shrinks(start_server: Any, make_wav: Any) -> None:
    with start_server(model="builtin") as server, closing(asyncio.new_event_loop()) as loop:
        services = server.client.app.state.services
        recording_id = server.upload(make_wav(3))["id"]
        with services.events.subscribe(recording_id, loop):
            server.analyze(recording_id, ["rain"])
            server.finish(recording_id)
            told = services.events.after(recording_id, 0)
            kept = services.events._channels[recording_id].tail
            assert kept
            services.memory.limit_bytes = 1
            assert not services.memory.has_room
            assert not kept
            assert services.events.after(recording_id, 0) == told


def test_what_limits_a_container_is_found(tmp_path: Path) -> None:
    own, service = tmp_path / "own", tmp_path / "system.slice" / "sonotag.service"
    service.mkdir(parents=True)
    assert cgroup_limit(tmp_path, own) is None
    own.write_text("0::/system.slice/sonotag.service\n")
    assert cgroup_limit(tmp_path, own) is None
    (service / "memory.max").write_text("max\n")
    assert cgroup_limit(tmp_path, own) is None
    (tmp_path / "system.slice" / "memory.max").write_text("536870912\n")
    assert cgroup_limit(tmp_path, own) == 512 << 20
    (service / "memory.max").write_text("268435456\n")
    assert cgroup_limit(tmp_path, own) == 256 << 20
    # Version 1, in a container that sees itself as the root but is told its name outside.
    own.write_text("5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n0::/\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert cgroup_limit(tmp_path, own) is None
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("104857600\n")
    assert cgroup_limit(tmp_path, own) == 100 << 20


def test_memory_counts_children_and_not_mapped_files() -> None:
    before = used_bytes()
    assert before is not None
    command = [sys.executable, "-c", "a = bytearray(range(256)) * 400_000; print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with_child = used_bytes()
        child.communicate(b"\n")
    assert with_child is not None
    assert with_child - before > 95_000_000
