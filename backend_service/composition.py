"""Puts the service together: every collaborator is made here and passed in. Decides nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from litestar import Litestar

from backend_service.access import DeviceKeys, TokenAuthority
from backend_service.api.application import create_app
from backend_service.api.collaborators import ApiCollaborators
from backend_service.city_opening import city_card, draw_zones, open_geocoder, open_streets
from backend_service.foreseeing import open_foresight
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.desk_requests import DeskRequests
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.handlers.past_operation import PastOperation
from backend_service.handlers.street_ways import StreetWays
from backend_service.ingestion.mqtt_door import MqttDoor
from backend_service.ledger import Ledger, keeping_days, open_ledger, open_tables
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
from backend_service.places.place_search import PlaceSearch
from backend_service.receiving import open_receiving
from backend_service.service_workers import WorkerCollaborators, service_workers
from backend_service.settings import Settings
from backend_service.streets.city import City, tower_home
from backend_service.streets.supervised_streets import SupervisedStreets
from backend_service.watching import open_watching
from backend_service.workers.rhythm import Rhythm
from backend_service.workers.why_not_answers import WhyNotAnswers
from core.timekeeping import Clock
from core.vocabulary import Instant


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
        receiving = await open_receiving(settings, ledger, bus, stack, clock=clock, wall=wall, steady=steady)
        streets = await open_streets(settings, city, clock, stack)
        authority = TokenAuthority.open(settings.secrets_dir, wall)
        accounts = await open_accounts(settings.data_dir, settings.database, wall.now())
        people = People.open(accounts, authority, person_recorder(bus), wall)
        stack.push_async_callback(people.close)
        bus.regions_of = people.accounts.regions_of
        hub = FeedHub(ledger.operation, ledger.log, city_card(city), clock=clock, wall=wall, speed=settings.speed)
        foresight = await open_foresight(settings, ledger, bus, receiving.live, city, streets, clock=clock, wall=wall)
        planner, forecasting = foresight.planner, foresight.forecasting
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
            foresight.record,
            receiving.reception.doors_heard,
            fences,
            WhyNotAnswers(bus, planner),
            StreetWays(streets, lambda position: planner.streets_round(position, clock.now())),
        )
        feed = Feed(hub, authority, RequestDesk(requests), sign_in_recorder(bus), renew=renewer(people))
        device_keys = DeviceKeys(ledger.operation)
        read_model = open_tables(settings, ledger, stack)
        await read_model.catch_up(ledger.log)
        for listener in (hub.publish_events, device_keys.follow, read_model.on_commit):
            bus.subscribe(listener)
        for hears in (hub.publish_positions, read_model.on_positions):
            receiving.live.subscribe(hears)
        bus.start()
        stack.push_async_callback(bus.stop)
        curve_keys = ensure_curve_keys(settings.secrets_dir)
        addresses = DoorAddresses()
        receiving.intake.start()
        stack.push_async_callback(receiving.intake.close)
        stack.push_async_callback(feed.close)
        await draw_zones(bus, city)
        watching = await open_watching(bus, ledger, receiving, city, settings.data_dir)
        days_kept = keeping_days(settings, ledger, receiving.readings)
        api = ApiCollaborators(
            bus=bus,
            authority=authority,
            device_keys=device_keys,
            intake=receiving.intake,
            reception=receiving.reception,
            channels=receiving.channels,
            live=receiving.live,
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
            geocoder=await open_geocoder(settings, city, places, wall, stack),
            coverage=forecasting.forecaster.report,
            forecasts=foresight.record,
            arrival_models=forecasting.models,
            fence_questions=fences,
            archive=ledger.archive,
            streets=streets,
            days=days_kept.counts,
            driving_unjudged=watching.driving_unjudged,
            crossings_unjudged=watching.crossings_unjudged,
            crossings_unrecorded=watching.crossings_unrecorded,
            extra_handlers=(websocket_door(feed),),
        )
        workers = service_workers(
            WorkerCollaborators(
                settings=settings,
                clock=clock,
                city=city,
                ledger=ledger,
                bus=bus,
                hub=hub,
                streets=streets,
                receiving=receiving,
                foresight=foresight,
                watching=watching,
                past=past,
                days_kept=days_kept,
                read_model=read_model,
            )
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
            rhythm=Rhythm(workers),
            addresses=addresses,
            mqtt=receiving.mqtt,
        )
