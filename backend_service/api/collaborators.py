"""What the API needs from the rest of the service, as protocols, and the one value that carries it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Protocol

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.types import ControllerRouterHandler
from prometheus_client import CollectorRegistry

from backend_service.access import DeviceKeys, Identity, TokenAuthority
from backend_service.api.channel_doors import ChannelDoors
from backend_service.forecasting.arrival_models import ArrivalModels
from backend_service.forecasting.forecast_record import ForecastRecord
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.handlers.joint_execution import Together
from backend_service.handlers.preparation import RecoverySource
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Reception
from backend_service.people.people import People
from backend_service.places.geocoding import Geocoder
from backend_service.places.place_search import PlaceSearch
from backend_service.storage.fix_archive import FixStore
from backend_service.streets.street_engine import StreetEngine
from backend_service.workers.keeping_days import DayCounts
from core.commands import Command
from core.dispatch.changes import Change
from core.dispatch.decision import ImpactPreview
from core.eta.coverage import CoverageReport
from core.fleet.closure import Segment
from core.fleet.route import Route
from core.operations import Done
from core.projections.operation import Operation
from core.timekeeping import Clock
from core.vocabulary import Actor, CommandId, DriverId, Instant, Position, Role


class Commands(Protocol):
    """The command bus, as far as the API needs it."""

    operation: Operation
    recoveries: RecoverySource | None

    async def execute(
        self,
        command: Command,
        actor: Actor,
        *,
        command_id: CommandId | None = None,
        fingerprint: str = "",
        occurred_at: Instant | None = None,
        causation: str | None = None,
    ) -> Done:
        """Carry a command out; raises `Refusal` or `Fault`."""
        ...

    async def execute_together(
        self,
        commands: Sequence[Command],
        actor: Actor,
        *,
        is_partial: bool,
        command_id: CommandId | None = None,
        fingerprint: str = "",
    ) -> Together:
        """Carry many commands out in one step; raises `Refusal` or `Fault`."""
        ...

    async def rehearse(self, commands: Sequence[Command], actor: Actor) -> Together:
        """Say what `execute_together` would do; nothing is kept."""
        ...


class RoutePlanner(Protocol):
    """The planner, as far as the API needs it."""

    async def optimized(self, driver_id: DriverId, now: Instant) -> Route:
        """Return the best order of the driver's remaining stops; changes nothing."""
        ...

    async def preview(self, change: Change, now: Instant, *, with_replanned: bool = True) -> ImpactPreview:
        """Return the impact of a change of plans; changes nothing."""
        ...

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        """Return the piece of street nearest to a position; none where no street is within reach."""
        ...


type Invite = Callable[[str, Role, str], Awaitable[str]]
"""(user id, role, name) -> the line or file text with which a desk signs in."""

type EraseCustomer = Callable[[str, Actor], Awaitable[bool]]
"""(customer id, who asks) -> whether there was a key to drop."""


@dataclass(frozen=True, slots=True)
class ApiCollaborators:
    """All that the API is given.

    Parameters
    ----------
    clock, wall : operation time, and wall time for tokens and latency
    text_zone : the site's zone, for trackers that write local time without saying so
    planner, invite, erase_customer, people, places, geocoder : ``None`` where this service does without: the route
        then answers 503
    feed_addresses, curve_key : where a desk that signed in finds the feed, best first, and its CURVE key (Z85)
    channels : where readings go, ``None`` where this service keeps none
    failures : how often requests failed, by kind (refusal, fault, bug) and code
    coverage : how the forecasts of arrivals came out
    forecasts : how the forecast of an order moved, ``None`` where this service does not keep that
    arrival_models : what arrivals are forecast by, ``None`` where this service has none
    fence_questions : answers what is asked about fences before they are drawn, ``None`` where this service does not
    archive, streets : where vehicles were, and the streets they are laid onto if asked; ``None`` answers 503
    days, driving_unjudged : what became of days that are over, and how many fixes no driving was judged on
    crossings_unjudged, crossings_unrecorded : how many fixes no crossings were judged on, and crossings were let go
    extra_handlers : further Litestar handlers on the same port, such as the feed's WebSocket
    """

    bus: Commands
    authority: TokenAuthority
    device_keys: DeviceKeys
    intake: Intake
    reception: Reception
    live: LivePositions
    clock: Clock
    wall: Clock
    planner: RoutePlanner | None = None
    invite: Invite | None = None
    erase_customer: EraseCustomer | None = None
    people: People | None = None
    feed_addresses: Callable[[], tuple[str, ...]] = tuple
    curve_key: str = ""
    channels: ChannelDoors | None = None
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    text_zone: tzinfo = UTC
    version: str = "0.1.0"
    places: PlaceSearch | None = None
    geocoder: Geocoder | None = None
    coverage: Callable[[], CoverageReport] = CoverageReport
    forecasts: ForecastRecord | None = None
    arrival_models: ArrivalModels | None = None
    fence_questions: FenceQuestions | None = None
    archive: FixStore | None = None
    streets: StreetEngine | None = None
    days: DayCounts | None = None
    driving_unjudged: Callable[[], int] = lambda: 0
    crossings_unjudged: Callable[[], int] = lambda: 0
    crossings_unrecorded: Callable[[], int] = lambda: 0
    extra_handlers: Sequence[ControllerRouterHandler] = ()


Tower = NamedDependency[SkipValidation[ApiCollaborators]]
"""How a handler asks for the collaborators."""

Caller = NamedDependency[SkipValidation[Identity]]
"""How a handler asks who sent the request."""
