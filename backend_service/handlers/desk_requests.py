"""Answers what a desk asks over the wire: commands, previews, time lines, the audit trail, streets, the past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from backend_service.access import Identity, require_permitted
from backend_service.event_log.log import EventLog
from backend_service.forecasting.forecast_record import ForecastRecord
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.fence_files import FenceFiles
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.handlers.past_operation import PastOperation
from backend_service.handlers.preparation import PlanSource, WhyNotSource, previewed
from backend_service.handlers.street_ways import StreetWays
from backend_service.places.place_search import PlaceSearch
from core import operations, streams
from core.commands import Command, DrawGeofence
from core.dispatch.why_not import WhyNot
from core.disruption.disruption import RecoveryOptions
from core.eta.coverage import CoverageReport
from core.eta.forecast_history import ForecastHistory, RecentForecasts
from core.projections.order_board import OrderBoard
from core.refusals import Fault, NotFound, Refusal
from core.timekeeping import Clock
from core.vocabulary import CommandId, OrderId, Role

LARGEST_STREETS_CHUNK = 1_048_576
LARGEST_PAGE = 500
_DESK_ROLES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})


class AuditPages(Protocol):
    """Whoever keeps the audit trail."""

    async def page(self, before: int | None, limit: int) -> operations.AuditEntries:
        """Return audited events before a leaf index, newest first."""
        ...


class DeskRequests:
    """Answers requests by operation name; refuses what is unknown or not for the role.

    Parameters
    ----------
    streets_path : file, the city's .osm.pbf
    """

    def __init__(
        self,
        bus: CommandBus,
        log: EventLog,
        plans: PlanSource,
        audit: AuditPages,
        clock: Clock,
        streets_path: Path,
        places: PlaceSearch,
        past: PastOperation,
        coverage: Callable[[], CoverageReport] = CoverageReport,
        forecasts: ForecastRecord | None = None,
        doors: Callable[[], operations.DoorsHeard] = operations.DoorsHeard,
        fences: FenceQuestions | None = None,
        why_nots: WhyNotSource | None = None,
        ways: StreetWays | None = None,
    ) -> None:
        self._bus = bus
        self._log = log
        self._plans = plans
        self._audit = audit
        self._clock = clock
        self._streets_path = streets_path
        self._places = places
        self._past = past
        self._coverage = coverage
        self._fences = fences
        self._why_nots = why_nots
        self._ways = ways
        self._fence_files = FenceFiles(bus)
        self._doors = doors
        self._forecasts = forecasts or ForecastRecord(bus, log, RecentForecasts())
        self._answers: dict[str, Callable[[bytes, Identity, str], Awaitable[Any]]] = {
            operations.COMMAND: self._command,
            operations.PREVIEW_OVERRIDE: self._preview,
            operations.ORDER_TIMELINE: self._timeline,
            operations.AUDIT_PAGE: self._audit_page,
            operations.CITY_STREETS: self._streets,
            operations.PLACES_SEARCH: self._search_places,
            operations.OPERATION_AT: self._operation_at,
            operations.FORECAST_COVERAGE: self._forecast_coverage,
            operations.GEOFENCE_TRIAL: self._try_geofence,
            operations.CORRIDOR_WAY: self._corridor_way,
            operations.FENCES_OUT: self._fences_out,
            operations.FENCES_IN: self._fences_in,
            operations.DOORS_HEARD: self._doors_heard,
            operations.ORDER_FORECASTS: self._order_forecasts,
            operations.RECOVERY_OPTIONS: self._recovery_options,
            operations.WHY_NOT: self._why_not,
            operations.STREET_WAY: self._street_way,
        }

    async def answer(self, operation: str, body: bytes, identity: Identity, request_id: str) -> bytes:
        """Return the answer as MessagePack.

        Raises
        ------
        Refusal
            ``request.unknown``, ``request.malformed``, ``access.role``, or whatever the operation refuses.
        Fault
            If the environment failed.
        """
        if identity.actor.role not in _DESK_ROLES:
            raise Refusal("access.role", "The desk is not for this role.", status=403)
        handler = self._answers.get(operation)
        if handler is None:
            raise Refusal("request.unknown", f"This service knows no operation {operation}.", status=404)
        try:
            result = await handler(body, identity, request_id)
        except msgspec.DecodeError as error:
            raise Refusal("request.malformed", f"The request was not understood: {error}.", status=400) from error
        return msgspec.msgpack.encode(result)

    async def _command(self, body: bytes, identity: Identity, request_id: str) -> operations.Done:
        command = msgspec.msgpack.decode(body, type=Command)
        command_id = CommandId(f"{identity.actor.subject}:{request_id}")
        return await self._bus.execute(command, identity.actor, command_id=command_id)

    async def _preview(self, body: bytes, identity: Identity, request_id: str) -> Any:
        asked = msgspec.msgpack.decode(body, type=operations.PreviewOverride)
        self._known(self._bus.operation.orders, asked.change.order_id)
        if asked.change.driver_id is not None and asked.change.driver_id not in self._bus.operation.fleet.drivers:
            raise NotFound("driver", asked.change.driver_id)
        operation, now = self._bus.operation, self._clock.now()
        return await previewed(asked.change, operation, self._plans, now, with_replanned=asked.with_replanned)

    async def _timeline(self, body: bytes, identity: Identity, request_id: str) -> Any:
        asked = msgspec.msgpack.decode(body, type=operations.OrderTimeline)
        self._known(self._bus.operation.orders, asked.order_id)
        names = [streams.of_order(asked.order_id), streams.of_decision(asked.order_id)]
        return await self._log.read_correlated([*names, streams.of_forecast(asked.order_id)])

    async def _audit_page(self, body: bytes, identity: Identity, request_id: str) -> Any:
        asked = msgspec.msgpack.decode(body, type=operations.AuditPage)
        return await self._audit.page(asked.before, max(1, min(asked.limit, LARGEST_PAGE)))

    async def _streets(self, body: bytes, identity: Identity, request_id: str) -> bytes:
        asked = msgspec.msgpack.decode(body, type=operations.CityStreets)
        if asked.offset < 0 or not 0 < asked.length <= LARGEST_STREETS_CHUNK:
            raise Refusal("request.malformed", "That part of the street file does not exist.", status=400)
        with self._streets_path.open("rb") as streets_file:
            streets_file.seek(asked.offset)
            return streets_file.read(asked.length)

    async def _recovery_options(self, body: bytes, identity: Identity, request_id: str) -> RecoveryOptions:
        asked = msgspec.msgpack.decode(body, type=operations.AskRecoveryOptions)
        if self._bus.recoveries is None:
            raise NotFound("disruption", asked.disruption_id)
        return await self._bus.recoveries.options(asked.disruption_id, self._clock.now())

    async def _why_not(self, body: bytes, identity: Identity, request_id: str) -> WhyNot:
        asked = msgspec.msgpack.decode(body, type=operations.AskWhyNot)
        if self._why_nots is None:
            raise Fault("planning.unavailable", "Routes are not planned here.")
        return await self._why_nots.why_not(asked.order_id, asked.driver_id, self._clock.now())

    async def _street_way(self, body: bytes, identity: Identity, request_id: str) -> operations.StreetWay:
        asked = msgspec.msgpack.decode(body, type=operations.AskStreetWay)
        if self._ways is None:
            raise Fault("streets.unavailable", "This service knows no streets.")
        return await self._ways.through(asked)

    async def _search_places(self, body: bytes, identity: Identity, request_id: str) -> operations.PlacesFound:
        asked = msgspec.msgpack.decode(body, type=operations.PlacesSearch)
        found = await self._places.search(asked.query, near=asked.near, limit=asked.limit)
        return operations.PlacesFound(places=found)

    async def _operation_at(self, body: bytes, identity: Identity, request_id: str) -> operations.OperationThen:
        asked = msgspec.msgpack.decode(body, type=operations.OperationAt)
        if not asked.at <= self._clock.now():
            raise Refusal("replay.not_past", "That moment has not been yet.")
        return await self._past.at(asked, identity.actor.role)

    async def _forecast_coverage(self, body: bytes, identity: Identity, request_id: str) -> CoverageReport:
        return self._coverage()

    async def _doors_heard(self, body: bytes, identity: Identity, request_id: str) -> operations.DoorsHeard:
        return self._doors()

    async def _order_forecasts(self, body: bytes, identity: Identity, request_id: str) -> ForecastHistory:
        asked = msgspec.msgpack.decode(body, type=operations.OrderForecasts)
        return await self._forecasts.of(asked.order_id)

    async def _try_geofence(self, body: bytes, identity: Identity, request_id: str) -> operations.FenceTrialled:
        require_permitted(identity.actor, DrawGeofence)
        asked = msgspec.msgpack.decode(body, type=operations.TryGeofence)
        return await self._about_fences().trial(asked)

    async def _corridor_way(self, body: bytes, identity: Identity, request_id: str) -> operations.CorridorWay:
        require_permitted(identity.actor, DrawGeofence)
        asked = msgspec.msgpack.decode(body, type=operations.AskCorridorWay)
        return await self._about_fences().way(asked)

    async def _fences_out(self, body: bytes, identity: Identity, request_id: str) -> bytes:
        asked = msgspec.msgpack.decode(body, type=operations.TakeFencesOut)
        return await self._fence_files.out(asked, identity.actor)

    async def _fences_in(self, body: bytes, identity: Identity, request_id: str) -> operations.FencesBroughtIn:
        require_permitted(identity.actor, DrawGeofence)
        asked = msgspec.msgpack.decode(body, type=operations.BringFencesIn)
        return await self._fence_files.bring_in(asked, identity.actor, request_id)

    def _about_fences(self) -> FenceQuestions:
        if self._fences is None:
            raise Fault("geofence.trial_unavailable", "This service tries no fences.")
        return self._fences

    def _known(self, orders: OrderBoard, order_id: OrderId) -> None:
        if order_id not in orders.orders:
            raise NotFound("order", order_id)
