"""Each way to lose or double something is told, and a whole day is not."""

from __future__ import annotations

from collections import Counter

import pytest

from backend_service.chaos.busy_senders import Acknowledged
from backend_service.chaos.kept_day import KeptDay, broken_promises


def judged(
    orders: tuple[str, ...] = ("O-1", "O-2"),
    fixes: tuple[tuple[str, float], ...] = (("V-1", 1.0),),
    positions: tuple[int, ...] = (1, 2, 3),
    findings: tuple[str, ...] = (),
    ids: tuple[str, ...] = ("O-1", "O-2"),
) -> tuple[str, ...]:
    acknowledged = Acknowledged({f"key {number}": order for number, order in enumerate(ids)}, {("V-1", 1.0)})
    kept = KeptDay(Counter(orders), Counter(fixes), list(positions), list(findings))
    return broken_promises(acknowledged, kept, under_way=1)


def test_what_is_whole_breaks_no_promise() -> None:
    assert judged() == ()


def test_a_request_without_an_answer_may_have_been_carried_out() -> None:
    assert judged(orders=("O-1", "O-2", "O-3"), fixes=(("V-1", 1.0), ("V-1", 2.0))) == ()


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ({"orders": ("O-1",)}, "1 acknowledged orders are missing: O-2"),
        ({"orders": ("O-1", "O-2", "O-2")}, "1 orders are listed twice: O-2"),
        ({"ids": ("O-1", "O-1"), "orders": ("O-1",)}, "1 orders were given to two requests: O-1"),
        ({"fixes": ()}, "1 acknowledged fixes are missing: ('V-1', 1.0)"),
        ({"fixes": (("V-1", 1.0), ("V-1", 1.0))}, "1 fixes are kept twice: ('V-1', 1.0)"),
        ({"positions": (1, 3, 4)}, "2 positions of the log are out of order: 3, 4"),
        ({"findings": ("entry 4 was changed",)}, "1 findings of the audit: entry 4 was changed"),
        (
            {"orders": ("O-1", "O-2", "O-3", "O-4")},
            "1 orders are there that nobody asked for: 2 more than acknowledged",
        ),
    ],
)
def test_each_loss_is_told(kept: dict[str, tuple[object, ...]], told: str) -> None:
    assert judged(**kept) == (told,)  # type: ignore[arg-type]
