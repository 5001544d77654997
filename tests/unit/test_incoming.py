"""The end of what arrives, while somebody asks for its analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sonotag.domain import MediaInfo, Recording, RecordingState, Source, SourceKind
from sonotag.errors import MediaError
from sonotag.jobs.events import EventLog
from sonotag.jobs.incoming import Incoming
from sonotag.media.growing import GrowingFile
from sonotag.store.database import Database, new_recording_id


class AskedMeanwhile(EventLog):
    """An analysis is asked for right after somebody has looked at the recording."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._rows = database

    def commit(self, recording_id: str, *args: Any, **changes: Any) -> Recording:
        recording = super().commit(recording_id, *args, **changes)
        if not args and not changes:
            self._rows.update(recording_id, [("state", {"state": "queued"})], state=RecordingState.QUEUED)
        return recording


@pytest.mark.parametrize("heard", [True, False])
def test_an_analysis_asked_for_at_the_last_moment_is_not_forgotten(tmp_path: Path, heard: bool) -> None:
    def probe(path: Path) -> MediaInfo:
        if not heard:
            raise MediaError("Nothing can be heard in it.")
        return MediaInfo(2.0, "wav", "pcm_s16le", has_video=False)

    database = Database(tmp_path / "sonotag.db")
    source = Source(SourceKind.UPLOAD, "x.wav", "audio/wav", 0)
    recording = database.add_recording(new_recording_id(), "x", source, arriving=True)
    recording, _ = database.update(recording.id, state=RecordingState.FETCHING)
    growing = GrowingFile(tmp_path / "original")
    incoming = Incoming(recording, growing, AskedMeanwhile(database), probe, lambda _: None)
    incoming.write(b"RIFF")
    if heard:
        incoming.finish()
    else:
        with pytest.raises(MediaError):
            incoming.finish()
    now, _ = database.update(recording.id)
    assert (now.state, now.arriving, now.problem) == (RecordingState.QUEUED, False, None)
    states = [event.body["state"] for event in database.events_after(recording.id, 0, 100) if event.type == "state"]
    assert states[-1:] == ["queued"]
    database.close()
