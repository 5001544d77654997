"""Input that cannot be used: each kind gets its own answer, the server goes on, and nothing unowned stays on disk."""

from __future__ import annotations

import struct
import subprocess
import threading
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from tests.api.conftest import Server
from tests.api.silent_flac import silent_flac

MakeWav = Callable[..., Path]


def problem(answer: Any, status: int, code: str) -> dict[str, str]:
    """The error of an answer, which must be complete and of this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "hint"}
    assert body["error"]["code"] == code, body
    assert body["error"]["message"]
    assert body["error"]["hint"]
    return body["error"]


@pytest.fixture(autouse=True)
def _nothing_unowned(server: Server) -> Iterator[None]:
    """After every test the server answers, and the data directory holds nothing that no recording owns."""
    yield
    assert server.client.get("/healthz").status_code == 200
    assert server.owned(), server.stored()


@pytest.fixture
def refused(server: Server) -> Iterator[Callable[..., dict[str, str]]]:
    """Uploads bytes that must be refused, and leave nothing at all behind."""
    before = server.stored()

    def upload(content: bytes, name: str, status: int, code: str) -> dict[str, str]:
        answer = server.client.post("/upload_audio", files={"file": (name, content)})
        return problem(answer, status, code)

    yield upload
    assert server.stored() == before


@pytest.fixture(scope="module")
def ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Makes a file with ffmpeg from its arguments and returns its bytes."""
    directory = tmp_path_factory.mktemp("made")

    def make(name: str, *arguments: str) -> bytes:
        path = directory / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", *arguments, str(path)]
        subprocess.run(command, check=True)
        return path.read_bytes()

    return make


@pytest.fixture(scope="module")
def stored(server: Server, make_wav: MakeWav) -> str:
    """Id of a recording that is there and analysed."""
    recording = server.upload(make_wav(3))
    server.analyze(recording["id"], ["dog barking"])
    assert server.finish(recording["id"])["state"] == "done"
    return recording["id"]


# ---------------------------------------------------------------- files


def test_empty_file(refused: Callable[..., dict[str, str]]) -> None:
    refused(b"", "nothing.wav", 422, "empty_file")


def test_empty_raw_body(server: Server) -> None:
    problem(server.client.post("/upload_audio?filename=a.wav", content=b""), 422, "empty_file")


def test_text_named_mp3(refused: Callable[..., dict[str, str]]) -> None:
    refused(b"Dear diary, today I heard a dog.\n" * 200, "diary.mp3", 422, "unreadable_media")


def test_bytes_of_no_kind(refused: Callable[..., dict[str, str]]) -> None:
    refused(bytes(range(256)) * 64, "noise.bin", 422, "unreadable_media")


def test_mp4_without_its_index(refused: Callable[..., dict[str, str]], ffmpeg: Callable[..., bytes]) -> None:
    """A camera that died: the index stands at the end, and the end is missing."""
    whole = ffmpeg("whole.mp4", "-i", "anoisesrc=d=12:a=0.1:seed=1", "-c:a", "aac")
    refused(whole[: len(whole) // 2], "cut.mp4", 422, "unreadable_media")


def test_mp4_that_ends_early_is_analysed_with_a_warning(server: Server, ffmpeg: Callable[..., bytes]) -> None:
    whole = ffmpeg("early.mp4", "-i", "anoisesrc=d=12:a=0.1:seed=1", "-c:a", "aac", "-movflags", "+faststart")
    answer = server.client.post("/upload_audio", files={"file": ("cut.mp4", whole[: len(whole) // 2])})
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "done"
    assert 3 < recording["duration_s"] < 9
    assert recording["duration_exact"]
    assert recording["warning"]["code"] in ("truncated_media", "damaged_media")
    assert recording["warning"]["message"]
    assert recording["warning"]["hint"]


def test_video_without_sound(refused: Callable[..., dict[str, str]], ffmpeg: Callable[..., bytes]) -> None:
    silent = ffmpeg("mute.mp4", "-i", "testsrc=d=1:s=64x64:r=5", "-c:v", "mpeg4")
    refused(silent, "mute.mp4", 422, "no_audio_track")


def test_playlist_that_names_other_files(refused: Callable[..., dict[str, str]], stored: str) -> None:
    """A file that points elsewhere is never followed."""
    refused(
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n", "a.m3u8", 422, "unreadable_media"
    )
    refused(b"ffconcat version 1.0\nfile '/etc/hostname'\n", "a.ffconcat", 422, "unreadable_media")


def wav_at(rate_hz: int, samples: int) -> bytes:
    data = struct.pack(f"<{samples}h", *([0, 1000] * (samples // 2)))
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, (rate_hz * 2) & 0xFFFFFFFF, 2, 16)
    body = b"WAVEfmt " + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("rate_hz", "samples"), [(10, 100), (768_000, 7_680_000)])
def test_odd_rates_keep_their_time(server: Server, rate_hz: int, samples: int) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("odd.wav", wav_at(rate_hz, samples))})
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "done", recording["error"]
    assert recording["duration_s"] == pytest.approx(10, abs=0.01)


def test_wav_at_one_hertz(server: Server) -> None:
    """Nothing can be resampled from ten samples: the recording fails, and is not called empty."""
    answer = server.client.post("/upload_audio", files={"file": ("slow.wav", wav_at(1, 10))})
    assert answer.status_code == 201, answer.text
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "failed"
    assert recording["error"]["code"] == "unreadable_media"
    assert "1 Hz" in recording["error"]["message"]
    assert "sample rate" in recording["error"]["hint"]


@pytest.mark.parametrize("rate_hz", [0, 0x7FFF_FFFF, 0xFFFF_FFFF])
def test_rates_that_no_recording_has(server: Server, rate_hz: int) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("odd.wav", wav_at(rate_hz, 1000))})
    if answer.status_code != 201:
        problem(answer, 422, "unreadable_media")
        return
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "failed"
    assert recording["error"]["code"] in ("decoder_failed", "unreadable_media")
    assert recording["error"]["hint"]


def test_wav_without_a_sample(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "header.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    answer = server.client.post("/upload_audio", files={"file": (path.name, path.read_bytes())})
    if answer.status_code != 201:
        problem(answer, 422, "empty_file")
        return
    server.analyze(answer.json()["id"], ["rain"])
    recording = server.finish(answer.json()["id"])
    assert recording["state"] == "failed"
    assert recording["error"]["code"] == "empty_file"
    assert recording["error"]["hint"]


def test_a_day_of_silence_in_a_tiny_file(refused: Callable[..., dict[str, str]]) -> None:
    """150 kB that would become 16 GB of samples: refused for what it claims."""
    day = silent_flac(24 * 3600)
    assert len(day) < 300_000
    refused(day, "day.flac", 422, "too_long")


def test_a_long_silence_that_hides_its_length(start_server: Callable[..., Any]) -> None:
    """The same without a claim in the header: stopped once it has gone on for too long."""
    with start_server(max_duration_s=30) as small:
        answer = small.client.post("/upload_audio", files={"file": ("long.flac", silent_flac(600, claim=False))})
        if answer.status_code == 201:
            small.analyze(answer.json()["id"], ["rain"])
            recording = small.finish(answer.json()["id"])
            assert recording["state"] == "failed"
            assert recording["error"]["code"] == "too_long"
            assert recording["error"]["message"]
            assert recording["error"]["hint"]
        else:
            problem(answer, 422, "too_long")
        assert small.owned()
        assert small.client.get("/healthz").status_code == 200


# ---------------------------------------------------------------- names

NAMES = [
    "night\n\U0001f989 owl\r\n.wav",
    "../../etc/passwd\x00.wav",
    "\u202egnp.wav",
    "x" * 300 + ".wav",
    " ",
    ".",
    "a\tb;c\"d'.wav",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("raw", [False, True])
def test_any_name_is_made_harmless(server: Server, make_wav: MakeWav, name: str, raw: bool) -> None:
    content = make_wav(0.5).read_bytes()
    if raw:
        answer = server.client.post("/upload_audio", params={"filename": name}, content=content)
    else:
        answer = server.client.post("/upload_audio", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    recording = answer.json()
    for shown in (recording["title"], recording["source"]["filename"]):
        assert shown.strip()
        assert shown.isprintable() or "\U0001f989" in shown
        assert not set(shown) & set("\n\r\t\0/\\\u202e")
        assert len(shown.encode()) <= 255
    if "\U0001f989" in name:
        assert "\U0001f989 owl" in recording["title"]
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204


# ---------------------------------------------------------------- prompts


def test_no_prompts_only_encodes(server: Server, make_wav: MakeWav) -> None:
    recording = server.upload(make_wav(3))
    server.analyze(recording["id"], [])
    done = server.finish(recording["id"])
    assert (done["state"], done["prompts"]) == ("done", [])
    scores = server.client.get(f"/api/recordings/{recording['id']}/scores").json()
    assert scores["scores"] == scores["prompts"] == []
    later = server.client.get(f"/api/recordings/{recording['id']}/scores", params={"prompts": "rain"}).json()
    assert len(later["scores"][0]) > 0


def test_prompts_of_nothing_but_space_are_no_prompts(server: Server, stored: str) -> None:
    server.analyze(stored, ["", " \n", "\t"])
    assert server.recording(stored)["prompts"] == []


def test_the_same_prompt_twice_is_one(server: Server, stored: str) -> None:
    server.analyze(stored, ["rain", " rain ", "rain", "wind"])
    assert server.recording(stored)["prompts"] == ["rain", "wind"]


def test_ten_thousand_prompts(server: Server, stored: str) -> None:
    before = server.recording(stored)["prompts"]
    many = [f"sound {number}" for number in range(10_000)]
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": many})
    error = problem(answer, 422, "too_many_prompts")
    assert "200" in error["message"]
    assert server.recording(stored)["prompts"] == before
    few_bytes = {"prompts": ";".join(f"s{number}" for number in range(500))}
    for url in (f"/api/recordings/{stored}/scores", f"/api/recordings/{stored}/detections", "/api/prompts"):
        problem(server.client.get(url, params=few_bytes), 422, "too_many_prompts")


def test_a_prompt_of_ten_kilobytes(server: Server, stored: str) -> None:
    long = "dog " * 2_500
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": ["rain", long]})
    assert "10000" not in server.recording(stored)["prompts"]
    error = problem(answer, 422, "prompt_too_long")
    assert len(error["message"]) < 500
    for url in (f"/api/recordings/{stored}/scores", f"/api/recordings/{stored}/detections", "/api/prompts"):
        problem(server.client.get(url, params={"prompts": long}), 422, "prompt_too_long")


@pytest.mark.parametrize(
    "prompt",
    ["\x00", "a\x00b", "\U0001f415", "\u202e\u72ac", "<script>alert(1)</script>", "' OR 1=1 --", "\ufdfa" * 50],
)
def test_any_text_is_a_prompt(server: Server, stored: str, prompt: str) -> None:
    server.analyze(stored, [prompt])
    answer = server.client.get(f"/api/recordings/{stored}/scores")
    assert answer.status_code == 200
    info = answer.json()["prompts"]
    assert [p["prompt"] for p in info] == server.recording(stored)["prompts"]
    assert answer.json()["scores"] == [None] * len(info)


def test_half_a_character_is_refused(start_server: Callable[..., Any], make_wav: MakeWav) -> None:
    """JSON can write a lone surrogate, which no answer and no export can hold: kept, it would break every list."""
    with start_server() as own:
        recording = own.upload(make_wav(3))
        body = f'{{"recording_id": "{recording["id"]}", "prompts": ["a \\ud800"]}}'.encode()
        answer = own.client.post("/analyze", content=body, headers={"content-type": "application/json"})
        problem(answer, 422, "invalid_input")
        assert own.recording(recording["id"])["prompts"] == []
        assert own.owned()


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_input"),
        (b"{", "invalid_input"),
        (b"[]", "invalid_input"),
        (b"{}", "invalid_input"),
        (b'{"recording_id": 1}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": "rain"}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": [1]}', "invalid_input"),
        (b'{"recording_id": "ID", "prompt": ["rain"]}', "invalid_input"),
        (b'{"recording_id": "ID", "prompts": ["rain"], "preset": "general"}', "prompts_and_preset"),
    ],
)
def test_a_request_to_analyse_that_is_none(server: Server, stored: str, body: bytes, code: str) -> None:
    content = body.replace(b"ID", stored.encode())
    answer = server.client.post("/analyze", content=content, headers={"content-type": "application/json"})
    problem(answer, 422, code)


def test_unknown_preset_and_model(server: Server, stored: str) -> None:
    answer = server.client.post("/analyze", json={"recording_id": stored, "preset": "whales"})
    assert "general" in problem(answer, 404, "unknown_preset")["hint"]
    answer = server.client.post("/analyze", json={"recording_id": stored, "prompts": ["rain"], "model": "gpt"})
    problem(answer, 422, "invalid_input")


@pytest.mark.parametrize(
    "query",
    [
        {"threshold": "nan"},
        {"threshold": "2"},
        {"threshold": "loud"},
        {"threshold": "0.3", "release": "0.4"},
        {"merge_gap_s": "-1"},
        {"merge_gap_s": "inf"},
        {"min_length_s": "1e999"},
        {"format": "xlsx"},
    ],
)
def test_impossible_rules_for_detections(server: Server, stored: str, query: dict[str, str]) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/detections", params=query)
    problem(answer, 422, "bad_rule" if "release" in query else "invalid_input")


@pytest.mark.parametrize(
    "query", ["from_s=-1", "from_s=nan", "from_s=5&to_s=2", "max_columns=0", "max_columns=99999999"]
)
@pytest.mark.parametrize("what", ["scores", "peaks"])
def test_impossible_ranges(server: Server, stored: str, what: str, query: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/{what}?{query}")
    assert problem(answer, 422, answer.json()["error"]["code"])["code"] in ("invalid_input", "bad_range")


@pytest.mark.parametrize("tile", ["-1/0", "0/-1", "99/0", "0/99999999999999999999", "a/b"])
def test_impossible_tiles(server: Server, stored: str, tile: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/spectrogram/{tile}")
    assert answer.status_code in (404, 422), answer.text
    problem(answer, answer.status_code, answer.json()["error"]["code"])


UNKNOWN_IDS = [
    "rec_000000000000",
    "nothing",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%F0%9F%90%95",
    "x" * 3000,
    "-1",
    "' OR 1=1",
]


@pytest.mark.parametrize("identity", UNKNOWN_IDS)
def test_unknown_recording(server: Server, identity: str) -> None:
    url = f"/api/recordings/{identity}"
    for suffix in ("", "/audio", "/peaks", "/spectrogram", "/spectrogram/0/0", "/scores", "/detections", "/events"):
        problem(server.client.get(url + suffix), 404, "not_found")
    problem(server.client.delete(url), 404, "not_found")
    problem(server.client.post(url + "/cancel"), 404, "not_found")


def test_analysis_of_an_unknown_recording(server: Server) -> None:
    answer = server.client.post("/analyze", json={"recording_id": "rec_000000000000", "prompts": ["rain"]})
    problem(answer, 404, "not_found")


def test_unknown_addresses_and_methods(server: Server) -> None:
    problem(server.client.get("/api/nothing"), 404, "not_found")
    problem(server.client.put("/analyze", json={}), 405, "method_not_allowed")


# ---------------------------------------------------------------- uploads


@pytest.fixture(scope="module")
def small_server(start_server: Callable[..., Any]) -> Iterator[Server]:
    """Takes files of up to 100 kB."""
    with start_server(max_upload_bytes=100_000) as small:
        yield small


@pytest.mark.parametrize("raw", [False, True])
def test_upload_over_the_limit_is_refused_before_it_is_stored(small_server: Server, raw: bool) -> None:
    content = b"\0" * 300_000
    if raw:
        answer = small_server.client.post("/upload_audio?filename=a.wav", content=content)
    else:
        answer = small_server.client.post("/upload_audio", files={"file": ("a.wav", content)})
    assert "0.1 MB" in problem(answer, 413, "too_large")["message"]
    assert small_server.stored() == set()


def test_upload_over_the_limit_that_does_not_say_so(small_server: Server) -> None:
    """Without a Content-Length the limit is noticed on the way, and what was written is removed."""

    def body() -> Iterator[bytes]:
        for _ in range(30):
            yield b"\0" * 10_000

    answer = small_server.client.post("/upload_audio?filename=a.wav", content=body())
    problem(answer, 413, "too_large")
    assert small_server.stored() == set()


def test_upload_of_exactly_the_limit_is_taken(small_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "full.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\0" * (100_000 - 44))
    assert path.stat().st_size == 100_000
    recording = small_server.upload(path)
    assert small_server.owned()
    assert small_server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204
    assert small_server.stored() == set()


MULTIPART = {"content-type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.wav"\r\n\r\nRIFF\r\n'


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (PART % b"other" + b"--b--\r\n", MULTIPART, 422, "no_file"),
        (PART % b"file" + PART % b"file" + b"--b--\r\n", MULTIPART, 422, "too_many_files"),
        (PART % b"file", MULTIPART, 422, "incomplete_upload"),
        (b"no form at all", MULTIPART, 400, "malformed_upload"),
        (PART % b"file" + b"--b--\r\n", {"content-type": "multipart/form-data"}, 400, "malformed_upload"),
        (b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n' + b"n" * 65_600, MULTIPART, 422, "field_too_large"),
    ],
)
def test_forms_that_hold_no_file(
    server: Server, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    before = server.stored()
    problem(server.client.post("/upload_audio", content=content, headers=headers), status, code)
    assert server.stored() == before


# ---------------------------------------------------------------- at once


def test_two_analyses_of_one_recording_at_once(server: Server, make_wav: MakeWav) -> None:
    """Both are accepted, the work is done once, and the later prompts are what the recording shows."""
    recording = server.upload(make_wav(25))
    together = threading.Barrier(4)

    def analyze(number: int) -> Any:
        together.wait(timeout=300)  # four threads of a machine that may be busy
        prompts = ["dog barking", "rain"] if number % 2 else ["sneezing"]
        return server.client.post("/analyze", json={"recording_id": recording["id"], "prompts": prompts})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(analyze, range(4)))
    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.json()["analysis_id"] for answer in answers}) == 4
    done = server.finish(recording["id"])
    assert done["state"] == "done"
    assert done["windows_done"] == done["windows_total"] == 3
    assert done["duration_s"] == pytest.approx(25)
    assert done["prompts"] in (["sneezing"], ["dog barking", "rain"])
    frames = [name for name in server.stored() if recording["id"] in name and "frames" in name]
    assert len(frames) == 1


def test_deleting_what_is_being_analysed(server: Server) -> None:
    answer = server.client.post("/upload_audio", files={"file": ("long.flac", silent_flac(10 * 3600))})
    assert answer.status_code == 201, answer.text
    recording = answer.json()
    server.analyze(recording["id"], ["rain"])
    begun = server.wait(recording["id"], lambda r: r["windows_done"] > 0, timeout_s=300)
    assert begun["state"] == "analyzing", begun
    assert server.client.delete(f"/api/recordings/{recording['id']}").status_code == 204
    problem(server.client.get(f"/api/recordings/{recording['id']}"), 404, "not_found")
    assert not [name for name in server.stored() if recording["id"] in name]


def test_a_full_queue_says_when_to_come_back(start_server: Callable[..., Any]) -> None:
    """One job runs, one waits, the third is refused and its recording stays as it was."""
    with start_server(concurrent_jobs=1, max_queued_jobs=1) as busy:
        # Long enough that the first job cannot end while the others are sent, however slow that is.
        long = silent_flac(10 * 3600)
        answers = [busy.client.post("/upload_audio", files={"file": ("long.flac", long)}) for _ in range(4)]
        recordings = [answer.json()["id"] for answer in answers]
        for asked in recordings:
            last = busy.client.post("/analyze", json={"recording_id": asked, "prompts": ["rain"]})
            if last.status_code != 202:
                break
        problem(last, 429, "busy")
        assert int(last.headers["retry-after"]) > 0
        assert busy.recording(asked)["state"] == "stored"
        for recording in recordings:
            assert busy.client.delete(f"/api/recordings/{recording}").status_code == 204
        assert busy.stored() == set()


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=5-2", "bytes=abc", "bytes=-0", "chapters=1-2"])
def test_ranges_that_are_not_there(server: Server, stored: str, wanted: str) -> None:
    answer = server.client.get(f"/api/recordings/{stored}/audio", headers={"range": wanted})
    if answer.status_code == 200:
        assert len(answer.content) == int(answer.headers["content-length"]) > 0
    elif answer.status_code != 416:
        problem(answer, 400, answer.json()["error"]["code"])


def test_cancelling_what_does_not_run(server: Server, stored: str) -> None:
    problem(server.client.post(f"/api/recordings/{stored}/cancel"), 409, "conflict")
