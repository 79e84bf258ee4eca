"""Moves of idle drivers: read with reason and gain, accepted and dismissed by key, and shown as they come."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.connection import Phase
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove
from core.events.move_events import DriverMoveAccepted, DriverMoveDismissed, DriverMoveProposed
from core.fleet.driver_move import DriverMove
from core.streams import of_move
from core.vocabulary import Position
from ui.panels.audit_words import audited_words
from ui.panels.pressure_panel import MOVES, SHORT, PressurePanel
from ui.selection import Kind


def cue(afternoon, driver_id="D-042", **fields):
    settings = {
        "move_id": f"M-{driver_id}",
        "driver_id": driver_id,
        "from_zone_id": "centro",
        "to_zone_id": "blancas",
        "target": Position(-29.93, -71.24),
        "proposed_at": afternoon.wall.at,
        "expires_at": afternoon.wall.at + 300.0,
        "short": 0.8,
        "short_at": afternoon.wall.at + 1_800.0,
        "spare": 2.0,
        "distance_m": 2_300.0,
        "way_minutes": 5.9,
        "covers_minutes": 12.0,
    }
    return DriverMove(**settings | fields)


@pytest.fixture
def panel(afternoon, qtbot):
    panel = PressurePanel(afternoon.context)
    qtbot.addWidget(panel)
    panel.resize(430, 300)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_kind(MOVES)
    return panel


def happen(afternoon, *events):
    for event in events:
        name = event.move.driver_id if isinstance(event, DriverMoveProposed) else event.driver_id
        afternoon.happen(of_move(name), event)
    afternoon.store.drain()


@pytest.fixture
def two(panel, afternoon):
    """D-042 came first and stays selected; D-019 gains more and stands above."""
    happen(
        afternoon,
        DriverMoveProposed(move=cue(afternoon)),
        DriverMoveProposed(move=cue(afternoon, "D-019", way_minutes=2.0)),
    )
    return panel.cues


def shown(cues):
    records = cues.rows.records
    return [records.index(row, 0).data() for row in range(records.rowCount())]


def test_without_moves_it_says_that_nobody_needs_to(panel):
    assert panel.title_bar.title.text() == "Moves"
    assert panel.cues.empty.isVisible()
    assert not panel.cues.accept_button.isVisible()


def test_cue_says_who_goes_where_why_and_what_it_gains(two):
    why = "Centro → Tierras Blancas. Tierras Blancas lacks 0.8 drivers at 15:02; 2.3\u00a0km"
    assert shown(two) == [
        f"P. Vega {why}, 2 min. 5:00 gains 10 min",
        f"M. Castillo {why}, 6 min. 5:00 gains 6 min",
    ]


def test_chip_counts_what_waits(two, panel):
    assert panel.chips.chip(MOVES).text() == "Moves 2"


def test_enter_tells_the_driver_to_go(two, afternoon):
    two.rows.setFocus()
    QTest.keyClick(two.rows, Qt.Key.Key_Return)

    assert afternoon.operations.asked[-1] == ("command", (AcceptDriverMove(move_id="M-D-042"),))
    assert two.message.text() == "Telling M. Castillo…"
    assert not two.accept_button.isEnabled()

    afternoon.operations.finish()
    happen(afternoon, DriverMoveAccepted(move_id="M-D-042", driver_id="D-042"))

    assert shown(two)[1].startswith("M. Castillo Centro → Tierras Blancas. was told, on the way.")


def test_del_lets_the_driver_stay(two, afternoon):
    two.rows.setFocus()
    QTest.keyClick(two.rows, Qt.Key.Key_Delete)

    assert afternoon.operations.asked[-1] == ("command", (DismissDriverMove(move_id="M-D-042"),))


def test_refusal_is_said_beside_the_buttons(two, afternoon):
    two.accept_button.click()
    afternoon.operations.refuse("D-019 is no longer free to move, or it was too long ago.")

    assert two.message.text() == "Not done: D-019 is no longer free to move, or it was too long ago."
    assert two.accept_button.isEnabled()


def test_nothing_is_asked_while_not_connected(two, afternoon):
    afternoon.live(Phase.LOST)
    two.accept()
    two.dismiss()

    assert afternoon.operations.asked == []


def test_chosen_driver_is_selected_everywhere(two, afternoon):
    two.rows.setFocus()
    QTest.keyClick(two.rows, Qt.Key.Key_Up)

    assert afternoon.selection.current == (Kind.DRIVER, "D-019")


def test_drivers_chip_turns_back_to_the_map(two, panel, afternoon):
    panel.show_kind(SHORT)

    assert not two.isVisible()
    assert panel.title_bar.title.text() == "Zone pressure"


def test_audit_list_says_who_was_moved_and_why(two, afternoon):
    def said(event):
        found = audited_words(afternoon.context, afternoon.envelope(of_move("D-042"), event))
        return found.what, found.subject, found.why

    told = {"move_id": "M-1", "driver_id": "D-042"}
    assert said(DriverMoveProposed(move=cue(afternoon))) == (
        "Move to Tierras Blancas proposed",
        "M. Castillo, D-042",
        "lacks 0.8 drivers, gains 6 min",
    )
    assert said(DriverMoveAccepted(**told, is_automatic=True))[2] == "by itself, as the policy says"
    assert said(DriverMoveDismissed(**told, until_at=0.0))[0] == "Move dismissed"
