"""Who notices what vehicles do, put together: arrivals, departures, crossings of fences, and how they are driven."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.intake import MOST_ROWS_AT_ONCE, Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ledger import Ledger
from backend_service.receiving import Receiving
from backend_service.storage.judged_file import Judged, JudgedFile
from backend_service.streets.city import City
from backend_service.workers.arrival_watch import ArrivalWatch
from backend_service.workers.crossing_history import CrossingHistory, begun_anew
from backend_service.workers.crossing_watch import CrossingWatch
from backend_service.workers.departure_watch import DepartureWatch
from backend_service.workers.driving_watch import DrivingWatch
from backend_service.workers.keeping_judged import KeepingJudged
from backend_service.workers.last_fixes import tell_last_fixes
from backend_service.workers.worker import Worker
from core.telemetry.pipeline import Meaning


@dataclass(frozen=True, slots=True)
class Watching:
    """Those who notice, each a worker.

    Attributes
    ----------
    crossing_history : judges crossings again where fixes came late
    keeping_judged : keeps how far fixes were judged for crossings
    """

    arrivals: ArrivalWatch
    departures: DepartureWatch
    driving: DrivingWatch
    crossings: CrossingWatch
    crossing_history: CrossingHistory
    keeping_judged: KeepingJudged

    @property
    def of_crossings(self) -> tuple[Worker, ...]:
        """Return who judges crossings, in the sequence in which one builds on the other."""
        return (self.crossings, self.crossing_history, self.keeping_judged)

    def driving_unjudged(self) -> int:
        """Return on how many fixes no driving was judged."""
        return self.driving.unjudged

    def crossings_unjudged(self) -> int:
        """Return on how many fixes no crossings were judged."""
        return self.crossings.unjudged + self.crossing_history.unjudged

    def crossings_unrecorded(self) -> int:
        """Return how many crossings were let go."""
        return self.crossings.unrecorded


async def open_watching(bus: CommandBus, ledger: Ledger, receiving: Receiving, city: City, data_dir: Path) -> Watching:
    """Put them together, listening to the intake and the bus, and told where vehicles were last."""
    intake, devices = receiving.intake, receiving.devices
    driving = _driving_watch(bus, receiving, city)
    crossings = _crossing_watch(bus, intake, city)
    judged_file = JudgedFile(data_dir, ledger.log.log_id)
    judged = await _judged_before(judged_file, receiving.live, bus)
    history = CrossingHistory(
        bus,
        crossings,
        ledger.log,
        ledger.archive,
        judged,
        primary_of=devices.primary_of,
        is_busy=lambda: intake.waiting_rows > MOST_ROWS_AT_ONCE,
    )
    arrivals, departures = ArrivalWatch(bus), DepartureWatch(bus)
    await tell_last_fixes(
        ledger.archive,
        receiving.live.snapshot(),
        bus.operation.fleet.vehicles,
        devices.primary_of,
        (arrivals.observe, departures.observe),
    )
    keeping_judged = KeepingJudged(history.judged, judged_file, judged)
    return Watching(arrivals, departures, driving, crossings, history, keeping_judged)


async def _judged_before(file: JudgedFile, live: LivePositions, bus: CommandBus) -> Judged:
    """Return how far the service before had judged fixes; where nothing holds it is begun anew, and kept at once."""
    position = bus.operation.position
    judged = await asyncio.to_thread(file.read, position)
    if judged is None:
        judged = begun_anew(live.snapshot(), position)
        await asyncio.to_thread(file.keep, judged)
    return judged


def _crossing_watch(bus: CommandBus, intake: Intake, city: City) -> CrossingWatch:
    watch = CrossingWatch(bus, intake.live, city.time_zone)
    bus.subscribe(watch.follow)
    intake.subscribe(Meaning.CROSSINGS, watch.observe)
    return watch


def _driving_watch(bus: CommandBus, receiving: Receiving, city: City) -> DrivingWatch:
    watch = DrivingWatch(bus, receiving.channels.intake.latest, city.osm_file, city.time_zone)
    bus.subscribe(watch.follow)
    receiving.intake.subscribe(Meaning.DRIVING, watch.observe)
    return watch
