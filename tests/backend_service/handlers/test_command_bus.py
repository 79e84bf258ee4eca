"""The only writer: decides in order, keeps before it tells, answers a retry the same, and starts over after a fault."""

from __future__ import annotations

import asyncio

import pytest

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus, fold
from core.command_rights import PERMITTED
from core.commands import Command, CommandBase, PauseDriver, PlaceOrder, RegisterDriver
from core.fleet.fleet import DriverPerson
from core.orders.order import Promise
from core.projections.operation import Operation, encode_operation
from core.refusals import Fault, Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, CommandId, DriverId, Place, Position, Role

NOON_AT = 1_800_000_000.0
DESK = Actor(role=Role.DISPATCHER, subject="rojas")
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="admin")


class FailingLog(VolatileEventLog):
    """A log whose disk is full while `is_full`, and whose next reads fail `unreadable` times."""

    is_full = False
    unreadable = 0

    async def read(self, after, limit=1000):
        if self.unreadable:
            self.unreadable -= 1
            raise Fault("log.unavailable", "The server is gone.")
        return await super().read(after, limit)

    async def _between(self, after, head):
        for envelope in await self.read(after, head - after):
            yield envelope

    async def append(self, appends):
        if self.is_full:
            raise Fault("log.disk_full", "The disk is full.")
        return await super().append(appends)


def an_order() -> PlaceOrder:
    return PlaceOrder(
        pickup=Place(name="k", position=Position(-29.9, -71.2)),
        delivery=Position(-29.9, -71.2),
        promise=Promise(by_at=NOON_AT + 2400),
        ready_at=NOON_AT,
    )


class Bench:
    def __init__(self) -> None:
        self.clock = SteppedClock(NOON_AT)
        self.log = FailingLog(self.clock)
        self.bus = CommandBus(self.log, Operation(), self.clock)
        self.told = []
        self.bus.subscribe(lambda envelopes, changes: self.told.append((envelopes, changes)))

    async def __aenter__(self):
        self.bus.start()
        return self

    async def __aexit__(self, *_):
        await self.bus.stop()


def run(scenario):
    async def whole():
        async with Bench() as bench:
            await scenario(bench)

    asyncio.run(whole())


def test_every_command_has_a_decision_and_a_permission():
    from backend_service.handlers.handler_map import DECISIONS

    commands = set(CommandBase.__subclasses__())
    assert commands == set(DECISIONS) == set(PERMITTED) == set(Command.__args__)


def test_what_is_answered_is_in_the_log_and_was_told():
    async def scenario(bench):
        done = await bench.bus.execute(an_order(), DESK)
        assert done.created == "O-10001"
        assert done.position == await bench.log.head() == bench.bus.operation.position == 1
        ((envelopes, changes),) = bench.told
        assert envelopes[0].type == "OrderPlaced"
        assert changes == {("order", "O-10001")}

    run(scenario)


def test_commands_sent_together_are_decided_one_after_the_other():
    async def scenario(bench):
        answers = await asyncio.gather(*(bench.bus.execute(an_order(), DESK) for _ in range(50)))
        assert sorted(answer.created for answer in answers) == [f"O-{10001 + n}" for n in range(50)]
        assert len(bench.told) < 50, "they share transactions"

    run(scenario)


def test_a_retried_command_gets_the_same_answer_and_happens_once():
    async def scenario(bench):
        command_id = CommandId("rojas:1")
        at_once = await asyncio.gather(*(bench.bus.execute(an_order(), DESK, command_id=command_id) for _ in range(3)))
        later = await bench.bus.execute(an_order(), DESK, command_id=command_id)
        assert [answer.created for answer in (*at_once, later)] == ["O-10001"] * 4
        assert await bench.log.head() == 1

    run(scenario)


def test_a_role_may_only_ask_for_its_own():
    async def scenario(bench):
        driver = Actor(role=Role.DRIVER, subject="D-1")
        with pytest.raises(Refusal) as refused:
            await bench.bus.execute(an_order(), driver)
        assert (refused.value.code, refused.value.status) == ("access.role", 403)
        assert await bench.log.head() == 0

    run(scenario)


def test_a_refusal_leaves_nothing_behind_and_the_others_go_on():
    async def scenario(bench):
        unknown = bench.bus.execute(PauseDriver(driver_id=DriverId("D-9")), DESK)
        results = await asyncio.gather(unknown, bench.bus.execute(an_order(), DESK), return_exceptions=True)
        assert isinstance(results[0], Refusal)
        assert results[1].position == 1

    run(scenario)


def test_after_a_full_disk_the_state_is_what_is_on_disk_and_work_goes_on():
    async def scenario(bench):
        await bench.bus.execute(an_order(), DESK)
        operation = bench.bus.operation
        bench.log.is_full = True
        with pytest.raises(Fault, match="full"):
            await bench.bus.execute(an_order(), DESK)
        assert operation.position == 1
        assert list(operation.orders.orders) == ["O-10001"]
        assert len(bench.told) == 1, "what was not kept is not told"
        bench.log.is_full = False
        assert (await bench.bus.execute(an_order(), DESK)).created == "O-10002"

    run(scenario)


def test_after_a_log_that_was_gone_for_a_while_work_goes_on():
    async def scenario(bench):
        await bench.bus.execute(an_order(), DESK)
        bench.log.is_full, bench.log.unreadable = True, 1
        doomed = asyncio.create_task(bench.bus.execute(an_order(), DESK))
        with pytest.raises(Fault, match="full"):
            await doomed
        bench.log.is_full = False
        await bench.bus.execute(an_order(), DESK)
        assert len(bench.bus.operation.orders.orders) == 2
        assert encode_operation(bench.bus.operation) == encode_operation(await fold(bench.log))

    run(scenario)


def test_the_fold_of_the_log_is_the_state():
    async def scenario(bench):
        person = DriverPerson(name="M. Castillo")
        await bench.bus.execute(RegisterDriver(driver_id=DriverId("D-1"), person=person), ADMIN)
        await asyncio.gather(*(bench.bus.execute(an_order(), DESK) for _ in range(20)))
        again = await fold(bench.log)
        assert encode_operation(again) == encode_operation(bench.bus.operation)

    run(scenario)


def test_a_failing_listener_does_not_stop_the_others(caplog):
    async def scenario(bench):
        bench.bus.subscribe(lambda envelopes, changes: 1 / 0)
        last = []
        bench.bus.subscribe(lambda envelopes, changes: last.append(envelopes))
        await bench.bus.execute(an_order(), DESK)
        assert len(last) == 1
        assert "a listener failed" in caplog.text

    run(scenario)
