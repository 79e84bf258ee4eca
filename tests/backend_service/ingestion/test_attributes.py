"""What trackers say beside a position, in the catalogue's units."""

from __future__ import annotations

import json

from backend_service.ingestion.attributes import readings_of
from backend_service.ingestion.osmand import decode_osmand
from backend_service.ingestion.traccar_client import decode_traccar_client

NOW_AT = 1_800_000_000.0


def told(attributes):
    rows = readings_of(attributes, "D-1", "V-1", NOW_AT, NOW_AT + 1).rows()
    assert all(row[:2] == ("D-1", "V-1") and row[3:5] == (NOW_AT, NOW_AT + 1) for row in rows)
    return {row[2]: row[6] or row[5] for row in rows}


def test_traccars_vocabulary_in_its_units():
    assert told(
        {
            "hours": "3600000",
            "fuel": "41.5",
            "fuelLevel": 62,
            "rpm": 1900,
            "coolantTemp": 88.5,
            "power": 13.8,
            "battery": 4.1,
            "temp1": -18.5,
            "temp12": "4",
            "odometer": "120500",
            "axleWeight": 1800,
            "ignition": "true",
            "door": False,
            "tachograph": "rest",
        }
    ) == {
        "engine_time": 3_600.0,
        "fuel": 41.5,
        "fuel_level": 62.0,
        "engine_speed": 1_900.0,
        "coolant_temperature": 88.5,
        "supply_voltage": 13.8,
        "device_voltage": 4.1,
        "temperature.probe1": -18.5,
        "temperature.probe12": 4.0,
        "odometer": 120_500.0,
        "load": 1_800.0,
        "ignition": "on",
        "door.main": "closed",
        "tachograph": "rest",
    }


def test_full_channel_names_stand_for_themselves():
    keys = {"temperature.cargo": "9.4", "tyre_pressure.front_left": "230000", "door.rear": "true"}
    assert told(keys) == {"temperature.cargo": 9.4, "tyre_pressure.front_left": 230_000.0, "door.rear": "open"}


def test_other_keys_are_ignored():
    assert told({"alarm": "sos", "sat": "9", "temp": "4", "temp0": "4", "io12": "1", "driverUniqueId": "x"}) == {}


def test_osmand_keeps_what_is_no_part_of_the_fix():
    fix = decode_osmand({"id": "k", "lat": "1", "lon": "2", "speed": "3", "batt": "88", "temp1": "4.5"})
    assert told(fix.attributes) == {"device_battery": 88.0, "temperature.probe1": 4.5}


def test_traccar_client_tells_battery_odometer_and_extras():
    location = {
        "coords": {"latitude": 1.0, "longitude": 2.0},
        "odometer": 12_000.5,
        "battery": {"level": 0.5, "is_charging": False},
        "extras": {"temperature.cargo": 3.5, "nested": {"x": 1}},
    }
    body = json.dumps({"device_id": "k", "location": location}).encode()
    assert told(decode_traccar_client(body).attributes) == {
        "odometer": 12_000.5,
        "device_battery": 50.0,
        "temperature.cargo": 3.5,
    }


def test_odd_extras_cost_no_fix():
    location = {"coords": {"latitude": 1.0, "longitude": 2.0}, "odometer": "far", "battery": 7, "extras": [1]}
    fix = decode_traccar_client(json.dumps({"device_id": "k", "location": location}).encode())
    assert fix.lat == 1.0
    location["battery"] = {"level": -1}
    assert decode_traccar_client(json.dumps({"device_id": "k", "location": location}).encode()).attributes == {
        "odometer": "far"
    }
