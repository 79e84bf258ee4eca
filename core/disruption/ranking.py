"""Which option comes first, why, and which are small enough to be carried out without being asked.

A change of plans comes first only where it clearly pays: it saves at least the least gain of the policy and breaks no
promise that holds. Otherwise who has to be told is told, who can be asked is asked, and else it is best to wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from core.dispatch.decision import Outcome, Statement
from core.dispatch.policy import DispatchPolicy
from core.disruption.disruption import (
    Disruption,
    DisruptionKind,
    RecoveryAction,
    RecoveryImpact,
    RecoveryOption,
    RecoveryOptions,
)
from core.disruption.impact import standing_outcome
from core.disruption.options import CALLED, Case, possible_options

_ASKED_FIRST = frozenset({DisruptionKind.REFUSED_AT_DOOR, DisruptionKind.ADDRESS, DisruptionKind.NOBODY_HOME})
"""Only the customer knows more, and the driver stands at the door or has left it."""

_NOT_KNOWN = frozenset({DisruptionKind.SILENT, DisruptionKind.STOPPED, DisruptionKind.OFF_ROUTE})
"""The driver knows more than anything that was measured."""

_LATER = (
    RecoveryAction.REROUTE,
    RecoveryAction.UNBUNDLE,
    RecoveryAction.REASSIGN,
    RecoveryAction.REBALANCE,
    RecoveryAction.TELL_CUSTOMER,
    RecoveryAction.CALL,
    RecoveryAction.WAIT,
    RecoveryAction.REVIEW,
)

_ASKING = (RecoveryAction.CALL, RecoveryAction.REVIEW)


def ranked_options(case: Case) -> RecoveryOptions:
    """Return the options of a disruption, the recommended one first with its reason."""
    stands = standing_outcome(case.world, case.disruption.driver_id)
    found = list(possible_options(case))
    first = _recommended(case, found, stands)
    others = sorted((one for one in found if one is not first), key=lambda one: _behind(case.world.policy, one))
    ordered = [*([first] if first is not None else []), *others]
    return RecoveryOptions(
        disruption_id=case.disruption.disruption_id,
        made_at=case.world.now,
        options=tuple(
            replace(
                one,
                rank=place,
                why=_why(case.disruption, one, stands),
                is_low_risk=is_low_risk(one.impact, case.world.policy) and one.action not in _ASKING,
            )
            for place, one in enumerate(ordered, start=1)
        ),
        as_it_stands=stands,
        tell_after_s=case.world.policy.tell_after_s,
        is_degraded=case.world.travel.degraded,
    )


def is_low_risk(impact: RecoveryImpact, policy: DispatchPolicy) -> bool:
    """Say whether an impact is small: no promise more broken, nobody much later, few who hear of another time."""
    return (
        impact.promises <= 0
        and impact.worst_minutes <= policy.recover_most_minutes
        and impact.customers <= policy.recover_most_customers
    )


def allowed_by(action: RecoveryAction, policy: DispatchPolicy) -> bool:
    """Say whether the policy lets the platform carry an action out by itself; calling is always a person's."""
    values = {
        RecoveryAction.REROUTE: policy.recover_reroute,
        RecoveryAction.REASSIGN: policy.recover_reassign,
        RecoveryAction.UNBUNDLE: policy.recover_unbundle,
        RecoveryAction.REBALANCE: policy.recover_rebalance,
        RecoveryAction.WAIT: policy.recover_wait,
        RecoveryAction.TELL_CUSTOMER: policy.recover_tell,
    }
    return values.get(action, 0) > 0


def may_run_by_itself(option: RecoveryOption, policy: DispatchPolicy) -> bool:
    """Say whether the platform carries this option out: it is recommended, small, and of an allowed kind."""
    return option.rank == 1 and option.is_low_risk and allowed_by(option.action, policy)


def _recommended(case: Case, found: Sequence[RecoveryOption], stands: Outcome) -> RecoveryOption | None:
    kind, policy = case.disruption.kind, case.world.policy
    if kind in _ASKED_FIRST:
        return _first_of(found, RecoveryAction.CALL)
    paying = [one for one in found if one.action.changes_plans and _pays(kind, one, policy)]
    if paying:
        return min(paying, key=lambda one: (*_price(policy, one), one.option_id))
    is_late = stands.promises_broken > 0
    if is_late and (telling := _first_of(found, RecoveryAction.TELL_CUSTOMER)) is not None and kind not in _NOT_KNOWN:
        return telling
    if kind is DisruptionKind.OVERLOAD:
        return _first_of(found, RecoveryAction.REVIEW)
    return _first_of(found, RecoveryAction.CALL if kind in _NOT_KNOWN else RecoveryAction.WAIT)


def _first_of(found: Iterable[RecoveryOption], action: RecoveryAction) -> RecoveryOption | None:
    return next((one for one in found if one.action is action), None)


def _pays(kind: DisruptionKind, option: RecoveryOption, policy: DispatchPolicy) -> bool:
    """Say whether a change of plans clearly pays; a new way costs nobody anything, a driver for an order always does.

    Orders without a driver are in no outcome before: giving them one is what they wait for.
    """
    if option.impact.promises > 0 and kind not in (DisruptionKind.DECLINED, DisruptionKind.OVERLOAD):
        return False
    if kind in (DisruptionKind.DECLINED, DisruptionKind.OVERLOAD) or (
        option.action is RecoveryAction.REROUTE and kind is DisruptionKind.OFF_ROUTE
    ):
        return True
    return option.impact.money <= -policy.reassign_gain_minutes * policy.driver_minute


def _price(policy: DispatchPolicy, option: RecoveryOption) -> tuple[int, float]:
    hand_overs = policy.hand_over_minutes * policy.driver_minute * len(option.moved_orders)
    return option.impact.promises, option.impact.money + hand_overs


def _behind(policy: DispatchPolicy, option: RecoveryOption) -> tuple[bool, int, float, int]:
    """Return what orders the others: what breaks promises last, then what saves most."""
    promises, money = _price(policy, option)
    saves = option.action.changes_plans and money < 0.0
    return not saves, max(0, promises), money, _LATER.index(option.action)


def _why(disruption: Disruption, option: RecoveryOption, stands: Outcome) -> Statement:
    impact = option.impact
    if option.action.changes_plans:
        return _why_of_plan(disruption, impact)
    match option.action:
        case RecoveryAction.TELL_CUSTOMER:
            return _say("why.recovery_tell")
        case RecoveryAction.CALL:
            return _say(f"why.recovery_ask_{CALLED[disruption.kind]}")
        case RecoveryAction.REVIEW:
            return _say("why.recovery_ask_review")
        case _ if stands.promises_broken:
            return _say("why.recovery_wait_late", promises=stands.promises_broken, minutes=stands.late_minutes)
        case _:
            return _say("why.recovery_wait")


def _why_of_plan(disruption: Disruption, impact: RecoveryImpact) -> Statement:
    if impact.promises < 0:
        return _say("why.recovery_promises", promises=-impact.promises, minutes=max(0.0, -impact.late_minutes))
    if impact.late_minutes <= -0.5:
        return _say("why.recovery_minutes", minutes=-impact.late_minutes)
    if disruption.kind is DisruptionKind.OFF_ROUTE and not impact.moved:
        return _say("why.recovery_way")
    if disruption.kind in (DisruptionKind.DECLINED, DisruptionKind.OVERLOAD):
        return _say("why.recovery_driver")
    return _say("why.recovery_money" if impact.money < 0 else "why.recovery_possible")


def _say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)
