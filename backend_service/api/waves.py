"""Waves: what is proposed for the orders that closed together, released, sent back and taken back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Created
from backend_service.api.places_and_times import NO_NUL, Id, IdInPath, Moment, Number, moment, moment_or_none
from backend_service.api.problems import problems
from core.dispatch.wave_commands import CloseWave, RecallWave, ReleaseWave, SendWaveBack
from core.dispatch.waves.rhythm import RhythmId, next_closing
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveRoute, WaveState, WaveStop, WaveStopKind
from core.dispatch.waves.wave_decisions import LONGEST_NOTE
from core.refusals import NotFound
from core.vocabulary import DriverId, OrderId

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NOTE, pattern=NO_NUL)]


class WaveStopView(msgspec.Struct, kw_only=True):
    """A stop as planned; a break has no order."""

    kind: WaveStopKind
    order_id: str | None
    arrives_at: Moment
    starts_at: Moment
    departs_at: Moment

    @classmethod
    def of(cls, stop: WaveStop) -> WaveStopView:
        """Return a stop as the API writes it."""
        return cls(
            kind=stop.kind,
            order_id=stop.order_id,
            arrives_at=moment(stop.arrives_at),
            starts_at=moment(stop.starts_at),
            departs_at=moment(stop.departs_at),
        )


class UnitLoadView(msgspec.Struct, kw_only=True):
    """The most that is carried at once of a unit, and what the vehicle holds of it."""

    unit: str
    peak: float
    capacity: float


class WaveRouteView(msgspec.Struct, kw_only=True):
    """A driver's part of a plan: metres and seconds of driving, the way back included."""

    driver_id: str
    vehicle_id: str | None
    depot_id: str
    leaves_at: Moment
    returns_at: Moment
    distance_m: float
    driving_s: float
    trips: int
    loads: list[UnitLoadView]
    stops: list[WaveStopView]

    @classmethod
    def of(cls, route: WaveRoute) -> WaveRouteView:
        """Return a route as the API writes it."""
        return cls(
            driver_id=route.driver_id,
            vehicle_id=route.vehicle_id,
            depot_id=route.depot_id,
            leaves_at=moment(route.leaves_at),
            returns_at=moment(route.returns_at),
            distance_m=route.distance_m,
            driving_s=route.driving_s,
            trips=route.trips,
            loads=[UnitLoadView(**msgspec.structs.asdict(load)) for load in route.loads],
            stops=[WaveStopView.of(stop) for stop in route.stops],
        )


class UnservedView(msgspec.Struct, kw_only=True):
    """An order without a place, and the first limit that nobody keeps; `unit` where that is a capacity."""

    order_id: str
    why: str
    unit: str


class WavePlanView(msgspec.Struct, kw_only=True):
    """A plan with what it takes to find it again."""

    number: int
    made_at: Moment
    routes: list[WaveRouteView]
    unserved: list[UnservedView]
    iterations: int
    seed: int
    took_ms: float
    is_degraded: bool

    @classmethod
    def of(cls, plan: WavePlan) -> WavePlanView:
        """Return a plan as the API writes it."""
        return cls(
            number=plan.number,
            made_at=moment(plan.made_at),
            routes=[WaveRouteView.of(route) for route in plan.routes],
            unserved=[UnservedView(**msgspec.structs.asdict(one)) for one in plan.unserved],
            iterations=plan.iterations,
            seed=plan.seed,
            took_ms=plan.took_ms,
            is_degraded=plan.is_degraded,
        )


class WaveSummary(msgspec.Struct, kw_only=True):
    """A wave; the figures are of its proposal, or else of the plan in force."""

    wave_id: str
    rhythm_id: str
    name: str
    depot_ids: list[str]
    state: WaveState
    closed_at: Moment
    starts_at: Moment
    released_at: Moment | None
    ended_at: Moment | None
    orders: int
    routes: int
    unserved: int
    distance_m: float
    proposed_number: int | None
    note: str

    @classmethod
    def of(cls, wave: Wave) -> WaveSummary:
        """Return a wave as the list shows it."""
        plan = wave.shown_plan
        return cls(
            wave_id=wave.wave_id,
            rhythm_id=wave.rhythm_id,
            name=wave.name,
            depot_ids=list(wave.depot_ids),
            state=wave.state,
            closed_at=moment(wave.closed_at),
            starts_at=moment(wave.starts_at),
            released_at=moment_or_none(wave.released_at),
            ended_at=moment_or_none(wave.ended_at),
            orders=len(wave.order_ids),
            routes=0 if plan is None else len(plan.routes),
            unserved=0 if plan is None else len(plan.unserved),
            distance_m=0.0 if plan is None else plan.distance_m,
            proposed_number=None if wave.proposal is None else wave.proposal.number,
            note=wave.note,
        )


class WaveDetail(msgspec.Struct, kw_only=True):
    """A wave with its orders and plans."""

    wave: WaveSummary
    order_ids: list[str]
    proposal: WavePlanView | None
    plan: WavePlanView | None


class WaveList(msgspec.Struct, kw_only=True):
    """The waves, the newest first; ended ones are forgotten after a while."""

    items: list[WaveSummary]


class ReleaseDraft(msgspec.Struct, kw_only=True):
    """Which plan was looked at."""

    number: Number


class SendBackDraft(msgspec.Struct, kw_only=True):
    """Which plan was looked at, what is wrong with it, and what to do without."""

    number: Number
    note: Note
    without_orders: list[Id] = []
    without_drivers: list[Id] = []


class RecallDraft(msgspec.Struct, kw_only=True):
    """Why a release is taken back."""

    note: Note


_FIRST = Example(summary="The first plan", value={"number": 1})
_BACK = Example(summary="Another van", value={"number": 1, "note": "The second van has no cooling"})
_RECALLED = Example(summary="Taken back", value={"note": "The goods are late"})


@get("/waves", guards=[allowed(DESK)], responses=problems(), summary="List waves")
async def list_waves(tower: Tower) -> WaveList:
    """Return the waves under way and those that ended lately."""
    waves = reversed(tower.bus.operation.waves.waves.values())
    return WaveList(items=[WaveSummary.of(wave) for wave in waves])


@get("/waves/{wave_id:str}", guards=[allowed(DESK)], responses=problems(404), summary="Show a wave")
async def show_wave(wave_id: IdInPath, tower: Tower) -> WaveDetail:
    """Return a wave with its orders, what is proposed, and what is in force."""
    wave = tower.bus.operation.waves.waves.get(WaveId(wave_id))
    if wave is None:
        raise NotFound("wave", wave_id)
    return WaveDetail(
        wave=WaveSummary.of(wave),
        order_ids=list(wave.order_ids),
        proposal=None if wave.proposal is None else WavePlanView.of(wave.proposal),
        plan=None if wave.plan is None else WavePlanView.of(wave.plan),
    )


@post(
    "/wave-rhythms/{rhythm_id:str}/closing",
    guards=[may(CloseWave)],
    responses=problems(404, 409, 503),
    summary="Close a wave now",
)
async def close_wave(
    rhythm_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Created:
    """Close a rhythm's next wave before its time; it is planned at once."""
    now, rhythm = tower.clock.now(), tower.bus.operation.waves.rhythms.get(RhythmId(rhythm_id))
    next_at = None if rhythm is None else next_closing(rhythm, tower.text_zone, now)
    command = CloseWave(rhythm_id=RhythmId(rhythm_id), closes_at=now, next_at=next_at)
    return await create(tower, identity, command, idempotency_key)


@post(
    "/waves/{wave_id:str}/release",
    status_code=200,
    guards=[may(ReleaseWave)],
    responses=problems(404, 409, 422, 503),
    summary="Release a wave",
)
async def release_wave(
    wave_id: IdInPath,
    data: Annotated[ReleaseDraft, Body(examples=[_FIRST])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Give the drivers their routes, exactly as proposed; refused if what the plan rests on moved."""
    command = ReleaseWave(wave_id=WaveId(wave_id), number=data.number)
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/waves/{wave_id:str}/sending-back",
    status_code=200,
    guards=[may(SendWaveBack)],
    responses=problems(404, 409, 422, 503),
    summary="Send a proposed plan back",
)
async def send_wave_back(
    wave_id: IdInPath,
    data: Annotated[SendBackDraft, Body(examples=[_BACK])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Ask for another plan; orders that are left out wait for a later wave or for dispatch."""
    command = SendWaveBack(
        wave_id=WaveId(wave_id),
        number=data.number,
        note=data.note,
        without_orders=tuple(OrderId(name) for name in data.without_orders),
        without_drivers=tuple(DriverId(name) for name in data.without_drivers),
    )
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/waves/{wave_id:str}/recall",
    status_code=200,
    guards=[may(RecallWave)],
    responses=problems(404, 409, 422, 503),
    summary="Take a release back",
)
async def recall_wave(
    wave_id: IdInPath,
    data: Annotated[RecallDraft, Body(examples=[_RECALLED])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Take a release back until the first departure; the plan is a proposal again."""
    return await carry_out(tower, identity, RecallWave(wave_id=WaveId(wave_id), note=data.note), idempotency_key)


WAVE_HANDLERS = (list_waves, show_wave, close_wave, release_wave, send_wave_back, recall_wave)
