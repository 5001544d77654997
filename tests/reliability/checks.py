"""What must be true of a data directory once all is quiet, looked at from outside the server."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from tests.reliability.clips import Clip, digests
from tests.reliability.ledger import Ledger

ACTIVE = ("queued", "fetching", "analyzing", "paused")


def await_quiet(client: httpx2.Client, ledger: Ledger, patience_s: float) -> None:
    """Until nothing is being worked on, or nothing has moved for `patience_s`.

    What an operation without answer left half-announced is deleted.
    """
    deadline_s = time.monotonic() + patience_s
    before: list[tuple[object, ...]] = []
    while True:
        recordings = listed(client)
        now = [(r["id"], r["state"], r["windows_done"], r["source"]["size_bytes"]) for r in recordings]
        if now != before:  # slow is not stuck
            before, deadline_s = now, time.monotonic() + patience_s
        working = [r for r in recordings if r["arriving"] or r["state"] in ACTIVE]
        for recording in working:
            if recording["id"] not in ledger.entries and recording["arriving"] and recording["state"] == "fetching":
                client.delete(f"/api/recordings/{recording['id']}")
        if not working:
            return
        if time.monotonic() > deadline_s:
            words = [(r["id"], r["state"], r["arriving"], r["windows_done"]) for r in working]
            ledger.accuse(f"work does not come to an end: {words}")
            return
        time.sleep(0.2)


def listed(client: httpx2.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: str | None = None
    while True:
        query = {"limit": "200"} | ({"before": before} if before else {})
        answer = client.get("/api/recordings", params=query)
        answer.raise_for_status()
        found += answer.json()["recordings"]
        before = answer.json()["next"]
        if before is None:
            return found


def check_recordings(client: httpx2.Client, ledger: Ledger, data_dir: Path, clips: list[Clip]) -> None:
    """Every acknowledged recording is there, whole and the same as after a quiet run; deleted ones are gone."""
    recordings = {recording["id"]: recording for recording in listed(client)}
    for entry in list(ledger.entries.values()):
        recording = recordings.get(entry.id)
        if entry.deleted or (entry.deleting and recording is None):
            if recording is not None:
                ledger.accuse(f"{entry.id} was deleted and is there")
            if (data_dir / "recordings" / entry.id).exists():
                ledger.accuse(f"files of {entry.id} outlived its deletion")
        elif recording is None:
            ledger.accuse(f"{entry.id} ({entry.clip.filename}) was acknowledged and is lost")
        elif entry.whole:
            _check_whole(ledger, entry.id, entry.clip, recording, data_dir)
            if entry.analysed and recording["state"] != "done":
                ledger.accuse(f"{entry.id} was to be analysed and is {recording['state']}: {recording['error']}")
            if entry.analysed and tuple(recording["prompts"]) not in entry.prompts:
                ledger.accuse(f"{entry.id} has the prompts {recording['prompts']}, not one of {entry.prompts}")
    for recording_id in set(recordings) - set(ledger.entries):
        _check_unacknowledged(ledger, recordings[recording_id], clips, data_dir)


def _check_whole(ledger: Ledger, recording_id: str, clip: Clip, recording: dict[str, Any], data_dir: Path) -> None:
    found = digests(data_dir / "recordings" / recording_id)
    if found.pop("original", None) != clip.sha256:
        ledger.accuse(f"the original of {recording_id} ({clip.filename}) is not what was sent")
    if recording["state"] == "done" and found != clip.derived:
        wrong = [name for name in clip.derived if found.get(name) != clip.derived[name]]
        ledger.accuse(f"{recording_id} ({clip.filename}) differs from a quiet run in {wrong}")


def _check_unacknowledged(ledger: Ledger, recording: dict[str, Any], clips: list[Clip], data_dir: Path) -> None:
    recording_id = recording["id"]
    if recording["state"] == "failed" and (recording["error"] or {}).get("code") == "interrupted":
        return  # the body that brought it was cut off, and the reader is told so
    found = digests(data_dir / "recordings" / recording_id)
    if found["original"] not in {clip.sha256 for clip in clips}:
        ledger.accuse(f"{recording_id}, {recording['state']}, is half of something: {recording}")


def check_disk(ledger: Ledger, data_dir: Path) -> None:
    """Nothing lies there that no recording owns, and the logs have no gap. For a server that has stopped."""
    with closing(sqlite3.connect(data_dir / "sonotag.db")) as database:
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            ledger.accuse("the database is damaged")
        ids = {row[0] for row in database.execute("SELECT id FROM recordings")}
        folders = {path.name for path in (data_dir / "recordings").iterdir()}
        if folders - ids:
            ledger.accuse(f"folders without recordings: {sorted(folders - ids)}")
        left = [str(p.relative_to(data_dir)) for p in (data_dir / "incoming").rglob("*")]
        left += [str(p.relative_to(data_dir)) for p in (data_dir / "recordings").rglob("*.part")]
        if left:
            ledger.accuse(f"left over: {left}")
        for table in ("events", "analyses", "uploads", "verdicts"):
            [(count,)] = database.execute(
                f"SELECT count(*) FROM {table} WHERE recording_id NOT IN (SELECT id FROM recordings)"
            )
            if count:
                ledger.accuse(f"{count} {table} without their recording")
        for recording_id, last_seq in database.execute("SELECT id, last_seq FROM recordings"):
            _check_log(ledger, database, recording_id, last_seq)


def _check_log(ledger: Ledger, database: sqlite3.Connection, recording_id: str, last_seq: int) -> None:
    query = "SELECT seq, type, body FROM events WHERE recording_id = ? ORDER BY seq"
    log = list(database.execute(query, (recording_id,)))
    if [seq for seq, _, _ in log] != list(range(1, last_seq + 1)):
        ledger.accuse(f"the log of {recording_id} has a gap: {[seq for seq, _, _ in log]}")
    windows = [json.loads(body)["index"] for _, kind, body in log if kind == "window"]
    if windows != list(range(len(windows))):
        ledger.accuse(f"the windows of {recording_id} are told as {windows}")
