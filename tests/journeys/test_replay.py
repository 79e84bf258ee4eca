"""A supervisor looks at a past moment of a running service: what was there then, and nothing that came later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

PATIENCE_S = 300.0


def replayed(service: Any, *moments: float) -> list[dict[str, Any]]:
    """Return what a desk tells of past moments, shown one after the other."""
    invitation = service.data_dir / "invitations" / "supervisor.invitation"
    program = Path(__file__).with_name("replaying_desk.py")
    ended = subprocess.run(
        [sys.executable, str(program), str(invitation), *map(str, moments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_desk_goes_back_to_between_two_orders_and_on_again(service, town_of, until) -> None:
    town = town_of(service)
    town.on_shift(1)
    town.place(number=1)
    until(lambda: time.time() > _placed_at(town)[-1] + 0.1)
    town.place(number=2)
    (first, first_at), (second, second_at) = sorted(_orders(town), key=lambda order: order[1])

    between_at, now = (first_at + second_at) / 2, time.time()
    *shown, refused = replayed(service, now, between_at, now)

    assert [one["orders"] for one in shown] == [sorted([first, second]), [first], sorted([first, second])]
    assert [one["live"] for one in shown] == [2, 2, 2]
    assert shown[-1]["seen"] == ["V-1"]
    assert refused == {"code": "replay.not_live"}


def _orders(town: Any) -> list[tuple[str, float]]:
    return [(name, datetime.fromisoformat(order["placed_at"]).timestamp()) for name, order in town.orders().items()]


def _placed_at(town: Any) -> list[float]:
    return sorted(at for _, at in _orders(town))
