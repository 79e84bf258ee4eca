"""What a line of the command line means, and what is said when it means nothing."""

import pytest

from app.command_catalogue import CommandId
from app.line_reader import LineReader, SaidBreak, UnreadLine
from app.spoken_names import Meant, SpokenNames, Surroundings
from core.fleet.fleet import Driver, DriverPerson, Vehicle
from core.fleet.zone import Zone
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, Place, Position, Role, VehicleId, ZoneId

HERE = Position(-29.9, -71.25)
AROUND = Surroundings(this=OrderId("O-48177"), listed=(OrderId("O-48160"), OrderId("O-48177")))


def _operation() -> Operation:
    operation = Operation()
    for number in (48160, 48177, 48213):
        order_id = OrderId(f"O-{number}")
        operation.orders.orders[order_id] = Order(
            order_id=order_id,
            customer_id="C-1",
            customer=None,
            pickup=Place(name="Pollo Dorado", position=HERE),
            delivery=HERE,
            promise=Promise(by_at=1000.0),
            placed_at=0.0,
            ready_at=0.0,
        )
        operation.orders.open_ids.add(order_id)
    for number, name in (("042", "María Castillo"), ("117", "Raúl Fuentes"), ("118", "Rosa Fuentes")):
        driver_id = DriverId(f"D-{number}")
        operation.fleet.drivers[driver_id] = Driver(
            driver_id=driver_id, person=DriverPerson(name=name), is_on_shift=True
        )
    operation.fleet.vehicles[VehicleId("V-042")] = Vehicle(vehicle_id=VehicleId("V-042"), plate="KX-42")
    operation.fleet.zones[ZoneId("blancas")] = Zone(zone_id=ZoneId("blancas"), name="Tierras Blancas", ring=())
    return operation


@pytest.fixture
def reader() -> LineReader:
    return LineReader(SpokenNames(_operation()), Role.DISPATCHER)


def _nobody(_order_id: OrderId) -> DriverId | None:
    return None


def test_reassign_with_note(reader: LineReader) -> None:
    reading = reader.read("rea 48213 042 # bridge closed", AROUND)
    assert reading.command is CommandId.OVERRIDE
    assert (reading.order_id, reading.driver_id, reading.note) == ("O-48213", "D-042", "bridge closed")


def test_driver_by_name(reader: LineReader) -> None:
    assert reader.read("reassign this castillo", AROUND).driver_id == "D-042"


def test_order_by_its_place_in_the_list(reader: LineReader) -> None:
    assert reader.read("hold 1", AROUND).order_id == "O-48160"


def test_verb_alone_is_about_the_selected_order(reader: LineReader) -> None:
    assert reader.read("ack", AROUND).order_id == "O-48177"


def test_verb_without_any_order_asks_which(reader: LineReader) -> None:
    with pytest.raises(UnreadLine, match="Which order"):
        reader.read("hold", Surroundings())


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("48213", Meant("order", "O-48213")),
        ("o-48213", Meant("order", "O-48213")),
        ("D-042", Meant("driver", "D-042")),
        ("kx-42", Meant("vehicle", "V-042")),
        ("tierras", Meant("zone", "blancas")),
    ],
)
def test_a_name_alone_is_found(reader: LineReader, line: str, meant: Meant) -> None:
    assert reader.read(line, AROUND).meant == meant


def test_ambiguous_driver_lists_the_choices_and_marks_the_word(reader: LineReader) -> None:
    with pytest.raises(UnreadLine) as raised:
        reader.read("reassign 48213 fuentes", AROUND)
    assert raised.value.choices == ("D-117", "D-118")
    assert (raised.value.at, raised.value.length) == (15, 7)


def test_unknown_order_is_marked(reader: LineReader) -> None:
    with pytest.raises(UnreadLine, match=r"no order 99") as raised:
        reader.read("hold 99", AROUND)
    assert (raised.value.at, raised.value.length) == (5, 2)


def test_ambiguous_verb_names_both(reader: LineReader) -> None:
    with pytest.raises(UnreadLine, match="accept, acknowledge"):
        reader.read("ac", AROUND)


def test_connect_names_a_transport(reader: LineReader) -> None:
    assert reader.read("connect ws", AROUND).transport == "websocket"
    assert reader.read("conn zmq", AROUND).transport == "zeromq"
    with pytest.raises(UnreadLine, match="transport"):
        reader.read("connect pigeon", AROUND)


def test_ghost_offers_the_recommended_driver(reader: LineReader) -> None:
    ghost = reader.complete("reassign 48213", AROUND, lambda order_id: DriverId("D-042"))
    assert "D-042" in ghost.missing
    assert ghost.line == "reassign 48213 D-042 "


def test_ghost_finishes_a_unique_verb(reader: LineReader) -> None:
    assert reader.complete("rea", AROUND, _nobody).line == "reassign "
    assert reader.complete("ac", AROUND, _nobody).choices == ("accept", "acknowledge")
    assert reader.complete("reassign ", AROUND, _nobody).missing == "order"


def test_what_can_be_done_is_named_by_its_number(reader: LineReader) -> None:
    assert reader.read("recover", AROUND).option == 1
    assert reader.read("reco 3", AROUND).option == 3
    with pytest.raises(UnreadLine, match="no number"):
        reader.read("recover later", AROUND)


def test_breaks_are_windows_with_minutes_for_a_driver(reader: LineReader) -> None:
    reading = reader.read("break 042 12:30-14:00 30 17:00-17:30 15", AROUND)
    assert (reading.command, reading.driver_id) == (CommandId.BREAK, "D-042")
    assert reading.breaks == (SaidBreak("12:30", "14:00", 30.0), SaidBreak("17:00", "17:30", 15.0))
    assert reader.read("break 042 none", AROUND).breaks == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("break", "Which driver"),
        ("break 042", "When"),
        ("break 042 12:30 30", "no window"),
        ("break 042 12:30-14:00", "how many minutes"),
        ("break 042 12:30-14:00 half", "how many minutes"),
    ],
)
def test_break_without_its_window_or_minutes_asks_for_them(reader: LineReader, line: str, words: str) -> None:
    with pytest.raises(UnreadLine, match=words):
        reader.read(line, AROUND)
