"""Puts the service together: every collaborator is made here and passed in. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import file_digest

from litestar import Litestar

from backend_service.access import DeviceKeys, TokenAuthority
from backend_service.api.application import create_app
from backend_service.api.channel_doors import ChannelDoors
from backend_service.api.collaborators import ApiCollaborators
from backend_service.forecasting.forecast_record import ForecastRecord
from backend_service.forecasting.in_operation import (
    ARRIVAL_MODEL,
    ARRIVAL_MODEL_EFFECT,
    Forecasting,
    open_forecasting,
)
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.desk_requests import DeskRequests
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.handlers.past_operation import PastOperation
from backend_service.handlers.street_ways import StreetWays
from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.alarm_bell import AlarmBell
from backend_service.ingestion.clock_watch import CLOCK, ClockWatch
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.device_clocks import DEVICE_CLOCKS, DeviceClocks
from backend_service.ingestion.intake import MOST_ROWS_AT_ONCE, Intake
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import BROKER, BROKER_EFFECT, MqttDoor
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.reception import Reception
from backend_service.ledger import Ledger, keeping_days, open_ledger, open_readings, open_tables
from backend_service.live.curve_keys import CurveKeys, ensure_curve_keys
from backend_service.live.feed import Feed
from backend_service.live.feed_hub import FeedHub
from backend_service.live.request_desk import RequestDesk
from backend_service.live.websocket_door import websocket_door
from backend_service.people.opening import open_accounts
from backend_service.people.people import People
from backend_service.people_on_record import (
    DoorAddresses,
    eraser,
    inviter,
    person_recorder,
    renewer,
    sign_in_recorder,
)
from backend_service.places.answer_cache import AnswerCache
from backend_service.places.circuit_breaker import CircuitBreaker
from backend_service.places.geocoding import Geocoder, StreetGeocoder
from backend_service.places.layered_geocoding import LayeredGeocoder
from backend_service.places.outside_geocoder import OutsideGeocoder
from backend_service.places.place_search import PlaceSearch
from backend_service.settings import Settings
from backend_service.shelving import shelf_watch
from backend_service.storage.judged_file import Judged, JudgedFile
from backend_service.storage.plan_problems import PlanProblems
from backend_service.storage.reading_archive import ReadingStore
from backend_service.streets.city import City, tower_home
from backend_service.streets.paced_streets import PacedStreets
from backend_service.streets.plain_ways import PlainWays
from backend_service.streets.running_streets import running_streets
from backend_service.streets.street_pieces import read_pieces
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from backend_service.workers.arrival_watch import ArrivalWatch
from backend_service.workers.break_watch import BreakWatch
from backend_service.workers.channel_watch import ChannelWatch
from backend_service.workers.checking import DISPATCH_CHECK, DISPATCH_CHECK_EFFECT
from backend_service.workers.closure_watch import ClosureWatch
from backend_service.workers.counting import Counting
from backend_service.workers.crossing_history import CrossingHistory, begun_anew
from backend_service.workers.crossing_watch import CrossingWatch
from backend_service.workers.departure_watch import DepartureWatch
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.disruption_workers import disruption_workers
from backend_service.workers.driving_watch import DrivingWatch
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.improvement import Improvement
from backend_service.workers.keeping_judged import KeepingJudged
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from backend_service.workers.keeping_snapshots import KeepingSnapshots
from backend_service.workers.last_fixes import tell_last_fixes
from backend_service.workers.learning import learning_workers
from backend_service.workers.live_speeds import LIVE_SPEEDS, LIVE_SPEEDS_EFFECT, LiveSpeeds
from backend_service.workers.nightly_training import (
    TRAINING,
    TRAINING_EFFECT,
    NightlyTraining,
    TrainingPolicy,
    trains_aside,
)
from backend_service.workers.planning import Planner
from backend_service.workers.pressure_cycle import PressureCycle
from backend_service.workers.repositioning import Repositioning
from backend_service.workers.rhythm import Rhythm
from backend_service.workers.route_refinement import RouteRefinement
from backend_service.workers.signal_watch import SignalWatch
from backend_service.workers.source_watch import SourceWatch
from backend_service.workers.wave_planning import WavePlanning
from backend_service.workers.why_not_answers import WhyNotAnswers
from backend_service.workers.worker import Worker
from core.commands import DrawZones
from core.dispatch.forecasting import times_used
from core.dispatch.policy import DispatchPolicy
from core.eta.street_speeds import LiveSpeedsPolicy
from core.projections.operation import Operation
from core.telemetry.pipeline import Meaning
from core.timekeeping import Clock
from core.vocabulary import PLATFORM, Instant
from core.wire import CityCard

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunningService:
    """What a door, a test or a bench may reach of a running service."""

    settings: Settings
    started_at: Instant
    city: City
    ledger: Ledger
    bus: CommandBus
    streets: SupervisedStreets
    authority: TokenAuthority
    hub: FeedHub
    feed: Feed
    curve_keys: CurveKeys
    api: ApiCollaborators
    application: Litestar
    rhythm: Rhythm
    addresses: DoorAddresses
    mqtt: MqttDoor | None = None


@asynccontextmanager
async def running_service(
    settings: Settings, *, clock: Clock, wall: Clock, steady: Clock | None = None
) -> AsyncIterator[RunningService]:
    """Run a service on `settings.data_dir` inside; no door is open yet and no worker runs.

    Parameters
    ----------
    clock, wall : operation time and wall time
    steady : what `clock` is held against, if somebody could set it

    Raises
    ------
    Fault
        ``data.in_use``, ``log.corrupt``, ``keys.master_missing``: with what to do.
    Refusal
        ``city.not_prepared``.
    """
    city = City.load(settings.home or tower_home(), settings.city)
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(settings, clock, wall, stack)
        bus = CommandBus(ledger.log, ledger.operation, clock)
        bus.newest = ledger.newest_snapshot
        live = LivePositions()
        live.update(await ledger.archive.latest_per_vehicle())
        readings = await open_readings(settings, ledger, clock, stack)
        channels = await _open_channels(settings, readings, ledger.operation, live)
        intake = Intake(ledger.archive, live, devices=channels.devices)
        bus.subscribe(channels.devices.follow)
        reception = Reception(
            intake,
            channels.intake,
            channels.devices,
            clock,
            wall,
            bell=AlarmBell(bus, live),
            clock_watch=None if steady is None else ClockWatch(clock, steady),
            device_clocks=DeviceClocks(clock),
        )
        mqtt = _broker(settings, reception, bus, ledger.log.log_id)
        streets = await _start_streets(settings, city, clock, stack)
        authority = TokenAuthority.open(settings.secrets_dir, wall)
        accounts = await open_accounts(settings.data_dir, settings.database, wall.now())
        people = People.open(accounts, authority, person_recorder(bus), wall)
        stack.push_async_callback(people.close)
        bus.regions_of = people.accounts.regions_of
        hub = FeedHub(ledger.operation, ledger.log, city_card(city), clock=clock, wall=wall, speed=settings.speed)
        paced = PacedStreets(streets)
        planner = Planner(bus, paced, live, DispatchPolicy(), wall)
        bus.plans = planner
        planner.is_sketched = lambda: streets.is_sketched()
        forecasting = await open_forecasting(
            bus, PlainWays(planner, streets), city, settings.data_dir, clock.now(), policy=lambda: planner.policy
        )
        planner.times = lambda: forecasting.known(clock.now())
        paced.pace = _pace(forecasting, streets, planner, clock)
        forecasts = ForecastRecord(
            bus,
            ledger.log,
            forecasting.recent,
            lambda order: times_used(order, clock.now(), planner.policy, forecasting.known(clock.now())),
        )
        places = PlaceSearch(city.osm_file, city.zones, city.places)
        past = PastOperation(ledger.log, ledger.snapshots, ledger.archive)
        fences = FenceQuestions(lambda: bus.operation, ledger.archive, streets, city.time_zone, clock=clock, wall=wall)
        requests = DeskRequests(
            bus,
            ledger.log,
            planner,
            ledger.trail,
            clock,
            city.osm_file,
            places,
            past,
            forecasting.forecaster.report,
            forecasts,
            reception.doors_heard,
            fences,
            WhyNotAnswers(bus, planner),
            StreetWays(streets),
        )
        feed = Feed(hub, authority, RequestDesk(requests), sign_in_recorder(bus), renew=renewer(people))
        device_keys = DeviceKeys(ledger.operation)
        read_model = open_tables(settings, ledger, stack)
        await read_model.catch_up(ledger.log)
        for listener in (hub.publish_events, device_keys.follow, read_model.on_commit):
            bus.subscribe(listener)
        for hears in (hub.publish_positions, read_model.on_positions):
            live.subscribe(hears)
        bus.start()
        stack.push_async_callback(bus.stop)
        curve_keys = ensure_curve_keys(settings.secrets_dir)
        addresses = DoorAddresses()
        intake.start()
        stack.push_async_callback(intake.close)
        stack.push_async_callback(feed.close)
        await _draw_zones(bus, city)
        driving = _driving_watch(bus, intake, channels, city)
        crossings = _crossing_watch(bus, intake, city)
        judged_file = JudgedFile(settings.data_dir, ledger.log.log_id)
        judged = await _judged_before(judged_file, live, bus)
        crossing_history = _crossing_history(bus, crossings, ledger, intake, channels.devices, judged)
        arrivals, departures = ArrivalWatch(bus), DepartureWatch(bus)
        await tell_last_fixes(
            ledger.archive,
            live.snapshot(),
            bus.operation.fleet.vehicles,
            channels.devices.primary_of,
            (arrivals.observe, departures.observe),
        )
        days_kept = keeping_days(settings, ledger, readings)
        api = ApiCollaborators(
            bus=bus,
            authority=authority,
            device_keys=device_keys,
            intake=intake,
            reception=reception,
            channels=channels,
            live=live,
            clock=clock,
            wall=wall,
            planner=planner,
            erase_customer=eraser(ledger.log, bus),
            invite=inviter(bus, authority, curve_keys, addresses),
            people=people,
            feed_addresses=addresses.preferred,
            curve_key=curve_keys.public,
            text_zone=city.time_zone,
            places=places,
            geocoder=await _geocoder(settings, city, places, wall, stack),
            coverage=forecasting.forecaster.report,
            forecasts=forecasts,
            arrival_models=forecasting.models,
            fence_questions=fences,
            archive=ledger.archive,
            streets=streets,
            days=days_kept.counts,
            driving_unjudged=lambda: driving.unjudged,
            crossings_unjudged=lambda: crossings.unjudged + crossing_history.unjudged,
            crossings_unrecorded=lambda: crossings.unrecorded,
            extra_handlers=(websocket_door(feed),),
        )
        yield RunningService(
            settings=settings,
            started_at=clock.now(),
            city=city,
            ledger=ledger,
            bus=bus,
            streets=streets,
            authority=authority,
            hub=hub,
            feed=feed,
            curve_keys=curve_keys,
            api=api,
            application=create_app(api),
            rhythm=Rhythm(
                [
                    *_workers(
                        bus,
                        planner,
                        intake,
                        hub,
                        streets,
                        ledger,
                        channels.devices,
                        settings.silent_after_s,
                        forecasting,
                        PlanProblems(settings.data_dir),
                        arrivals,
                        departures,
                    ),
                    crossings,
                    crossing_history,
                    KeepingJudged(crossing_history.judged, judged_file, judged),
                    _channel_watch(bus, channels),
                    _wave_planning(bus, planner, city),
                    driving,
                    _check_watch(bus, planner, clock),
                    days_kept,
                    *shelf_watch(bus, days_kept, ledger.shelf),
                    *_broker_watch(bus, mqtt),
                    *_clock_watches(bus, reception),
                    *learning_workers(bus, ledger.log, past, ledger.archive, planner),
                    *_training(bus, settings, city, clock.now()),
                    *_live_speeds(bus, settings, city, streets, forecasting, clock.now()),
                    read_model,
                ]
            ),
            addresses=addresses,
            mqtt=mqtt,
        )


def _broker(settings: Settings, reception: Reception, bus: CommandBus, log_id: str) -> MqttDoor | None:
    if settings.mqtt is None:
        return None
    address = BrokerAddress.parse(
        settings.mqtt,
        authority=settings.mqtt_authority,
        certificate=settings.mqtt_certificate,
        private_key=settings.mqtt_private_key,
    )
    address.tls()  # a file that cannot be used is told at the start
    return MqttDoor(
        reception,
        lambda: bus.operation.fleet,
        address,
        tenant=settings.mqtt_tenant,
        identifier=f"tower-{log_id}",
    )


def _check_watch(bus: CommandBus, planner: Planner, clock: Clock) -> Worker:
    return SourceWatch(
        bus, lambda: planner.checking.state(clock.now()), source=DISPATCH_CHECK, effect=DISPATCH_CHECK_EFFECT
    )


def _broker_watch(bus: CommandBus, mqtt: MqttDoor | None) -> list[Worker]:
    return [] if mqtt is None else [SourceWatch(bus, lambda: mqtt.state, source=BROKER, effect=BROKER_EFFECT)]


def _clock_watches(bus: CommandBus, reception: Reception) -> list[Worker]:
    watch, devices = reception.clock_watch, reception.device_clocks
    watches: list[Worker] = []
    if watch is not None:
        watches.append(SourceWatch(bus, lambda: watch.state, source=CLOCK, effect=watch.effect))
    if devices is not None:
        watches.append(SourceWatch(bus, lambda: devices.state, source=DEVICE_CLOCKS, effect=devices.effect))
    return watches


def _workers(
    bus: CommandBus,
    planner: Planner,
    intake: Intake,
    hub: FeedHub,
    streets: SupervisedStreets,
    ledger: Ledger,
    devices: DeviceBoard,
    silent_after_s: float,
    forecasting: Forecasting,
    problems: PlanProblems,
    arrivals: ArrivalWatch,
    departures: DepartureWatch,
) -> list[Worker]:
    eta = EtaCycle(
        bus,
        planner,
        hub.publish_forecasts,
        drives=forecasting.drives,
        recent=forecasting.recent,
        routes=forecasting.routes,
    )
    pressure = PressureCycle(bus, intake.live, hub.publish_pressure)
    planner.outlook = lambda: pressure.outlook
    dispatch = DispatchCycle(bus, planner, lambda: eta.forecasts)
    refinement = RouteRefinement(bus, planner)
    improvement = Improvement(bus, planner, problems=problems)
    closures = ClosureWatch(bus, lambda speeds: streets.change_speeds(speeds), refinement.renew)
    for noting in (dispatch, refinement, closures):
        bus.subscribe(noting.note)
    for following in (
        departures.follow,
        forecasting.drives.follow,
        forecasting.stop_times.follow,
        forecasting.routes.follow,
        forecasting.changes.follow,
    ):
        bus.subscribe(following)
    intake.subscribe(Meaning.ARRIVALS, arrivals.observe)
    intake.subscribe(Meaning.DEPARTURES, departures.observe)
    intake.subscribe(Meaning.TRAFFIC, forecasting.forecaster.observe)
    return [
        SourceWatch(bus, lambda: streets.state),
        SourceWatch(bus, lambda: forecasting.models.state, source=ARRIVAL_MODEL, effect=ARRIVAL_MODEL_EFFECT),
        arrivals,
        departures,
        SignalWatch(bus, intake.live, devices=devices, silent_after_s=silent_after_s),
        dispatch,
        closures,
        improvement,
        refinement,
        eta,
        pressure,
        Repositioning.of(bus, pressure, planner),
        BreakWatch(bus, planner),
        *disruption_workers(bus, planner, intake, lambda: eta.forecasts, lambda: pressure.latest),
        Counting(intake, hub),
        KeepingSnapshots(bus, ledger.snapshots),
        forecasting.keeping,
        forecasting.models,
        KeepingLearnedFiles(*forecasting.learned),
    ]


def _pace(forecasting: Forecasting, streets: SupervisedStreets, planner: Planner, clock: Clock) -> Callable[[], float]:
    """Return what says how drives come out beside streets; those with live speeds know traffic already."""

    def pace() -> float:
        is_live = streets.live is not None and streets.live.is_live
        return 1.0 if is_live else forecasting.pace(clock.now(), planner.policy)

    return pace


def _training(bus: CommandBus, settings: Settings, city: City, now: Instant) -> list[Worker]:
    policy = TrainingPolicy(hour=settings.train_at)
    trains = trains_aside(settings.data_dir, settings.home or tower_home(), settings.city, policy)
    nightly = NightlyTraining(trains, city.time_zone, policy, now)
    return [nightly, SourceWatch(bus, lambda: nightly.state, source=TRAINING, effect=TRAINING_EFFECT)]


def _live_speeds(
    bus: CommandBus,
    settings: Settings,
    city: City,
    streets: SupervisedStreets,
    forecasting: Forecasting,
    now: Instant,
) -> list[Worker]:
    if not settings.live_speeds:
        return []
    traffic = forecasting.forecaster.traffic
    speeds = LiveSpeeds(
        traffic,
        lambda: read_pieces(city.osm_file, traffic.ground),
        lambda driven: streets.drive_at(driven),
        LiveSpeedsPolicy(),
        now=now,
    )
    return [speeds, SourceWatch(bus, lambda: speeds.state, source=LIVE_SPEEDS, effect=LIVE_SPEEDS_EFFECT)]


async def _open_channels(
    settings: Settings, archive: ReadingStore, operation: Operation, live: LivePositions
) -> ChannelDoors:
    """Know the devices by what the archives last held of them."""
    kept = await archive.latest_per_channel()
    latest, devices = LatestReadings(), DeviceBoard(operation, silent_after_s=settings.silent_after_s)
    intake = ReadingIntake(archive, latest)
    latest.update(kept)
    devices.observe_readings(kept)
    devices.choose(live.snapshot())
    intake.subscribe(devices.observe_readings)
    return ChannelDoors(intake, archive, devices)


def _crossing_watch(bus: CommandBus, intake: Intake, city: City) -> CrossingWatch:
    watch = CrossingWatch(bus, intake.live, city.time_zone)
    bus.subscribe(watch.follow)
    intake.subscribe(Meaning.CROSSINGS, watch.observe)
    return watch


def _crossing_history(
    bus: CommandBus,
    watch: CrossingWatch,
    ledger: Ledger,
    intake: Intake,
    devices: DeviceBoard,
    judged: Judged,
) -> CrossingHistory:
    return CrossingHistory(
        bus,
        watch,
        ledger.log,
        ledger.archive,
        judged,
        primary_of=devices.primary_of,
        is_busy=lambda: intake.waiting_rows > MOST_ROWS_AT_ONCE,
    )


async def _judged_before(file: JudgedFile, live: LivePositions, bus: CommandBus) -> Judged:
    """Return how far the service before had judged fixes; where nothing holds it is begun anew, and kept at once."""
    position = bus.operation.position
    judged = await asyncio.to_thread(file.read, position)
    if judged is None:
        judged = begun_anew(live.snapshot(), position)
        await asyncio.to_thread(file.keep, judged)
    return judged


def _channel_watch(bus: CommandBus, channels: ChannelDoors) -> ChannelWatch:
    watch = ChannelWatch(bus, channels.intake.latest)
    bus.subscribe(watch.follow)
    channels.intake.subscribe(watch.observe)
    return watch


def _wave_planning(bus: CommandBus, planner: Planner, city: City) -> WavePlanning:
    planning = WavePlanning(bus, planner, city.time_zone)
    bus.subscribe(planning.note)
    return planning


def _driving_watch(bus: CommandBus, intake: Intake, channels: ChannelDoors, city: City) -> DrivingWatch:
    watch = DrivingWatch(bus, channels.intake.latest, city.osm_file, city.time_zone)
    bus.subscribe(watch.follow)
    intake.subscribe(Meaning.DRIVING, watch.observe)
    return watch


async def _start_streets(settings: Settings, city: City, clock: Clock, stack: AsyncExitStack) -> SupervisedStreets:
    def say(state: StreetsState) -> None:
        logger.info("streets %s %s", "degraded:" if state.degraded else "live", state.cause)

    log_file = settings.logs_dir / "street-engine.log"
    return await stack.enter_async_context(running_streets(city, clock, log_file, on_state_change=say))


async def _geocoder(
    settings: Settings, city: City, places: PlaceSearch, wall: Clock, stack: AsyncExitStack
) -> Geocoder:
    streets = StreetGeocoder(places)
    if settings.geocoder is None:
        return streets
    cache = AnswerCache(settings.data_dir / "geocoder.sqlite", wall)
    outside = OutsideGeocoder(settings.geocoder, city.facts.bbox, cache, CircuitBreaker(wall))
    return LayeredGeocoder(streets, await stack.enter_async_context(outside))


async def _draw_zones(bus: CommandBus, city: City) -> None:
    """Give a new log the city's zones; later changes by people stand."""
    if not bus.operation.fleet.zones:
        await bus.execute(DrawZones(zones=tuple(city.zones)), PLATFORM)


def city_card(city: City) -> CityCard:
    """Return what a desk must know of the city before it fetches the streets."""
    west, south, east, north = city.facts.bbox
    with city.osm_file.open("rb") as streets:
        digest = file_digest(streets, "sha256").hexdigest()
    return CityCard(
        name=city.facts.name,
        time_zone=city.facts.time_zone,
        currency=city.facts.currency,
        south=south,
        west=west,
        north=north,
        east=east,
        streets_digest=digest,
        streets_bytes=city.osm_file.stat().st_size,
    )
