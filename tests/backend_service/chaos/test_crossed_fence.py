"""Each crossing that is missing, doubled or made by no fix is told; a whole day is not."""

from __future__ import annotations

from collections import Counter

import pytest

from backend_service.chaos.crossed_fence import (
    AWAY_M,
    CENTRE_LAT,
    SIDE_S,
    broken_crossings,
    crossings_of,
    is_inside,
    lat_at,
)
from core.geodesy import METRES_PER_DEGREE

IN, OUT = "GeofenceEntered", "GeofenceExited"
DAY = [("V-1", at) for at in (1.6, 2.9, 3.2, 3.3, 4.4, 4.6, 4.7, 6.1)]
"""By sides of 1.5 s: two outside, three inside, two outside, one inside."""

CROSSED = [("V-1", IN, 3.2), ("V-1", OUT, 4.6)]


def test_where_a_vehicle_is_depends_on_the_time_alone() -> None:
    assert [is_inside(at) for at in (0.0, SIDE_S, 2 * SIDE_S)] == [True, False, True]
    assert (lat_at(0.0), lat_at(SIDE_S)) == (CENTRE_LAT, CENTRE_LAT + AWAY_M / METRES_PER_DEGREE)


def test_crossings_are_dated_by_the_first_of_two_fixes_on_the_other_side() -> None:
    assert crossings_of(reversed(DAY)) == CROSSED


def test_a_whole_day_breaks_no_promise_nor_does_what_nobody_was_told_of() -> None:
    assert broken_crossings(DAY, DAY, Counter(CROSSED)) == ()
    assert broken_crossings(DAY[:6], DAY, Counter(CROSSED)) == ()
    assert broken_crossings(DAY[:6], DAY, Counter(CROSSED[:1])) == ()


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        (Counter(CROSSED[:1]), "1 crossings by acknowledged fixes are missing: ('V-1', 'GeofenceExited', 4.6)"),
        (Counter([*CROSSED, CROSSED[0]]), "1 crossings are recorded twice: ('V-1', 'GeofenceEntered', 3.2)"),
        (Counter([*CROSSED, ("V-1", IN, 6.1)]), "1 crossings were made by no fix: ('V-1', 'GeofenceEntered', 6.1)"),
        (
            Counter([*CROSSED, ("V-1", "GeofenceCrossingRefuted", 5.0)]),
            "1 crossings were refuted, though every fix came in its turn: ('V-1', 'GeofenceCrossingRefuted', 5.0)",
        ),
    ],
)
def test_each_fault_is_told(recorded: Counter[tuple[str, str, float]], told: str) -> None:
    assert broken_crossings(DAY, DAY, recorded) == (told,)
