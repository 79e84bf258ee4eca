"""Rulings from the desk: typed as a line or by key, asked of the service with their reason, or refused with words."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.connection import Phase
from core import commands
from core.commands import HoldOrder
from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, TakeOut
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.events.closure_events import PlaceClosed
from core.events.dispatch_events import AssignmentOverridden
from core.events.fleet_events import BreaksPlanned, DriverTakenOut, RoutePlanned, ZonesDrawn
from core.events.order_events import DriverExcluded, OrderAssigned, OrderHeld, OrderPinned
from core.fleet.closure import Closure, ClosureId
from core.fleet.fleet import PlannedBreak
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.operations import PreviewOverride
from core.places import FoundPlace, PlaceKind
from core.vocabulary import DriverId, OrderId, OverrideId, Position, ZoneId
from ui.main_window import MainWindow
from ui.panels.decision_in_force import driver_in_force, order_in_force
from ui.panels.timeline_words import shift_entries
from widgets.formatting import clock_time, duration

ORDER, WAITING = OrderId("O-48181"), OrderId("O-48213")
RAUL, MARCELA = DriverId("D-117"), DriverId("D-042")


RING = tuple(Position(lat, lon) for lat, lon in ((-30, -72), (-30, -71), (-29, -71), (-29, -72), (-30, -72)))


@pytest.fixture(autouse=True)
def _centro(desk_scene: Any) -> None:
    desk_scene.happened(ZonesDrawn(zones=(Zone(zone_id=ZoneId("Z-1"), name="Centro", ring=RING),)))


def _enter(desk_window: MainWindow, line: str) -> None:
    desk_window.command_bar.line.setFocus()
    QTest.keyClicks(desk_window.command_bar.line, line)
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("pin 48181 # knows the way", commands.PinOrder(order_id=ORDER, note="knows the way")),
        ("unpin 48181", commands.UnpinOrder(order_id=ORDER)),
        ("release 48181", commands.ReleaseOrder(order_id=ORDER)),
        ("forbid 48181 042 # quarrel", commands.ForbidDriver(order_id=ORDER, driver_id=MARCELA, note="quarrel")),
        ("allow 48181 117", commands.AllowDriver(order_id=ORDER, driver_id=RAUL)),
        ("out 042 # flat tyre", commands.TakeDriverOut(driver_id=MARCELA, note="flat tyre")),
        ("back 117", commands.BringDriverBack(driver_id=RAUL)),
    ],
)
def test_what_moves_nothing_is_asked_of_the_service_at_once(
    desk_window: MainWindow, desk_scene: Any, line: str, asked: Any
) -> None:
    _enter(desk_window, line)

    assert desk_scene.service.commands == [asked]
    assert not desk_window.override_sheet.isVisible()


@pytest.mark.parametrize(
    ("line", "change", "title"),
    [
        ("forbid 48181 # quarrel", Forbid(order_id=ORDER, driver_id=RAUL), "Keep R. Fuentes, D-117 from O-48181"),
        ("forbid 48181 117", Forbid(order_id=ORDER, driver_id=RAUL), "Keep R. Fuentes, D-117 from O-48181"),
        (
            "out 117",
            TakeOut(order_id=ORDER, driver_id=RAUL),
            "Take R. Fuentes, D-117 out of planning until brought back",
        ),
        (
            f"hold {WAITING} 20 # kitchen on fire",
            Hold(order_id=WAITING, for_s=1_200.0),
            f"Hold {WAITING} for 20 min",
        ),
    ],
)
def test_what_moves_orders_is_previewed_first(
    desk_window: MainWindow, desk_scene: Any, line: str, change: Any, title: str
) -> None:
    _enter(desk_window, line)

    assert desk_scene.service.commands == []
    assert [one.change for _, one, _ in desk_scene.service.asked if isinstance(one, PreviewOverride)] == [change]
    assert desk_window.override_sheet.isVisible()
    assert desk_window.override_sheet._title.text() == title
    assert desk_window.override_sheet.impact.note.text() == line.partition("# ")[2]


def test_a_zone_that_orders_wait_in_is_previewed_first(desk_window: MainWindow, desk_scene: Any) -> None:
    _enter(desk_window, "close centro 30 # flooded")

    [asked] = [one for _, one, _ in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    assert asked.change == CloseZone(order_id=WAITING, zone_id=ZoneId("Z-1"), for_s=1_800.0)
    assert desk_window.override_sheet._title.text() == "Close Centro for 30 min"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (f"hold {WAITING}", HoldOrder(order_id=WAITING, for_s=120.0)),
        (f"hold {WAITING} 2", HoldOrder(order_id=WAITING, for_s=120.0)),
        ("hold 48181 20", HoldOrder(order_id=ORDER, for_s=1_200.0)),
    ],
)
def test_a_moment_to_think_and_a_hold_that_moves_nobody_are_asked_at_once(
    desk_window: MainWindow, desk_scene: Any, line: str, command: HoldOrder
) -> None:
    _enter(desk_window, line)

    assert desk_scene.service.commands == [command]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hold 48181 soon", "no number of minutes"),
        ("out 042", "Say why"),
        ("forbid 48181 042", "Say why"),
        ("close here # market", "Look a street or place up first"),
        ("close", "Which zone"),
        ("close atlantis # gone", "There is no zone atlantis"),
        ("open centro", "Nothing is closed there"),
    ],
)
def test_what_is_missing_is_said(desk_window: MainWindow, desk_scene: Any, line: str, words: str) -> None:
    _enter(desk_window, line)

    assert desk_scene.service.commands == []
    assert words in desk_window.command_bar.said_words


@pytest.mark.parametrize(
    ("line", "for_s"), [("close centro 30 # flooded", 1_800.0), ("close centro # flooded", 3_600.0)]
)
def test_a_zone_that_nobody_waits_in_is_closed_at_once(
    desk_window: MainWindow, desk_scene: Any, line: str, for_s: float
) -> None:
    desk_scene.happened(OrderAssigned(order_id=WAITING, driver_id=MARCELA))
    _enter(desk_window, "close centro")
    assert "Say why" in desk_window.command_bar.said_words
    _enter(desk_window, line)

    assert desk_scene.service.commands == [commands.ClosePlace(zone_id=ZoneId("Z-1"), note="flooded", for_s=for_s)]


def test_street_is_closed_where_it_was_looked_up_and_opened_again(desk_window: MainWindow, desk_scene: Any) -> None:
    here = Position(-29.9045, -71.2489)
    desk_window.commands.rulings.place = FoundPlace(
        name="Avenida del Mar", kind=PlaceKind.STREET, position=here, bbox=(-71.3, -29.95, -71.2, -29.9)
    )
    _enter(desk_window, "close here 240 # street market")
    closure = Closure(
        closure_id=ClosureId("X-9"),
        position=here,
        segments=((1, 2),),
        note="street market",
        closed_by="rojas",
        closed_at=desk_scene.context.now(),
        until_at=desk_scene.context.now() + 14_400.0,
    )
    desk_scene.happened(PlaceClosed(closure=closure))
    _enter(desk_window, "open here")

    assert desk_scene.service.commands == [
        commands.ClosePlace(position=here, note="street market", for_s=14_400.0, street="Avenida del Mar"),
        commands.ReopenPlace(closure_id=ClosureId("X-9")),
    ]


STREET = Position(-29.9045, -71.2489)


def _look_up(desk_window: MainWindow, name: str = "Avenida del Mar", kind: PlaceKind = PlaceKind.STREET) -> None:
    bbox = (-71.3, -29.95, -71.2, -29.9)
    desk_window.commands.rulings.place = FoundPlace(name=name, kind=kind, position=STREET, bbox=bbox)


def _led_over(desk_scene: Any) -> None:
    """D-117 is to bring O-48181 over the street, and D-042 drives beside it."""
    now = desk_scene.context.now()
    for number, (driver, lat) in enumerate(((RAUL, STREET.lat), (MARCELA, STREET.lat + 0.01))):
        door = Position(lat, STREET.lon + 0.02)
        stop = PlannedStop(
            order_id=(ORDER, WAITING)[number],
            kind=StopKind.DELIVERY,
            position=door,
            arrives_at=now + 600.0,
            starts_at=now + 600.0,
            departs_at=now + 660.0,
        )
        way = (Position(lat, STREET.lon - 0.01), door)
        desk_scene.happened(RoutePlanned(driver_id=driver, plan_number=1, stops=(stop,), geometry=way))


def _previewed(desk_scene: Any) -> list[Any]:
    return [one.change for _, one, _ in desk_scene.service.asked if isinstance(one, PreviewOverride)]


@pytest.mark.parametrize(
    ("name", "kind", "called"),
    [
        ("Avenida del Mar", PlaceKind.STREET, "Avenida del Mar"),
        ("Mall Plaza", PlaceKind.SITE, "the street at Mall Plaza"),
        ("", PlaceKind.STREET, ""),
    ],
)
def test_a_street_that_planned_ways_lead_over_is_previewed_first(
    desk_window: MainWindow, desk_scene: Any, name: str, kind: PlaceKind, called: str
) -> None:
    _led_over(desk_scene)
    _look_up(desk_window, name, kind)
    _enter(desk_window, "close here 30 # burst pipe")

    change = CloseStreet(order_id=ORDER, position=STREET, for_s=1_800.0, street=called)
    assert (_previewed(desk_scene), desk_scene.service.commands) == ([change], [])
    place = called or "the street at 29.9045 S, 71.2489 W"
    assert desk_window.override_sheet._title.text() == f"Close {place} for 30 min"
    assert desk_window.override_sheet.impact.note.text() == "burst pipe"


def test_a_street_is_previewed_without_a_reason_yet(desk_window: MainWindow, desk_scene: Any) -> None:
    _led_over(desk_scene)
    _look_up(desk_window)
    _enter(desk_window, "close here")

    assert [change.for_s for change in _previewed(desk_scene)] == [3_600.0]


def test_a_street_is_not_previewed_while_nobody_can_answer(desk_window: MainWindow, desk_scene: Any) -> None:
    _led_over(desk_scene)
    _look_up(desk_window)
    desk_scene.connection(Phase.LOST)
    _enter(desk_window, "close here 30 # burst pipe")

    assert (_previewed(desk_scene), desk_scene.service.commands) == ([], [])
    assert "disconnected" in desk_window.command_bar.said_words


def test_a_street_closed_on_the_map_is_previewed_too(desk_window: MainWindow, desk_scene: Any) -> None:
    _led_over(desk_scene)
    desk_window._close_street(STREET)
    QTest.keyClicks(desk_window.command_bar.line, "burst pipe")
    QTest.keyClick(desk_window.command_bar.line, Qt.Key.Key_Return)

    assert [change.position for change in _previewed(desk_scene)] == [STREET]
    assert desk_window.selection.order_id is None


@pytest.mark.parametrize(
    ("street", "place"), [("Avenida del Mar", "Avenida del Mar"), ("", "the street at 29.9045 S, 71.2489 W")]
)
def test_undo_says_which_street_it_would_open(
    desk_window: MainWindow, desk_scene: Any, street: str, place: str
) -> None:
    now = desk_scene.context.now()
    override = Override(
        override_id=OverrideId("V-1"),
        order_id=ORDER,
        driver_id=DriverId(""),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.SAFETY,
        decided_at=now,
        decided_by="rojas",
        change=CloseStreet(order_id=ORDER, position=STREET, for_s=3_600.0, street=street),
        tell_at=now + 30.0,
    )
    desk_scene.happened(AssignmentOverridden(override=override))
    bar = desk_window.command_bar
    assert bar.undo_words() == f"Undo: closing {place}, 13:00. Told in 30 s, until then without a trace"

    desk_scene.wait(31.0)
    bar.say_overridden(ORDER)
    assert bar.said_words == f"Closed: {place}"
    desk_window.exceptions.rows.setFocus()
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk_scene.service.commands == [commands.UndoDecision(override_id=OverrideId("V-1"))]


def test_a_street_closed_at_once_is_named_by_the_undo_as_well(desk_window: MainWindow, desk_scene: Any) -> None:
    now = desk_scene.context.now()
    closure = Closure(
        closure_id=ClosureId("X-9"),
        position=STREET,
        note="Market",
        closed_by="rojas",
        closed_at=now,
        until_at=now + 60.0,
        street="Avenida del Mar",
    )
    desk_scene.happened(PlaceClosed(closure=closure))
    assert desk_window.command_bar.undo_words() == "Undo: closing Avenida del Mar, 13:00"


def test_the_key_pins_and_takes_the_pin_away(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", ORDER)
    desk_window.exceptions.rows.setFocus()
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_P)
    desk_scene.happened(OrderPinned(order_id=ORDER, driver_id=RAUL))
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_P)

    assert desk_scene.service.commands == [commands.PinOrder(order_id=ORDER), commands.UnpinOrder(order_id=ORDER)]


def test_the_only_driver_kept_from_an_order_need_not_be_named(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_scene.happened(DriverExcluded(order_id=ORDER, driver_id=DriverId("D-042"), note="quarrel"))

    _enter(desk_window, "allow 48181")

    assert desk_scene.service.commands == [commands.AllowDriver(order_id=ORDER, driver_id=DriverId("D-042"))]


def test_what_was_ruled_stands_on_the_page_of_the_order(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_scene.happened(
        OrderPinned(order_id=ORDER, driver_id=RAUL),
        DriverExcluded(order_id=ORDER, driver_id=DriverId("D-042"), note="quarrel"),
        DriverTakenOut(driver_id=RAUL, until_at=None, note="flat tyre"),
    )
    operation = desk_scene.context.store.operation

    order = order_in_force(desk_scene.context, operation.orders.orders[ORDER])
    driver = driver_in_force(desk_scene.context, operation.fleet.drivers[RAUL])

    assert {("Pinned", "stays with D-117"), ("Kept from", "D-042")} <= {(fact.name, fact.value) for fact in order.facts}
    assert ("Taken out", "until brought back") in {(fact.name, fact.value) for fact in driver.facts}


def test_a_ruling_is_taken_back_by_the_key_and_the_foot_says_which(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_scene.happened(OrderPinned(order_id=ORDER, driver_id=RAUL))
    position = desk_scene.store.operation.position
    assert desk_window.command_bar.undo_words().startswith("Undo: pin O-48181, ")

    desk_window.exceptions.rows.setFocus()
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert desk_scene.service.commands == [commands.UndoDecision(ruling=position)]


def test_the_key_previews_taking_the_driver_of_the_selected_order_out(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select("order", ORDER)
    desk_window.exceptions.rows.setFocus()
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_Q)

    [asked] = [one for _, one, _ in desk_scene.service.asked if isinstance(one, PreviewOverride)]
    assert asked.change == TakeOut(order_id=ORDER, driver_id=RAUL)


def test_a_hold_that_ran_out_is_passed_over_by_undo(desk_window: MainWindow, desk_scene: Any) -> None:
    now = desk_scene.context.now()
    desk_scene.happened(OrderPinned(order_id=ORDER, driver_id=RAUL))
    desk_scene.happened(OrderHeld(order_id=WAITING, until_at=now + 120.0))
    assert desk_window.command_bar.undo_words().startswith("Undo: hold O-48213, ")

    desk_scene.wall.step_to(desk_scene.wall.now() + 121.0)

    assert desk_window.command_bar.undo_words().startswith("Undo: pin O-48181, ")


def test_a_break_is_planned_by_a_line_and_stands_on_the_page_of_the_driver(
    desk_window: MainWindow, desk_scene: Any
) -> None:
    context = desk_scene.context
    from_at = 60.0 * (context.now() // 60.0 + 30.0)
    window = "-".join(clock_time(at, context.zone) for at in (from_at, from_at + 1800.0))

    _enter(desk_window, f"break 042 {window} 20")

    planned = PlannedBreak(earliest_at=from_at, latest_at=from_at + 1800.0, length_s=1200.0)
    assert desk_scene.service.commands == [commands.PlanBreaks(driver_id=MARCELA, breaks=(planned,))]
    desk_scene.happened(BreaksPlanned(driver_id=MARCELA, breaks=(planned,)))
    shown = driver_in_force(context, context.store.operation.fleet.drivers[MARCELA])
    words = f"{duration(1200.0)}, begins {window.replace('-', '–')}"
    assert ("Planned break", words) in {(fact.name, fact.value) for fact in shown.facts}
    [entry] = [entry for entry in shift_entries(context, MARCELA) if entry.headline == "Planned break"]
    assert entry.detail == words


def test_a_planned_break_is_taken_back_by_the_key(desk_window: MainWindow, desk_scene: Any) -> None:
    from_at = desk_scene.context.now() + 1800.0
    planned = PlannedBreak(earliest_at=from_at, latest_at=from_at + 1800.0, length_s=1200.0)
    desk_scene.happened(BreaksPlanned(driver_id=MARCELA, breaks=(planned,), former=()))
    position = desk_scene.store.operation.position
    assert desk_window.command_bar.undo_words().startswith("Undo: planned break M. Castillo, ")

    desk_window.exceptions.rows.setFocus()
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert desk_scene.service.commands == [commands.UndoDecision(ruling=position)]
