"""A commit is shown again only where the outcome moved in a way that matters; each limit by its exact amount."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.dispatch.changes import Reassign
from core.dispatch.commit_check import foretold_of, moved_since, shown_of
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, OverrideMode
from core.dispatch.rationale import say
from core.dispatch.shown import ByTheClock
from core.eta.change_errors import Foretold
from core.orders.order import ArrivalBand

NOW = 1_000.0


def band(minutes: float) -> ArrivalBand:
    at = NOW + 60.0 * minutes
    return ArrivalBand(p10_at=at - 60.0, p50_at=at, p90_at=at + 60.0, as_of=NOW)


def affected(order_id: str, now: float | None, as_is: float) -> AffectedOrder:
    present = None if now is None else band(now)
    return AffectedOrder(order_id=order_id, promised_by_at=NOW + 1800.0, now=present, as_is=band(as_is))


def preview(**changes: object) -> ImpactPreview:
    """One promise more is broken, 10 minutes and 900 dearer than the present plan; A at 20 min, B moves to 30."""
    shown = ImpactPreview(
        order_id="A",
        driver_id="D-2",
        recommended_driver_id=None,
        computed_at=NOW,
        until_at=NOW,
        position=7,
        based_on={},
        order_version=1,
        recommendation=Outcome(),
        change=Reassign(order_id="A", driver_id="D-2"),
        present=Outcome(promises_broken=1, late_minutes=5.0, cost=4_000),
        as_is=Outcome(promises_broken=2, late_minutes=15.0, cost=4_900),
        as_is_hands={"A": "D-2"},
        affected=(affected("A", None, 20.0), affected("B", 25.0, 30.0)),
    )
    return replace(shown, **changes)


def moved(now: ImpactPreview) -> list[str]:
    shown = shown_of(preview(), OverrideMode.AS_IS)
    return [say(statement) for statement in moved_since(shown, now, OverrideMode.AS_IS)]


def test_same_outcome_on_another_state_is_committed() -> None:
    assert moved(preview(position=99, based_on={"D-2": 12}, order_version=5)) == []


def test_what_the_change_adds_counts_not_what_the_drivers_have_besides() -> None:
    # Both plans hold a further late order by now: the difference is the same.
    present = Outcome(promises_broken=2, late_minutes=25.0, cost=9_000)
    assert moved(preview(present=present, as_is=Outcome(promises_broken=3, late_minutes=35.0, cost=9_900))) == []


@pytest.mark.parametrize(
    ("as_is", "said"),
    [
        (Outcome(promises_broken=3, late_minutes=15.0, cost=4_900), ["1 more promises broken than shown"]),
        (Outcome(promises_broken=2, late_minutes=17.0, cost=4_900), []),
        (Outcome(promises_broken=2, late_minutes=17.5, cost=4_900), ["2 min more lateness than shown"]),
        (Outcome(promises_broken=2, late_minutes=15.0, cost=5_400), []),
        (Outcome(promises_broken=2, late_minutes=15.0, cost=5_401), ["Dearer than shown by 501"]),
        (Outcome(promises_broken=0, late_minutes=0.0, cost=4_000), []),
    ],
)
def test_a_worse_outcome_is_shown_again_beyond_its_limit(as_is: Outcome, said: list[str]) -> None:
    assert moved(preview(as_is=as_is)) == said


def test_customer_whose_time_is_another_one_is_named() -> None:
    now = preview(affected=(affected("A", None, 22.0), affected("B", 25.0, 27.9)))
    assert moved(now) == ["B arrives 2 min earlier than shown"]


def test_customer_who_was_not_shown_and_moves_is_named() -> None:
    now = preview(affected=(affected("A", None, 20.0), affected("B", 25.0, 30.0), affected("C", 10.0, 14.0)))
    assert moved(now) == ["C arrives 4 min later than shown"]


def test_order_that_changes_hands_otherwise_is_named() -> None:
    assert moved(preview(as_is_hands={"A": "D-2", "B": "D-3"})) == ["B changes hands otherwise than shown"]


@pytest.mark.parametrize("freed", [True, False])
def test_order_that_is_freed_is_another_one_than_who_keeps_his_driver(freed: bool) -> None:
    both, one = preview(as_is_hands={"A": None, "B": None}), preview(as_is_hands={"A": None})
    shown, now = (one, both) if freed else (both, one)
    found = moved_since(shown_of(shown, OverrideMode.AS_IS), now, OverrideMode.AS_IS)
    assert [say(statement) for statement in found] == ["B changes hands otherwise than shown"]


def waiting(minutes: float, **changes: object) -> ImpactPreview:
    """A waits for the commit: so many minutes after it was shown it is as much later, and likely to be late."""
    at = NOW + 60.0 * minutes
    late = Outcome(promises_broken=2, late_minutes=15.0 + 0.8 * minutes, cost=round(4_900 + 300.0 * minutes))
    settings: dict[str, object] = {
        "computed_at": at,
        "as_is": late,
        "affected": (affected("A", None, 20.0 + minutes), affected("B", 25.0, 30.0)),
        "as_is_clock": {"A": ByTheClock(late_minutes=0.8, money=300.0)},
    }
    return preview(**{**settings, **changes})


def test_time_alone_asks_nobody_again() -> None:
    assert moved(waiting(3.0)) == []
    assert moved(waiting(20.0)) == []


def test_promise_that_breaks_while_one_looks_is_asked_about() -> None:
    late = Outcome(promises_broken=3, late_minutes=15.0, cost=4_900)

    assert moved(waiting(3.0, as_is=late)) == ["1 more promises broken than shown"]


def test_what_moved_besides_the_clock_is_asked_about() -> None:
    # Three minutes went by: A may be five minutes later, and the whole 2.4 + 2 minutes more late.
    later = (affected("A", None, 25.1), affected("B", 25.0, 30.0))
    assert moved(waiting(3.0, affected=later)) == ["A arrives 5 min later than shown"]
    late = Outcome(promises_broken=2, late_minutes=15.0 + 2.4 + 2.1, cost=5_800)
    assert moved(waiting(3.0, as_is=late)) == ["4 min more lateness than shown"]
    dear = Outcome(promises_broken=2, late_minutes=15.0, cost=4_900 + 900 + 501)
    assert moved(waiting(3.0, as_is=dear)) == ["Dearer than shown by 1401"]


def test_clock_excuses_only_whom_it_makes_wait() -> None:
    moved_b = (affected("A", None, 23.0), affected("B", 25.0, 33.0))
    assert moved(waiting(3.0, affected=moved_b)) == ["B arrives 3 min later than shown"]


def test_what_was_shown_without_an_instant_is_held_against_now_as_it_is() -> None:
    shown = replace(shown_of(preview(), OverrideMode.AS_IS), shown_at=0.0)

    said = [say(statement) for statement in moved_since(shown, waiting(3.0), OverrideMode.AS_IS)]

    assert said == ["2 min more lateness than shown", "Dearer than shown by 900", "A arrives 3 min later than shown"]


def test_what_was_foretold_goes_with_the_outcome_that_is_committed() -> None:
    told = {name: Foretold(at=NOW, sooner_s=1.0, later_s=1.0, by_at=NOW, p10_at=NOW, p90_at=NOW) for name in ("A", "B")}
    both = preview(as_is_foretold={"A": told["A"]}, replanned=Outcome(), replanned_foretold={"B": told["B"]})

    assert set(foretold_of(both, OverrideMode.AS_IS)) == {"A"}
    assert set(foretold_of(both, OverrideMode.REPLANNED)) == {"B"}
