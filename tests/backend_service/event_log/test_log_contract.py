"""What every event log promises, whatever keeps it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_service.event_log.log import Appended, Conflict, Repeated
from core.events.envelope import encode_event
from core.events.fleet_events import DriverRegistered
from core.events.order_events import OrderPlaced
from core.fleet.fleet import DriverPerson
from core.orders.order import Customer, Promise
from core.refusals import Fault
from core.vocabulary import Actor, DriverId, OrderId, Place, Position, Role

ANA = DriverRegistered(driver_id=DriverId("D-7"), person=DriverPerson(name="Ana Rojas", phone="+56 9 1"))


def placed(order_id: str, customer_id: str) -> OrderPlaced:
    here = Position(-29.9, -71.25)
    return OrderPlaced(
        order_id=OrderId(order_id),
        customer_id=customer_id,
        customer=Customer(name="Luis Soto", phone="+56 9 2", address="Calle 1", note="blue door"),
        pickup=Place(name="Kitchen", position=here),
        delivery=here,
        promise=Promise(by_at=100.0),
        ready_at=50.0,
    )


def test_log_starts_empty(log, run):
    assert run(log.head()) == 0
    assert run(log.read(0)) == []
    assert log.log_id


def test_appended_events_read_back_as_they_were_returned(log, run, an_append):
    [outcome] = run(log.append([an_append("vehicle/V-1", "vehicle/V-2", answer=b"ok")]))
    assert isinstance(outcome, Appended)
    assert [(e.position, e.stream, e.version) for e in outcome.envelopes] == [
        (1, "vehicle/V-1", 1),
        (2, "vehicle/V-2", 1),
    ]
    assert outcome.answer == b"ok"
    assert run(log.read(0)) == list(outcome.envelopes)


def test_envelope_carries_both_times_and_the_wall(log, run, an_append):
    [outcome] = run(log.append([an_append("vehicle/V-1")]))
    [envelope] = outcome.envelopes
    assert (envelope.occurred_at, envelope.recorded_at, envelope.stored_at) == (10.0, 11.0, 1_763_600_000.0)


def test_expected_version_that_does_not_hold_is_a_conflict_and_keeps_nothing(log, run, an_append):
    run(log.append([an_append("order/O-1")]))
    [outcome] = run(log.append([an_append("order/O-1", "order/O-2", expected={"order/O-1": 0})]))
    assert outcome == Conflict("order/O-1", expected=0, actual=1)
    assert run(log.head()) == 1
    assert run(log.read_stream("order/O-2")) == []


def test_expected_version_zero_means_a_stream_without_events(log, run, an_append):
    [outcome] = run(log.append([an_append("order/O-1", expected={"order/O-1": 0})]))
    assert isinstance(outcome, Appended)


def test_appends_of_one_call_see_each_other(log, run, an_append):
    first = an_append("order/O-1", expected={"order/O-1": 0})
    outcomes = run(log.append([first, first, an_append("order/O-1", expected={"order/O-1": 1})]))
    assert [type(outcome) for outcome in outcomes] == [Appended, Conflict, Appended]
    assert outcomes[2].envelopes[0].position == 2


def test_repeated_command_id_gets_the_first_answer_and_keeps_nothing(log, run, an_append):
    run(log.append([an_append("order/O-1", command_id="c-1", answer=b"first")]))
    [outcome] = run(log.append([an_append("order/O-1", command_id="c-1", answer=b"second")]))
    assert outcome == Repeated(b"first")
    assert run(log.head()) == 1
    assert run(log.answer_to("c-1")) == b"first"
    assert run(log.answer_to("c-2")) is None


def test_conflicting_command_id_may_be_tried_again(log, run, an_append):
    run(log.append([an_append("order/O-1", expected={"order/O-1": 5}, command_id="c-1", answer=b"a")]))
    assert run(log.answer_to("c-1")) is None
    [outcome] = run(log.append([an_append("order/O-1", command_id="c-1", answer=b"b")]))
    assert isinstance(outcome, Appended)


def test_command_without_events_keeps_its_answer(log, run, an_append):
    run(log.append([an_append(command_id="c-1", answer=b"nothing to do")]))
    assert run(log.answer_to("c-1")) == b"nothing to do"
    assert run(log.head()) == 0


def test_stream_is_read_after_a_version(log, run, an_append):
    run(log.append([an_append("order/O-1", "order/O-2", "order/O-1", "order/O-1")]))
    assert [e.version for e in run(log.read_stream("order/O-1", after=1))] == [2, 3]


def test_several_streams_are_read_together_in_log_order(log, run, an_append):
    run(log.append([an_append("order/O-1", "order/O-2", "decision/O-1", "order/O-1")]))
    positions = [e.position for e in run(log.read_correlated(["decision/O-1", "order/O-1"]))]
    assert positions == [1, 3, 4]
    assert run(log.read_correlated([])) == []


def test_read_is_limited(log, run, an_append):
    run(log.append([an_append(*["order/O-1"] * 5)]))
    assert [e.position for e in run(log.read(1, limit=2))] == [2, 3]


def test_read_all_ends_at_the_head_of_the_call(log, run, an_append):
    async def scenario():
        await log.append([an_append("order/O-1", "order/O-1")])
        everything = log.read_all(after=1)
        await log.append([an_append("order/O-1")])
        return [envelope.position async for envelope in everything]

    assert run(scenario()) == [2]


def test_concurrent_appends_get_positions_without_gaps(log, run, an_append):
    async def scenario():
        return await asyncio.gather(*(log.append([an_append(f"order/O-{n % 7}")]) for n in range(100)))

    outcomes = run(scenario())
    assert sorted(e.position for [outcome] in outcomes for e in outcome.envelopes) == list(range(1, 101))


def test_only_one_of_concurrent_appends_with_the_same_expectation_wins(log, run, an_append):
    async def scenario():
        return await asyncio.gather(
            *(log.append([an_append("order/O-1", expected={"order/O-1": 0})]) for _ in range(20))
        )

    kinds = Counter(type(outcome) for [outcome] in run(scenario()))
    assert kinds == {Appended: 1, Conflict: 19}


def test_personal_data_is_read_back_exactly(log, run, an_append):
    run(log.append([an_append("driver/D-7", event=ANA), an_append("order/O-1", event=placed("O-1", "C-1"))]))
    driver, order = run(log.read(0))
    assert bytes(driver.payload) == encode_event(ANA)
    assert order.event() == placed("O-1", "C-1")


def test_erased_subject_reads_none_and_others_stay(log, run, an_append):
    run(log.append([an_append("order/O-1", event=placed("O-1", "C-1"))]))
    run(log.append([an_append("order/O-2", event=placed("O-2", "C-2"))]))
    assert run(log.erase_subject("order:C-1")) is True
    assert run(log.erase_subject("order:C-1")) is False
    first, second = (envelope.event() for envelope in run(log.read(0)))
    assert first.customer is None
    assert first.order_id == "O-1"
    assert second.customer.name == "Luis Soto"


def test_subject_that_comes_back_after_erasure_does_not_bring_back_the_old_data(log, run, an_append):
    run(log.append([an_append("order/O-1", event=placed("O-1", "C-1"))]))
    run(log.erase_subject("order:C-1"))
    run(log.append([an_append("order/O-2", event=placed("O-2", "C-1"))]))
    first, second = (envelope.event() for envelope in run(log.read(0)))
    assert first.customer is None
    assert second.customer is not None


def test_driver_acts_by_id_only(log, run, an_append):
    ana = Actor(role=Role.DRIVER, subject="D-7", name="Ana Rojas")
    run(log.append([replace(an_append("driver/D-7"), actor=ana)]))
    [envelope] = run(log.read(0))
    assert (envelope.actor.subject, envelope.actor.name) == ("D-7", "")


def test_closed_log_refuses_appends(open_log, run, tmp_path, an_append):
    log = run(open_log(tmp_path))
    run(log.close())
    with pytest.raises(Fault) as caught:
        run(log.append([an_append("order/O-1")]))
    assert caught.value.code == "storage.closed"


STREAMS = ("order/O-1", "order/O-2", "driver/D-1")
one_append = st.fixed_dictionaries(
    {
        "streams": st.lists(st.sampled_from(STREAMS), max_size=3),
        "expected": st.dictionaries(st.sampled_from(STREAMS), st.integers(0, 3), max_size=2),
        "command_id": st.none() | st.sampled_from(["c-1", "c-2", "c-3"]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(st.lists(one_append, max_size=3), max_size=3), max_size=5))
def test_any_interleaving_leaves_no_gap_in_positions_or_versions(open_log, an_append, rounds):
    async def scenario(directory):
        log = await open_log(Path(directory))
        acknowledged = []
        for number, calls in enumerate(rounds):
            appends = [
                [
                    an_append(
                        *one["streams"], expected=one["expected"], command_id=one["command_id"], answer=b"%d" % number
                    )
                    for one in call
                ]
                for call in calls
            ]
            for outcomes in await asyncio.gather(*map(log.append, appends)):
                acknowledged += [e for o in outcomes if isinstance(o, Appended) for e in o.envelopes]
        kept = [envelope async for envelope in log.read_all()]
        await log.close()
        return acknowledged, kept

    with TemporaryDirectory() as directory:
        acknowledged, kept = asyncio.run(scenario(directory))
    assert [e.position for e in kept] == list(range(1, len(kept) + 1))
    assert sorted(acknowledged, key=lambda e: e.position) == kept
    for stream in STREAMS:
        versions = [e.version for e in kept if e.stream == stream]
        assert versions == list(range(1, len(versions) + 1))
