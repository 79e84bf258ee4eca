"""What recovers by itself leaves stops in the order that a person put them in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from backend_service.workers.recovery_cycle import RecoveryCycle
from core.dispatch.changes import Resequence, StopName
from core.dispatch.decision import Override, OverrideMode, PlanChange, ReasonCode, Statement
from core.disruption.disruption import (
    Disruption,
    DisruptionId,
    DisruptionKind,
    RecoveryAction,
    RecoveryOption,
    RecoveryOptions,
    SubjectKind,
)
from core.disruption.recovery_commands import ChooseRecovery
from core.orders.order import OrderState
from core.vocabulary import DriverId, Instant, OrderId, OverrideId

D1 = DriverId("D-1")


@dataclass
class OneOption:
    """Implements `OptionsSource`: always the same option."""

    option: RecoveryOption

    async def options(self, disruption_id: DisruptionId, now: Instant) -> RecoveryOptions:
        return RecoveryOptions(disruption_id=disruption_id, made_at=now, options=(self.option,))


def put_in_order_by_a_person(town: Any) -> None:
    names = tuple(
        StopName(order_id=stop.order_id, kind=stop.kind) for stop in town.bus.operation.fleet.routes[D1].stops
    )
    override = Override(
        override_id=OverrideId("V-1"),
        order_id=OrderId("O-1"),
        driver_id=D1,
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        decided_at=town.now,
        decided_by="marta",
        change=Resequence(order_id=OrderId("O-1"), driver_id=D1, stops=names),
    )
    town.bus.operation.decisions.overrides[override.override_id] = override


@pytest.mark.parametrize(
    ("is_persons", "is_turned", "runs"), [(False, True, True), (True, True, False), (True, False, True)]
)
def test_order_of_stops_that_a_person_wanted_is_left_to_people(
    town: Any, is_persons: bool, is_turned: bool, runs: bool
) -> None:
    town.driver(D1, 0)
    for name, x_m in (("O-1", 9_000), ("O-2", 1_000)):
        town.order(name, x_m, x_m + 100, driver_id=D1, state=OrderState.ASSIGNED)
    stops = town.bus.operation.fleet.routes[D1].stops
    if is_persons:
        put_in_order_by_a_person(town)
    plan = PlanChange(driver_id=D1, plan_number=2, stops=(*stops[2:], *stops[:2]) if is_turned else stops)
    said = Statement(code="recover.reroute", arguments={"driver_id": D1})
    option = RecoveryOption(
        option_id="reroute:D-1",
        action=RecoveryAction.REROUTE,
        what=said,
        why=said,
        rank=1,
        is_low_risk=True,
        plans=(plan,),
    )
    name = DisruptionId("X-1")
    town.bus.operation.disruptions.standing[name] = Disruption(
        disruption_id=name,
        kind=DisruptionKind.SLOW_TRAFFIC,
        subject_kind=SubjectKind.DRIVER,
        subject_id=D1,
        driver_id=D1,
        began_at=town.now,
        detected_at=town.now,
        priority=2,
        level=3.0,
        unit="min",
        finding=said,
        cause=said,
    )

    asyncio.run(RecoveryCycle(town.bus, town.planner, OneOption(option)).run_once(town.now))

    chosen = [command for command in town.bus.commands if isinstance(command, ChooseRecovery)]
    assert [command.option_id for command in chosen] == (["reroute:D-1"] if runs else [])
