"""The page of a driver: what a plan comes to, as far as that is known."""

from typing import Any

import pytest

from core.events.fleet_events import RoutePlanned
from core.fleet.route import PlannedStop, StopKind
from core.vocabulary import DriverId, Position
from ui.panels.decision_in_force import driver_in_force
from ui.panels.timeline_words import shift_entries


@pytest.mark.parametrize(("metres", "words"), [(0.0, "1 stops, –"), (4_200.0, "1 stops, 4.2\u00a0km")])
def test_a_way_that_is_not_known_yet_is_a_dash(desk_scene: Any, metres: float, words: str) -> None:
    desk_scene.driver("042")
    now = desk_scene.context.now()
    stop = PlannedStop(
        order_id=desk_scene.order(48213),
        kind=StopKind.PICKUP,
        position=Position(-29.9, -71.25),
        arrives_at=now,
        starts_at=now,
        departs_at=now,
    )
    desk_scene.happened(RoutePlanned(driver_id=DriverId("D-042"), plan_number=1, stops=(stop,), distance_m=metres))
    driver = desk_scene.store.operation.fleet.drivers[DriverId("D-042")]
    facts = {fact.name: fact.value for fact in driver_in_force(desk_scene.context, driver).facts}
    assert facts["Route"] == words
    assert words in [entry.detail for entry in shift_entries(desk_scene.context, driver.driver_id)]
