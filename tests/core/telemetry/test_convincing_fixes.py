"""A wild fix that came first shuts nobody out: three others in a row that agree with each other are believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import ACCEPTED, REASONS, Surroundings, sift
from core.telemetry.plausibility import Anchor, PlausibilityLimits, Reason

type Fixes = Callable[..., FixBatch]
NOW_AT = 1_800_000_000.0
HERE, AFAR = -29.9, -28.9
"""A degree apart, 111 km."""

JUMP = Reason.IMPOSSIBLE_JUMP


class Received:
    """Sifts batch after batch, as the intake does: the last accepted fix is where the next jump is measured from."""

    def __init__(self, fixes: Fixes) -> None:
        self.anchors: dict[str, Anchor] = {}
        self._fixes = fixes
        self._surroundings = Surroundings(PlausibilityLimits(), lambda *_: False, self.anchors)

    def take(self, *rows: tuple[float, float], vehicle: str = "V-1") -> Sequence[Reason | None]:
        """Take (seconds, latitude) in; return why each was refused."""
        batch = self._fixes(*({"vehicle": vehicle, "fix_at": NOW_AT - 60 + at, "lat": lat} for at, lat in rows))
        sifted = sift(batch, self._surroundings)
        for row in range(len(sifted.accepted)):
            one: Any = sifted.accepted
            self.anchors[vehicle] = Anchor(float(one.lat[row]), float(one.lon[row]), float(one.fix_at[row]))
        return [None if verdict == ACCEPTED else REASONS[verdict] for verdict in sifted.verdicts]


def test_after_a_wild_first_fix_the_third_true_one_is_believed(fixes: Fixes) -> None:
    received = Received(fixes)
    assert received.take((0, AFAR)) == [None]
    assert received.take((5, HERE), (10, HERE), (15, HERE), (20, HERE)) == [JUMP, JUMP, None, None]


def test_it_does_not_matter_in_how_many_batches_they_come(fixes: Fixes) -> None:
    received = Received(fixes)
    received.take((0, AFAR))
    assert [received.take((at, HERE))[0] for at in (5, 10, 15, 20)] == [JUMP, JUMP, None, None]


def test_a_wild_fix_among_true_ones_convinces_nobody(fixes: Fixes) -> None:
    received = Received(fixes)
    assert received.take((0, HERE), (5, AFAR), (10, AFAR), (15, HERE), (20, AFAR)) == [None, JUMP, JUMP, None, JUMP]
    assert received.take((25, HERE), (30, AFAR), (35, HERE)) == [None, JUMP, None]


def test_wild_fixes_that_do_not_agree_convince_nobody(fixes: Fixes) -> None:
    received = Received(fixes)
    received.take((0, HERE))
    assert received.take((5, AFAR), (10, AFAR + 2), (15, AFAR + 4), (20, AFAR + 6)) == [JUMP] * 4


def test_a_fix_that_is_sent_again_is_no_further_word(fixes: Fixes) -> None:
    received = Received(fixes)
    received.take((0, HERE))
    assert [received.take((5, AFAR))[0] for _ in range(5)] == [JUMP] * 5


def test_doubts_about_one_vehicle_are_none_about_another(fixes: Fixes) -> None:
    received = Received(fixes)
    for vehicle in ("V-1", "V-2"):
        received.take((0, HERE), vehicle=vehicle)
    assert [received.take((at, AFAR), vehicle=v)[0] for at, v in ((5, "V-1"), (6, "V-2"), (10, "V-1"))] == [JUMP] * 3
