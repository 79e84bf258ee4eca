"""The coverage of forecasts over REST."""

from __future__ import annotations

from typing import Any

from core.eta.coverage import ANNOUNCED
from core.vocabulary import Role


def test_the_desk_is_told_how_forecasts_came_out(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", "/api/v1/forecasts/coverage", role=Role.DISPATCHER)
        assert answer.status_code == 200
        assert answer.json() == {
            "announced": ANNOUNCED,
            "model": None,
            "is_calibrated": False,
            "trained_on": [],
            "slices": [],
        }
        assert (await world.ask("GET", "/api/v1/forecasts/coverage", role=Role.DRIVER)).status_code == 403

    run(scenario)
