"""The models of arrivals over REST: for supervision, listed and chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx

from backend_service.api.application import create_app
from backend_service.forecasting.arrival_models import ArrivalModels, ModelState
from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.model_shelf import ModelShelf
from core.eta.ground import Ground
from core.vocabulary import Role

CHOICE = {"version": "0123456789ab"}


def test_models_are_for_supervision(run: Callable[..., None], tmp_path: Path) -> None:
    async def scenario(world: Any) -> None:
        forecaster = Forecaster(Ground(0.0, 0.0), UTC, lambda lat, lon: "Z")
        shelf = ModelShelf(tmp_path / "none")
        models = ArrivalModels(world.bus, shelf, forecaster, ModelState(degraded=False, since_at=0.0))
        app = create_app(replace(world.tower, arrival_models=models))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tower/api/v1") as client:
            supervisor, dispatcher = (world.token(role) for role in (Role.SUPERVISOR, Role.DISPATCHER))
            listed = await client.get("/arrival-models", headers=supervisor)
            refused = await client.get("/arrival-models", headers=dispatcher)
            missing = await client.put("/arrival-models/in-force", headers=supervisor, json=CHOICE)
            odd = await client.put("/arrival-models/in-force", headers=supervisor, json={"version": "../x"})
        assert listed.json() == {"items": [], "in_force": None}
        assert (refused.status_code, missing.status_code, odd.status_code) == (403, 404, 400)

    run(scenario)
