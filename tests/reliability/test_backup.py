"""A backup taken while the server works is whole, and what is restored goes on to the same end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sonotag.cli import main
from sonotag.errors import InputError, StorageError
from sonotag.store.backup import back_up, check_backup, restore
from sonotag.store.files import DataDirectory
from tests.api.conftest import Server


def contents(folder: Path, recording_id: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "recordings" / recording_id).iterdir()}


def test_a_round_trip_while_an_analysis_runs(
    start_server: Callable[..., Any], make_wav: Callable[..., Path], tmp_path: Path
) -> None:
    wav = make_wav(150)
    with start_server() as server:
        whole, cut = server.upload(wav)["id"], server.upload(wav)["id"]
        server.analyze(whole, ["rain"])
        server.finish(whole)
        server.analyze(cut, ["rain"])
        server.wait(cut, lambda r: r["windows_done"] > 0)
        report = back_up(DataDirectory(server.data_dir), tmp_path / "backup")
        assert report.recordings == 2
        server.client.delete(f"/api/recordings/{whole}")
        expected = {**contents(tmp_path / "backup", whole)}
        cookies = dict(server.client.cookies)
    assert check_backup(tmp_path / "backup") == report
    other = DataDirectory(tmp_path / "other")
    assert restore(other, tmp_path / "backup", replace=False) is None
    with start_server(other.root) as again:
        again.client.cookies.update(cookies)
        resumed = again.finish(cut)
        assert (resumed["state"], resumed["windows_done"]) == ("done", 15)
        assert contents(other.root, cut) == contents(other.root, whole) == expected
        listed = {one["id"] for one in again.client.get("/api/recordings").json()["recordings"]}
        assert listed == {whole, cut}, "whose they are is restored too"


@pytest.fixture
def small(start_server: Callable[..., Any], make_wav: Callable[..., Path]) -> Server:
    with start_server() as server:
        server.upload(make_wav(5))
    return server


def test_commands(small: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONOTAG_DATA_DIR", str(small.data_dir))
    run = CliRunner().invoke
    assert run(main, ["verify"]).exit_code == 0
    made = run(main, ["backup", str(tmp_path / "b")])
    assert (made.exit_code, made.stderr.startswith("1 recordings")) == (0, True)
    assert run(main, ["backup", str(tmp_path / "b")]).exit_code == 1, "a backup is not written over"
    refused = run(main, ["restore", str(tmp_path / "b")])
    assert (refused.exit_code, "--replace" in refused.stderr) == (1, True)
    [original] = small.data_dir.glob("recordings/*/original")
    kept = original.read_bytes()
    original.write_bytes(b"spoilt")
    found = run(main, ["verify"])
    assert (found.exit_code, "original: SHA-256" in found.stdout) == (1, True)
    put_back = run(main, ["restore", "--replace", str(tmp_path / "b")])
    assert (put_back.exit_code, "is in" in put_back.stderr) == (0, True)
    assert original.read_bytes() == kept
    [aside] = small.data_dir.glob("replaced-*/recordings/*/original")
    assert aside.read_bytes() == b"spoilt"
    assert run(main, ["verify"]).exit_code == 0


def test_a_damaged_backup_changes_nothing(small: Server, tmp_path: Path) -> None:
    data = DataDirectory(small.data_dir)
    back_up(data, tmp_path / "b")
    [original] = tmp_path.glob("b/recordings/*/original")
    original.write_bytes(original.read_bytes()[:-1])
    before = sorted(path for path in data.root.rglob("*"))
    with pytest.raises(StorageError) as error:
        restore(data, tmp_path / "b", replace=True)
    assert error.value.code == "backup_damaged"
    assert sorted(path for path in data.root.rglob("*")) == before
    with pytest.raises(InputError):
        restore(data, tmp_path, replace=True)


def test_nothing_is_restored_under_a_running_server(small: Server, tmp_path: Path) -> None:
    data = DataDirectory(small.data_dir)
    back_up(data, tmp_path / "b")
    with data.held(), pytest.raises(StorageError) as error:
        restore(data, tmp_path / "b", replace=True)
    assert error.value.code == "data_in_use"


def test_a_recording_deleted_meanwhile_is_not_brought_back_by_half(small: Server, tmp_path: Path) -> None:
    data = DataDirectory(small.data_dir)
    [folder] = data.recordings.iterdir()
    for path in folder.iterdir():
        path.unlink()
    assert back_up(data, tmp_path / "b").recordings == 0
    with closing(sqlite3.connect(tmp_path / "b" / "sonotag.db")) as database:
        assert database.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_a_restore_that_was_interrupted_is_said_at_the_start(small: Server) -> None:
    data = DataDirectory(small.data_dir)
    data.restoring.mkdir()
    with pytest.raises(StorageError) as error, data.held():
        pass
    assert error.value.code == "restore_interrupted"
