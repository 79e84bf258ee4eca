"""When a planned break begins and ends by itself: the rule by which plans count it, as it comes true."""

from __future__ import annotations

from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.world import DriverState
from core.fleet.fleet import Driver
from core.fleet.planned_break import BreakRule, back_at
from core.fleet.route import StopKind
from core.projections.operation import Operation
from core.vocabulary import Instant

REASON = "planned break"


def begins_now(driver: DriverState, now: Instant) -> bool:
    """Say whether a driver's planned break begins: its time has come, nothing is on board and no stop under way."""
    due = driver.due_break
    if due is None or now < due.earliest_at or driver.is_paused or not driver.is_on_shift or driver.frozen:
        return False
    picked_up = {stop.order_id for stop in driver.stops if stop.kind is StopKind.PICKUP}
    return driver.order_ids <= picked_up


def ends_now(driver: Driver, rule: BreakRule | None, now: Instant) -> bool:
    """Say whether a break that the platform began is over. Who began one himself comes back by saying so."""
    if not driver.is_paused_by_plan:
        return False
    until_at = back_at(driver, rule)
    return until_at is None or until_at <= now


def rule_in_force(operation: Operation) -> BreakRule | None:
    """Return the break that is due to everybody, as people have set it; ``None`` for none."""
    book = operation.policy
    return policy_in_force(DispatchPolicy(), book).break_rule if book.city.get("break_s") else None
