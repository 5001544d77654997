"""One viewer of a recording: its place in the event log, its prompts, and the messages it is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sonotag import domain
from sonotag.analysis.wordings import AskedPrompts, ask, score_prompts
from sonotag.api.messages import (
    ErrorMessage,
    Message,
    ModelMessage,
    ProgressMessage,
    RecordingMessage,
    RejectedMessage,
    SnapshotMessage,
    StateMessage,
    WindowMessage,
)
from sonotag.api.schemas_recordings import Recording
from sonotag.api.schemas_scores import PromptInfo, score_rows
from sonotag.domain import Event, PromptCoverage
from sonotag.errors import ModelError
from sonotag.jobs.events import EventLog
from sonotag.jobs.scores import MAP_COLUMNS, Scorer
from sonotag.models.encoder import Encoder
from sonotag.store.database import Database

MODEL_WAIT_S = 20.0
"""A viewer who comes while the model is loading waits for it this long."""

PLAIN_MESSAGES: dict[str, type[Message]] = {
    "state": StateMessage,
    "model": ModelMessage,
    "progress": ProgressMessage,
    "error": ErrorMessage,
}


def asked_anew(encoder: Encoder, prompts: Sequence[str]) -> AskedPrompts:
    return ask(prompts, encoder.encode_text)


class Viewer:
    """Turns log entries into messages. `pull` blocks while it scores: call it in a thread, one call at a time."""

    def __init__(
        self,
        database: Database,
        events: EventLog,
        scorer: Scorer,
        recording_id: str,
        prompts: Sequence[str] | None,
        after: int | None,
        asked_of: Callable[[Encoder, Sequence[str]], AskedPrompts] | None = None,
    ) -> None:
        """`prompts` None = those of the recording's last analysis; `after` None = begin with a snapshot. `asked_of`
        tells what an encoder makes of prompts, where that is known already.
        """
        self._database = database
        self._events = events
        self._scorer = scorer
        self._recording_id = recording_id
        self._prompts = None if prompts is None else list(prompts)
        self._seq = after
        self._snapshot_due = after is None
        self._asked_by = asked_of or asked_anew
        self._asked: tuple[str, AskedPrompts] | None = None

    @property
    def seq(self) -> int:
        """Last log entry that was turned into a message."""
        return self._seq or 0

    def set_prompts(self, prompts: Sequence[str]) -> None:
        """The next `pull` begins with a snapshot for these prompts."""
        self._prompts = list(prompts)
        self._asked = None
        self._snapshot_due = True

    def reject(self, problem: domain.Problem) -> RejectedMessage:
        return RejectedMessage(
            seq=self.seq, from_seq=self.seq, code=problem.code, message=problem.message, hint=problem.hint
        )

    def pull(self, recording: domain.Recording | None = None) -> list[Message]:
        """Messages for everything that happened since the last call; empty when nothing did.

        Up to where `recording` stands, if it is given, else to where it is now. Raises NotFoundError once it is gone.
        """
        recording = recording or self._database.recording(self._recording_id)
        if self._prompts is None:
            self._prompts = list(recording.prompts)
        if self._snapshot_due or self.seq > recording.last_seq:
            self._snapshot_due = False
            return self._snapshot(recording, self.seq + 1)
        if recording.last_seq == self.seq:
            return []
        # What was committed since the recording was read waits for the next call: told with an older recording, a
        # change of it would be lost.
        entries = [e for e in self._events.after(self._recording_id, self.seq) if e.seq <= recording.last_seq]
        if not entries or entries[0].seq != self.seq + 1:
            return self._snapshot(recording, self.seq + 1)
        return self._deltas(recording, entries)

    def _deltas(self, recording: domain.Recording, entries: list[Event]) -> list[Message]:
        # Of each stage: while audio arrives, fetching and analysing go on side by side.
        newest_progress = {e.body["stage"]: e.seq for e in entries if e.type == "progress"}
        messages: list[Message] = []
        windows: list[Event] = []
        from_seq = self.seq + 1

        def flush() -> None:
            nonlocal from_seq
            if windows:
                messages.append(self._window(recording, windows, from_seq))
                from_seq = windows[-1].seq + 1
                windows.clear()

        for entry in entries:
            if entry.type == "progress" and entry.seq != newest_progress[entry.body["stage"]]:
                continue  # a newer one says more; the next message covers its seq
            if entry.type == "window":
                windows.append(entry)
                continue
            flush()
            messages.append(self._plain(recording, entry, from_seq))
            from_seq = entry.seq + 1
            if entry.type == "model" and entry is not entries[-1]:
                # Windows before a change of model no longer exist: the rest is told as one snapshot.
                return [*messages, *self._snapshot(recording, from_seq)]
        flush()
        self._seq = entries[-1].seq
        return messages

    def _plain(self, recording: domain.Recording, entry: Event, from_seq: int) -> Message:
        if entry.type == "recording":
            return RecordingMessage(seq=entry.seq, from_seq=from_seq, recording=Recording.of(recording))
        return PLAIN_MESSAGES[entry.type].model_validate({"seq": entry.seq, "from_seq": from_seq, **entry.body})

    def _asked_of(self, recording: domain.Recording) -> AskedPrompts:
        encoder = self._scorer.encoder_of(recording, wait_s=MODEL_WAIT_S)
        if self._asked is None or self._asked[0] != encoder.version:
            self._asked = (encoder.version, self._asked_by(encoder, self._prompts or []))
        return self._asked[1]

    def _window(self, recording: domain.Recording, windows: list[Event], from_seq: int) -> WindowMessage:
        asked = self._asked_of(recording)
        first, last = windows[0].body, windows[-1].body
        frames = self._scorer.frames(recording, first["first_frame"], last["first_frame"] + last["frames"])
        return WindowMessage.model_construct(
            seq=windows[-1].seq,
            from_seq=from_seq,
            index=first["index"],
            count=len(windows),
            start_s=first["start_s"],
            end_s=last["end_s"],
            seconds_per_frame=recording.seconds_per_frame or 0.0,
            prompts=[c.prompt for c in asked.coverage],
            scores=score_rows(score_prompts(frames, asked), asked.covered),
        )

    def _snapshot(self, recording: domain.Recording, from_seq: int) -> list[Message]:
        """Everything up to the recording's last entry. When no model can score it, says so after an empty one."""
        self._seq = recording.last_seq
        from_seq = min(from_seq, recording.last_seq)
        try:
            asked = self._asked_of(recording)
        except ModelError as error:
            empty = SnapshotMessage(
                seq=recording.last_seq,
                from_seq=from_seq,
                recording=Recording.of(recording),
                prompts=[PromptInfo.of(PromptCoverage(p, covered=False)) for p in self._prompts or []],
                start_s=0.0,
                end_s=0.0,
                seconds_per_column=recording.seconds_per_frame or 1.0,
                scores=[None for _ in self._prompts or []],
            )
            return [empty, self.reject(error.problem)]
        table = self._scorer.table(recording, asked, max_columns=MAP_COLUMNS)
        return [
            SnapshotMessage.model_construct(
                seq=recording.last_seq,
                from_seq=from_seq,
                recording=Recording.of(recording),
                prompts=[PromptInfo.of(c) for c in asked.coverage],
                start_s=table.start_s,
                end_s=table.end_s,
                seconds_per_column=table.seconds_per_column,
                scores=score_rows(table.scores, asked.covered),
            )
        ]
