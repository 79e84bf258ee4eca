"""The catalogue of channels, and which readings are believed."""

from __future__ import annotations

import pytest

from core.telemetry.channels import CATALOGUE, ChannelKind, channel_named, spoken_name
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.telemetry.reading_plausibility import ReadingReason, newest_of_each, sift_readings

NOW = 1_800_000_000.0
NAN = float("nan")


def row(channel: str, value: float = NAN, state: str = "", at: float = NOW, device: str = "D-1", vehicle: str = "V-1"):
    return (device, vehicle, channel, at, NOW, value, state)


def sift(*rows):
    return sift_readings(ReadingBatch.of(rows), PlausibilityLimits())


def test_every_channel_is_whole():
    for name, channel in CATALOGUE.items():
        assert channel.name == name
        assert channel.stale_after_s > 0
        if channel.kind is ChannelKind.NUMBER:
            assert channel.least < channel.most
            assert channel.unit
        else:
            assert len(channel.states) >= 2


@pytest.mark.parametrize("name", ["fuel", "temperature.cargo", "tyre_pressure.front_left", "door.rear2"])
def test_full_names(name):
    assert channel_named(name) is CATALOGUE[name.partition(".")[0]]


@pytest.mark.parametrize(
    "name", ["", "warp", "temperature", "fuel.left", "door.", "door.Rear", "door.a.b", "door." + "x" * 41]
)
def test_what_is_no_channel(name):
    assert channel_named(name) is None


def test_what_people_call_a_channel():
    assert spoken_name("temperature.cargo") == "cargo"
    assert spoken_name("tyre_pressure.front_left") == "front left tyre pressure"
    assert spoken_name("fuel_level") == "fuel level"


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (row("temperature.cargo", 4.2), None),
        (row("temperature.cargo", -80.0), None),
        (row("temperature.cargo", -80.1), "out_of_range"),
        (row("temperature.cargo", NAN), "out_of_range"),
        (row("temperature.cargo", float("inf")), "out_of_range"),
        (row("temperature", 4.0), "unknown_channel"),
        (row("warp", 4.0), "unknown_channel"),
        (row("door.rear", 1.0), "wrong_kind"),
        (row("door.rear", state="open"), None),
        (row("door.rear", state="ajar"), "unknown_state"),
        (row("fuel", state="open"), "wrong_kind"),
        (row("fuel", 12.0, at=NOW - 86_401), "too_old"),
        (row("fuel", 12.0, at=NOW + 121), "future"),
        (row("fuel", 12.0, at=NOW + 120), None),
    ],
)
def test_each_reading_is_judged_by_its_channel(reading, reason):
    sifted = sift(reading)
    assert dict(sifted.rejected) == ({ReadingReason(reason): 1} if reason else {})
    assert len(sifted.accepted) == (reason is None)


def test_what_is_accepted_is_in_order_and_names_its_newest():
    sifted = sift(
        row("fuel", 3.0, at=NOW - 1), row("fuel", 1.0, at=NOW - 5), row("load", 9.0), row("fuel", 2.0, vehicle="V-0")
    )
    assert sifted.accepted.value.tolist() == [2.0, 1.0, 3.0, 9.0]
    assert newest_of_each(sifted.accepted).tolist() == [True, False, True, True]


def test_an_empty_batch_stays_one():
    assert len(sift().accepted) == 0
    assert newest_of_each(ReadingBatch.of(())).tolist() == []
