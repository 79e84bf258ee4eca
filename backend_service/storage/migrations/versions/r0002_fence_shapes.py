"""Fences with holes, as corridors, with hours, groups and dwell; the groups of vehicles.

What is there is written anew when the service starts; until then it reads as drawn without them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LISTS = (
    ("geofences", "holes", "[[[lat, lon], ...], ...] in degrees"),
    ("geofences", "line", "[[lat, lon], ...] in degrees, of a corridor"),
    ("geofences", "hours", "[{weekdays, from_min, until_min}, ...] in the site's time zone"),
    ("geofences", "groups", None),
    ("geofences", "tells", None),
    ("vehicles", "groups", None),
)
_FIGURES = ("width_m", "accuracy_limit_m", "dwell_s")


def upgrade() -> None:
    """Add the columns."""
    for table, name, comment in _LISTS:
        op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default="[]", comment=comment))
    for name in _FIGURES:
        op.add_column("geofences", sa.Column(name, sa.Float(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take them away."""
    for name in _FIGURES:
        op.drop_column("geofences", name)
    for table, name, _ in _LISTS:
        op.drop_column(table, name)
