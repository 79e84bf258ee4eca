"""Limits made, changed and withdrawn; crossings noted once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.command_rights import PERMITTED
from core.commands import RecordLimitTurn, RegisterVehicle, SetChannelLimit, WithdrawChannelLimit
from core.projections.operation import Operation, decode_operation, encode_operation
from core.refusals import NotFound, Refusal, StateChanged
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.vocabulary import Role, VehicleId

V1 = VehicleId("V-1")
COLD = ChannelLimit(
    limit_id=LimitId("cold"), channel="temperature.cargo", vehicles=(V1,), most=5.0, hysteresis=1.0, for_s=180.0
)
CROSSED = RecordLimitTurn(
    vehicle_id=V1,
    channel="temperature.cargo",
    limit_id=LimitId("cold"),
    limit_version=1,
    is_crossed=True,
    since_at=100.0,
    value=9.4,
)


@pytest.fixture
def limited(scene):
    scene.do(RegisterVehicle(vehicle_id=V1, plate="A"))
    scene.do(SetChannelLimit(limit=COLD))
    return scene


def test_each_setting_is_a_version_and_audited(limited):
    limits = limited.operation.channels.limits
    assert limits[COLD.limit_id] == replace(COLD, version=1)
    limited.do(SetChannelLimit(limit=replace(COLD, most=6.0), based_on=1))
    assert (limits[COLD.limit_id].most, limits[COLD.limit_id].version) == (6.0, 2)
    assert type(limited.happened[-1]).is_audited
    with pytest.raises(StateChanged):
        limited.do(SetChannelLimit(limit=COLD, based_on=1))


def test_a_limit_made_again_goes_on_counting(limited):
    limited.do(WithdrawChannelLimit(limit_id=COLD.limit_id))
    limited.do(SetChannelLimit(limit=COLD, based_on=0))
    assert limited.operation.channels.limits[COLD.limit_id].version == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel": "warp"}, "unknown_channel"),
        ({"channel": "temperature.Cargo"}, "unknown_channel"),
        ({"most": None}, "bound_needed"),
        ({"forbidden": ("open",)}, "bound_needed"),
        ({"most": 151.0}, "bound_out_of_range"),
        ({"most": float("nan")}, "bound_out_of_range"),
        ({"hysteresis": -1.0}, "hysteresis_out_of_range"),
        ({"hysteresis": float("nan")}, "hysteresis_out_of_range"),
        ({"least": 3.0}, "no_room"),
        ({"for_s": -1.0}, "dwell_out_of_range"),
        ({"for_s": float("nan")}, "dwell_out_of_range"),
        ({"channel": "door.rear", "most": None}, "states_needed"),
        ({"channel": "door.rear", "most": None, "forbidden": ("ajar",)}, "unknown_state"),
    ],
)
def test_a_limit_has_to_make_sense(limited, change, code):
    with pytest.raises(Refusal) as refused:
        limited.do(SetChannelLimit(limit=replace(COLD, **change)))
    assert refused.value.code == f"channel_limit.{code}"


def test_a_limit_names_known_vehicles(limited):
    with pytest.raises(NotFound):
        limited.do(SetChannelLimit(limit=replace(COLD, vehicles=(V1, VehicleId("V-9")))))


def test_a_crossing_is_noted_once_and_restored_once(limited):
    assert len(limited.do(CROSSED).events) == 1
    assert limited.do(CROSSED).events == []
    crossing = limited.operation.channels.crossing_of(V1, "temperature.cargo")
    assert (crossing.value, crossing.bound, crossing.beyond_since_at) == (9.4, 5.0, 100.0)
    restored = replace(CROSSED, is_crossed=False, since_at=700.0, value=3.9)
    [(stream, event)] = limited.do(restored).events
    assert (stream, event.crossed_s, event.value) == ("vehicle/V-1", 600.0, 3.9)
    assert limited.operation.channels.crossings == {}
    assert limited.do(restored).events == []


def test_what_was_judged_by_an_older_version_counts_no_more(limited):
    limited.do(SetChannelLimit(limit=replace(COLD, most=20.0)))
    assert limited.do(CROSSED).events == []


def test_a_withdrawn_limit_takes_its_crossings_along(limited):
    limited.do(CROSSED)
    limited.do(WithdrawChannelLimit(limit_id=COLD.limit_id))
    assert limited.operation.channels.crossings == {}
    with pytest.raises(NotFound):
        limited.do(WithdrawChannelLimit(limit_id=COLD.limit_id))


def test_a_snapshot_holds_limits_and_crossings(limited):
    limited.do(CROSSED)
    again = decode_operation(encode_operation(limited.operation))
    assert again.channels == limited.operation.channels
    assert decode_operation(encode_operation(Operation())).channels.limits == {}


def test_who_may_set_limits():
    for command in (SetChannelLimit, WithdrawChannelLimit):
        assert PERMITTED[command] == {Role.SUPERVISOR, Role.ADMINISTRATOR}
