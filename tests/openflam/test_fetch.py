"""The download, against a server on loopback that answers as the hub does."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openflam import FetchError, StorageError, StorageFullError
from openflam.errors import OpenFLAMError
from openflam.fetch import ATTEMPTS, Progress, fetch_checkpoint
from tests.openflam.hub import TOKENIZER, WEIGHTS, Hub, serving

BOTH = {"tokenizer.json", "open_flam_oct17.pth"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(Hub(), monkeypatch) as server:
        yield server


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


def test_both_files_come_and_progress_is_told(hub: Hub, tmp_path: Path) -> None:
    told: list[Progress] = []
    fetched = fetch_checkpoint(tmp_path / "weights", told.append, endpoint=hub.url)
    assert fetched.checkpoint.read_bytes() == WEIGHTS
    assert fetched.tokenizer.read_bytes() == TOKENIZER
    assert files(tmp_path / "weights") == BOTH
    weights = [step for step in told if step.file == "open_flam_oct17.pth"]
    assert len(weights) > 5
    assert [step.done_bytes for step in weights] == sorted({step.done_bytes for step in weights})
    assert weights[-1] == ("open_flam_oct17.pth", len(WEIGHTS), len(WEIGHTS))

    hub.gets.clear()
    assert fetch_checkpoint(tmp_path / "weights", endpoint="http://127.0.0.1:9") == fetched
    assert hub.gets == []


def test_a_break_is_resumed_where_it_was(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = [300_000, 0, 200_000]
    told: list[Progress] = []
    fetched = fetch_checkpoint(tmp_path, told.append, endpoint=hub.url, retry_delay_s=0)
    assert fetched.checkpoint.read_bytes() == WEIGHTS
    ranges = [wanted for name, wanted in hub.gets if name == "open_flam_oct17.pth"]
    assert ranges[0] is None
    starts = [int(wanted[6:-1]) for wanted in ranges[1:] if wanted]
    assert len(starts) == 3
    assert 200_000 < starts[0] == starts[1] < starts[2]
    assert [step.done_bytes for step in told[1:]] == sorted(step.done_bytes for step in told[1:])


def test_the_next_call_goes_on_where_the_last_ended(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = [400_000] + [0] * ATTEMPTS
    with pytest.raises(FetchError, match=r"open_flam_oct17\.pth: ") as refused:
        fetch_checkpoint(tmp_path, endpoint=hub.url, retry_delay_s=0)
    assert str(tmp_path) in refused.value.hint
    assert len(hub.gets) == 2 + ATTEMPTS
    assert not (tmp_path / "open_flam_oct17.pth").exists()
    hub.gets.clear()
    assert fetch_checkpoint(tmp_path, endpoint=hub.url).checkpoint.read_bytes() == WEIGHTS
    [(_, wanted)] = hub.gets
    assert wanted
    assert int(wanted[6:-1]) > 300_000
    assert files(tmp_path) == BOTH


def test_cancelled_by_the_listener_then_resumed(hub: Hub, tmp_path: Path) -> None:
    def cancel(progress: Progress) -> None:
        if progress.done_bytes > 200_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_checkpoint(tmp_path, cancel, endpoint=hub.url)
    assert fetch_checkpoint(tmp_path, endpoint=hub.url).checkpoint.read_bytes() == WEIGHTS
    assert int((hub.gets[-1][1] or "bytes=0-")[6:-1]) > 200_000


def test_a_server_without_ranges_sends_everything_again(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after, hub.ranges = [300_000], False
    assert fetch_checkpoint(tmp_path, endpoint=hub.url, retry_delay_s=0).checkpoint.read_bytes() == WEIGHTS


@pytest.mark.parametrize("name", ["tokenizer.json", "open_flam_oct17.pth"])
def test_other_bytes_than_stated_are_thrown_away(hub: Hub, tmp_path: Path, name: str) -> None:
    [path] = [path for path in hub.files if path.endswith(name)]
    content, etag = hub.files[path]
    hub.files[path] = (content[:-1] + b"?", etag)
    with pytest.raises(FetchError, match=f"{name}: its bytes have the hash [0-9a-f]+ instead of {etag}"):
        fetch_checkpoint(tmp_path, endpoint=hub.url)
    assert name not in files(tmp_path)
    assert not [left for left in files(tmp_path) if left.endswith(".part")]


def test_a_newer_file_starts_anew(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = [400_000] + [0] * ATTEMPTS
    with pytest.raises(FetchError):
        fetch_checkpoint(tmp_path, endpoint=hub.url, retry_delay_s=0)
    [path] = [path for path in hub.files if path.endswith(".pth")]
    newer = WEIGHTS[::-1]
    hub.files[path] = (newer, hashlib.sha256(newer).hexdigest())
    assert fetch_checkpoint(tmp_path, endpoint=hub.url).checkpoint.read_bytes() == newer


def test_no_network_says_what_to_do_by_hand(hub: Hub, tmp_path: Path) -> None:
    hub.server_close()
    with pytest.raises(FetchError) as refused:
        fetch_checkpoint(tmp_path, endpoint=hub.url)
    assert isinstance(refused.value, OpenFLAMError)
    assert isinstance(refused.value, ConnectionError)
    for words in ("open_flam_oct17.pth", "kechenadobe/OpenFLAM", "tokenizer.json", "roberta-base", str(tmp_path)):
        assert words in refused.value.hint


def test_an_absent_file_is_named(hub: Hub, tmp_path: Path) -> None:
    hub.files.clear()
    with pytest.raises(FetchError, match=r"roberta-base/resolve/main/tokenizer\.json"):
        fetch_checkpoint(tmp_path, endpoint=hub.url)


def test_no_space_is_seen_before(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageFullError, match="MB left"):
        fetch_checkpoint(tmp_path, endpoint=hub.url)
    assert [name for name, _ in hub.gets] == ["tokenizer.json"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot make"):
        fetch_checkpoint(tmp_path / "file" / "folder")
