"""Tables of the database. A change here needs a migration in store/migrations/versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class RecordingRow(Base):
    __tablename__ = "recordings"
    __table_args__ = (
        Index("recordings_by_age", "created_at", "id"),
        Index("recordings_by_owner", "owner", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str]
    source_kind: Mapped[str]
    source_filename: Mapped[str]
    source_media_type: Mapped[str]
    source_size_bytes: Mapped[int]
    source_playable: Mapped[bool]
    source_url: Mapped[str | None]
    source_attribution: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    duration_s: Mapped[float | None] = mapped_column(Float)
    duration_exact: Mapped[bool] = mapped_column(default=False)
    model: Mapped[str | None]
    model_version: Mapped[str | None]
    seconds_per_frame: Mapped[float | None] = mapped_column(Float)
    windows_done: Mapped[int] = mapped_column(default=0)
    windows_total: Mapped[int | None]
    samples_done: Mapped[int] = mapped_column(default=0)
    frames_done: Mapped[int] = mapped_column(default=0)
    prompts: Mapped[list[str]] = mapped_column(JSON, default=list)
    problem: Mapped[dict[str, str] | None] = mapped_column(JSON)
    warning: Mapped[dict[str, str] | None] = mapped_column(JSON)
    arriving: Mapped[bool] = mapped_column(default=False)
    expected_bytes: Mapped[int | None]
    link: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    last_seq: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(default="")
    original_sha256: Mapped[str | None]
    derived_sha256: Mapped[dict[str, str] | None] = mapped_column(JSON)
    pinned: Mapped[bool] = mapped_column(default=False)


class UploadRow(Base):
    """An upload in pieces (tus): how much of how much of a recording's original is safe on disk."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), index=True)
    length_bytes: Mapped[int]
    offset_bytes: Mapped[int]
    upload_metadata: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    owner: Mapped[str] = mapped_column(default="")


class ShareRow(Base):
    """A link by which others may look at a recording; of its token only a hash is kept."""

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    ends_with: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ApiKeyRow(Base):
    """A program's way in; of its text only a hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AnalysisRow(Base):
    """One request to analyse: which prompts, by which model. Frames belong to the recording, not to it."""

    __tablename__ = "analyses"

    id: Mapped[str] = mapped_column(primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), index=True)
    model: Mapped[str]
    prompts: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VerdictRow(Base):
    """What a person said of one moment. `found_*` are null for a moment that was added by hand."""

    __tablename__ = "verdicts"

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    prompt: Mapped[str]
    kind: Mapped[str]
    onset_s: Mapped[float] = mapped_column(Float)
    offset_s: Mapped[float] = mapped_column(Float)
    found_onset_s: Mapped[float | None] = mapped_column(Float)
    found_offset_s: Mapped[float | None] = mapped_column(Float)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class EventRow(Base):
    __tablename__ = "events"

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
