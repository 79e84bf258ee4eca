"""Vehicles in restricted fences, and those that stay too long, as rows of the exceptions."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.alarms.exceptions import current_exceptions
from core.dispatch.rationale import say as in_words
from core.driving.driving_kinds import DrivingKind
from core.fleet.fleet import Vehicle
from core.geofencing.fence import Fence, FencePurpose, FenceTrigger
from core.projections.driving_board import SeenDriving
from core.projections.fence_picture import Stay
from core.projections.operation import Operation
from core.vocabulary import DriverId, FenceId, Position, Role, VehicleId

NOW_AT = 1_800_000_000.0
F1, V1 = FenceId("F-1"), VehicleId("V-1")


def found(fence: Fence, stay: Stay, role: Role | None = None) -> list[tuple[str, int]]:
    operation = Operation()
    operation.fleet.vehicles[V1] = Vehicle(vehicle_id=V1, plate="A", driver_id=DriverId("DR-1"))
    operation.fences.fences[F1], operation.fences.inside[F1] = fence, {V1: stay}
    return [(item.finding.code, item.priority) for item in current_exceptions(operation, NOW_AT, {}, role=role)]


def fence(purpose: FencePurpose, *tells: Role) -> Fence:
    told = tells or tuple(role for role in Role if role is Role.DISPATCHER)
    return Fence(fence_id=F1, name="Market", purpose=purpose, tells=told, centre=Position(0.0, 0.0), radius_m=50.0)


CAME = Stay(entered_at=NOW_AT - 300.0)
STAYED = Stay(entered_at=NOW_AT - 300.0, dwelt_at=NOW_AT - 60.0)
CAME_LATE = Stay(entered_at=NOW_AT - 300.0, is_late=True)


def test_a_vehicle_in_a_restricted_fence_needs_a_person() -> None:
    assert found(fence(FencePurpose.RESTRICTED), CAME) == [("finding.fence_restricted", 2)]


def test_a_vehicle_that_stays_needs_a_person_anywhere() -> None:
    assert found(fence(FencePurpose.CUSTOMER), CAME) == []
    assert found(fence(FencePurpose.CUSTOMER), STAYED) == [("finding.fence_dwelt", 3)]


def test_an_entry_found_late_is_no_alarm_of_now() -> None:
    assert found(fence(FencePurpose.RESTRICTED), CAME_LATE) == []


def test_only_the_roles_that_a_fence_tells_see_it() -> None:
    told = fence(FencePurpose.RESTRICTED, Role.SUPERVISOR)
    assert found(told, CAME, Role.DISPATCHER) == []
    assert found(told, CAME, Role.SUPERVISOR) == [("finding.fence_restricted", 2)]


def test_an_entry_of_a_fence_that_tells_no_exits_is_shown_for_a_while() -> None:
    told = replace(fence(FencePurpose.RESTRICTED), trigger=FenceTrigger.ENTER)
    assert found(told, CAME) == [("finding.fence_restricted", 2)]
    assert found(told, Stay(entered_at=NOW_AT - 1000.0)) == []


def test_a_stay_is_another_row_than_the_entry_that_was_seen() -> None:
    operation = Operation()
    operation.fences.fences[F1] = fence(FencePurpose.RESTRICTED)
    keys = []
    for stay in (CAME, STAYED):
        operation.fences.inside[F1] = {V1: stay}
        keys += [item.key for item in current_exceptions(operation, NOW_AT, {})]
    assert len(set(keys)) == 2


def test_who_stays_at_a_school_is_as_pressing_as_who_stays_where_nobody_may() -> None:
    assert found(fence(FencePurpose.SCHOOL), CAME) == []
    assert found(fence(FencePurpose.SCHOOL), STAYED) == [("finding.fence_dwelt", 2)]


@pytest.mark.parametrize(
    ("purpose", "role", "told"),
    [
        (FencePurpose.SCHOOL, Role.DISPATCHER, [2]),
        (FencePurpose.DEPOT, Role.DISPATCHER, [3]),
        (FencePurpose.SCHOOL, Role.SUPERVISOR, []),
    ],
)
def test_who_is_too_fast_in_a_fence_is_told_to_whom_the_fence_tells(
    purpose: FencePurpose, role: Role, told: list[int]
) -> None:
    operation = Operation()
    operation.fences.fences[F1] = fence(purpose)
    seen = SeenDriving(
        position_in_log=1,
        vehicle_id=V1,
        kind=DrivingKind.SPEEDING,
        occurred_at=NOW_AT - 10.0,
        value=10.0,
        threshold=5.0,
        fence_id=F1,
    )
    operation.driving.recent.append(seen)
    items = current_exceptions(operation, NOW_AT, {}, role=role)
    assert [item.priority for item in items] == told
    assert [in_words(item.finding) for item in items] == ["36 km/h in Market, limit 18 km/h"] * len(told)
