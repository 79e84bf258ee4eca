"""Positions and instants as the API writes them: named degrees, and RFC 3339 texts in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar.params import PathParameter

from core.fleet.closing import LONGEST_STREET
from core.orders.order import ArrivalBand
from core.vocabulary import Instant, Position

Latitude = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0, description="Degrees, WGS 84.", examples=[-29.9027])]
Longitude = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0, description="Degrees, WGS 84.", examples=[-71.2519])]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339, with its offset from UTC.")]
LONGEST_ID = 80
LONGEST_TEXT_IN_PATH = 200
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._\-]*$(?!\n)"
"""To Python a line's end is also before its last newline."""

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in a text."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53, description="Of a version or a plan.")]
Text = Annotated[str, msgspec.Meta(max_length=2000, pattern=NO_NUL)]
Id = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=LONGEST_ID, pattern=ID_PATTERN, examples=["V-07"]),
]
StreetName = Annotated[str, msgspec.Meta(max_length=LONGEST_STREET, pattern=NO_NUL)]
"""What people call a street; empty where nobody said so."""
IdInPath = Annotated[str, PathParameter(min_length=1, max_length=LONGEST_TEXT_IN_PATH)]
"""An id that is looked up; whatever is not there is not found."""

NewIdInPath = Annotated[str, PathParameter(min_length=1, max_length=LONGEST_ID, pattern=ID_PATTERN)]
"""An id that is kept."""


class PositionView(msgspec.Struct, kw_only=True):
    """A point on the ground."""

    lat: Latitude
    lon: Longitude

    @classmethod
    def of(cls, position: Position) -> PositionView:
        """Return a position as the API writes it."""
        return cls(lat=position.lat, lon=position.lon)

    def position(self) -> Position:
        """Return the position that was written."""
        return Position(lat=self.lat, lon=self.lon)


class ArrivalView(msgspec.Struct, kw_only=True):
    """A forecast arrival: the 10th, 50th and 90th percentile.

    `undegraded` is the 10th and the 90th percentile that it would have if no source were degraded, where one is.
    """

    p10_at: Moment
    p50_at: Moment
    p90_at: Moment
    as_of: Moment
    is_degraded: bool = False
    undegraded: tuple[Moment, Moment] | None = None

    @classmethod
    def of(cls, band: ArrivalBand) -> ArrivalView:
        """Return a forecast as the API writes it."""
        return cls(
            p10_at=moment(band.p10_at),
            p50_at=moment(band.p50_at),
            p90_at=moment(band.p90_at),
            as_of=moment(band.as_of),
            is_degraded=band.is_degraded,
            undegraded=undegraded_of(band),
        )


def undegraded_of(band: ArrivalBand) -> tuple[datetime, datetime] | None:
    """Return between when an arrival would be forecast if no source were degraded, ``None`` where none is."""
    return None if band.undegraded is None else (moment(band.undegraded[0]), moment(band.undegraded[1]))


def moment(instant: Instant) -> datetime:
    """Return an instant as a date and time in UTC, to the millisecond."""
    return datetime.fromtimestamp(round(instant, 3), UTC)


def moment_or_none(instant: Instant | None) -> datetime | None:
    """Return an instant as a date and time, ``None`` for ``None``."""
    return None if instant is None else moment(instant)
