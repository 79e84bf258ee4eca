"""Two devices on one vehicle: one position, which never flaps."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.telemetry.position_choice import FRESH_S, choose
from core.vocabulary import DeviceId, VehicleId

T = 1_800_000_000.0
PRIMARIES = {VehicleId("V-1"): DeviceId("D-1")}


def chosen(fixes: Any, *rows: tuple[str, float], known: dict[str, float] | None = None) -> list[bool]:
    batch = fixes(*({"device": device, "fix_at": T + at} for device, at in rows))
    return choose(batch, PRIMARIES, {} if known is None else known).tolist()


def test_the_secondary_counts_only_where_the_primary_was_silent(fixes: Any) -> None:
    assert FRESH_S == 30.0
    known: dict[str, float] = {}
    assert chosen(fixes, ("D-2", 0), known=known) == [True]
    assert chosen(fixes, ("D-1", 1), known=known) == [True]
    assert chosen(fixes, ("D-2", 2), ("D-2", 30), ("D-2", 31), known=known) == [False, False, True]
    assert chosen(fixes, ("D-1", 40), known=known) == [True]
    assert chosen(fixes, ("D-2", 41), known=known) == [False]
    assert known == {"V-1": T + 40}


def test_of_one_instant_the_primarys_counts_in_whatever_order(fixes: Any) -> None:
    assert chosen(fixes, ("D-2", 0), ("D-1", 0)) == [False, True]
    assert chosen(fixes, ("D-1", 0), ("D-2", 0)) == [True, False]


def test_a_vehicle_without_devices_is_led_by_whoever_sends(fixes: Any) -> None:
    batch = fixes({"vehicle": "V-7", "device": ""}, {"vehicle": "V-7", "device": "", "fix_at": T + 1})
    assert choose(batch, PRIMARIES, {}).tolist() == [True, True]


def test_a_gateway_that_names_no_device_gives_way_to_the_primary(fixes: Any) -> None:
    known: dict[str, float] = {}
    assert chosen(fixes, ("", 0), known=known) == [True]
    assert chosen(fixes, ("D-1", 1), ("", 2), known=known) == [True, False]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own_each_s=st.floats(1.0, 29.0), other_each_s=st.floats(0.5, 60.0))
def test_while_the_primary_sends_the_marker_never_changes_over(
    fixes: Any, own_each_s: float, other_each_s: float
) -> None:
    own = [("D-1", number * own_each_s) for number in range(20)]
    span = own[-1][1]
    other = [("D-2", 0.1 + number * other_each_s) for number in range(int((span - 0.1) / other_each_s) + 1)]
    known: dict[str, float] = {}
    leading = []
    for device, at in sorted(own + other, key=lambda row: row[1]):
        if chosen(fixes, (device, at), known=known) == [True]:
            leading.append(device)
    assert set(leading) == {"D-1"}
