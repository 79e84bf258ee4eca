"""The recommendation card: judged, accepted by one key, held, put off; and what is in force without a proposal."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from app.connection import Phase
from core.commands import AcceptRecommendation
from core.dispatch.decision import Override, OverrideMode, Prepared, ReasonCode, Statement
from core.events.dispatch_events import AssignmentOverridden, RecommendationAccepted, RecommendationWithdrawn
from core.events.order_events import OrderAssigned, OrderHeld, OrderPickedUp
from core.streams import of_decision, of_order
from core.vocabulary import DriverId, OrderId
from core.wire import Forecasts
from ui.panels.recommendation_panel import RecommendationPanel
from ui.selection import Kind
from widgets.parts.text_label import TextLabel

ORDER = OrderId("O-48213")


@pytest.fixture
def shown(afternoon, qtbot):
    def show(**options):
        panel = RecommendationPanel(afternoon.context, **options)
        qtbot.addWidget(panel)
        panel.resize(480, 660)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    return show


@pytest.fixture
def card(afternoon, shown):
    afternoon.propose()
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown()
    panel.card.alternatives.setFocus()
    return panel


def facts_of(panel):
    return [label.text() for label in panel.in_force.facts.findChildren(TextLabel)]


def press(panel, key):
    focused = panel.focusWidget() or panel
    QTest.keyClick(focused, key)


def cell(panel, row, column):
    model = panel.card.alternatives.model()
    return model.index(row, column).data()


def test_card_says_what_would_have_to_change(card, afternoon):
    assert not card.card.changes.isVisibleTo(card)
    change = Statement(code="change.driver_earlier", arguments={"driver_id": "D-088", "minutes": 6})
    card.card.show_proposal(replace(afternoon.proposal(), would_change=(change,)))
    assert card.card.changes.text() == "What would have to change: D-088 would be best if free 6 min earlier."


def proposal_band(afternoon):
    arrival = afternoon.proposal().after
    return replace(arrival, p50_at=afternoon.wall.at + 1_372.0)


def test_card_says_what_is_prepared_for_a_no_and_for_being_late(card, afternoon):
    assert not card.card.prepared.isVisibleTo(card)
    held = Prepared(
        for_driver_id="D-042",
        driver_id="D-019",
        arrival=proposal_band(afternoon),
        late_from_at=afternoon.wall.at + 720.0,
    )

    card.card.show_proposal(replace(afternoon.proposal(), prepared=held))
    assert card.card.prepared.text() == (
        "If M. Castillo says no, P. Vega is asked at once, at the door about 14:55; "
        "not at the pickup by 14:44, it is looked at again."
    )

    card.card.show_proposal(replace(afternoon.proposal(), prepared=replace(held, driver_id=None, arrival=None)))
    assert card.card.prepared.text() == (
        "If M. Castillo says no, whoever is best then is asked; not at the pickup by 14:44, it is looked at again."
    )


def test_card_says_what_to_do_and_why(card):
    assert card.card.headline.text() == "Reassign to M. Castillo"
    assert card.card.sub_line.text() == "D-042 · 1.9\u00a0km away · at pickup 14:37 · from R. Fuentes, D-117"
    assert card.card.asks.text() == "You decide: Takes the order from R. Fuentes."
    assert card.foot.condition.text() == "If not accepted in 60 s:"
    assert card.foot.otherwise.text() == "P. Vega next"


def test_terms_below_a_fifth_of_a_minute_are_summed(card):
    names = [term.name for term in card.card.terms.shown_terms()]
    assert names == [
        "Lateness avoided",
        "Less waiting at pickup",
        "Hand-over",
        "Extra driving",
        "Risk to other promises",
        "Other",
    ]


def test_unmeasured_confidence_has_words_and_no_dots(card):
    assert card.card.confidence.accessibleName() == "not measured yet"
    assert card.card.rate.text() == "promise kept: likely, about 87\u00a0%"
    assert card.card.basis.text() == "Leads by 1.2 min. Weakest input: kitchen, give or take 3 min."


def test_impossible_alternatives_are_last_with_the_rule(card):
    assert [cell(card, row, 1) for row in range(5)] == [
        "M. Castillo",
        "P. Vega",
        "L. Díaz",
        "Keep D-117",
        "J. Araya",
    ]
    assert cell(card, 4, 0) == "–"
    assert cell(card, 4, 5) == "22 l free, the order needs 40 l"
    assert cell(card, 2, 5) == "Nearest, 0.6 km, O-48160 would be 7 min later than promised"


def test_recommended_driver_is_number_one_whatever_it_costs(card, afternoon):
    dearest = DriverId("D-019")
    first, second, *others = afternoon.proposal().alternatives
    card.card.show_proposal(
        replace(
            afternoon.proposal(),
            recommendation_id="R-2",
            driver_id=dearest,
            alternatives=(second, first, *others),  # the chosen one stands first, also when it is not the cheapest
        )
    )
    assert [(cell(card, row, 0), cell(card, row, 1)) for row in range(4)] == [
        ("1", "P. Vega"),
        ("2", "M. Castillo"),
        ("3", "L. Díaz"),
        ("–", "Keep D-117"),
    ]


def test_enter_accepts_what_is_shown(card, afternoon):
    press(card, Qt.Key.Key_Return)
    assert afternoon.operations.asked == [("accept", ("R-1",))]
    assert not card.foot.accept.isEnabled()
    assert card.foot.message.text() == "Accepting…"


def test_second_enter_does_nothing_while_pending(card, afternoon):
    press(card, Qt.Key.Key_Return)
    card.accept()
    assert len(afternoon.operations.asked) == 1


def test_refusal_stands_beside_the_buttons(card, afternoon):
    card.accept()
    afternoon.operations.refuse("The plan of D-042 changed since. Look again.")
    assert card.foot.message.text() == "Not done: The plan of D-042 changed since. Look again."
    assert card.foot.accept.isEnabled()


def test_selection_stays_after_accepting(card, afternoon):
    card.accept()
    afternoon.operations.finish()
    assert afternoon.selection.order_id == ORDER


def test_enter_is_swallowed_when_the_card_has_just_changed(afternoon, shown, qtbot):
    afternoon.propose()
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown(guard_ms=60_000)
    afternoon.propose(recommendation_id="R-2", driver_id=DriverId("D-019"))
    qtbot.waitUntil(lambda: panel.card.headline.text() == "Reassign to P. Vega")
    panel.card.alternatives.setFocus()
    press(panel, Qt.Key.Key_Return)
    assert afternoon.operations.asked == []
    assert panel.foot.message.text() == "Changed at 14:32:08, look again"


def test_own_choice_of_an_order_is_no_surprise(afternoon, shown):
    afternoon.propose()
    panel = shown(guard_ms=60_000)
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel.accept()
    assert afternoon.operations.named("accept") == [("R-1",)]


def test_chosen_alternative_is_compared_with_and_meant_by_override(card):
    spy = QSignalSpy(card.override_wanted)
    press(card, Qt.Key.Key_J)
    assert card.card.terms.accessibleName() is not None
    assert [term.name for term in card.card.terms.shown_terms()] == ["Fewer orders in hand"]
    card.override()
    assert spy.at(0) == [ORDER, DriverId("D-019")]


def test_override_without_a_choice_names_nobody(card):
    spy = QSignalSpy(card.override_wanted)
    card.override()
    assert spy.at(0) == [ORDER, None]


def test_enter_on_another_alternative_overrides_instead_of_accepting(card, afternoon):
    spy = QSignalSpy(card.override_wanted)
    press(card, Qt.Key.Key_J)
    press(card, Qt.Key.Key_Return)
    assert spy.count() == 1
    assert afternoon.operations.asked == []


def test_enter_on_a_focused_button_presses_that_button(card, afternoon):
    card.foot.hold.setFocus()
    press(card, Qt.Key.Key_Return)
    assert afternoon.operations.asked == [("hold", (ORDER,))]


def test_not_now_asks_for_a_reason_by_keys(card, afternoon):
    card.not_now()
    assert card.foot.is_asking
    press(card, Qt.Key.Key_Right)
    press(card, Qt.Key.Key_Return)
    assert afternoon.operations.asked == [("dismiss", ("R-1", "calling_driver"))]
    assert not card.foot.is_asking


def test_escape_takes_not_now_back(card, afternoon):
    card.not_now()
    press(card, Qt.Key.Key_Escape)
    assert not card.foot.is_asking
    assert afternoon.operations.asked == []


def test_no_command_is_offered_while_disconnected(card, afternoon, qtbot):
    afternoon.live(Phase.LOST)
    qtbot.waitUntil(lambda: not card.foot.accept.isEnabled())
    card.accept()
    assert afternoon.operations.asked == []


def test_withdrawn_proposal_leaves_what_is_in_force(card, afternoon, qtbot):
    afternoon.happen(
        of_decision(ORDER), RecommendationWithdrawn(recommendation_id="R-1", order_id=ORDER, reason="superseded")
    )
    qtbot.waitUntil(lambda: card.in_force.isVisible())
    assert card.in_force.headline.text() == "Assigned to R. Fuentes"
    assert card.in_force.sub_line.text() == "D-117 · by the platform at 14:14"
    assert card.foot.accept.isHidden()
    assert card.foot.override.isEnabled()


def test_focus_never_lands_on_a_button_by_itself(card, afternoon, qtbot):
    card.foot.accept.setFocus()
    press(card, Qt.Key.Key_Return)
    assert card.card.isAncestorOf(QApplication.focusWidget())
    afternoon.happen(of_decision(ORDER), RecommendationAccepted(recommendation_id="R-1", order_id=ORDER))
    afternoon.operations.finish()
    qtbot.waitUntil(lambda: card.in_force.isVisible())
    assert QApplication.focusWidget() is card.in_force
    press(card, Qt.Key.Key_Return)
    assert len(afternoon.operations.asked) == 1


def test_override_in_force_says_who_and_why(afternoon, shown):
    override = Override(
        override_id="V-1",
        order_id=ORDER,
        driver_id=DriverId("D-052"),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.SAFETY,
        decided_at=afternoon.wall.at,
        decided_by="marta",
    )
    afternoon.happen(of_decision(ORDER), AssignmentOverridden(override=override))
    afternoon.happen(of_order(ORDER), OrderAssigned(order_id=ORDER, driver_id=DriverId("D-052")))
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown()
    assert panel.in_force.sub_line.text() == "D-052 · override by marta at 14:32: Safety"


def test_held_order_says_until_when(afternoon, shown):
    afternoon.happen(of_order(ORDER), OrderHeld(order_id=ORDER, until_at=afternoon.wall.at + 120.0))
    afternoon.selection.select(Kind.ORDER, ORDER)
    assert "until 14:34:08" in facts_of(shown())


def test_waiting_order_says_since_when(afternoon, shown):
    afternoon.selection.select(Kind.ORDER, "O-48160")
    panel = shown()
    assert panel.in_force.headline.text() == "Waiting"
    assert panel.in_force.sub_line.text() == "No driver yet, waiting 15\u00a0min"


def test_forecast_is_among_the_facts_and_follows(afternoon, shown, qtbot):
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown()
    afternoon.inbox.put(Forecasts(orders=(ORDER,), arrivals=(afternoon.proposal().before,), late_probability=(0.9,)))
    afternoon.store.drain()
    qtbot.waitUntil(lambda: "15:06 · +11 min, late" in facts_of(panel))


def test_forecast_of_more_than_twenty_minutes_is_told_as_its_range_alone(afternoon, shown, qtbot):
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown()
    before = afternoon.proposal().before
    for minutes, words in ((20, "15:06 · +11 min, late"), (21, "14:56–15:17 · late")):
        band = replace(before, p10_at=before.p50_at - 600.0, p90_at=before.p50_at - 600.0 + 60.0 * minutes)
        afternoon.inbox.put(Forecasts(orders=(ORDER,), arrivals=(band,), late_probability=(0.9,)))
        afternoon.store.drain()
        qtbot.waitUntil(lambda words=words: words in facts_of(panel))


def test_accepting_waits_for_the_feed(desk_scene, qtbot):
    desk_scene.driver("042")
    recommendation_id = desk_scene.propose(desk_scene.order(48213), "D-042")
    panel = RecommendationPanel(desk_scene.context)
    qtbot.addWidget(panel)
    desk_scene.context.selection.select(Kind.ORDER, ORDER)
    panel.accept()
    assert desk_scene.service.commands == [AcceptRecommendation(recommendation_id=recommendation_id)]
    desk_scene.service.answer(desk_scene.store.operation.position + 1)
    qtbot.wait(20)
    assert panel.foot.message.text() == "Accepting…"
    desk_scene.happened(RecommendationAccepted(recommendation_id=recommendation_id, order_id=ORDER))
    qtbot.waitUntil(lambda: panel.foot.message.text() == "")
    assert panel.proposal is None


def test_order_in_the_vehicle_offers_no_command(afternoon, shown):
    afternoon.happen(of_order(ORDER), OrderPickedUp(order_id=ORDER, driver_id=DriverId("D-117")))
    afternoon.selection.select(Kind.ORDER, ORDER)
    panel = shown()
    assert panel.in_force.headline.text() == "With R. Fuentes"
    assert not panel.foot.isVisible()


def test_selected_driver_shows_shift_and_hands(afternoon, shown):
    afternoon.selection.select(Kind.DRIVER, "D-117")
    panel = shown()
    assert panel.in_force.headline.text() == "R. Fuentes"
    assert panel.in_force.sub_line.text() == "D-117 · busy"


def test_nothing_selected_and_nothing_open_is_said(afternoon, shown):
    assert shown().empty.isVisible()


def test_oldest_proposal_is_one_press_away(afternoon, shown):
    afternoon.propose()
    panel = shown()
    panel.empty.pressed.emit()
    assert afternoon.selection.order_id == ORDER


def test_wide_arrival_of_an_alternative_is_its_range_without_minutes(card, afternoon):
    first, *others = afternoon.proposal().alternatives
    wide = replace(first.arrival, p10_at=first.arrival.p50_at - 601.0, p90_at=first.arrival.p50_at + 600.0)
    changed = (replace(first, arrival=wide), *others)
    assert ":" in cell(card, 0, 2) and "–" not in cell(card, 0, 2)

    card.card.show_proposal(replace(afternoon.proposal(), recommendation_id="R-2", alternatives=changed))

    assert "–" in cell(card, 0, 2)
    assert cell(card, 0, 3).strip() == ""
    view = card.card.alternatives
    assert view.fontMetrics().horizontalAdvance(cell(card, 0, 2)) < view.columnWidth(2) - 8
