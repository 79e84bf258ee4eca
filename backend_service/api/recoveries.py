"""What is wrong on the way, what can be done about it, and what was chosen."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted, Created
from backend_service.api.places_and_times import (
    NO_NUL,
    ArrivalView,
    Id,
    IdInPath,
    Moment,
    Number,
    moment,
    moment_or_none,
)
from backend_service.api.problems import problems
from core.dispatch.rationale import say
from core.disruption.disruption import (
    Disruption,
    DisruptionId,
    DisruptionKind,
    MovedArrival,
    Recovery,
    RecoveryAction,
    RecoveryId,
    RecoveryImpact,
    RecoveryOption,
    SubjectKind,
)
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, UndoRecovery
from core.disruption.recovery_decisions import LONGEST_NOTE
from core.refusals import NotFound
from core.vocabulary import DriverId, OrderId


class RecoveryView(msgspec.Struct, kw_only=True):
    """What was chosen about a disruption. `saves_late` is in minutes over all orders it touches, as previewed then."""

    recovery_id: str
    disruption_id: str
    kind: DisruptionKind
    option_id: str
    action: RecoveryAction
    what: str
    why: str
    note: str
    recommended: str
    is_automatic: bool
    chosen_at: Moment
    chosen_by: str
    override_id: str | None
    orders_moved: list[str]
    late_minutes: float
    promises: int
    undone_at: Moment | None
    undone_by: str | None
    reviewed_at: Moment | None
    reviewed_by: str | None


class DisruptionView(msgspec.Struct, kw_only=True):
    """Something that is wrong; `level` is how bad it was when it was noticed, in `unit`. Priority 1 is critical."""

    disruption_id: str
    kind: DisruptionKind
    subject_kind: SubjectKind
    subject_id: str
    began_at: Moment
    detected_at: Moment
    priority: int
    level: float
    unit: str
    finding: str
    cause: str
    driver_id: str | None
    order_ids: list[str]
    zone_id: str | None
    recovery: RecoveryView | None


class DisruptionList(msgspec.Struct, kw_only=True):
    """What is wrong now, the most pressing first."""

    items: list[DisruptionView]


class RecoveryList(msgspec.Struct, kw_only=True):
    """The latest recoveries, the newest first."""

    items: list[RecoveryView]


class MovedArrivalView(msgspec.Struct, kw_only=True):
    """A customer whose expected arrival moves."""

    order_id: str
    promised_by_at: Moment
    before: ArrivalView | None
    after: ArrivalView | None


class ImpactView(msgspec.Struct, kw_only=True):
    """What an option does beside doing nothing: plus is later, dearer, worse. Minutes, money in minor units."""

    late_minutes: float
    promises: int
    money: int
    worst_minutes: float
    customers_to_tell: int
    drivers_changed: int
    moved: list[MovedArrivalView]


class OptionView(msgspec.Struct, kw_only=True):
    """One thing that can be done now. What is chosen carries `based_on` and `order_versions`: a moved state refuses."""

    option_id: str
    action: RecoveryAction
    rank: int
    what: str
    why: str
    is_low_risk: bool
    driver_id: str | None
    orders_moved: list[str]
    impact: ImpactView
    based_on: dict[str, int]
    order_versions: dict[str, int]


class OptionList(msgspec.Struct, kw_only=True):
    """The options of a disruption, the recommended one first; what comes of doing nothing is in `late_minutes`."""

    disruption_id: str
    made_at: Moment
    late_minutes: float
    promises_broken: int
    is_degraded: bool
    took_ms: float
    items: list[OptionView]


class ChoiceDraft(msgspec.Struct, kw_only=True):
    """Which option is chosen, and why; plan numbers and order versions as the option had them."""

    option_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE, pattern=NO_NUL)] = ""
    based_on: dict[Id, Number] | None = None
    order_versions: dict[Id, Number] | None = None


class ReviewDraft(msgspec.Struct, kw_only=True):
    """What came of the look."""

    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE, pattern=NO_NUL)] = ""


_LOOKED = Example(summary="Looked at", value={"note": "Called the kitchen"})
_WAIT = Example(summary="Wait, the kitchen has called", value={"option_id": "wait", "note": "Ready in five minutes"})


@get("/disruptions", guards=[allowed(DESK)], responses=problems(), summary="List disruptions")
async def list_disruptions(tower: Tower) -> DisruptionList:
    """Return what is wrong now, with what was chosen about it."""
    standing = tower.bus.operation.disruptions.standing.values()
    ranked = sorted(standing, key=lambda one: (one.priority, one.detected_at, one.disruption_id))
    return DisruptionList(items=[_view(tower, disruption) for disruption in ranked])


@get(
    "/disruptions/{disruption_id:str}/options",
    guards=[allowed(DESK)],
    responses=problems(404, 503),
    summary="List what can be done about a disruption",
)
async def list_recovery_options(disruption_id: IdInPath, tower: Tower) -> OptionList:
    """Return the options that apply at this moment with their impact, the recommended one first."""
    source = tower.bus.recoveries
    if source is None:
        raise NotFound("disruption", disruption_id)
    found = await source.options(DisruptionId(disruption_id), tower.clock.now())
    return OptionList(
        disruption_id=found.disruption_id,
        made_at=moment(found.made_at),
        late_minutes=round(found.as_it_stands.late_minutes, 2),
        promises_broken=found.as_it_stands.promises_broken,
        is_degraded=found.is_degraded,
        took_ms=round(found.took_ms, 1),
        items=[_option_view(option) for option in found.options],
    )


@post(
    "/disruptions/{disruption_id:str}/recovery",
    guards=[may(ChooseRecovery)],
    responses=problems(404, 409, 422, 503),
    summary="Choose what is done about a disruption",
)
async def choose_recovery(
    disruption_id: IdInPath,
    data: Annotated[ChoiceDraft, Body(examples=[_WAIT])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Carry an option out; it stands in the audit trail with the preview it was chosen on."""
    plans, versions = data.based_on, data.order_versions
    command = ChooseRecovery(
        disruption_id=DisruptionId(disruption_id),
        option_id=data.option_id,
        note=data.note,
        based_on=None if plans is None else {DriverId(name): number for name, number in plans.items()},
        order_versions=None if versions is None else {OrderId(name): number for name, number in versions.items()},
    )
    return await create(tower, identity, command, idempotency_key)


@get("/recoveries", guards=[allowed(DESK)], responses=problems(), summary="List recoveries")
async def list_recoveries(tower: Tower) -> RecoveryList:
    """Return what was chosen lately, by people and by the platform itself."""
    kept = tower.bus.operation.disruptions.recoveries.values()
    return RecoveryList(items=[_recovery_view(recovery) for recovery in reversed(kept)])


@post(
    "/recoveries/{recovery_id:str}/undo",
    status_code=200,
    guards=[may(UndoRecovery)],
    responses=problems(404, 409, 503),
    summary="Take a recovery back",
)
async def undo_recovery(
    recovery_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Give orders back, put a plan back, or end a wait; what customers were told stays told."""
    return await carry_out(tower, identity, UndoRecovery(recovery_id=RecoveryId(recovery_id)), idempotency_key)


@post(
    "/recoveries/{recovery_id:str}/review",
    status_code=200,
    guards=[may(CloseReview)],
    responses=problems(404, 409, 422, 503),
    summary="Say that a supervisor has looked",
)
async def close_review(
    recovery_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[ReviewDraft | None, Body(examples=[_LOOKED])] = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Close what a dispatcher asked a supervisor to look at; it leaves the exceptions of supervisors."""
    command = CloseReview(recovery_id=RecoveryId(recovery_id), note=(data or ReviewDraft()).note)
    return await carry_out(tower, identity, command, idempotency_key)


def _view(tower: ApiCollaborators, disruption: Disruption) -> DisruptionView:
    recovery = tower.bus.operation.disruptions.latest_recovery(disruption.disruption_id)
    return DisruptionView(
        disruption_id=disruption.disruption_id,
        kind=disruption.kind,
        subject_kind=disruption.subject_kind,
        subject_id=disruption.subject_id,
        began_at=moment(disruption.began_at),
        detected_at=moment(disruption.detected_at),
        priority=disruption.priority,
        level=round(disruption.level, 1),
        unit=disruption.unit,
        finding=say(disruption.finding),
        cause=say(disruption.cause),
        driver_id=disruption.driver_id,
        order_ids=list(disruption.order_ids),
        zone_id=disruption.zone_id,
        recovery=None if recovery is None else _recovery_view(recovery),
    )


def _recovery_view(recovery: Recovery) -> RecoveryView:
    option = recovery.option
    return RecoveryView(
        recovery_id=recovery.recovery_id,
        disruption_id=recovery.disruption_id,
        kind=recovery.kind,
        option_id=option.option_id,
        action=option.action,
        what=say(option.what),
        why=say(option.why),
        note=recovery.note,
        recommended=recovery.recommended,
        is_automatic=recovery.is_automatic,
        chosen_at=moment(recovery.chosen_at),
        chosen_by=recovery.chosen_by,
        override_id=recovery.override_id,
        orders_moved=list(option.moved_orders),
        late_minutes=round(option.impact.late_minutes, 2),
        promises=option.impact.promises,
        undone_at=moment_or_none(recovery.undone_at),
        undone_by=recovery.undone_by,
        reviewed_at=moment_or_none(recovery.reviewed_at),
        reviewed_by=recovery.reviewed_by,
    )


def _option_view(option: RecoveryOption) -> OptionView:
    return OptionView(
        option_id=option.option_id,
        action=option.action,
        rank=option.rank,
        what=say(option.what),
        why=say(option.why),
        is_low_risk=option.is_low_risk,
        driver_id=option.driver_id,
        orders_moved=list(option.moved_orders),
        impact=_impact_view(option.impact),
        based_on={str(name): number for name, number in option.based_on.items()},
        order_versions={str(name): number for name, number in option.order_versions.items()},
    )


def _impact_view(impact: RecoveryImpact) -> ImpactView:
    return ImpactView(
        late_minutes=round(impact.late_minutes, 2),
        promises=impact.promises,
        money=impact.money,
        worst_minutes=round(impact.worst_minutes, 2),
        customers_to_tell=impact.customers,
        drivers_changed=impact.after.drivers_changed,
        moved=[_moved_view(moved) for moved in impact.moved],
    )


def _moved_view(moved: MovedArrival) -> MovedArrivalView:
    return MovedArrivalView(
        order_id=moved.order_id,
        promised_by_at=moment(moved.promised_by_at),
        before=None if moved.before is None else ArrivalView.of(moved.before),
        after=None if moved.after is None else ArrivalView.of(moved.after),
    )


RECOVERY_HANDLERS = (
    *(list_disruptions, list_recovery_options, choose_recovery),
    *(list_recoveries, undo_recovery, close_review),
)
