"""Every worker of a running service, in the sequence in which they have their turns, and what each is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend_service.forecasting.in_operation import ARRIVAL_MODEL, ARRIVAL_MODEL_EFFECT
from backend_service.foreseeing import Foresight, live_speed_workers, training_workers
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.past_operation import PastOperation
from backend_service.ledger import Ledger
from backend_service.live.feed_hub import FeedHub
from backend_service.receiving import Receiving, channel_watch, sender_watches
from backend_service.settings import Settings
from backend_service.shelving import shelf_watch
from backend_service.storage.plan_problems import OF_WAVES, PlanProblems
from backend_service.storage.table_projection import TableProjection
from backend_service.streets.city import City
from backend_service.streets.supervised_streets import SupervisedStreets
from backend_service.watching import Watching
from backend_service.workers.break_watch import BreakWatch
from backend_service.workers.checking import DISPATCH_CHECK, DISPATCH_CHECK_EFFECT
from backend_service.workers.closure_watch import ClosureWatch
from backend_service.workers.counting import Counting
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.disruption_workers import disruption_workers
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.improvement import Improvement
from backend_service.workers.keeping_days import KeepingDays
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from backend_service.workers.keeping_snapshots import KeepingSnapshots
from backend_service.workers.learning import learning_workers
from backend_service.workers.planning import Planner
from backend_service.workers.pressure_cycle import PressureCycle
from backend_service.workers.repositioning import Repositioning
from backend_service.workers.route_refinement import RouteRefinement
from backend_service.workers.signal_watch import SignalWatch
from backend_service.workers.source_watch import SourceWatch
from backend_service.workers.wave_planning import WavePlanning
from backend_service.workers.worker import Worker
from core.telemetry.pipeline import Meaning
from core.timekeeping import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCollaborators:
    """All that the workers are given.

    Attributes
    ----------
    clock : operation time
    past : the operation as it was at any time
    days_kept : drops the days that were kept long enough
    read_model : the lists that are made of the log
    """

    settings: Settings
    clock: Clock
    city: City
    ledger: Ledger
    bus: CommandBus
    hub: FeedHub
    streets: SupervisedStreets
    receiving: Receiving
    foresight: Foresight
    watching: Watching
    past: PastOperation
    days_kept: KeepingDays
    read_model: TableProjection


def service_workers(given: WorkerCollaborators) -> list[Worker]:
    """Return the workers, listening to the intakes and the bus."""
    settings, city, bus, ledger, now = given.settings, given.city, given.bus, given.ledger, given.clock.now()
    planner, forecasting = given.foresight.planner, given.foresight.forecasting
    return [
        *_deciding_workers(given),
        *given.watching.of_crossings,
        channel_watch(bus, given.receiving.channels),
        _wave_planning(bus, planner, city, given.settings.data_dir),
        given.watching.driving,
        _check_watch(bus, planner, given.clock),
        given.days_kept,
        *shelf_watch(bus, given.days_kept, ledger.shelf),
        *sender_watches(bus, given.receiving),
        *learning_workers(bus, ledger.log, given.past, ledger.archive, planner),
        *training_workers(bus, settings, city, now),
        *live_speed_workers(bus, settings, city, given.streets, forecasting, now),
        given.read_model,
    ]


def _deciding_workers(given: WorkerCollaborators) -> list[Worker]:
    """Return who dispatches, plans, forecasts and recovers, with those whom they build on."""
    bus, intake, streets, watching = given.bus, given.receiving.intake, given.streets, given.watching
    planner, forecasting = given.foresight.planner, given.foresight.forecasting
    eta = EtaCycle(
        bus,
        planner,
        given.hub.publish_forecasts,
        drives=forecasting.drives,
        recent=forecasting.recent,
        routes=forecasting.routes,
    )
    pressure = PressureCycle(bus, intake.live, given.hub.publish_pressure)
    planner.outlook = lambda: pressure.outlook
    dispatch = DispatchCycle(bus, planner, lambda: eta.forecasts)
    refinement = RouteRefinement(bus, planner)
    improvement = Improvement(bus, planner, problems=PlanProblems(given.settings.data_dir))
    closures = ClosureWatch(bus, lambda speeds: streets.change_speeds(speeds), refinement.renew)
    for noting in (dispatch, refinement, closures):
        bus.subscribe(noting.note)
    for following in (
        watching.departures.follow,
        forecasting.drives.follow,
        forecasting.stop_times.follow,
        forecasting.routes.follow,
        forecasting.changes.follow,
    ):
        bus.subscribe(following)
    intake.subscribe(Meaning.ARRIVALS, watching.arrivals.observe)
    intake.subscribe(Meaning.DEPARTURES, watching.departures.observe)
    intake.subscribe(Meaning.TRAFFIC, forecasting.forecaster.observe)
    return [
        SourceWatch(bus, lambda: streets.state),
        SourceWatch(bus, lambda: forecasting.models.state, source=ARRIVAL_MODEL, effect=ARRIVAL_MODEL_EFFECT),
        watching.arrivals,
        watching.departures,
        SignalWatch(bus, intake.live, devices=given.receiving.devices, silent_after_s=given.settings.silent_after_s),
        dispatch,
        closures,
        improvement,
        refinement,
        eta,
        pressure,
        Repositioning.of(bus, pressure, planner),
        BreakWatch(bus, planner),
        *disruption_workers(bus, planner, intake, lambda: eta.forecasts, lambda: pressure.latest),
        Counting(intake, given.hub),
        KeepingSnapshots(bus, given.ledger.snapshots),
        forecasting.keeping,
        forecasting.models,
        KeepingLearnedFiles(*forecasting.learned),
    ]


def _wave_planning(bus: CommandBus, planner: Planner, city: City, data_dir: Path) -> WavePlanning:
    planning = WavePlanning(bus, planner, city.time_zone, problems=PlanProblems(data_dir, OF_WAVES))
    bus.subscribe(planning.note)
    return planning


def _check_watch(bus: CommandBus, planner: Planner, clock: Clock) -> Worker:
    return SourceWatch(
        bus, lambda: planner.checking.state(clock.now()), source=DISPATCH_CHECK, effect=DISPATCH_CHECK_EFFECT
    )
