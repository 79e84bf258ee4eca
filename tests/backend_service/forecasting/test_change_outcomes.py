"""What an override foretold waits until its customers are reached, teaches the next preview, survives a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend_service.forecasting.change_outcomes import MOST_CASES, ChangeOutcomes
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from core.commands import Command
from core.dispatch.changes import Reassign, Split
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.eta.change_errors import LEAST_OWN, Foretold
from core.events.dispatch_events import AssignmentOverridden, OverrideUndone
from core.events.envelope import Envelope, encode_event
from core.events.order_events import DeliveryReached, OrderCancelled, OrderDelivered
from core.operations import Done
from core.projections.operation import Operation
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, OverrideId

T = 1_795_176_000.0
FILE = "change_errors.json"
DRIVER = DriverId("D-1")


@dataclass
class QuietBus:
    """Has an operation, and executes nothing."""

    operation: Operation = field(default_factory=Operation)

    async def execute(self, command: Command, actor: Actor) -> Done:
        return Done(position=0)


def override(number: int, names: Iterable[str], **fields: Any) -> Override:
    """Foretells each of its customers in ten minutes, give or take 100 s."""
    told = Foretold(
        at=T + 600.0,
        sooner_s=100.0,
        later_s=100.0,
        by_at=T + 3_600.0,
        p10_at=T + 400.0,
        p90_at=T + 800.0,
        is_on_board=fields.pop("is_on_board", False),
    )
    settings: dict[str, Any] = {
        "change": Reassign(order_id=OrderId("O-0"), driver_id=DRIVER),
        "decided_at": T,
        "decided_by": "rojas",
        "foretold": {OrderId(name): told for name in names},
    }
    return Override(
        override_id=OverrideId(f"V-{number}"),
        order_id=OrderId("O-0"),
        driver_id=DRIVER,
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.SAFETY,
        **{**settings, **fields},
    )


def hear(outcomes: ChangeOutcomes, event: Any, at: float = T) -> None:
    heard = Envelope(
        position=1,
        stream="x",
        version=1,
        type=event.event_type(),
        schema=1,
        occurred_at=at,
        recorded_at=at,
        stored_at=at,
        actor=PLATFORM,
        payload=msgspec.Raw(encode_event(event)),
    )
    outcomes.follow([heard], frozenset())


def reached(outcomes: ChangeOutcomes, name: str, late_s: float) -> None:
    hear(outcomes, DeliveryReached(order_id=OrderId(name), driver_id=DRIVER), T + 600.0 + late_s)


def kept(outcomes: ChangeOutcomes) -> dict[str, list[list[float]]]:
    body = outcomes.kept.unkept()
    return {} if body is None else msgspec.json.decode(body)["cases"]


def test_customers_who_come_far_off_widen_what_is_told_next(tmp_path: Path) -> None:
    outcomes = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    names = [f"O-{number}" for number in range(200)]
    hear(outcomes, AssignmentOverridden(override=override(1, names)))
    before = outcomes.known(T).of("reassign")

    for number, name in enumerate(names):
        reached(outcomes, name, 400.0 if number % 2 else -400.0)

    found = outcomes.known(T + 1_200.0).of("reassign")
    assert (before.customers, found.customers, found.inside) == (0, 200, 0.0)
    assert found.sides.later > 2.5 and found.sides.sooner > 2.5


def test_a_customer_counts_once_for_every_override_that_foretold_and_only_once(tmp_path: Path) -> None:
    outcomes = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    hear(outcomes, AssignmentOverridden(override=override(1, ["O-1", "O-2"])))
    hear(outcomes, AssignmentOverridden(override=override(2, ["O-1"], change=Split(order_id=OrderId("O-1")))))

    reached(outcomes, "O-1", 60.0)
    hear(outcomes, OrderDelivered(order_id=OrderId("O-1"), driver_id=DRIVER), T + 900.0)

    # 600 s foretold, promised in an hour, came after 660 s, within what was shown.
    found = kept(outcomes)
    assert set(found) == {"reassign", "split"}
    for [case] in found.values():
        assert case == pytest.approx([600.0, 100.0, 100.0, 3600.0, 0.0, 660.0, True])


def test_goods_on_board_are_counted_apart(tmp_path: Path) -> None:
    outcomes = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    hear(outcomes, AssignmentOverridden(override=override(1, ["O-1"], is_on_board=True)))

    reached(outcomes, "O-1", 0.0)

    assert list(kept(outcomes)) == ["on board"]


def test_what_was_taken_back_cancelled_or_done_by_the_platform_teaches_nothing(tmp_path: Path) -> None:
    outcomes = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    hear(outcomes, AssignmentOverridden(override=override(1, ["O-1"])))
    hear(outcomes, OverrideUndone(override_id=OverrideId("V-1"), order_id=OrderId("O-0")))
    hear(outcomes, AssignmentOverridden(override=override(2, ["O-2"])))
    hear(outcomes, OrderCancelled(order_id=OrderId("O-2"), reason="customer"))
    hear(outcomes, AssignmentOverridden(override=override(3, ["O-3"], decided_by=PLATFORM.subject)))

    for name in ("O-1", "O-2", "O-3"):
        reached(outcomes, name, 0.0)

    assert kept(outcomes) == {}


def test_customers_who_wait_over_a_restart_still_teach(tmp_path: Path) -> None:
    bus = QuietBus()
    for made in (override(1, ["O-1", "O-2"]), override(2, ["O-1"], undone_at=T + 5.0)):
        bus.operation.decisions.overrides[made.override_id] = made
    bus.operation.orders.open_ids.add(OrderId("O-1"))
    outcomes = ChangeOutcomes(bus, tmp_path / FILE)

    for name in ("O-1", "O-2"):
        reached(outcomes, name, 60.0)

    assert len(kept(outcomes)["reassign"]) == 1


def test_what_was_learned_is_there_after_a_restart(tmp_path: Path) -> None:
    outcomes = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    names = [f"O-{number}" for number in range(MOST_CASES + 50)]
    hear(outcomes, AssignmentOverridden(override=override(1, names)))
    for number, name in enumerate(names):
        reached(outcomes, name, float(number))

    asyncio.run(KeepingLearnedFiles(outcomes.kept).run_once(T))

    again = ChangeOutcomes(QuietBus(), tmp_path / FILE)
    assert again.known(T) == outcomes.known(T)
    assert again.known(T).of("reassign").customers == MOST_CASES > LEAST_OWN


@pytest.mark.parametrize("body", [b"{", b'{"format": "another", "cases": {}}'])
def test_file_of_no_use_is_left_aside(tmp_path: Path, body: bytes) -> None:
    (tmp_path / FILE).write_bytes(body)

    assert ChangeOutcomes(QuietBus(), tmp_path / FILE).known(T).everybody.customers == 0
