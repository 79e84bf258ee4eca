"""Risk and confidence have four stages with fixed limits, and a word each."""

import pytest

from widgets.marks.stages import (
    ConfidenceMark,
    ConfidenceStage,
    RiskStage,
    confidence_stage,
    confidence_word,
    risk_ink,
    risk_stage,
    risk_word,
)
from widgets.theme.tokens import DARK


@pytest.mark.parametrize(
    ("probability", "stage"),
    [(0.0, "On track"), (0.099, "On track"), (0.10, "Watch"), (0.30, "At risk"), (0.70, "Late"), (1.0, "Late")],
)
def test_risk_stage_by_probability(probability, stage):
    assert risk_word(risk_stage(probability)) == stage


def test_what_is_late_already_is_late():
    assert risk_stage(0.0, is_late=True) is RiskStage.LATE


@pytest.mark.parametrize(
    ("rate", "stage"), [(0.59, "Low"), (0.60, "Fair"), (0.80, "Good"), (0.919, "Good"), (0.92, "High")]
)
def test_confidence_stage_by_observed_rate(rate, stage):
    assert confidence_word(confidence_stage(rate)) == stage


def test_first_two_risks_are_grey():
    greys = {DARK.ink1, DARK.ink2}
    assert {risk_ink(RiskStage.ON_TRACK, DARK), risk_ink(RiskStage.WATCH, DARK)} == greys
    assert risk_ink(RiskStage.LATE, DARK) == DARK.priority(1).ink


def test_confidence_that_was_not_measured_says_so(qtbot):
    mark = ConfidenceMark(None)
    qtbot.addWidget(mark)
    assert mark.accessibleName() == "not measured yet"
    mark.set_stage(ConfidenceStage.GOOD)
    assert mark.accessibleName() == "Good"
