"""An override from the choice of a driver to its commit, and what happens when the state moves under it."""

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.connection import Phase
from core.dispatch.changes import Reassign, Split
from core.dispatch.decision import Breach, OverrideMode, PlanChange, ReasonCode, Statement
from core.events.order_events import OrderReadinessRevised
from core.streams import of_driver, of_order
from core.vocabulary import DriverId, OrderId
from ui.panels import override_words
from ui.panels.override_sheet import OverrideSheet

ORDER = OrderId("O-48213")
D_052 = DriverId("D-052")


@pytest.fixture
def sheet(afternoon, qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(1600, 1000)
    over.show()
    qtbot.waitExposed(over)
    over.activateWindow()
    afternoon.propose()
    return OverrideSheet(over, afternoon.context)


@pytest.fixture
def previewed(sheet, afternoon):
    sheet.open_for(ORDER, D_052)
    afternoon.operations.finish(afternoon.preview())
    return sheet


def give_reason(sheet, reason=ReasonCode.LOCAL_KNOWLEDGE):
    sheet.impact.reasons.chip(reason.value).click()


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def written(sheet):
    return sheet._title.text()


def test_driver_is_chosen_by_keys_first(sheet, afternoon):
    sheet.open_for(ORDER)
    assert written(sheet) == "Override: give O-48213 to …"
    QTest.keyClicks(QApplication.focusWidget(), "diaz")
    press(Qt.Key.Key_Return)
    assert afternoon.operations.named("preview") == [(Reassign(order_id=ORDER, driver_id=D_052),)]
    assert written(sheet) == "Override: give O-48213 to L. Díaz, D-052"


def test_alternatives_are_offered_first_and_the_impossible_last(sheet):
    sheet.open_for(ORDER)
    model = sheet.choice.table.model()
    assert [model.index(row, 1).data() for row in range(model.rowCount())] == ["D-042", "D-019", "D-052", "D-064"]
    press(Qt.Key.Key_Down)
    assert sheet.choice.table.selected_key() == "D-019"


def test_driver_is_found_by_number(sheet):
    sheet.open_for(ORDER)
    sheet.choice.field.setText("064")
    assert sheet.choice.table.selected_key() == "D-064"


def test_counting_until_the_preview_is_there(sheet, afternoon):
    sheet.open_for(ORDER, D_052)
    assert not sheet.impact.loading.isHidden()
    assert sheet.counted.text() == "Counting…"
    assert not sheet.commit.isEnabled()


def test_preview_compares_with_the_recommendation(previewed, afternoon):
    rows = override_words.rows(afternoon.context, afternoon.preview(), None)
    broken, late, _longest, driving, *_ = rows
    assert broken.name == "Promises broken, of 31 touched"
    assert [(cell.value, cell.difference, cell.worse) for cell in broken.cells] == [
        ("1", "", False),
        ("4", "+3", True),
        ("2", "+1", False),
    ]
    assert late.cells[2].worse is False
    assert driving.cells[1].difference == "−1.3"


def test_every_affected_customer_is_listed_with_the_message(previewed, afternoon):
    model = previewed.impact.customers.model()
    assert [model.index(row, 0).data() for row in range(2)] == ["O-48213", "O-48160"]
    assert model.index(1, 5).data() == "+7"
    assert [model.index(row, 10).data() for row in range(2)] == ["Will be told", "Told only if as is"]


def test_wide_arrivals_of_customers_are_ranges_without_minutes(afternoon):
    one = afternoon.preview().affected[0]
    wide = replace(one.as_is, p10_at=one.as_is.p50_at - 601.0, p90_at=one.as_is.p50_at + 600.0)
    told, judged = (
        override_words.affected_record(afternoon.context, affected, with_replanned=True).cells[4:6]
        for affected in (replace(one, as_is=wide), one)
    )
    assert "–" in told[0] and told[1] is None
    assert "–" not in judged[0] and judged[1] is not None


def test_who_is_told_goes_by_the_policy_in_force(previewed, afternoon):
    afternoon.store.operation.policy.city = {"told_move_s": 3600.0, "told_move_soon_s": 3600.0}
    words = [
        override_words.message_words(afternoon.context, one, with_replanned=True)
        for one in afternoon.preview().affected
    ]
    assert words == ["Not needed"] * len(words)


def test_commit_is_off_without_a_reason(previewed, afternoon):
    assert not previewed.commit.isEnabled()
    assert previewed.message.text() == "Choose a reason."
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert afternoon.operations.named("override") == []


def test_other_needs_a_note(previewed):
    give_reason(previewed, ReasonCode.OTHER)
    assert not previewed.commit.isEnabled()
    previewed.impact.note.setText("  ")
    assert not previewed.commit.isEnabled()
    previewed.impact.note.setText("Bridge closed")
    assert previewed.commit.isEnabled()


def test_whole_override_by_keys(previewed, afternoon):
    spy = QSignalSpy(previewed.committed)
    press(Qt.Key.Key_1)
    previewed.impact.reasons.chip("safety").setFocus()
    press(Qt.Key.Key_Return)
    previewed.impact.note.setFocus()
    QTest.keyClicks(previewed.impact.note, "bridge 1 closed")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    [(preview, reason, note, mode)] = afternoon.operations.named("override")
    assert (preview, reason, note) == (afternoon.preview(), ReasonCode.SAFETY, "bridge 1 closed")
    assert mode is OverrideMode.AS_IS
    assert previewed.isVisible(), "nothing is taken for done before the feed says so"
    afternoon.operations.finish()
    assert not previewed.isVisible()
    assert spy.at(0) == [ORDER]


def test_re_planned_is_chosen_where_it_was_counted(previewed, afternoon):
    give_reason(previewed)
    previewed.commit.click()
    assert afternoon.operations.named("override")[0][3] is OverrideMode.REPLANNED


def test_without_a_re_planned_version_as_is_is_committed(sheet, afternoon):
    sheet.open_for(ORDER, D_052)
    afternoon.operations.finish(afternoon.preview(replanned=None))
    give_reason(sheet)
    assert sheet.commit_other.isHidden()
    sheet.commit.click()
    assert afternoon.operations.named("override")[0][3] is OverrideMode.AS_IS


def test_moved_plan_is_recounted_by_itself_and_what_was_shown_may_be_committed_meanwhile(previewed, afternoon, qtbot):
    give_reason(previewed)
    assert previewed.commit.isEnabled()
    afternoon.happen(of_driver("D-052"), afternoon.route("D-052", 1))
    qtbot.waitUntil(lambda: len(afternoon.operations.named("preview")) == 2)
    assert previewed.message.text() == "The plan changed. Counting again…"
    assert previewed.commit.isEnabled()
    recounted = afternoon.preview(based_on={D_052: 1}, as_is=afternoon.preview().recommendation)
    afternoon.operations.finish(recounted)
    assert previewed.commit.isEnabled()
    changed = [cell.changed for cell in previewed.impact.comparison._rows[0].cells]
    assert changed == [False, True, False]


def test_changed_order_is_recounted(previewed, afternoon, qtbot):
    afternoon.happen(of_order(ORDER), OrderReadinessRevised(order_id=ORDER, ready_at=afternoon.wall.at))
    qtbot.waitUntil(lambda: len(afternoon.operations.named("preview")) == 2)


def test_other_plans_do_not_matter(previewed, afternoon, qtbot):
    afternoon.happen(of_driver("D-019"), afternoon.route("D-019", 1))
    qtbot.wait(300)
    assert len(afternoon.operations.named("preview")) == 1


def test_refusal_is_said_recounted_and_the_sheet_stays(previewed, afternoon):
    give_reason(previewed)
    previewed.commit.click()
    afternoon.operations.refuse("The plan of D-052 changed since. Look again.")
    assert previewed.isVisible()
    assert previewed.message.text() == "Not done: The plan of D-052 changed since. Look again."
    assert len(afternoon.operations.named("preview")) == 2
    afternoon.operations.finish(afternoon.preview())
    assert previewed.commit.isEnabled()
    assert previewed.impact.reason is ReasonCode.LOCAL_KNOWLEDGE


def test_broken_limit_says_why_and_keeps_commit_off(sheet, afternoon):
    sheet.open_for(ORDER, D_052)
    statement = Statement(code="breach.capacity_volume", arguments={"free": 22.0, "needed": 40.0})
    breach = Breach(constraint="capacity_volume", statement=statement)
    afternoon.operations.finish(afternoon.preview(breaches=(breach,), replanned=None))
    give_reason(sheet)
    assert not sheet.commit.isEnabled()
    assert sheet.message.text() == "Not possible: 22 l free, the order needs 40 l. Choose another driver."
    sheet.another.click()
    assert sheet.choice.isVisible()


def test_answer_for_a_driver_who_is_no_longer_meant_is_ignored(sheet, afternoon):
    sheet.open_for(ORDER, D_052)
    late = afternoon.operations.pending
    sheet.open_for(ORDER, DriverId("D-019"))
    late.finish(afternoon.preview())
    assert sheet.counted.text() == "Counting…"


def test_escape_closes_and_commits_nothing(previewed, afternoon):
    press(Qt.Key.Key_Escape)
    assert not previewed.isVisible()
    assert afternoon.operations.named("override") == []


def test_nothing_is_committed_while_disconnected(previewed, afternoon, qtbot):
    give_reason(previewed)
    afternoon.live(Phase.LOST)
    qtbot.waitUntil(lambda: not previewed.commit.isEnabled())
    assert previewed.message.text() == "Not connected: nothing can be committed."


def test_recount_that_matters_is_said_and_nothing_is_committed_in_the_same_moment(previewed, afternoon, qtbot):
    give_reason(previewed)
    afternoon.happen(of_driver("D-052"), afternoon.route("D-052", 1))
    qtbot.waitUntil(lambda: len(afternoon.operations.named("preview")) == 2)
    worse = replace(afternoon.preview().replanned, promises_broken=5)
    afternoon.operations.finish(afternoon.preview(replanned=worse, based_on={D_052: 1}))
    assert previewed.message.text() == "It moved: 3 more promises broken than shown."
    previewed.commit_mode(OverrideMode.REPLANNED)
    assert afternoon.operations.named("override") == []
    qtbot.waitUntil(previewed.commit.isEnabled)


def test_moved_outcome_is_shown_beside_what_was_shown_and_enter_commits_it(previewed, afternoon):
    give_reason(previewed)
    previewed.commit_mode(OverrideMode.AS_IS)
    now = afternoon.preview(as_is=replace(afternoon.preview().as_is, promises_broken=6, cost=99_990))
    afternoon.operations.refuse_with("override.outcome_moved", preview=msgspec.json.encode(now).decode())
    words = "Not done, it moved: 2 more promises broken than shown. This is what holds now; Enter commits it."
    assert previewed.message.text() == words
    assert len(afternoon.operations.named("preview")) == 1, "the refusal brought the preview that holds now"
    changed = [cell.changed for cell in previewed.impact.comparison._rows[0].cells]
    assert changed == [False, True, False, False]
    beside = previewed.impact.comparison._columns[-1].title, previewed.impact.comparison._rows[0].cells[-1].value
    assert beside == ("As shown", "4")
    previewed.impact.comparison.choose(OverrideMode.AS_IS)
    press(Qt.Key.Key_Return)
    assert afternoon.operations.named("override")[1][0] == now


def test_sheet_says_until_when_an_undo_leaves_no_trace(previewed, afternoon):
    assert previewed.foot.undo_note.text() == "Ctrl+Z takes it back by a new, recorded change."
    previewed.open_for(ORDER, D_052)
    afternoon.operations.finish(afternoon.preview(tell_after_s=5.0))
    words = "Drivers and customers are told 5 s after it; until then Ctrl+Z leaves no trace."
    assert previewed.foot.undo_note.text() == words


# --- a split ---------------------------------------------------------------------------------------------------------


def split_preview(afternoon, driver_id=None, **changes):
    said = (Statement(code="override.waits", arguments={"driver_id": "D-117"}),)
    return afternoon.preview(change=Split(order_id=ORDER, driver_id=driver_id), said=said, **changes)


def test_split_is_counted_at_once_for_waiting_and_says_what_it_brings(sheet, afternoon):
    sheet.open_split(ORDER)
    assert afternoon.operations.named("preview") == [(Split(order_id=ORDER),)]
    assert written(sheet) == "Override: take O-48213 out of its shared trip, to wait"
    afternoon.operations.finish(split_preview(afternoon))
    assert sheet.impact.said.text() == "It waits for a driver of its own; R. Fuentes is kept from it"
    assert sheet.impact.comparison._columns[0].subtitle == "the best other driver"
    give_reason(sheet)
    sheet.commit_mode(OverrideMode.AS_IS)
    assert afternoon.operations.named("override")[0][0].change == Split(order_id=ORDER)


def test_split_goes_to_another_driver_by_keys_with_the_best_one_marked(sheet, afternoon):
    sheet.open_split(ORDER)
    afternoon.operations.finish(split_preview(afternoon))
    sheet.another.click()
    assert sheet.choice.table.selected_key() == "D-042"
    model = sheet.choice.table.model()
    assert model.index(0, 0).data() == "Nobody yet"
    press(Qt.Key.Key_Return)
    assert afternoon.operations.named("preview")[-1] == (Split(order_id=ORDER, driver_id=DriverId("D-042")),)
    assert written(sheet) == "Override: take O-48213 out of its shared trip, for M. Castillo, D-042"


def test_what_shares_no_trip_says_so(sheet, afternoon):
    sheet.open_split(ORDER)
    breach = Breach(constraint="not_shared", statement=Statement(code="breach.not_shared"))
    afternoon.operations.finish(split_preview(afternoon, breaches=(breach,), replanned=None))
    assert sheet.message.text() == "Not possible: It shares no trip with another order."
    assert not sheet.commit.isEnabled()


# --- the map ---------------------------------------------------------------------------------------------------------


def test_customers_affected_are_shown_on_the_map_by_a_key_and_chosen_there(previewed):
    press(Qt.Key.Key_M)
    assert previewed.impact.sketch.isVisible()
    spots = {spot.key: (spot.words, spot.ink) for spot in previewed.impact.sketch._spots}
    assert spots == {"": ("Pollo Dorado", "ink2"), "O-48213": ("O-48213 −14", "ink1"), "O-48160": ("O-48160 +3", "p2")}
    press(Qt.Key.Key_1)
    assert previewed.impact.sketch._spots[-1].words == "O-48160 +8"
    assert previewed.impact.sketch._spots[-1].ink == "p1"
    previewed.impact.sketch.chosen.emit("O-48160")
    assert previewed.impact.customers.selected_key() == "O-48160"
    press(Qt.Key.Key_M)
    assert previewed.impact.customers.isVisible()


def test_ways_are_of_the_plans_that_would_be_committed(previewed, afternoon):
    route = afternoon.route("D-052", 1)
    plan = PlanChange(driver_id=D_052, plan_number=0, stops=route.stops)
    previewed.open_for(ORDER, D_052)
    afternoon.operations.finish(afternoon.preview(as_is_plans=(plan,)))
    assert previewed.impact.sketch._ways == ()
    press(Qt.Key.Key_1)
    assert [way.ink for way in previewed.impact.sketch._ways] == ["acc"]
