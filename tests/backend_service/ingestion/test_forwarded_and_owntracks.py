"""Traccar's forwarding and OwnTracks: units turned to SI, two clocks kept apart, and what nobody asks for named."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from backend_service.ingestion.attributes import readings_of
from backend_service.ingestion.owntracks import OTHER_TYPES, decode_owntracks
from backend_service.ingestion.traccar_client import decode_traccar_client
from backend_service.ingestion.traccar_forward import decode_forwarded
from core.fleet.devices import Presence
from core.refusals import Refusal

NOW_AT = 1_800_000_000.0
STAMP, LATER = "2027-01-15T08:00:00.000+00:00", "2027-01-15T08:00:30.000+00:00"


def forwarded(event: dict[str, Any] | None = None, **changed: Any) -> bytes:
    position = {"latitude": -29.9, "longitude": -71.25, "speed": 10.0, "course": 360.0, "accuracy": 0.0} | changed
    body = {"position": position, "device": {"uniqueId": "D-1"}} | ({"event": event} if event else {})
    return json.dumps(body).encode()


def location(**told: Any) -> bytes:
    return json.dumps({"_type": "location", "tst": NOW_AT, "lat": -29.9, "lon": -71.25} | told).encode()


def test_traccar_s_knots_and_clocks() -> None:
    message = decode_forwarded(forwarded(fixTime=STAMP, deviceTime=LATER, outdated=True, valid=False))
    (fix,) = message.fixes
    assert (message.kind, message.key) == ("position", "D-1")
    assert (fix.fix_at, fix.made_at, fix.is_valid) == (NOW_AT, NOW_AT + 30.0, False)
    assert (fix.speed_mps, fix.heading_deg) == (pytest.approx(10.0 * 1852.0 / 3600.0), 0.0)
    assert np.isnan(fix.accuracy_m), "Traccar writes 0 for an accuracy that nobody told"


@pytest.mark.parametrize(("alarm", "is_urgent"), [("sos", True), ("hardBraking,sos", True), ("lowBattery", False)])
def test_an_alarm_that_does_not_wait_makes_its_position_urgent(alarm: str, is_urgent: bool) -> None:
    (by_position,) = decode_forwarded(forwarded(attributes={"alarm": alarm})).fixes
    event = {"type": "alarm", "attributes": {"alarm": alarm}}
    (by_event,) = decode_forwarded(forwarded(event)).fixes
    assert (by_position.is_urgent, by_event.is_urgent) == (is_urgent, is_urgent)


@pytest.mark.parametrize(("kind", "told"), [("geofenceEnter", "event.geofenceEnter"), ("x" * 500, "event.other")])
def test_an_event_is_counted_by_one_of_a_fixed_few_words(kind: str, told: str) -> None:
    assert decode_forwarded(forwarded({"type": kind})).kind == told


def test_an_event_alone_is_not_asked_for_and_nothing_at_all_is_malformed() -> None:
    alone = decode_forwarded(b'{"event": {"type": "deviceOnline"}, "device": {"uniqueId": 7}}')
    assert (alone.is_asked_for, alone.key, alone.fixes) == (False, "7", ())
    with pytest.raises(Refusal):
        decode_forwarded(b'{"device": {"uniqueId": "D-1"}}')


def test_owntracks_kilometres_an_hour_and_clocks() -> None:
    message = decode_owntracks(
        location(vel=36, cog=360, acc=12, batt=71, created_at=NOW_AT + 60, topic="owntracks/D-7/x")
    )
    (fix,) = message.fixes
    assert (message.key, fix.fix_at, fix.made_at) == ("D-7", NOW_AT, NOW_AT + 60.0)
    assert (fix.speed_mps, fix.heading_deg, fix.accuracy_m) == (pytest.approx(10.0), 0.0, 12.0)
    assert fix.attributes == {"batteryLevel": 71.0}


def test_what_owntracks_leaves_out_is_unknown() -> None:
    (fix,) = decode_owntracks(location()).fixes
    assert np.isnan([fix.speed_mps, fix.heading_deg, fix.accuracy_m]).all()


def test_the_queclink_extension_is_read() -> None:
    (fix,) = decode_owntracks(location(odometer=125.5, uext=12.6, ubatt=3.9, rpm=900, ign=1)).fixes
    assert fix.attributes == {"odometer": 125_500.0, "power": 12.6, "battery": 3.9, "rpm": 900.0, "ignition": True}


def test_a_last_will_says_off_and_the_other_types_are_not_asked_for() -> None:
    assert decode_owntracks(b'{"_type": "lwt", "tst": 1}').presence is Presence.OFFLINE
    for kind in OTHER_TYPES:
        assert not decode_owntracks(json.dumps({"_type": kind}).encode()).is_asked_for
    with pytest.raises(Refusal):
        decode_owntracks(b'{"_type": "horoscope"}')


@pytest.mark.parametrize(
    ("told", "alarm", "is_urgent"),
    [
        ({"t": "e"}, "powerCut", True),
        ({"t": "!"}, "tow", True),
        ({"t": "s"}, "overspeed", False),
        ({"t": "h", "rty": 3}, "hardBraking", False),
        ({"t": "h", "rty": 1}, "hardAcceleration", False),
        ({"t": "h", "rty": 5}, "hardCornering", False),
    ],
)
def test_why_a_tracker_of_the_extension_reports(told: dict[str, Any], alarm: str, is_urgent: bool) -> None:
    (fix,) = decode_owntracks(location(**told)).fixes
    assert (dict(fix.attributes), fix.is_urgent) == ({"alarm": alarm}, is_urgent)


@pytest.mark.parametrize(
    "told", [{"t": letter} for letter in "pcCbrutvE"] + [{"t": "h"}, {"t": "h", "rty": 9}, {"t": 7}]
)
def test_the_letters_of_the_app_itself_raise_nothing(told: dict[str, Any]) -> None:
    (fix,) = decode_owntracks(location(**told)).fixes
    assert (dict(fix.attributes), fix.is_urgent) == ({}, False)


@pytest.mark.parametrize(("told", "is_on"), [({"t": "i"}, True), ({"t": "I"}, False), ({"t": "i", "ign": 0}, False)])
def test_ignition_by_report_or_by_name(told: dict[str, Any], is_on: bool) -> None:
    (fix,) = decode_owntracks(location(**told)).fixes
    assert fix.attributes == {"ignition": is_on}


def test_hours_of_the_engine_and_the_tank_reach_their_channels() -> None:
    (fix,) = decode_owntracks(location(hmc=7200, flvl=55)).fixes
    told = {row[2]: row[5] for row in readings_of(fix.attributes, "D-1", "V-1", NOW_AT, NOW_AT).rows()}
    assert told == {"engine_time": 7200.0, "fuel_level": 55.0}


def test_over_http_the_topic_names_user_and_device() -> None:
    message = decode_owntracks(location(topic="owntracks/jane/phone"))
    assert (message.full_key, message.key) == ("jane.phone", "jane")


def test_a_place_that_another_app_made_up_is_no_position() -> None:
    here = {"coords": {"latitude": -29.9, "longitude": -71.25}}
    for mock, is_valid in ((True, False), (False, True), (None, True)):
        body = {"device_id": "D-1", "location": here | {"mock": mock}}
        assert decode_traccar_client(json.dumps(body).encode()).is_valid is is_valid
