"""How overrides turned out, on the desk: every override with its outcome, counted together by choice."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.dispatch.changes import CloseZone
from core.dispatch.decision import Outcome, Override, OverrideMode, ReasonCode
from core.dispatch.proposals.commands import RejectPolicyProposal, UndoPolicyProposal
from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule
from core.dispatch.regret import Interval, PlayedOutcome, RegretEstimate
from core.eta.change_errors import Foretold
from core.events.dispatch_events import AssignmentOverridden
from core.events.order_events import OrderDelivered
from core.events.proposal_events import PolicyChangeProposed, PolicyProposalAccepted
from core.events.regret_events import RegretEstimated
from core.vocabulary import DriverId, OrderId, OverrideId, Role, ZoneId
from ui.desk_context import Person
from ui.main_window import MainWindow
from ui.override_ledger_sheet import OverrideLedgerSheet
from ui.panels.proposals_view import ProposalsView

CHANGE, WHY, CAME, SURPRISE, WITHIN = 2, 6, 9, 10, 11


def _override(number: int, order: int, reason: ReasonCode, at: float) -> AssignmentOverridden:
    told = Foretold(at=at, sooner_s=60.0, later_s=60.0, by_at=at, p10_at=at - 600.0, p90_at=at + 600.0)
    return AssignmentOverridden(
        override=Override(
            override_id=OverrideId(f"V-{number}"),
            order_id=OrderId(f"O-{order}"),
            driver_id=DriverId("D-117"),
            mode=OverrideMode.AS_IS,
            reason=reason,
            note="Bridge closed" if number == 1 else "",
            recommended_driver_id=DriverId("D-042"),
            expected=Outcome(late_minutes=2.0),
            expected_recommended=Outcome(late_minutes=0.5),
            decided_at=at,
            decided_by="rojas",
            foretold={OrderId(f"O-{order}"): told},
        )
    )


@pytest.fixture
def sheet(qtbot: QtBot, desk_scene: Any) -> OverrideLedgerSheet:
    """Two overrides: that of O-48181 was delivered in time, O-48213 is under way."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    for order in (48181, 48213):
        desk_scene.order(order, driver="D-117")
    at = desk_scene.context.now()
    desk_scene.happened(_override(1, 48181, ReasonCode.LOCAL_KNOWLEDGE, at))
    desk_scene.happened(_override(2, 48213, ReasonCode.SAFETY, at + 60.0))
    desk_scene.happened(OrderDelivered(order_id=OrderId("O-48181"), driver_id=DriverId("D-117")))
    over = QWidget()
    over.resize(1920, 1080)
    qtbot.addWidget(over)
    made = OverrideLedgerSheet(over, desk_scene.context)
    over.show()
    made.open_sheet()
    return made


def _row(table: Any, row: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_the_newest_stands_first_with_what_came_of_it(sheet: OverrideLedgerSheet) -> None:
    under_way, done = _row(sheet.table, 0), _row(sheet.table, 1)

    assert (under_way[1], under_way[CAME], under_way[SURPRISE]) == ("O-48213", "0 of 1 ended", "–")
    assert (done[1], done[WHY], done[CAME]) == ("O-48181", "Local knowledge · Bridge closed", "0.0 min")
    assert (done[SURPRISE], done[CHANGE]) == ("−2.0", "another driver")


def test_customers_who_came_in_the_times_shown_are_counted(sheet: OverrideLedgerSheet) -> None:
    assert [_row(sheet.table, row)[WITHIN] for row in (0, 1)] == ["–", "1 of 1"]
    within = {_row(sheet.summary, row)[0]: _row(sheet.summary, row)[-1] for row in (0, 1)}
    assert within == {"Local knowledge": "1 of 1", "Safety": "–"}


def test_they_are_counted_by_what_is_chosen(sheet: OverrideLedgerSheet) -> None:
    assert {_row(sheet.summary, row)[0] for row in range(2)} == {"Local knowledge", "Safety"}

    QTest.mouseClick(sheet.by.chip("person"), Qt.MouseButton.LeftButton)

    assert _row(sheet.summary, 0)[:4] == ["rojas", "2", "0", "1"]
    assert sheet.summary.model().rowCount() == 1


def test_enter_goes_to_the_order(sheet: OverrideLedgerSheet) -> None:
    chosen = QSignalSpy(sheet.order_chosen)
    sheet.table.selectRow(1)
    QTest.keyClick(sheet.table, Qt.Key.Key_Return)

    assert [chosen.at(at)[0] for at in range(chosen.count())] == ["O-48181"]
    assert not sheet.isVisible()


def test_without_overrides_it_says_so(desk_window: MainWindow) -> None:
    QTest.keyClick(desk_window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)

    assert desk_window.sheets.ledger.empty.isVisible()
    assert not desk_window.sheets.ledger.table.isVisible()


def _interval(mean: float) -> Interval:
    return Interval(mean=mean, sd=10.0, low=mean - 16.4, high=mean + 16.4)


def _estimate(number: int, money: float) -> RegretEstimated:
    chosen = PlayedOutcome(late_minutes=2.0, waited_minutes=30.0, broken=1.0, distance_m=0.0, driving_s=0.0, cost=0.0)
    other = PlayedOutcome(late_minutes=4.5, waited_minutes=36.0, broken=1.0, distance_m=0.0, driving_s=0.0, cost=0.0)
    return RegretEstimated(
        estimate=RegretEstimate(
            override_id=OverrideId(f"V-{number}"),
            position=1,
            forked_at=0.0,
            until_at=0.0,
            policy_number=0,
            seed=1,
            draws=8,
            drivers=4,
            orders=9,
            chosen=chosen,
            recommended=other,
            late=_interval(-2.5),
            waited=_interval(-6.0),
            money=_interval(money),
            overriding=0.0,
            following=-money,
            better_share=0.75,
        )
    )


def _proposed(number: int, **fields: Any) -> PolicyChangeProposed:
    evidence = Evidence(
        overrides=tuple(OverrideId(f"V-{n}") for n in range(1, 8)),
        money=_interval(-420.0),
        waited=_interval(-4.0),
        better=6,
        agrees=5,
        accepted=212,
        disagrees=9,
    )
    settings: dict[str, Any] = {
        "proposal_id": ProposalId(f"PP-{number}"),
        "rule": ProposalRule.FEWER_IN_HAND,
        "field": "balance_minutes_per_order",
        "zone_id": None,
        "from_value": 0.5,
        "to_value": 1.0,
        "evidence": evidence,
        "made_at": 1_795_190_400.0,
        "policy_number": 0,
    }
    return PolicyChangeProposed(proposal=PolicyProposal(**{**settings, **fields}))


def test_regret_says_what_the_other_choice_would_have_come_to(sheet: OverrideLedgerSheet, desk_scene: Any) -> None:
    desk_scene.happened(_estimate(1, -420.0))
    sheet.open_sheet()
    QTest.mouseClick(sheet.view.chip("regret"), Qt.MouseButton.LeftButton)

    under_way, done = _row(sheet.regret.table, 0), _row(sheet.regret.table, 1)
    assert sheet.regret.isVisible()
    assert not sheet.table.isVisible()
    assert under_way[6] == "not yet"
    assert done[5:] == ["0.0", "2.0, other 4.5", "−6.0 (−22.4 to +10.4)", "−420 (−436 to −404)", "6 of 8 draws"]
    local = next(row for row in range(2) if _row(sheet.regret.summary, row)[0] == "Local knowledge")
    assert _row(sheet.regret.summary, local)[1:4] == ["1", "1", "1 of 1"]


def test_regret_of_a_closing_says_what_it_supposes(sheet: OverrideLedgerSheet, desk_scene: Any) -> None:
    QTest.mouseClick(sheet.view.chip("regret"), Qt.MouseButton.LeftButton)
    assert not sheet.regret.supposed.isVisible()
    made = _override(3, 48213, ReasonCode.SAFETY, desk_scene.context.now() + 120.0).override
    change = CloseZone(order_id=made.order_id, zone_id=ZoneId("south"), for_s=900.0)
    closing = msgspec.structs.replace(made, change=change, driver_id=DriverId(""))
    desk_scene.happened(AssignmentOverridden(override=closing))
    desk_scene.happened(_estimate(3, 310.0))
    sheet.open_sheet()
    QTest.mouseClick(sheet.view.chip("regret"), Qt.MouseButton.LeftButton)

    assert sheet.regret.supposed.isVisible()
    assert _row(sheet.regret.table, 0)[2:4] == ["closed", "left open, if passable"]
    assert _row(sheet.regret.table, 0)[8] == "+310 (+294 to +326)"


def test_a_proposal_is_shown_with_its_evidence_and_accepted(
    qtbot: QtBot, sheet: OverrideLedgerSheet, desk_scene: Any
) -> None:
    desk_scene.happened(_proposed(1))
    sheet.open_sheet()
    assert sheet.view.chip("proposals").text() == "Proposals, 1 open"
    QTest.mouseClick(sheet.view.chip("proposals"), Qt.MouseButton.LeftButton)
    view = sheet.proposals

    assert _row(view.table, 0)[0] == "PP-1"
    assert _row(view.table, 0)[3:] == ["Whole city", "0.5 → 1 min", "7", "5 of 7", "9 of 212", "open"]
    assert "6 of these 7 overrides did better" in view.evidence.text()
    assert not view.reason.isVisible(), "a dispatcher reads, a supervisor decides"
    assert "supervisor" in view.finding.text()


def test_a_supervisor_decides_on_a_proposal_through_the_page(qtbot: QtBot, desk_scene: Any) -> None:
    context = replace(desk_scene.context, person=Person("fuentes", Role.SUPERVISOR))
    desk_scene.happened(_proposed(1))
    view = ProposalsView(context)
    qtbot.addWidget(view)
    view.show()
    view.show_proposals()

    assert view.accept.isEnabled()
    assert not view.reject.isEnabled(), "a reason is needed"
    QTest.keyClicks(view.reason, "The match day")
    assert view.reject.isEnabled()
    assert not view.undo.isEnabled()
    QTest.mouseClick(view.reject, Qt.MouseButton.LeftButton)
    asked = desk_scene.service.commands[-1]
    assert asked == RejectPolicyProposal(proposal_id=ProposalId("PP-1"), reason="The match day")


def test_an_accepted_proposal_can_be_taken_back(qtbot: QtBot, desk_scene: Any) -> None:
    context = replace(desk_scene.context, person=Person("fuentes", Role.SUPERVISOR))
    desk_scene.happened(_proposed(1))
    desk_scene.happened(PolicyProposalAccepted(proposal_id=ProposalId("PP-1")))
    view = ProposalsView(context)
    qtbot.addWidget(view)
    view.show()
    view.show_proposals()

    assert not view.accept.isEnabled()
    QTest.keyClicks(view.reason, "Back")
    QTest.mouseClick(view.undo, Qt.MouseButton.LeftButton)
    asked = desk_scene.service.commands[-1]
    assert asked == UndoPolicyProposal(proposal_id=ProposalId("PP-1"), reason="Back")


def test_without_proposals_it_says_when_there_will_be_some(sheet: OverrideLedgerSheet) -> None:
    QTest.mouseClick(sheet.view.chip("proposals"), Qt.MouseButton.LeftButton)

    assert sheet.proposals.empty.isVisible()
    assert not sheet.proposals.table.isVisible()
