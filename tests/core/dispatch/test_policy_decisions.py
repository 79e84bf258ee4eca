"""The policy changed by people: checked, counted, per zone, taken back; what nobody set stays Tower's own."""

from __future__ import annotations

import pytest

from core.command_rights import PERMITTED
from core.commands import ChangePolicy, DrawZones
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, policy_in_force
from core.dispatch.proposals.proposing import proposing_of
from core.fleet.zone import Zone
from core.people.regions import only_in_regions
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal, StateChanged
from core.vocabulary import Position, Role, ZoneId

PORT = ZoneId("Z-01")
RING = tuple(Position(lat, lon) for lat, lon in ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)))


@pytest.fixture
def zoned(scene):
    scene.do(DrawZones(zones=(Zone(zone_id=PORT, name="Port", ring=RING),)))
    return scene


def _in_force(scene, zone_id=None) -> DispatchPolicy:
    return policy_in_force(DispatchPolicy(), scene.operation.policy, zone_id)


def _change(scene, note="Because", **values):
    zone_id = values.pop("zone_id", None)
    return scene.do(ChangePolicy(values=values, zone_id=zone_id, note=note))


def test_a_zone_has_its_own_value_and_the_citys_otherwise(zoned) -> None:
    _change(zoned, lateness_per_minute=500)
    _change(zoned, high_value=60_000, zone_id=PORT)

    assert _in_force(zoned).high_value == DispatchPolicy().high_value
    assert (_in_force(zoned, PORT).high_value, _in_force(zoned, PORT).lateness_per_minute) == (60_000, 500)


def test_a_change_says_what_was_before_and_why(zoned) -> None:
    _change(zoned, lateness_per_minute=500, note="Promises matter more at noon")
    decision = _change(zoned, lateness_per_minute=450)

    event = zoned.happened[-1]
    assert (event.number, event.values, event.before) == (2, {"lateness_per_minute": 450}, {"lateness_per_minute": 500})
    assert event.is_audited
    assert decision.created == "P-2"


def test_none_takes_a_value_back(zoned) -> None:
    _change(zoned, high_value=60_000, zone_id=PORT)

    _change(zoned, high_value=None, zone_id=PORT)

    assert _in_force(zoned, PORT) == DispatchPolicy()
    assert zoned.operation.policy.zones == {}


def test_a_snapshot_keeps_it(zoned) -> None:
    _change(zoned, cycle_s=2.5)

    restored = decode_operation(encode_operation(zoned.operation))

    assert policy_in_force(DispatchPolicy(), restored.policy).cycle_s == 2.5


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"charm": 1.0}, "policy.unknown_field"),
        ({"at_risk": 1.5}, "policy.out_of_range"),
        ({"lateness_per_minute": float("nan")}, "policy.out_of_range"),
        ({"max_orders": 2.5}, "policy.not_whole"),
        ({"sure_probability": 0.5}, "policy.contradiction"),
        ({"max_bundle": 8}, "policy.contradiction"),
        ({"on_route_m": 200}, "policy.contradiction"),
        ({"short_drivers": 1.5}, "policy.contradiction"),
        ({"silent_s": 5}, "policy.out_of_range"),
        ({"high_value": DispatchPolicy().high_value}, "policy.no_change"),
        ({"high_value": None}, "policy.no_change"),
    ],
)
def test_nonsense_is_refused(zoned, values, code) -> None:
    with pytest.raises(Refusal) as refused:
        _change(zoned, **values)

    assert refused.value.code == code
    assert zoned.operation.policy.number == 0


def test_a_citys_value_may_not_contradict_a_zones_own(zoned) -> None:
    _change(zoned, max_bundle=4, zone_id=PORT)

    with pytest.raises(Refusal, match="max_bundle"):
        _change(zoned, max_orders=3)


def test_a_zone_has_no_say_in_what_concerns_the_whole_round(zoned) -> None:
    with pytest.raises(Refusal, match="whole city"):
        _change(zoned, cycle_s=2, zone_id=PORT)


def test_unknown_zone_missing_note_and_a_moved_policy_refuse(zoned) -> None:
    with pytest.raises(NotFound):
        _change(zoned, high_value=1, zone_id=ZoneId("Z-99"))
    with pytest.raises(Refusal, match="why"):
        _change(zoned, high_value=1, note="  ")
    with pytest.raises(StateChanged):
        zoned.do(ChangePolicy(values={"high_value": 1}, note="Because", based_on=4))


def test_who_is_limited_to_a_region_changes_only_its_policy(zoned) -> None:
    regions = frozenset({PORT})
    only_in_regions(zoned.operation, ChangePolicy(values={}, note="", zone_id=PORT), regions)

    with pytest.raises(Refusal, match="only"):
        only_in_regions(zoned.operation, ChangePolicy(values={}, note=""), regions)


def test_a_supervisor_may_and_a_dispatcher_may_not() -> None:
    assert PERMITTED[ChangePolicy] == {Role.SUPERVISOR, Role.ADMINISTRATOR}


TAKEN_FROM_THE_REST = {"horizon_s", "max_bundle", "pickup_s", "drop_off_s", "late_worth", "pressure_minutes"}
"""What a match takes from the rest of the policy, or from the orders."""


def test_every_number_of_the_policy_can_be_set_within_its_range() -> None:
    policy = DispatchPolicy()
    numbers = {name for name in policy.__struct_fields__ if isinstance(getattr(policy, name), int | float)}
    parts = {
        (part, name)
        for part in ("matching", "spread")
        for name in getattr(policy, part).__struct_fields__
        if name not in TAKEN_FROM_THE_REST
    }

    assert {name for name, field in FIELDS.items() if not field.part} == numbers
    assert {(field.part, field.attribute) for field in FIELDS.values() if field.part} == parts
    assert all(field.least <= field.value_in(policy) <= field.most for field in FIELDS.values())


def test_weights_of_the_match_and_spreads_are_changed_and_told_as_all_others(scene) -> None:
    _change(scene, match_paid_order=2.0, match_effort=50, spread_of_kitchens_s=90, propose_from_cases=8)

    policy = _in_force(scene)

    assert (policy.matching.paid_order, policy.matching.node_limit) == (2.0, 50)
    assert policy.matching.driving_share == DispatchPolicy().matching.driving_share
    assert (policy.spread.kitchen_sd_s, proposing_of(policy).least_cases) == (90.0, 8)
    assert scene.happened[-1].before["match_paid_order"] == DispatchPolicy().matching.paid_order

    _change(scene, match_paid_order=None)

    assert _in_force(scene).matching.paid_order == DispatchPolicy().matching.paid_order


@pytest.mark.parametrize(
    ("values", "code"),
    [({"match_effort": 1.5}, "policy.not_whole"), ({"spread_without_streets": 0.5}, "policy.out_of_range")],
)
def test_nonsense_in_a_part_is_refused(scene, values, code) -> None:
    with pytest.raises(Refusal) as refused:
        _change(scene, **values)

    assert refused.value.code == code


def test_a_zone_has_no_match_of_its_own(zoned) -> None:
    with pytest.raises(Refusal, match="whole city"):
        _change(zoned, match_paid_order=2.0, zone_id=PORT)
