"""Many commands as one: all or nothing in one append, or the good ones, and never a half-changed state."""

from __future__ import annotations

import asyncio

import pytest

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus, fold
from core.commands import PlaceOrder, RegisterVehicle
from core.orders.order import Promise
from core.projections.branching import branched
from core.projections.fence_picture import Stay
from core.projections.operation import Operation, encode_operation
from core.refusals import Fault, Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, CommandId, OrderId, Place, Position, Role, VehicleId

NOON_AT = 1_800_000_000.0
DESK = Actor(role=Role.DISPATCHER, subject="rojas")


class FailingLog(VolatileEventLog):
    """A log whose disk is full while `is_full`."""

    is_full = False
    appends = 0

    async def append(self, appends):
        if self.is_full:
            raise Fault("log.disk_full", "The disk is full.")
        self.appends += 1
        return await super().append(appends)


def order(order_id: str = "", by_at: float = NOON_AT + 2400.0) -> PlaceOrder:
    return PlaceOrder(
        order_id=OrderId(order_id),
        pickup=Place(name="k", position=Position(-29.9, -71.2)),
        delivery=Position(-29.9, -71.2),
        promise=Promise(by_at=by_at),
        ready_at=NOON_AT,
    )


def played(scenario):
    async def whole():
        clock = SteppedClock(NOON_AT)
        log = FailingLog(clock)
        bus = CommandBus(log, Operation(), clock)
        bus.start()
        try:
            await scenario(bus, log)
            assert encode_operation(bus.operation) == encode_operation(await fold(log))
        finally:
            await bus.stop()

    asyncio.run(whole())


def test_all_are_kept_in_one_append_and_told_once():
    async def scenario(bus, log):
        told = []
        bus.subscribe(lambda envelopes, changes: told.append((len(envelopes), len(changes))))
        together = await bus.execute_together([order() for _ in range(120)], DESK, is_partial=False)
        assert (together.kept, together.position, together.refused) == (120, 120, ())
        assert log.appends == 1
        assert told == [(120, 120)]
        assert (await bus.execute(order(), DESK)).created == "O-10121"

    played(scenario)


def test_one_refusal_lets_nothing_be_kept():
    async def scenario(bus, log):
        await bus.execute(order("O-1"), DESK)
        before = encode_operation(bus.operation)
        together = await bus.execute_together([order("O-2"), order("O-1"), order("O-2")], DESK, is_partial=False)
        assert together.kept == 0
        assert [(one.index, one.code) for one in together.refused] == [(1, "order.exists"), (2, "order.exists")]
        assert encode_operation(bus.operation) == before

    played(scenario)


def test_the_good_ones_are_kept_when_asked():
    async def scenario(bus, log):
        commands = [order("O-1"), order("O-2", by_at=NOON_AT - 1.0), order("O-3")]
        together = await bus.execute_together(commands, DESK, is_partial=True)
        assert (together.kept, [one.index for one in together.refused]) == (2, [1])
        assert set(bus.operation.orders.orders) == {"O-1", "O-3"}

    played(scenario)


def test_a_rehearsal_keeps_nothing():
    async def scenario(bus, log):
        together = await bus.rehearse([order("O-1"), order("O-1")], DESK)
        assert (together.kept, [one.index for one in together.refused]) == (1, [1])
        assert await log.head() == 0

    played(scenario)


def test_a_retry_gets_the_same_answer_and_another_request_is_refused():
    async def scenario(bus, log):
        ask = {"is_partial": True, "command_id": CommandId("rojas:1"), "fingerprint": "a"}
        first, second = await asyncio.gather(*(bus.execute_together([order("O-1")], DESK, **ask) for _ in range(2)))
        assert first == second == await bus.execute_together([order("O-1")], DESK, **ask)
        assert await log.head() == 1
        with pytest.raises(Refusal) as refused:
            await bus.execute_together([order("O-2")], DESK, **(ask | {"fingerprint": "b"}))
        assert refused.value.code == "request.idempotency_key_reused"

    played(scenario)


def test_a_full_disk_changes_nothing():
    async def scenario(bus, log):
        await bus.execute(order("O-1"), DESK)
        log.is_full = True
        with pytest.raises(Fault):
            await bus.execute_together([order("O-2")], DESK, is_partial=False)
        assert set(bus.operation.orders.orders) == {"O-1"}
        log.is_full = False
        assert (await bus.execute_together([order("O-2")], DESK, is_partial=False)).kept == 1

    played(scenario)


def test_single_commands_around_it_keep_their_order():
    async def scenario(bus, log):
        await asyncio.gather(
            bus.execute(order("O-1"), DESK),
            bus.execute_together([order("O-2"), order("O-3")], DESK, is_partial=False),
            bus.execute(order("O-4"), DESK),
        )
        assert list(bus.operation.orders.orders) == ["O-1", "O-2", "O-3", "O-4"]

    played(scenario)


def test_every_kind_among_them_must_be_permitted():
    async def scenario(bus, log):
        with pytest.raises(Refusal) as refused:
            await bus.rehearse([order(), RegisterVehicle(vehicle_id=VehicleId("V-1"), plate="A")], DESK)
        assert refused.value.code == "access.role"

    played(scenario)


def test_a_branch_shares_no_container():
    operation = Operation()
    stay = Stay(entered_at=1.0)
    operation.fences.inside["F-1"] = {"V-1": stay}
    branch = branched(operation)
    branch.fences.inside["F-1"]["V-2"] = stay
    branch.versions["order/O-1"] = 1
    branch.decisions.counts.overridden += 1
    assert operation.fences.inside == {"F-1": {"V-1": stay}}
    assert operation.versions == {}
    assert operation.decisions.counts.overridden == 0
