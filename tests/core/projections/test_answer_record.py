"""What drivers answered is counted by driver and hour, from the log alone; what was taken away soon says nothing."""

from __future__ import annotations

import msgspec
import pytest

from core.events import order_events as happened
from core.events.envelope import Event
from core.projections.answer_record import UNANSWERED_S, AnswerRecord
from tests.envelopes import envelope_of

NOON = 12 * 3_600.0


def fold(*events: tuple[Event, float]) -> AnswerRecord:
    record = AnswerRecord()
    for event, at in events:
        record.apply(envelope_of(event, at), event)
    return record


def offered(order_id: str, driver_id: str = "D-1", **fields: bool) -> Event:
    return happened.OrderAssigned(order_id=order_id, driver_id=driver_id, **fields)


def yes(order_id: str) -> Event:
    return happened.AssignmentAccepted(order_id=order_id, driver_id="D-1")


def no(order_id: str) -> Event:
    return happened.AssignmentRefused(order_id=order_id, driver_id="D-1", reason="too_far")


def taken(order_id: str) -> Event:
    return happened.OrderUnassigned(order_id=order_id, driver_id="D-1", reason="undone")


def test_yes_and_no_are_counted_by_driver_and_by_hour() -> None:
    # The first fades by 1/200 when the second comes, and in its hour by 1/60.
    record = fold(
        (offered("O-1"), NOON),
        (yes("O-1"), NOON + 10.0),
        (offered("O-2"), NOON + 60.0),
        (no("O-2"), NOON + 75.0),
    )

    ever, lunch = record.of_driver("D-1"), record.of_hour("D-1", NOON + 3_000.0)
    assert (ever.offered, ever.accepted) == (pytest.approx(1.995), pytest.approx(0.995))
    assert (lunch.offered, lunch.accepted) == (pytest.approx(2 - 1 / 60), pytest.approx(1 - 1 / 60))
    assert record.of_hour("D-1", NOON + 3_700.0).offered == 0.0
    assert (record.lost.offers, record.lost.seconds) == (1.0, 15.0)


def test_long_silence_is_a_no_and_short_silence_says_nothing() -> None:
    long = fold((offered("O-1"), NOON), (offered("O-1", "D-2"), NOON + UNANSWERED_S))
    short = fold((offered("O-1"), NOON), (taken("O-1"), NOON + UNANSWERED_S - 1.0))

    assert long.of_driver("D-1").offered == 1.0 and long.of_driver("D-1").accepted == 0.0
    assert set(long.offers) == {"O-1"} and long.offers["O-1"].driver_id == "D-2"
    assert short == AnswerRecord()


def test_arriving_without_an_answer_is_a_yes() -> None:
    record = fold((offered("O-1"), NOON), (happened.PickupReached(order_id="O-1", driver_id="D-1"), NOON + 300.0))

    assert record.of_driver("D-1").accepted == 1.0


def test_order_given_back_to_one_who_had_said_yes_is_no_new_offer() -> None:
    assert fold((offered("O-1", is_accepted=True), NOON)).offers == {}


def test_only_who_was_offered_the_order_answers_it() -> None:
    record = fold((offered("O-1"), NOON), (offered("O-1", "D-2"), NOON + 5.0))

    for at, event in enumerate((no("O-1"), yes("O-1"), happened.PickupReached(order_id="O-1", driver_id="D-1")), 6):
        record.apply(envelope_of(event, NOON + at), event)

    assert (record.drivers, set(record.offers)) == ({}, {"O-1"})


def test_cancelled_order_says_nothing() -> None:
    cancelled = happened.OrderCancelled(order_id="O-1", reason="customer", driver_id="D-1")

    assert fold((offered("O-1"), NOON), (cancelled, NOON + 900.0)) == AnswerRecord()


def test_record_survives_a_snapshot() -> None:
    record = fold((offered("O-1"), NOON), (no("O-1"), NOON + 9.0), (offered("O-2"), NOON + 9.0))

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=AnswerRecord) == record
