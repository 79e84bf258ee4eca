"""A change of the model of arrivals in words."""

from __future__ import annotations

import pytest

from core.events.forecast_events import ArrivalModelChanged
from ui.panels.model_words import model_change


@pytest.mark.parametrize(
    ("cause", "what"),
    [
        ("trained", "Arrivals forecast by a newly trained model"),
        ("chosen", "Arrivals forecast by a model that rojas chose"),
        ("found", "Arrivals forecast by the model that was found"),
    ],
)
def test_it_says_how_it_came_about(cause: str, what: str) -> None:
    event = ArrivalModelChanged(version="0123456789ab", cause=cause, chosen_by="rojas")
    assert model_change(event) == (what, "0123456789ab", "")


def test_figures_stand_beside_those_before() -> None:
    event = ArrivalModelChanged(version="0123456789ab", mean_error_s=30.84, within=0.79, previous_mean_error_s=32.0)
    assert model_change(event)[2] == "off by 30.8 s, 79.0 % within; before 32.0 s"
