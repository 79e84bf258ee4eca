"""Puts the service together: every collaborator is made here and passed in. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import file_digest
from typing import TYPE_CHECKING

from litestar import Litestar

from backend_service.access import DeviceKeys, Identity, TokenAuthority
from backend_service.api.application import create_app
from backend_service.api.channel_doors import ChannelDoors
from backend_service.api.collaborators import ApiCollaborators, EraseCustomer, Invite
from backend_service.audit.audit_trail import AuditTrail
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import AuditedLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.forecasting.forecast_record import ForecastRecord
from backend_service.forecasting.in_operation import (
    ARRIVAL_MODEL,
    ARRIVAL_MODEL_EFFECT,
    Forecasting,
    open_forecasting,
)
from backend_service.handlers.command_bus import CommandBus, fold
from backend_service.handlers.desk_requests import DeskRequests
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.handlers.past_operation import PastOperation
from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.alarm_bell import AlarmBell
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import BROKER, BROKER_EFFECT, MqttDoor
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.reception import Reception
from backend_service.invitations import invitation_text
from backend_service.live.curve_keys import CurveKeys, ensure_curve_keys
from backend_service.live.feed import Feed
from backend_service.live.feed_hub import FeedHub
from backend_service.live.feed_session import RecordsSignIn, RenewsSession
from backend_service.live.request_desk import RequestDesk
from backend_service.live.websocket_door import websocket_door
from backend_service.people.accounts import Records
from backend_service.people.opening import open_accounts
from backend_service.people.people import People
from backend_service.places.answer_cache import AnswerCache
from backend_service.places.circuit_breaker import CircuitBreaker
from backend_service.places.geocoding import Geocoder, StreetGeocoder
from backend_service.places.layered_geocoding import LayeredGeocoder
from backend_service.places.outside_geocoder import OutsideGeocoder
from backend_service.places.place_search import PlaceSearch
from backend_service.settings import Settings
from backend_service.shelving import open_shelf, shelf_watch, shelved_before, tiered
from backend_service.storage.directory_lock import DirectoryLock
from backend_service.storage.fix_archive import FixArchive, FixStore
from backend_service.storage.read_model import open_read_model
from backend_service.storage.reading_archive import ReadingArchive, ReadingStore
from backend_service.storage.snapshots import Snapshots
from backend_service.storage.table_projection import TableProjection
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.streets.city import City, tower_home
from backend_service.streets.paced_streets import PacedStreets
from backend_service.streets.plain_ways import PlainWays
from backend_service.streets.running_streets import running_streets
from backend_service.streets.street_pieces import read_pieces
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from backend_service.workers.arrival_watch import ArrivalWatch
from backend_service.workers.channel_watch import ChannelWatch
from backend_service.workers.closure_watch import ClosureWatch
from backend_service.workers.counting import Counting
from backend_service.workers.crossing_watch import CrossingWatch
from backend_service.workers.departure_watch import DepartureWatch
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.disruption_workers import disruption_workers
from backend_service.workers.driving_watch import DrivingWatch
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.improvement import Improvement
from backend_service.workers.keeping_days import KeepingDays, Purpose
from backend_service.workers.keeping_snapshots import KeepingSnapshots
from backend_service.workers.keeping_stop_times import KeepingStopTimes
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
from core.commands import DrawZones, RecordAccess, RecordPersonChange, RecordSignIn
from core.commands import EraseCustomer as EraseCustomerCommand
from core.dispatch.forecasting import times_used
from core.dispatch.policy import DispatchPolicy
from core.eta.street_speeds import LiveSpeedsPolicy
from core.operations import SessionRenewed
from core.projections.operation import Operation
from core.timekeeping import Clock
from core.vocabulary import PLATFORM, Actor, Instant, Role
from core.wire import CityCard

if TYPE_CHECKING:
    from backend_service.storage.parquet_shelf import ParquetShelf

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is kept: the log and its audit trail, snapshots, fixes, and the state folded from the log."""

    log: AuditedLog
    trail: AuditTrail
    snapshots: Snapshots
    archive: FixStore
    operation: Operation
    keys: SubjectKeys
    shelf: ParquetShelf | None = None


@dataclass(slots=True)
class DoorAddresses:
    """Where desks find the feed; known once the doors are open."""

    feed: str = ""
    zmq: str | None = None


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
async def running_service(settings: Settings, *, clock: Clock, wall: Clock) -> AsyncIterator[RunningService]:
    """Run a service on `settings.data_dir` inside; no door is open yet and no worker runs.

    Parameters
    ----------
    clock, wall : operation time and wall time

    Raises
    ------
    Fault
        ``data.in_use``, ``log.corrupt``, ``keys.master_missing``: with what to do.
    Refusal
        ``city.not_prepared``.
    """
    city = City.load(settings.home or tower_home(), settings.city)
    async with AsyncExitStack() as stack:
        ledger = await _open_ledger(settings, clock, wall, stack)
        bus = CommandBus(ledger.log, ledger.operation, clock)
        bus.newest = _newest_snapshot(ledger)
        live = LivePositions()
        live.update(await ledger.archive.latest_per_vehicle())
        readings = tiered(await _open_readings(settings), ledger.shelf, clock)
        stack.push_async_callback(readings.close)
        channels = await _open_channels(settings, readings, ledger.operation, live)
        intake = Intake(ledger.archive, live, devices=channels.devices)
        bus.subscribe(channels.devices.follow)
        reception = Reception(intake, channels.intake, channels.devices, clock, wall, bell=AlarmBell(bus, live))
        mqtt = _broker(settings, reception, bus, ledger.log.log_id)
        streets = await _start_streets(settings, city, clock, stack)
        authority = TokenAuthority.open(settings.secrets_dir, wall)
        accounts = await open_accounts(settings.data_dir, settings.database, wall.now())
        people = People.open(accounts, authority, _person_recorder(bus), wall)
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
        )
        feed = Feed(hub, authority, RequestDesk(requests), _sign_in_recorder(bus), renew=_renewer(people))
        device_keys = DeviceKeys(ledger.operation)
        read_model = _read_model(settings, ledger, stack)
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
        keeping_days = _keeping_days(settings, ledger, readings)
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
            erase_customer=_eraser(ledger.log, bus),
            invite=_inviter(bus, authority, curve_keys, addresses),
            people=people,
            feed_addresses=lambda: (addresses.zmq, addresses.feed) if addresses.zmq else (addresses.feed,),
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
            days=keeping_days.counts,
            driving_unjudged=lambda: driving.unjudged,
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
                    ),
                    _crossing_watch(bus, intake, city),
                    _channel_watch(bus, channels),
                    _wave_planning(bus, planner, city),
                    driving,
                    keeping_days,
                    *shelf_watch(bus, keeping_days, ledger.shelf),
                    *_broker_watch(bus, mqtt),
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
    address = BrokerAddress.parse(settings.mqtt)
    return MqttDoor(
        reception,
        lambda: bus.operation.fleet,
        address,
        tenant=settings.mqtt_tenant,
        identifier=f"tower-{log_id}",
    )


def _broker_watch(bus: CommandBus, mqtt: MqttDoor | None) -> list[Worker]:
    return [] if mqtt is None else [SourceWatch(bus, lambda: mqtt.state, source=BROKER, effect=BROKER_EFFECT)]


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
    improvement = Improvement(bus, planner)
    closures = ClosureWatch(bus, lambda speeds: streets.change_speeds(speeds), refinement.renew)
    for noting in (dispatch, refinement, closures):
        bus.subscribe(noting.note)
    arrivals, departures = ArrivalWatch(bus), DepartureWatch(bus)
    for following in (
        departures.follow,
        forecasting.drives.follow,
        forecasting.stop_times.follow,
        forecasting.routes.follow,
    ):
        bus.subscribe(following)
    for observing in (arrivals.observe, departures.observe, forecasting.forecaster.observe):
        intake.subscribe(observing)
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
        *disruption_workers(bus, planner, intake, lambda: eta.forecasts, lambda: pressure.latest),
        Counting(intake, hub),
        KeepingSnapshots(bus, ledger.snapshots),
        forecasting.keeping,
        forecasting.models,
        KeepingStopTimes(forecasting.stop_times, forecasting.routes),
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


async def _open_ledger(settings: Settings, clock: Clock, wall: Clock, stack: AsyncExitStack) -> Ledger:
    stack.enter_context(DirectoryLock.take(settings.data_dir))
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    keys = SubjectKeys.open(settings.data_dir / "keys.sqlite", settings.secrets_dir / "subjects.key")
    stack.callback(keys.close)
    log = await _open_log(settings, wall, keys)
    stack.push_async_callback(log.close)
    trail = await AuditTrail.open(
        settings.data_dir, log, wall, outside=settings.audit_copy_dir, accept_loss=settings.accept_loss
    )
    stack.push_async_callback(trail.close)
    snapshots = Snapshots(settings.data_dir / "snapshots", log.log_id, keys)
    operation = await fold(log, await snapshots.newest(await log.head(), accept_loss=settings.accept_loss))
    shelf = open_shelf(settings)
    archive = await _open_archive(settings)
    stack.push_async_callback(archive.close)
    logger.info("log %s at position %d", log.log_id, operation.position)
    fixes = archive if shelf is None else TieredFixes(archive, shelf, shelved_before(clock))
    return Ledger(log, trail, snapshots, fixes, operation, keys, shelf)


def _newest_snapshot(ledger: Ledger) -> Callable[[], Awaitable[Operation | None]]:
    async def newest() -> Operation | None:
        return await ledger.snapshots.newest(await ledger.log.head())

    return newest


async def _open_log(settings: Settings, wall: Clock, keys: SubjectKeys) -> AuditedLog:
    if settings.database is not None:
        from backend_service.event_log.postgres import PostgresEventLog  # its driver costs 0.13 s of a start

        return await PostgresEventLog.open(settings.database, wall, keys)
    return await EmbeddedEventLog.open(settings.log_path, wall, keys)


async def _open_archive(settings: Settings) -> FixStore:
    if settings.database is not None:
        from backend_service.storage.postgres_fix_archive import PostgresFixArchive

        return await asyncio.to_thread(PostgresFixArchive.open, settings.database)
    return FixArchive(settings.fixes_dir)


def _keeping_days(settings: Settings, ledger: Ledger, readings: ReadingStore) -> KeepingDays:
    purposes = (
        Purpose(ledger.archive.kept_days(), settings.keep_fixes_days),
        Purpose(readings.kept_days(), settings.keep_readings_days),
    )
    return KeepingDays(purposes, ledger.shelf)


async def _open_readings(settings: Settings) -> ReadingStore:
    if settings.database is not None:
        from backend_service.storage.postgres_reading_archive import PostgresReadingArchive

        return await asyncio.to_thread(PostgresReadingArchive.open, settings.database)
    return ReadingArchive(settings.data_dir / "readings")


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
    intake.subscribe(watch.observe)
    return watch


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
    intake.subscribe(watch.observe)
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


def _sign_in_recorder(bus: CommandBus) -> RecordsSignIn:
    async def record(identity: Identity, transport: str) -> None:
        actor = identity.actor
        await bus.execute(RecordSignIn(user_id=actor.subject, role=actor.role, transport=transport), PLATFORM)

    return record


def _person_recorder(bus: CommandBus) -> Records:
    async def record(change: RecordPersonChange) -> None:
        await bus.execute(change, PLATFORM)

    return record


def _renewer(people: People) -> RenewsSession:
    async def renew(renewal: str) -> SessionRenewed:
        signed_in = await people.sessions.renew(renewal)
        return SessionRenewed(
            token=signed_in.token,
            lifetime_s=signed_in.lifetime_s,
            renewal=signed_in.renewal,
            ends_at=signed_in.ends_at,
        )

    return renew


def _read_model(settings: Settings, ledger: Ledger, stack: AsyncExitStack) -> TableProjection:
    engine = open_read_model(settings.database or f"sqlite:///{settings.data_dir / 'read_model.sqlite'}")
    stack.callback(engine.dispose)
    return TableProjection(engine, ledger.log.log_id, ledger.operation, ledger.keys)


def _eraser(log: AuditedLog, bus: CommandBus) -> EraseCustomer:
    async def erase(customer_id: str, actor: Actor) -> bool:
        was_there = await log.erase_subject(f"order:{customer_id}")
        await bus.execute(EraseCustomerCommand(customer_id=customer_id), actor)
        return was_there

    return erase


def _inviter(bus: CommandBus, authority: TokenAuthority, keys: CurveKeys, addresses: DoorAddresses) -> Invite:
    async def invite(user_id: str, role: Role, name: str) -> str:
        await bus.execute(RecordAccess(subject=user_id, role=role), PLATFORM)
        return invitation_text(
            authority, keys, subject=user_id, name=name, role=role, feed=addresses.feed, zmq=addresses.zmq
        )

    return invite


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
