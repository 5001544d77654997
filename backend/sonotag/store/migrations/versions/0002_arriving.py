"""Recordings whose bytes are still on their way: by a link, or by an upload that can be resumed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("arriving", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("recordings", sa.Column("expected_bytes", sa.Integer()))
    op.add_column("recordings", sa.Column("link", sa.JSON()))
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("recording_id", sa.String(), sa.ForeignKey("recordings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("length_bytes", sa.Integer(), nullable=False),
        sa.Column("offset_bytes", sa.Integer(), nullable=False),
        sa.Column("upload_metadata", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_uploads_recording_id", "uploads", ["recording_id"])
