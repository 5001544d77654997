"""What files must still hold, and which recordings are kept whatever their age."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("original_sha256", sa.String()))
    op.add_column("recordings", sa.Column("derived_sha256", sa.JSON()))
    op.add_column("recordings", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
