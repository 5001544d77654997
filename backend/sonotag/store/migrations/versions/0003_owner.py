"""Whose each recording and upload is. What was there before has no owner, which is the empty one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for table in ("recordings", "uploads"):
        op.add_column(table, sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.create_index("recordings_by_owner", "recordings", ["owner", "created_at", "id"])
