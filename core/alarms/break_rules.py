"""The rule about planned breaks: one that should have begun by now, and has not."""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import counted, say
from core.dispatch.break_turns import rule_in_force
from core.fleet.planned_break import due_break


def overdue_breaks(scene: Scene) -> Iterator[ExceptionItem]:
    """Drivers whose planned break should have begun: with what is in hand they come to none by themselves."""
    rule = rule_in_force(scene.operation)
    for driver_id, driver in scene.operation.fleet.drivers.items():
        due = None if driver.is_paused else due_break(driver, rule)
        if due is None or scene.now <= due.latest_at:
            continue
        in_hand = [order for order in scene.open_orders if order.driver_id == driver_id]
        on_board = sum(order.state.is_on_board for order in in_hand)
        window = say("cause.break_window", from_at=due.earliest_at, until_at=due.latest_at)
        yield ExceptionItem(
            key=f"break:{driver_id}",
            priority=3,
            subject_kind="driver",
            subject_id=driver_id,
            finding=say("finding.break_overdue", minutes=(scene.now - due.latest_at) / 60.0),
            cause=counted("board" if on_board else "planned", on_board or len(in_hand)) if in_hand else window,
            proposal=say("proposal.plan_break"),
            order_id=in_hand[0].order_id if in_hand else None,
            order_ids=tuple(order.order_id for order in in_hand),
            since_at=due.latest_at,
        )
