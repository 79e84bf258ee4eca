"""How often arrivals came within what was announced, over REST: the figures of the coverage panel."""

from __future__ import annotations

from litestar import get

from backend_service.api.collaborators import Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.problems import problems
from core.eta.coverage import CoverageReport


@get(
    "/forecasts/coverage",
    guards=[allowed(DESK)],
    responses=problems(),
    summary="Ask how the forecasts of arrivals came out",
)
async def forecast_coverage(tower: Tower) -> CoverageReport:
    """Return the share of arrivals within the announced interval of seven days, per zone, hour and horizon."""
    return tower.coverage()
