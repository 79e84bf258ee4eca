"""A planned break that should have begun is an exception until it begins or another one is planned."""

from __future__ import annotations

from typing import Any

import pytest

from core.alarms.exceptions import current_exceptions
from core.dispatch.rationale import say
from core.fleet.fleet import Driver, PlannedBreak
from core.projections.operation import Operation
from core.vocabulary import DriverId

NOW = 1_000_000.0


def operation(**fields: Any) -> Operation:
    made = Operation()
    shift: dict[str, Any] = {"is_on_shift": True, "shift_started_at": NOW - 7200.0, "shift_ends_at": NOW + 7200.0}
    made.fleet.drivers[DriverId("D-1")] = Driver(driver_id=DriverId("D-1"), person=None, **{**shift, **fields})
    return made


def lunch(latest_s: float) -> tuple[PlannedBreak, ...]:
    return (PlannedBreak(earliest_at=NOW - 3600.0, latest_at=NOW + latest_s, length_s=1800.0),)


def test_overdue_break_says_by_how_much_and_what_helps() -> None:
    [item] = current_exceptions(operation(breaks=lunch(-300.0)), NOW, {})
    assert (item.key, item.subject_kind, item.subject_id, item.since_at) == ("break:D-1", "driver", "D-1", NOW - 300.0)
    assert say(item.finding) == "planned break overdue by 5 min"
    assert item.proposal is not None
    assert say(item.proposal) == "Call the driver, or plan it later: Shift+B"


@pytest.mark.parametrize(
    "fields",
    [
        {"breaks": lunch(0.0)},
        {"breaks": lunch(-300.0), "pauses": (NOW - 200.0,)},
        {"breaks": lunch(-300.0), "is_paused": True, "pauses": (NOW - 7000.0,)},
        {"breaks": lunch(-300.0), "is_on_shift": False},
        {},
    ],
)
def test_none_is_overdue_that_may_still_begin_was_taken_or_was_never_planned(fields: dict[str, Any]) -> None:
    assert current_exceptions(operation(**fields), NOW, {}) == []


def test_the_break_of_the_policy_can_be_overdue_as_well() -> None:
    made = operation()
    assert current_exceptions(made, NOW, {}) == []
    made.policy.city = {"break_s": 1800.0, "break_by_s": 7000.0}
    [item] = current_exceptions(made, NOW, {})
    assert item.since_at == NOW - 200.0
