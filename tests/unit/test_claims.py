"""What a file claims of its length never takes the place of what was measured, whichever is told last."""

from __future__ import annotations

from pathlib import Path

from sonotag.domain import Source, SourceKind
from sonotag.store.database import Database, new_recording_id


def test_a_claim_that_comes_late_is_not_believed(tmp_path: Path) -> None:
    database = Database(tmp_path / "sonotag.db")
    recording_id = new_recording_id()
    database.add_recording(recording_id, "x", Source(SourceKind.UPLOAD, "x.ogg", "audio/ogg", 1), arriving=True)
    database.update(recording_id, duration_s=25.0, windows_total=3)
    database.update(recording_id, duration_s=0.5, windows_total=1, duration_exact=True)
    late, _ = database.update(recording_id, duration_s=25.0, windows_total=3, arriving=False)
    assert (late.duration_s, late.windows_total, late.duration_exact, late.arriving) == (0.5, 1, True, False)
    again, _ = database.update(recording_id, duration_s=0.4, windows_total=1, duration_exact=True)
    assert again.duration_s == 0.4
    database.close()
