"""What a likely no and a zone that will be short cost, each with its arithmetic, and what they do to a choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch import scoring
from core.dispatch.acceptance import Acceptance
from core.dispatch.candidates import candidate_of, price, shortlist
from core.dispatch.policy import DispatchPolicy
from core.dispatch.scoring import Option
from core.dispatch.zone_outlook import ZoneOutlook, short_ahead
from core.eta.arrival import SpreadPolicy
from core.wire import Pressure, PressureCell

SURE = SpreadPolicy(travel_share=0.0, service_share=0.0, kitchen_sd_s=0.0, position_share=0.0)
DOUBTFUL = Acceptance(probability=0.75, offers=40, lost_s=120.0)


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, spread=SURE, pressure_minutes=1.0))


def option(street: Any, driver: Any, order: Any, others: Any = (), **world: Any) -> Option:
    found = candidate_of(street.world([driver], [order, *others], **world), driver, order, 0.0).option
    assert found is not None
    return found


def outlook(short: dict[str, float]) -> ZoneOutlook:
    """West of 5000 m is zone W, east of it zone E."""
    return ZoneOutlook(short, lambda position: "W" if position.lon < 0.045 else "E")


def test_likely_no_costs_its_share_of_the_wait(street: Any) -> None:
    # A quarter of 2 min: 0.5 min x 60. Nobody is late.
    found = scoring.refusal_risk(
        option(street, street.driver("D-1", 0, acceptance=DOUBTFUL), street.order("O-1", 0, 1))
    )

    assert (found.minutes, found.money) == (pytest.approx(0.5), 30)


def test_likely_no_also_costs_its_share_of_the_lateness(street: Any) -> None:
    # Reached after 160 s (60 s at the counter, 100 s of way), promised after 160 s: a no makes it 2 min late.
    # A quarter of 2 min waiting x 60, and of 2 min late x 300 that cost 2 / 10 more: 30 + 180.
    order = street.order("O-1", 0, 1000, due_s=160.0)

    found = scoring.refusal_risk(option(street, street.driver("D-1", 0, acceptance=DOUBTFUL), order))

    assert found.minutes == pytest.approx(1.0, abs=0.01)
    assert found.money == pytest.approx(210, abs=2)


def test_no_that_is_known_before_the_goods_are_ready_costs_nothing(street: Any) -> None:
    order = street.order("O-1", 0, 1000, ready_s=300.0)

    found = scoring.refusal_risk(option(street, street.driver("D-1", 0, acceptance=DOUBTFUL), order))

    assert (found.minutes, found.money) == (0.0, 0)


def test_driver_who_said_yes_is_certain(street: Any) -> None:
    driver = street.driver("D-1", 0, acceptance=DOUBTFUL)
    order = street.order("O-1", 0, 1, driver_id="D-1", is_accepted=True)

    assert option(street, driver, order).acceptance.probability == 1.0


def test_leaving_a_zone_that_will_lack_a_driver_costs_a_minute_unless_somebody_says_otherwise(street: Any) -> None:
    street = replace(street, policy=changed(street.policy, pressure_minutes=DispatchPolicy().pressure_minutes))
    found = option(
        street, street.driver("D-1", 0), street.order("O-1", 0, 9000), outlook=outlook({"W": 2.0, "E": -1.0})
    )

    assert scoring.zone_pressure(found).minutes == pytest.approx(1.0)


def test_weight_of_nothing_takes_the_term_out(street: Any) -> None:
    street = replace(street, policy=changed(street.policy, refusal_share=0.0, pressure_minutes=0.0))
    found = option(
        street,
        street.driver("D-1", 0, acceptance=DOUBTFUL),
        street.order("O-1", 0, 9000),
        outlook=outlook({"W": 2.0, "E": -1.0}),
    )

    assert scoring.refusal_risk(found).money == scoring.zone_pressure(found).money == 0


def test_promise_holds_less_surely_where_a_no_is_likely(street: Any) -> None:
    # Reached after 160 s; promised after 200 s. After a no it would be 280 s: kept in three of four cases.
    order = street.order("O-1", 0, 1000, due_s=200.0)

    found = option(street, street.driver("D-1", 0, acceptance=DOUBTFUL), order)

    assert found.late_probability == pytest.approx(0.0)
    assert found.kept_probability == pytest.approx(0.75)


def test_no_that_is_known_before_the_goods_are_ready_makes_no_promise_less_sure(street: Any) -> None:
    # There after 100 s, ready after 220, reached after 280; promised after 320. A no, known after 120 s, loses nothing.
    order = street.order("O-1", 1000, 1000, ready_s=220.0, due_s=320.0)

    found = option(street, street.driver("D-1", 0, acceptance=DOUBTFUL), order)

    assert found.stands_s == pytest.approx(120.0)
    assert found.kept_probability == pytest.approx(1.0 - found.late_probability)


def test_surer_driver_is_chosen_before_a_slightly_nearer_one(street: Any) -> None:
    drivers = [street.driver("D-1", 900, acceptance=DOUBTFUL), street.driver("D-2", 850)]
    order = street.order("O-1", 1000, 3000)
    world = street.world(drivers, [order])

    assert price(world, order, shortlist(world, order)).possible[0].driver_id == "D-2"


def test_taking_a_driver_out_of_a_short_zone_costs(street: Any) -> None:
    # 0.6 of a driver will be missing in the west, none in the east: 0.6 x 1 min x 110.
    order = street.order("O-1", 0, 9000)

    found = scoring.zone_pressure(
        option(street, street.driver("D-1", 0), order, outlook=outlook({"W": 0.6, "E": -3.0}))
    )

    assert (found.minutes, found.money) == (pytest.approx(0.6), 66)


def test_ending_in_a_short_zone_gains_up_to_one_driver(street: Any) -> None:
    # 2.5 drivers will be missing in the east, but it is one who comes: 1 min x 110 less.
    order = street.order("O-1", 0, 9000)

    found = scoring.zone_pressure(option(street, street.driver("D-1", 0), order, outlook=outlook({"E": 2.5})))

    assert (found.minutes, found.money) == (-1.0, -110)


def test_route_that_ends_where_it_did_changes_no_zone(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-7", 0, 9000, state=on_the_way)
    driver = street.driver("D-1", 0, [carried])

    found = option(street, driver, street.order("O-1", 10, 20), [carried], outlook=outlook({"W": 1.0, "E": 0.4}))

    assert scoring.zone_pressure(found).money == 0


def test_outlook_is_the_count_half_an_hour_ahead() -> None:
    # Bins of 15 min from 1000 on; counted at 2000, 30 min later is 3800: the fourth bin.
    row = tuple(PressureCell(drivers_short, 0.0, 0.0) for drivers_short in (0.0, 1.0, 2.0, 3.0, 4.0))
    counted = Pressure(as_of=2000.0, first_bin_at=1000.0, bin_s=900.0, now_bin=1, zones=("W",), cells=(row,))

    assert short_ahead(counted) == {"W": 3.0}
    assert short_ahead(counted, 9_000.0) == {"W": 4.0}
