"""Depots, the units that loads are counted in, and when waves close: what administrators arrange."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Created
from backend_service.api.places_and_times import Id, IdInPath, Name, NewIdInPath, PositionView, Text
from backend_service.api.problems import problems
from core.dispatch.wave_commands import RetireDepot, SetCapacityUnits, SetDepot, SetWaveRhythm, WithdrawWaveRhythm
from core.dispatch.waves.arrangement_decisions import (
    LONGEST_BREAK_S,
    LONGEST_LEAD_S,
    LONGEST_REACH_S,
    MOST_CLOSINGS,
    MOST_UNITS,
)
from core.dispatch.waves.rhythm import BreakRule, RhythmId, WaveRhythm
from core.fleet.depot import DAY_MIN, LONGEST_LOADING_S, CrewMember, Depot, DepotId
from core.geofencing.active_hours import Weekday
from core.vocabulary import DriverId, VehicleId, ZoneId

MinuteOfDay = Annotated[int, msgspec.Meta(ge=0, le=DAY_MIN, description="Minutes after midnight, the site's clock.")]
ClosingMinute = Annotated[int, msgspec.Meta(ge=0, lt=DAY_MIN, description="Minutes after midnight, the site's clock.")]


class CrewMemberView(msgspec.Struct, kw_only=True):
    """A driver of a depot with the usual vehicle and hours; an end not later than the beginning is of the next day."""

    driver_id: Id
    vehicle_id: Id
    from_min: MinuteOfDay
    until_min: MinuteOfDay


class DepotDraft(msgspec.Struct, kw_only=True):
    """A depot as it is to be. Without a crew, whoever is on shift with nothing in hand drives for it."""

    name: Name
    position: PositionView
    address: Text = ""
    opens_min: MinuteOfDay = 0
    closes_min: MinuteOfDay = DAY_MIN
    loading_s: Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_LOADING_S, description="Seconds an order.")] = 60.0
    crew: list[CrewMemberView] = []

    def depot(self, depot_id: str) -> Depot:
        """Return the depot that was written."""
        return Depot(
            depot_id=DepotId(depot_id),
            name=self.name,
            position=self.position.position(),
            address=self.address,
            opens_min=self.opens_min,
            closes_min=self.closes_min,
            loading_s=self.loading_s,
            crew=tuple(
                CrewMember(
                    driver_id=DriverId(one.driver_id),
                    vehicle_id=VehicleId(one.vehicle_id),
                    from_min=one.from_min,
                    until_min=one.until_min,
                )
                for one in self.crew
            ),
        )


class DepotView(DepotDraft, kw_only=True):
    """A depot."""

    depot_id: str

    @classmethod
    def of(cls, depot: Depot) -> DepotView:
        """Return a depot as the API writes it."""
        return cls(
            depot_id=depot.depot_id,
            name=depot.name,
            position=PositionView.of(depot.position),
            address=depot.address,
            opens_min=depot.opens_min,
            closes_min=depot.closes_min,
            loading_s=depot.loading_s,
            crew=[CrewMemberView(**msgspec.structs.asdict(member)) for member in depot.crew],
        )


class DepotList(msgspec.Struct, kw_only=True):
    """The depots, by id."""

    items: list[DepotView]


class UnitsView(msgspec.Struct, kw_only=True):
    """Units of loads beside litres and kilograms: what people read, by the name that loads carry."""

    units: Annotated[
        dict[Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")], Name], msgspec.Meta(max_length=MOST_UNITS)
    ]


class BreakView(msgspec.Struct, kw_only=True):
    """A break that begins within a window of the day, due to who works through all of it."""

    from_min: MinuteOfDay
    until_min: MinuteOfDay
    length_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_BREAK_S)]


class RhythmDraft(msgspec.Struct, kw_only=True):
    """When waves close. `zone_ids` are of the doors, empty for everywhere.

    `lead_s` lies between closing and the first loading; `reach_s` behind closing is promised what a wave takes.
    """

    name: Name
    depot_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=50)]
    closes_min: Annotated[list[ClosingMinute], msgspec.Meta(min_length=1, max_length=MOST_CLOSINGS)]
    zone_ids: list[Id] = []
    weekdays: Annotated[list[Weekday], msgspec.Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: list(Weekday)
    )
    lead_s: Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_LEAD_S)] = 900.0
    reach_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_REACH_S)] = 28_800.0
    breaks: Annotated[list[BreakView], msgspec.Meta(max_length=4)] = []

    def rhythm(self, rhythm_id: str) -> WaveRhythm:
        """Return the rhythm that was written."""
        return WaveRhythm(
            rhythm_id=RhythmId(rhythm_id),
            name=self.name,
            depot_ids=tuple(DepotId(name) for name in self.depot_ids),
            zone_ids=tuple(ZoneId(name) for name in self.zone_ids),
            closes_min=tuple(sorted(set(self.closes_min))),
            weekdays=tuple(dict.fromkeys(self.weekdays)),
            lead_s=self.lead_s,
            reach_s=self.reach_s,
            breaks=tuple(BreakRule(**msgspec.structs.asdict(rule)) for rule in self.breaks),
        )


class RhythmView(RhythmDraft, kw_only=True):
    """A rhythm."""

    rhythm_id: str

    @classmethod
    def of(cls, rhythm: WaveRhythm) -> RhythmView:
        """Return a rhythm as the API writes it."""
        return cls(
            rhythm_id=rhythm.rhythm_id,
            name=rhythm.name,
            depot_ids=list(rhythm.depot_ids),
            zone_ids=list(rhythm.zone_ids),
            closes_min=list(rhythm.closes_min),
            weekdays=list(rhythm.weekdays),
            lead_s=rhythm.lead_s,
            reach_s=rhythm.reach_s,
            breaks=[BreakView(**msgspec.structs.asdict(rule)) for rule in rhythm.breaks],
        )


class RhythmList(msgspec.Struct, kw_only=True):
    """The rhythms, by id."""

    items: list[RhythmView]


_NORTH = Example(
    summary="Open from six to eight in the evening, with nobody of its own",
    value={
        "name": "Depot North",
        "position": {"lat": -29.8857, "lon": -71.2441},
        "opens_min": 360,
        "closes_min": 1200,
        "loading_s": 45,
    },
)
_UNITS = Example(summary="Pallets and cool boxes", value={"units": {"pallets": "Pallets", "cool_boxes": "Cool boxes"}})


_DAY = Example(
    summary="Twice a day on weekdays, for what is promised within eight hours",
    value={
        "name": "Weekdays",
        "depot_ids": ["DP-1"],
        "closes_min": [480, 780],
        "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "breaks": [{"from_min": 720, "until_min": 840, "length_s": 1800}],
    },
)


@get("/depots", guards=[allowed(DESK)], responses=problems(), summary="List depots")
async def list_depots(tower: Tower) -> DepotList:
    """Return the depots."""
    return DepotList(items=[DepotView.of(depot) for _, depot in sorted(tower.bus.operation.waves.depots.items())])


@put("/depots/{depot_id:str}", guards=[may(SetDepot)], responses=problems(404, 409, 422, 503), summary="Set up a depot")
async def set_depot(
    depot_id: NewIdInPath,
    data: Annotated[DepotDraft, Body(examples=[_NORTH])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Make a depot, or change the one of this id; what was loaded there already is not touched."""
    return await create(tower, identity, SetDepot(depot=data.depot(depot_id)), idempotency_key)


@delete(
    "/depots/{depot_id:str}",
    status_code=200,
    guards=[may(RetireDepot)],
    responses=problems(404, 409, 503),
    summary="Retire a depot",
)
async def retire_depot(
    depot_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Take no more orders at a depot; refused while orders, waves or rhythms rest on it."""
    return await carry_out(tower, identity, RetireDepot(depot_id=DepotId(depot_id)), idempotency_key)


@get("/capacity-units", guards=[allowed(DESK)], responses=problems(), summary="List capacity units")
async def list_units(tower: Tower) -> UnitsView:
    """Return the units that loads are counted in beside litres and kilograms."""
    return UnitsView(units=dict(tower.bus.operation.waves.units))


@put("/capacity-units", guards=[may(SetCapacityUnits)], responses=problems(409, 422, 503), summary="Set capacity units")
async def set_units(
    data: Annotated[UnitsView, Body(examples=[_UNITS])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Say in which units loads are counted; one that open orders use cannot be dropped."""
    return await carry_out(tower, identity, SetCapacityUnits(units=data.units), idempotency_key)


@get("/wave-rhythms", guards=[allowed(DESK)], responses=problems(), summary="List wave rhythms")
async def list_rhythms(tower: Tower) -> RhythmList:
    """Return when waves close."""
    rhythms = sorted(tower.bus.operation.waves.rhythms.items())
    return RhythmList(items=[RhythmView.of(rhythm) for _, rhythm in rhythms])


@put(
    "/wave-rhythms/{rhythm_id:str}",
    guards=[may(SetWaveRhythm)],
    responses=problems(404, 409, 422, 503),
    summary="Set a wave rhythm",
)
async def set_rhythm(
    rhythm_id: NewIdInPath,
    data: Annotated[RhythmDraft, Body(examples=[_DAY])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Make a rhythm, or change the one of this id; waves that closed already go on as they are."""
    return await create(tower, identity, SetWaveRhythm(rhythm=data.rhythm(rhythm_id)), idempotency_key)


@delete(
    "/wave-rhythms/{rhythm_id:str}",
    status_code=200,
    guards=[may(WithdrawWaveRhythm)],
    responses=problems(404, 503),
    summary="Withdraw a wave rhythm",
)
async def withdraw_rhythm(
    rhythm_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Let no more waves close by a rhythm."""
    return await carry_out(tower, identity, WithdrawWaveRhythm(rhythm_id=RhythmId(rhythm_id)), idempotency_key)


DEPOT_HANDLERS = (
    *(list_depots, set_depot, retire_depot, list_units, set_units),
    *(list_rhythms, set_rhythm, withdraw_rhythm),
)
