"""How the desk calls things."""

import pytest

from core.fleet.fleet import Driver, DriverPerson
from core.orders.order import OrderState
from core.projections.operation import Operation
from core.vocabulary import DriverId, ZoneId
from ui.names import driver_label, driver_name, short_name, state_word, zone_name


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("María Castillo", "M. Castillo"),
        ("María Castillo Pérez", "M. Castillo"),
        ("María José Castillo Pérez", "M. Castillo"),
        ("Juan de la Cruz Soto", "J. de la Cruz"),
        ("Pelé", "Pelé"),
        ("", ""),
        ("J. Araya", "J. Araya"),
    ],
)
def test_first_name_and_second_surname_are_cut(full: str, short: str) -> None:
    assert short_name(full) == short


def test_driver_label_has_name_and_id() -> None:
    operation = Operation()
    driver_id = DriverId("D-042")
    operation.fleet.drivers[driver_id] = Driver(driver_id=driver_id, person=DriverPerson(name="María Castillo"))
    assert driver_label(operation, driver_id) == "M. Castillo, D-042"


def test_unseen_name_leaves_the_id() -> None:
    operation = Operation()
    driver_id = DriverId("D-042")
    operation.fleet.drivers[driver_id] = Driver(driver_id=driver_id, person=None)
    assert driver_label(operation, driver_id) == "D-042"
    assert driver_name(operation, None) == "–"


def test_unknown_zone_is_called_by_its_id() -> None:
    assert zone_name(Operation(), ZoneId("centro")) == "centro"


def test_every_state_has_a_word() -> None:
    assert all(state_word(state) for state in OrderState)
