"""Whether the service lives, how it does, and what it can be asked: health, metrics, the OpenAPI document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.document import served_document
from backend_service.api.identification import ANYBODY, DESK, SUPERVISION, ApiRequest, allowed, bearer_token, identify
from backend_service.api.places_and_times import Moment, moment
from backend_service.api.problems import problems


class HealthDetail(msgspec.Struct, kw_only=True):
    """How the service does, for the desk's roles."""

    now: Moment
    wall: Moment
    position: int
    fixes_waiting: int
    vehicles_heard: int
    degraded_sources: dict[str, str]


class HealthView(msgspec.Struct, kw_only=True):
    """The service lives; `detail` is for who shows a token of a desk's role."""

    status: str = "alive"
    version: str = ""
    detail: HealthDetail | None = None


@get("/health", security=[{}], responses=problems(401, needs_token=False), summary="Ask whether the service lives")
async def health(request: ApiRequest, tower: Tower) -> HealthView:
    """Answer that the service lives. Without a token nothing else is told."""
    if not bearer_token(request) or identify(request).actor.role not in DESK:
        return HealthView()
    operation = tower.bus.operation
    detail = HealthDetail(
        now=moment(tower.clock.now()),
        wall=moment(tower.wall.now()),
        position=operation.position,
        fixes_waiting=tower.intake.waiting_rows,
        vehicles_heard=len(tower.live),
        degraded_sources={source.source: source.effect for source in operation.sources.degraded()},
    )
    return HealthView(version=tower.version, detail=detail)


@get(
    "/metrics",
    guards=[allowed(SUPERVISION)],
    media_type=MediaType.TEXT,
    responses=problems(),
    summary="Read the metrics",
)
async def metrics(tower: Tower) -> Response[bytes]:
    """Return the metrics in Prometheus' text format."""
    return Response(generate_latest(tower.metrics), media_type=CONTENT_TYPE_LATEST)


@get("/openapi.json", guards=[allowed(ANYBODY)], include_in_schema=False)
async def openapi_document(request: ApiRequest) -> Response[bytes]:
    """Return the OpenAPI document of this API, which is put together once."""
    kept = request.app.state
    if "document" not in kept:
        kept["document"] = msgspec.json.encode(served_document(request.app))
    return Response(kept["document"], media_type="application/vnd.oai.openapi+json")


class OperationCollector(Collector):
    """Reads the metrics off the live state when they are asked for, so that nothing has to keep them in step."""

    def __init__(self, tower: ApiCollaborators) -> None:
        self._tower = tower

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the operation and of the intake."""
        operation, counts = self._tower.bus.operation, self._tower.intake.counts
        yield GaugeMetricFamily("tower_log_position", "Last position of the event log", value=operation.position)
        yield CounterMetricFamily("tower_fixes_accepted", "Fixes accepted and on disk", value=counts.accepted)
        yield CounterMetricFamily("tower_fixes_failed", "Fixes that met a fault or a bug", value=counts.failed)
        yield _by_label("tower_fixes_rejected", "Fixes rejected", "reason", counts.rejected, is_counter=True)
        waiting = self._tower.intake.waiting_rows
        yield GaugeMetricFamily("tower_fixes_waiting", "Fixes that no write has begun for", value=waiting)
        yield from self._readings()
        yield self._doors()
        failures = CounterMetricFamily("tower_api_failures", "Requests that failed", labels=["kind", "code"])
        for (kind, code), count in sorted(self._tower.failures.items()):
            failures.add_metric([kind, code], count)
        yield failures
        states = Counter(order.state for order in operation.orders.open_orders())
        yield _by_label("tower_orders_open", "Open orders", "state", states)
        statuses = Counter(operation.fleet.status_of(driver_id) for driver_id in operation.fleet.drivers)
        yield _by_label("tower_drivers", "Drivers", "status", statuses)
        signals = Counter(vehicle.signal for vehicle in operation.fleet.vehicles.values())
        yield _by_label("tower_vehicles", "Vehicles", "signal", signals)
        decided = msgspec.structs.asdict(operation.decisions.counts)
        yield _by_label("tower_decisions", "Decisions since the log began", "kind", decided, is_counter=True)
        crossed = {"entered": operation.fences.entered, "exited": operation.fences.exited}
        yield _by_label("tower_geofence_crossings", "Confirmed crossings", "direction", crossed, is_counter=True)
        raised = operation.alarms.raised
        yield _by_label("tower_tracker_alarms", "Alarms that trackers raised", "kind", raised, is_counter=True)
        detected = operation.driving.detected
        yield _by_label("tower_driving_events", "Driving events recorded", "kind", detected, is_counter=True)
        yield CounterMetricFamily(
            "tower_driving_unjudged", "Fixes on which driving was not judged", value=self._tower.driving_unjudged()
        )
        yield from self._crossings()
        yield from self._days()
        degraded = Counter(source.source for source in operation.sources.degraded())
        yield _by_label("tower_source_degraded", "Sources that do not work", "source", degraded)

    def _crossings(self) -> Iterator[Metric]:
        refuted = self._tower.bus.operation.fences.refuted
        yield CounterMetricFamily("tower_crossings_refuted", "Crossings that history did not bear out", value=refuted)
        unjudged, unrecorded = self._tower.crossings_unjudged(), self._tower.crossings_unrecorded()
        yield CounterMetricFamily(
            "tower_crossings_unjudged", "Fixes on which crossings were not judged", value=unjudged
        )
        yield CounterMetricFamily(
            "tower_crossings_unrecorded", "Crossings that were found and not recorded", value=unrecorded
        )

    def _days(self) -> Iterator[Metric]:
        days = self._tower.days
        if days is not None:
            yield _by_label("tower_days_dropped", "Days dropped from an archive", "kind", days.dropped, is_counter=True)
            shelved = days.shelved_rows
            yield _by_label("tower_rows_shelved", "Rows put on the shelf", "kind", shelved, is_counter=True)
            yield _by_label("tower_days_failed", "Days that could not go", "kind", days.failed, is_counter=True)

    def _doors(self) -> Metric:
        messages = CounterMetricFamily("tower_door_messages", "What came through the doors", labels=["door", "outcome"])
        for (door, outcome), count in sorted(self._tower.reception.counts.items()):
            messages.add_metric([door, outcome], count)
        return messages

    def _readings(self) -> Iterator[Metric]:
        if self._tower.channels is None:
            return
        intake = self._tower.channels.intake
        yield CounterMetricFamily("tower_readings_accepted", "Readings accepted and on disk", value=intake.accepted)
        yield _by_label("tower_readings_rejected", "Readings rejected", "reason", intake.rejected, is_counter=True)
        yield GaugeMetricFamily("tower_readings_waiting", "Readings not on disk yet", value=intake.waiting_rows)


def _by_label(
    name: str, text: str, label: str, counts: Mapping[Any, int], *, is_counter: bool = False
) -> CounterMetricFamily | GaugeMetricFamily:
    family = (CounterMetricFamily if is_counter else GaugeMetricFamily)(name, text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([str(value)], count)
    return family


OBSERVATION_HANDLERS = (metrics, openapi_document)
