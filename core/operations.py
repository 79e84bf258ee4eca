"""What a desk may ask over the wire, by name: each operation with its argument and its answer.

`command` takes any `core.commands.Command` and answers `Done`; `session.renew` changes only the session that asks. The
others are queries; none changes anything.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from core.dispatch.changes import Change
from core.disruption.disruption import DisruptionId
from core.events.envelope import Envelope
from core.geofencing.fence import Fence
from core.places import FoundPlace
from core.vocabulary import DriverId, Instant, OrderId, Position, VehicleId

COMMAND = "command"
PREVIEW_OVERRIDE = "override.preview"
ORDER_TIMELINE = "order.timeline"
AUDIT_PAGE = "audit.page"
CITY_STREETS = "city.streets"
PLACES_SEARCH = "places.search"
OPERATION_AT = "operation.at"
FORECAST_COVERAGE = "forecast.coverage"
ORDER_FORECASTS = "order.forecasts"
RECOVERY_OPTIONS = "recovery.options"
WHY_NOT = "dispatch.why_not"
DOORS_HEARD = "doors.heard"
GEOFENCE_TRIAL = "geofence.trial"
CORRIDOR_WAY = "geofence.corridor_way"
STREET_WAY = "streets.way"
FENCES_OUT = "geofence.export"
FENCES_IN = "geofence.import"
RENEW_SESSION = "session.renew"

MOST_STOPS_OF_A_WAY = 25
"""A way through more stops is asked for in pieces."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A command was carried out: the log `position` that holds its last event, and the id it made, if any."""

    position: int
    created: str | None = None


class PreviewOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the `core.dispatch.decision.ImpactPreview` of a change of plans."""

    change: Change
    with_replanned: bool = True


class OrderTimeline(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for every event that touched an order, oldest first: a list of `Envelope`."""

    order_id: OrderId


class OrderForecasts(msgspec.Struct, frozen=True, kw_only=True):
    """Ask how the forecast of an order moved; the answer is `core.eta.forecast_history.ForecastHistory`."""

    order_id: OrderId


class AskRecoveryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for `core.disruption.disruption.RecoveryOptions`: what can be done about a disruption now."""

    disruption_id: DisruptionId


class AskWhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for `core.dispatch.why_not.WhyNot`: why an order does not go to a driver."""

    order_id: OrderId
    driver_id: DriverId


class DoorHeard(msgspec.Struct, frozen=True, kw_only=True):
    """A telemetry door that something came to: when it last let something in, operation time, and what it turned away.

    `heard_at` is ``None`` for one that let nothing in yet.
    """

    door: str
    heard_at: Instant | None = None
    turned_away: int = 0


class DoorsHeard(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the question for doors: those that something came to since the service started, by name."""

    doors: tuple[DoorHeard, ...] = ()


class TryGeofence(msgspec.Struct, frozen=True, kw_only=True):
    """Ask which crossings a fence would have had in the last `days`, before it is drawn: `FenceTrialled`.

    With `after`, only of the vehicles that come after that one: the `next` of an answer for which the time was short.
    """

    fence: Fence
    days: float = 7.0
    after: VehicleId | None = None


class FenceTrialled(msgspec.Struct, frozen=True, kw_only=True):
    """What a fence would have seen from `since_at` to `until_at`.

    `vehicles` and `fixes` say how many were looked at; without `is_complete` the time was short, and there were at
    least so many crossings. Asked again `after` the vehicle that `next` names it goes on, and the counts add up until
    they are of `vehicles_in_all`.
    """

    entered: int
    exited: int
    dwelt: int = 0
    vehicles: int = 0
    fixes: int = 0
    since_at: Instant
    until_at: Instant
    is_complete: bool = True
    vehicles_in_all: int = 0
    next: VehicleId | None = None


class AskCorridorWay(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the way along streets through `corners`, in order, as the middle of a corridor: `CorridorWay`."""

    corners: tuple[Position, ...]


class CorridorWay(msgspec.Struct, frozen=True, kw_only=True):
    """The positions of a way along streets; straight from corner to corner where `is_degraded`."""

    line: tuple[Position, ...]
    is_degraded: bool = False


class AskStreetWay(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the way along streets through `stops`, in order, as a map draws it: `StreetWay`.

    It leads round the street at `round_place`, as if that were closed.
    """

    stops: tuple[Position, ...]
    round_place: Position | None = None


class StreetWay(msgspec.Struct, frozen=True, kw_only=True):
    """The corners of a way along streets; straight from stop to stop where `is_degraded`."""

    line: tuple[Position, ...]
    is_degraded: bool = False


class FenceFileFormat(StrEnum):
    """How a file of fences is written."""

    GEOJSON = "geojson"
    KML = "kml"


class TakeFencesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the fences in force as a file, which is recorded; the answer is its ``bytes``."""

    file_format: FenceFileFormat = FenceFileFormat.GEOJSON


class BringFencesIn(msgspec.Struct, frozen=True, kw_only=True):
    """Ask what a file of fences would draw, or with `draws` draw all of it or nothing: `FencesBroughtIn`."""

    content: bytes
    file_format: FenceFileFormat
    draws: bool = False


class BadFeature(msgspec.Struct, frozen=True, kw_only=True):
    """Why a feature of a file cannot be drawn, by its number from 1 and its name."""

    feature: int
    name: str
    why: str


class FencesBroughtIn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: of its `features`, so many were `drawn`; `problems` are those of the first bad ones.

    `position` is where the log holds the last fence that was drawn.
    """

    features: int
    bad: int
    drawn: int = 0
    problems: tuple[BadFeature, ...] = ()
    position: int = 0


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for audited events before `before` (exclusive; ``None`` = the newest), newest first."""

    before: int | None = None
    limit: int = 100


class AuditEntries(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the audit trail; `index` counts leaves of the tree from 0."""

    entries: tuple[tuple[int, Envelope], ...]
    tree_size: int
    root_hex: str
    signed_at: Instant | None = None


class RenewSession(msgspec.Struct, frozen=True, kw_only=True):
    """Ask to go on with a session that was opened by name and password; `renewal` is the newest one given."""

    renewal: str

    def __repr__(self) -> str:
        return "RenewSession()"


class SessionRenewed(msgspec.Struct, frozen=True, kw_only=True):
    """A session goes on: the next access token, good for `lifetime_s` from now; the next renewal, until `ends_at`."""

    token: str
    lifetime_s: float
    renewal: str
    ends_at: Instant

    def __repr__(self) -> str:
        return f"SessionRenewed(lifetime_s={self.lifetime_s}, ends_at={self.ends_at})"


class CityStreets(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for bytes [offset, offset + length) of the city's .osm.pbf; the answer is ``bytes``."""

    offset: int
    length: int = 262_144


class PlacesSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for streets and places whose words begin as those of `query`, best first; the answer is `PlacesFound`.

    What lies near `near` ranks higher, such as the middle of what the desk's map shows.
    """

    query: str
    near: Position | None = None
    limit: int = 10


class PlacesFound(msgspec.Struct, frozen=True, kw_only=True):
    """Places, best first."""

    places: tuple[FoundPlace, ...]


class OperationAt(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the whole operation as it was at a moment that is past; the answer is `OperationThen`.

    With `after`, a log position that the asker has the state of, only the events from there are wanted. `vehicles` are
    those whose positions are.
    """

    at: Instant
    after: int | None = None
    vehicles: tuple[str, ...] = ()


class OperationThen(msgspec.Struct, frozen=True, kw_only=True):
    """The operation as it was `at` that moment, when the log stood at `position`.

    `state` is what `core.projections.operation.encode_operation` writes, compressed by zlib; ``None`` where `events`
    lead there from what the asker has. `begins_at` is the first moment there is anything to be shown of. `positions`
    is a `core.wire.Positions` as it goes over the wire.
    """

    at: Instant
    position: int
    begins_at: Instant
    positions: bytes
    state: bytes | None = None
    events: tuple[Envelope, ...] = ()
