"""Fences that limit how fast vehicles drive inside. What is there is written anew when the service starts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("geofences", sa.Column("speed_limit_mps", sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("geofences", "speed_limit_mps")
