"""Signs become disruptions and end again without flapping, in whatever order they are told."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.disruption.detection_policy import DetectionPolicy
from core.disruption.disruption import Disruption, DisruptionKind, SubjectKind
from core.disruption.order_signs import overload
from core.disruption.signs import Sign, Watched, say
from core.disruption.watching import Turns, Watching
from core.projections.operation import Operation
from core.vocabulary import ZoneId


def sign(level: float, subject: str = "D-1", **fields: Any) -> Sign:
    settings: dict[str, Any] = {
        "kind": DisruptionKind.OFF_ROUTE,
        "subject_kind": SubjectKind.DRIVER,
        "unit": "m",
        "raise_at": 150.0,
        "keep_at": 75.0,
        "since_at": 0.0,
        "finding": say("finding.off_route", metres=level),
        "cause": say("cause.no_driver"),
    }
    return Sign(subject_id=subject, level=level, **{**settings, **fields})


class Days:
    """Looks again and again, and keeps what stands."""

    def __init__(self) -> None:
        self.watching = Watching()
        self.standing: dict[str, Disruption] = {}
        self.began: list[float] = []
        self.ended: list[float] = []

    def look(self, now: float, *signs: Sign) -> Turns:
        turns = self.watching.look(signs, self.standing.values(), now)
        for name in turns.ended:
            del self.standing[name]
            self.ended.append(now)
        for one in turns.began:
            self.standing[one.disruption_id] = one
            self.began.append(now)
        return turns


def test_begins_at_the_upper_limit_and_ends_below_the_lower_one() -> None:
    days = Days()
    assert not days.look(0.0, sign(149.0)).began
    (began,) = days.look(5.0, sign(150.0)).began
    assert (began.kind, began.subject_id, began.level) == (DisruptionKind.OFF_ROUTE, "D-1", 150.0)
    for now in range(10, 100, 5):
        assert days.look(float(now), sign(80.0)) == Turns()
    assert not days.look(100.0, sign(74.0)).ended
    assert days.look(130.0, sign(74.0)).ended == (began.disruption_id,)


def test_what_is_calm_for_a_moment_goes_on() -> None:
    days = Days()
    days.look(0.0, sign(200.0))
    days.look(5.0)
    days.look(30.0, sign(100.0))
    assert days.look(40.0) == Turns()  # calm since 40, not since 5
    assert days.look(69.0) == Turns()
    assert days.look(70.0).ended


def test_does_not_begin_again_at_once() -> None:
    days = Days()
    days.look(0.0, sign(200.0))
    days.look(5.0)
    days.look(35.0)
    assert days.ended == [35.0]
    days.look(40.0, sign(200.0))
    assert days.began == [0.0]
    days.look(95.0, sign(200.0))
    assert days.began == [0.0, 95.0]


def test_has_to_hold_for_as_long_as_it_asks() -> None:
    days = Days()
    days.look(0.0, sign(200.0, confirm_s=60.0))
    days.look(30.0, sign(100.0, confirm_s=60.0))
    days.look(59.0, sign(200.0, confirm_s=60.0))
    assert not days.look(118.0, sign(200.0, confirm_s=60.0)).began
    assert days.look(119.0, sign(200.0, confirm_s=60.0)).began


@given(st.lists(st.floats(0.0, 400.0), min_size=1, max_size=60))
def test_whatever_comes_it_never_begins_twice_within_the_rest(levels: list[float]) -> None:
    days = Days()
    for n, level in enumerate(levels):
        days.look(5.0 * n, sign(level))
    assert all(later - earlier >= 90.0 for earlier, later in zip(days.began, days.began[1:], strict=False))
    assert len(days.began) - len(days.ended) in (0, 1)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0.0, 400.0)), max_size=30), st.randoms())
def test_order_of_signs_plays_no_part(told: list[tuple[str, float]], dice: random.Random) -> None:
    one, other = Days(), Days()
    for n, (name, level) in enumerate(told):
        signs = [sign(level, name), sign(160.0, "D")]
        one.look(5.0 * n, *signs)
        dice.shuffle(signs)
        other.look(5.0 * n, *signs)
        other.look(5.0 * n, *signs)
    assert one.standing == other.standing


def test_ends_only_after_the_calm_that_it_asks_for() -> None:
    days = Days()
    days.look(0.0, sign(200.0, calm_s=120.0))
    days.look(5.0, sign(0.0, calm_s=120.0))
    assert days.look(120.0, sign(0.0, calm_s=120.0)) == Turns()
    assert days.look(125.0, sign(0.0, calm_s=120.0)).ended


def _short(drivers: float) -> Sign:
    """Return the sign of a zone that lacks drivers, as the rule about zones gives it."""
    watched = Watched(Operation(), 0.0, DetectionPolicy(), short={ZoneId("centro"): drivers})
    return next(iter(overload(watched)))


@pytest.mark.parametrize(
    ("levels", "began", "ended"),
    [
        # around the limit of 4: once a count holds for 30 s it begins, and above 2 it goes on
        ([3.8, 4.1, 4.1, 4.2, 3.9, 4.1, 3.7, 4.3] * 10, 1, 0),
        # around the lower limit of 2: it never stays below for 120 s
        ([4.5, 4.5, 4.5, *([2.1, 1.9, 1.8, 2.2, 1.9, 1.7] * 10)], 1, 0),
        # from far above to far below with every other quarter of a minute: it never holds, so it never begins
        ([5.0, 1.0] * 40, 0, 0),
        # swings wider than both limits, a minute each: one disruption, not one for every swing
        ([5.0] * 4 + [1.0] * 4 + [5.0] * 4 + [1.0] * 4 + [5.0] * 4 + [1.0] * 4, 1, 0),
        # really over: it ends once
        ([5.0] * 4 + [1.0] * 20, 1, 1),
    ],
)
def test_demand_around_the_limit_is_one_overload(levels: list[float], began: int, ended: int) -> None:
    days = Days()
    for n, level in enumerate(levels):  # zones are counted each 15 s and looked at each 5 s
        for look in range(3):
            days.look(15.0 * n + 5.0 * look, _short(level))
    assert (len(days.began), len(days.ended)) == (began, ended)
