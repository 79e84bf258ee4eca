"""Puts the workers around disruptions together: who notices them, and who recovers where policy lets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.intake import Intake
from backend_service.workers.disruption_watch import DisruptionWatch, Forecasts
from backend_service.workers.planning import Planner
from backend_service.workers.recovery_cycle import RecoveryCycle
from backend_service.workers.recovery_options import RecoveryOptionsSource
from backend_service.workers.worker import Worker
from core.telemetry.pipeline import Meaning
from core.vocabulary import ZoneId
from core.wire import Pressure


def disruption_workers(
    bus: CommandBus,
    planner: Planner,
    intake: Intake,
    forecasts: Callable[[], Forecasts],
    pressure: Callable[[], Pressure | None],
) -> list[Worker]:
    """Return the workers, listening to the intake and the bus; the bus learns where options come from."""
    source = RecoveryOptionsSource(bus, planner)
    bus.recoveries = source
    watch = DisruptionWatch(
        bus,
        forecasts,
        lambda: short_now(pressure()),
        times=lambda: planner.times(),
        policy_in=planner.policy_in,
    )
    bus.subscribe(watch.note)
    intake.subscribe(Meaning.DISRUPTIONS, watch.observe)
    return [watch, RecoveryCycle(bus, planner, source)]


def short_now(pressure: Pressure | None) -> Mapping[ZoneId, float]:
    """Return the drivers short (+) or spare (-) of each zone in the present bin; nothing before the first count."""
    if pressure is None:
        return {}
    rows = zip(pressure.zones, pressure.cells, strict=True)
    return {zone_id: row[pressure.now_bin].drivers_short for zone_id, row in rows if pressure.now_bin < len(row)}
