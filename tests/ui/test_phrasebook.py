"""Statements in the reader's language."""

import re
from zoneinfo import ZoneInfo

import pytest

from core.dispatch.decision import OverrideMode, ReasonCode, ScoreTerm, Statement
from core.dispatch.rationale import PHRASES
from core.fleet.fleet import Driver, DriverPerson
from core.projections.operation import Operation
from core.vocabulary import DriverId
from ui.phrasebook import (
    NOT_NOW_REASONS,
    Phrasebook,
    likelihood_word,
    mode_word,
    not_now_word,
    reason_word,
    term_name,
)

D_042 = DriverId("D-042")
WORDS = {"driver_id", "order_id", "zone", "missing", "effect", "reason", "source"}


@pytest.fixture
def phrasebook() -> Phrasebook:
    operation = Operation()
    operation.fleet.drivers[D_042] = Driver(driver_id=D_042, person=DriverPerson(name="María Castillo"))
    return Phrasebook(lambda: operation, ZoneInfo("UTC"), "EUR", 2)


def arguments_of(template: str) -> dict[str, str | float]:
    names = re.findall(r"{(\w+)", template)
    return {name: "some" if name in WORDS else 7.0 for name in names}


def test_reason_given_as_a_code_is_said_in_words(phrasebook: Phrasebook) -> None:
    assert phrasebook(Statement(code="cause.reason", arguments={"reason": "customer_absent"})) == "Customer absent"
    assert phrasebook(Statement(code="cause.reason", arguments={"reason": "Gate locked"})) == "Gate locked"


@pytest.mark.parametrize("code", PHRASES)
def test_every_phrase_can_be_said(code: str, phrasebook: Phrasebook) -> None:
    said = phrasebook(Statement(code=code, arguments=arguments_of(PHRASES[code])))
    assert said
    assert said != code
    assert "{" not in said
    assert "–" not in said, "nothing was left unknown"


def test_drivers_are_named(phrasebook: Phrasebook) -> None:
    assert phrasebook(Statement(code="proposal.assign", arguments={"driver_id": D_042})) == "Assign to M. Castillo"


def test_numbers_have_the_true_minus_and_groups(phrasebook: Phrasebook) -> None:
    said = phrasebook(Statement(code="against.dearer", arguments={"minutes": -1234.56}))
    assert said == "Costs −1,234.6 driver minutes more"


def test_value_is_money(phrasebook: Phrasebook) -> None:
    assert phrasebook(Statement(code="ask.high_value", arguments={"value": 6_050})) == "High value: EUR\u00a060.50"


def test_what_is_missing_is_said_to_be_unknown(phrasebook: Phrasebook) -> None:
    assert phrasebook(Statement(code="against.late")) == "Late by – min"


def test_code_of_a_newer_service_stands_for_itself(phrasebook: Phrasebook) -> None:
    assert phrasebook(Statement(code="why.moon")) == "why.moon"


def test_terms_that_save_are_called_otherwise() -> None:
    assert term_name(ScoreTerm.LATENESS_RISK, -3.0) == "Lateness avoided"
    assert term_name(ScoreTerm.LATENESS_RISK, 3.0) == "Lateness risk"
    assert all(term_name(term, sign) for term in ScoreTerm for sign in (-1.0, 1.0))


def test_every_reason_has_words() -> None:
    assert all(reason_word(reason) for reason in ReasonCode)
    assert all(mode_word(mode) for mode in OverrideMode)
    assert all(not_now_word(reason) != reason for reason in NOT_NOW_REASONS)
    assert not_now_word("kitchen on fire") == "kitchen on fire"


@pytest.mark.parametrize(
    ("probability", "words"), [(0.95, "very likely"), (0.8, "likely"), (0.5, "uncertain"), (0.1, "unlikely")]
)
def test_likelihood_in_words(probability: float, words: str) -> None:
    assert likelihood_word(probability) == words
