"""Files as people make them: semicolons, decimal commas, byte order marks, and every mistake named with its row."""

from __future__ import annotations

import pytest

from backend_service.exchange.columns import TABLES, Kind
from backend_service.exchange.reading import MOST_ROWS, read_csv, read_json
from core.refusals import Refusal
from core.vocabulary import Load

NOW_AT = 1_800_000_000.0
VEHICLES, ORDERS, DRIVERS = (TABLES[kind] for kind in (Kind.VEHICLES, Kind.ORDERS, Kind.DRIVERS))
ORDER = {
    "pickup_name": "Cocina",
    "pickup_lat": "-29.9",
    "pickup_lon": "-71.25",
    "delivery_lat": "-29.92",
    "delivery_lon": "-71.26",
    "promise_by_at": "2027-01-15T08:40:00Z",
}


def order_csv(**changes):
    row = ORDER | changes
    return (",".join(row) + "\n" + ",".join(row.values()) + "\n").encode()


def why(read):
    return [(problem.row, problem.column, problem.code) for problem in read.problems]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "content",
    [
        b"vehicle_id,plate,volume_l\nV-1,AA-11,1.5\n",
        b"vehicle_id;plate;volume_l\r\nV-1;AA-11;1,5\r\n",
        b"vehicle_id;plate;volume_l\r\nV-1;AA-11;1.5",
        b'plate,volume_l,vehicle_id\n\n"AA-11",1.50, V-1 \n',
    ],
)
def test_a_spreadsheet_of_any_country_is_read(content, mark):
    read = read_csv(mark + content, VEHICLES, NOW_AT)
    assert read.problems == []
    [vehicle] = read.commands
    assert (vehicle.vehicle_id, vehicle.plate, vehicle.capacity) == ("V-1", "AA-11", Load(volume_l=1.5, weight_kg=20.0))


def test_a_decimal_comma_needs_semicolons():
    read = read_csv(b'vehicle_id,plate,volume_l\nV-1,A,"1,5"\n', VEHICLES, NOW_AT)
    assert why(read) == [(2, "volume_l", "cell.unreadable")]


@pytest.mark.parametrize("value", ["1.234,5", "1,234,5", "1 000", "", "nan", "inf", "-1", "0x10", "1e9"])
def test_what_is_no_plain_number_is_named(value):
    read = read_csv(f"vehicle_id;plate;volume_l\nV-1;A;{value}\n".encode(), VEHICLES, NOW_AT)
    assert why(read) == ([] if value == "" else [(2, "volume_l", "cell.unreadable")])


def test_every_bad_cell_of_every_row_is_named():
    content = b"vehicle_id,plate,weight_kg\n,A,x\nV 2,,1\nV-3,C,1\nV-3,D,1\nV-5,E\n"
    read = read_csv(content, VEHICLES, NOW_AT)
    assert why(read) == [
        (2, "vehicle_id", "cell.missing"),
        (2, "weight_kg", "cell.unreadable"),
        (3, "vehicle_id", "cell.unreadable"),
        (3, "plate", "cell.missing"),
        (5, "vehicle_id", "row.repeated"),
        (6, "", "row.shape"),
    ]
    assert (read.rows, read.numbers) == (5, [4])


@pytest.mark.parametrize("value", ["2027-01-15", "2027-01-15T08:40:00", "tomorrow", "0001-01-01T00:00:00+14:00"])
def test_an_instant_says_its_offset(value):
    read = read_csv(order_csv(promise_by_at=value), ORDERS, NOW_AT)
    assert why(read) == [(2, "promise_by_at", "cell.unreadable")]


def test_a_window_that_ends_before_it_starts_is_a_bad_row():
    read = read_csv(order_csv(promise_from_at="2027-01-15T09:00:00Z"), ORDERS, NOW_AT)
    assert why(read) == [(2, "", "row.contradicts_itself")]


def test_what_is_left_out_is_as_usual():
    [order] = read_csv(order_csv(), ORDERS, NOW_AT).commands
    assert (order.order_id, order.ready_at, order.service_s, order.skills) == ("", NOW_AT, 120.0, ())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"\n\n", "import.empty"),
        (b"vehicle_id,plate,colour\n", "import.columns"),
        (b"vehicle_id,plate,plate\n", "import.columns"),
        (b"vehicle_id\nV-1\n", "import.columns"),
        ("vehicle_id,plate\nV-1,Ñ\n".encode("latin-1"), "import.encoding"),
        ("vehicle_id,plate\n".encode("utf-16"), "import.encoding"),
        (b'vehicle_id,plate\nV-1,"A\n', "import.quotes"),
        (b"vehicle_id,plate\n" + b"V-1,A\n" * (MOST_ROWS + 1), "import.too_large"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content, code):
    with pytest.raises(Refusal) as refused:
        read_csv(content, VEHICLES, NOW_AT)
    assert refused.value.code == code


def test_json_has_the_same_columns():
    read = read_json(b'[{"driver_id": "D-1", "name": "Ana", "skills": ["cold", "a|b"]}]', DRIVERS, NOW_AT)
    assert read.commands[0].skills == ("cold", "a|b")
    bad = b'[{"driver_id": 1, "name": null}, {"driver_id": "D-2", "name": "B", "skills": [1]}, {"x": 1}]'
    assert why(read_json(bad, DRIVERS, NOW_AT)) == [
        (1, "driver_id", "cell.unreadable"),
        (1, "name", "cell.missing"),
        (2, "skills", "cell.unreadable"),
        (3, "", "row.shape"),
    ]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"[", b'["\xff"]'])
def test_what_is_no_json_list_is_refused(content):
    with pytest.raises(Refusal) as refused:
        read_json(content, DRIVERS, NOW_AT)
    assert refused.value.code == "import.json"
