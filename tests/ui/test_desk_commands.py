"""The desk's commands: what they ask the service, and what they say."""

from typing import Any

import pytest
from PySide6.QtTest import QSignalSpy

from app.command_catalogue import CommandId
from app.connection import Phase
from app.line_reader import LineReader, Reading
from app.spoken_names import SpokenNames, Surroundings
from core import commands
from core.alarms.exceptions import ExceptionItem
from core.dispatch.changes import Forbid, TakeOut
from core.events.dispatch_events import RecommendationAccepted
from core.events.fleet_events import RoutePlanned
from core.events.order_events import DriverExcluded
from core.fleet.route import PlannedStop, StopKind
from core.vocabulary import Actor, DriverId, OrderId, Position, Role
from ui.desk_commands import DeskCommands, own_undoable
from ui.exception_watch import ExceptionWatch


class PressedCard:
    """Notes what was asked of the card."""

    def __init__(self) -> None:
        self.pressed: list[str] = []

    def accept(self) -> None:
        self.pressed.append("accept")

    def hold(self) -> None:
        self.pressed.append("hold")

    def not_now(self) -> None:
        self.pressed.append("not_now")

    def override(self) -> None:
        self.pressed.append("override")


class Hands:
    """Commands over a scene, with a card and no selected row unless a test names one."""

    def __init__(self, scene: Any) -> None:
        self.row: ExceptionItem | None = None
        self.card = PressedCard()
        self.watch = ExceptionWatch(scene.context)
        self.commands = DeskCommands(scene.context, self.watch, lambda: self.row, self.card, {})
        self.said = QSignalSpy(self.commands.said)

    def words(self) -> str:
        return str(self.said.at(self.said.count() - 1)[0])


@pytest.fixture
def hands(desk_scene: Any) -> Hands:
    desk_scene.driver("042")
    return Hands(desk_scene)


def test_key_accepts_on_the_card_of_the_selected_order(hands: Hands, desk_scene: Any) -> None:
    desk_scene.propose(desk_scene.order(48213), "D-042")
    desk_scene.context.selection.select("order", "O-48213")
    hands.commands.run_key(CommandId.ACCEPT)
    assert hands.card.pressed == ["accept"]


def test_line_accepts_another_order_at_once(hands: Hands, desk_scene: Any) -> None:
    recommendation_id = desk_scene.propose(desk_scene.order(48213), "D-042")
    hands.commands.run(Reading(command=CommandId.ACCEPT, order_id=OrderId("O-48213")))
    assert desk_scene.service.commands == [commands.AcceptRecommendation(recommendation_id=recommendation_id)]


def test_nothing_proposed_is_said(hands: Hands, desk_scene: Any) -> None:
    desk_scene.context.selection.select("order", desk_scene.order(48213))
    hands.commands.run_key(CommandId.ACCEPT)
    assert "Nothing is proposed" in hands.words()
    assert desk_scene.service.commands == []


def test_line_opens_the_override_with_driver_and_note(hands: Hands, desk_scene: Any) -> None:
    desk_scene.order(48213)
    spy = QSignalSpy(hands.commands.override_asked)
    reading = Reading(command=CommandId.OVERRIDE, order_id=OrderId("O-48213"), driver_id="D-042", note="closed")
    hands.commands.run(reading)
    assert spy.at(0) == ["O-48213", "D-042", "closed"]


def test_acknowledging_an_order_acknowledges_all_about_it(hands: Hands, desk_scene: Any) -> None:
    desk_scene.propose(desk_scene.order(48213), "D-042")
    hands.watch.look()
    hands.commands.run(Reading(command=CommandId.ACKNOWLEDGE, order_id=OrderId("O-48213")))
    assert desk_scene.service.commands == [
        commands.AcknowledgeException(key=item.key) for item in hands.watch.of_order("O-48213")
    ]


def test_undo_is_of_ones_own_decisions_only(hands: Hands, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213)
    recommendation_id = desk_scene.propose(order_id, "D-042")
    ley = Actor(role=Role.DISPATCHER, subject="ley")
    accepted = RecommendationAccepted(recommendation_id=recommendation_id, order_id=order_id)
    desk_scene.happened(accepted, actor=ley)
    hands.commands.run_key(CommandId.UNDO)
    assert hands.words() == "Nothing to undo."
    desk_scene.happened(accepted)
    assert own_undoable(desk_scene.context) is not None
    hands.commands.run_key(CommandId.UNDO)
    assert desk_scene.service.commands == [commands.UndoDecision(recommendation_id=recommendation_id)]


def test_done_is_said_only_when_the_feed_has_brought_it(hands: Hands, desk_scene: Any, qtbot: Any) -> None:
    order_id = desk_scene.order(48213)
    hands.commands.run(Reading(command=CommandId.HOLD, order_id=order_id))
    assert hands.said.count() == 0
    desk_scene.service.answer(position=desk_scene.store.operation.position)
    qtbot.waitUntil(lambda: hands.said.count() == 1)
    assert "held for 2 min" in hands.words()


def test_commands_are_off_while_disconnected(hands: Hands, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213)
    desk_scene.connection(Phase.LOST)
    hands.commands.run(Reading(command=CommandId.HOLD, order_id=order_id))
    assert "disconnected" in hands.words()
    assert desk_scene.service.commands == []


def routed(scene: Any, driver_id: str, *orders: OrderId) -> None:
    """Plan pickup and delivery of each order, one after the other."""
    now, here = scene.context.now(), Position(-29.9, -71.25)
    stops = tuple(
        PlannedStop(order_id=name, kind=kind, position=here, arrives_at=now, starts_at=now, departs_at=now)
        for name in orders
        for kind in StopKind
    )
    scene.happened(RoutePlanned(driver_id=driver_id, plan_number=1, stops=stops))


def test_keys_open_the_split_and_the_stops_of_the_selected_order(hands: Hands, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213, driver="D-042")
    routed(desk_scene, "D-042", order_id)
    desk_scene.context.selection.select("order", order_id)
    split, stops = QSignalSpy(hands.commands.split_asked), QSignalSpy(hands.commands.stops_asked)
    hands.commands.run_key(CommandId.SPLIT)
    hands.commands.run_key(CommandId.SEQUENCE)
    assert (split.at(0), stops.at(0)) == (["O-48213", "", ""], ["O-48213", ""])


@pytest.mark.parametrize("line", ["split 48213 042 # wants it warm", "spl 48213 042 # wants it warm"])
def test_line_splits_for_a_driver_with_the_reason(hands: Hands, desk_scene: Any, line: str) -> None:
    desk_scene.order(48213, driver="D-042")
    reader = LineReader(SpokenNames(desk_scene.store.operation), Role.DISPATCHER)
    reading = reader.read(line, Surroundings())
    spy = QSignalSpy(hands.commands.split_asked)
    hands.commands.run(reading)
    assert spy.at(0) == ["O-48213", "D-042", "wants it warm"]


def test_line_names_the_order_whose_driver_s_stops_are_to_change(hands: Hands, desk_scene: Any) -> None:
    routed(desk_scene, "D-042", desk_scene.order(48213, driver="D-042"))
    reading = LineReader(SpokenNames(desk_scene.store.operation), Role.DISPATCHER).read(
        "sequence 48213", Surroundings()
    )
    spy = QSignalSpy(hands.commands.stops_asked)
    hands.commands.run(reading)
    assert spy.at(0) == ["O-48213", ""]


def test_order_that_cannot_be_changed_so_is_said(hands: Hands, desk_scene: Any) -> None:
    order_id = desk_scene.order(48213)
    for command, words in (
        (CommandId.SPLIT, "Not possible: O-48213 has no driver, is under way or ended."),
        (CommandId.SEQUENCE, "Not possible: O-48213 has no driver or ended."),
    ):
        hands.commands.run(Reading(command=command, order_id=order_id))
        assert hands.words() == words
        hands.commands.run(Reading(command=command))
        assert hands.words().startswith("Select an order")


@pytest.mark.parametrize(
    ("command", "kind", "name", "line"),
    [
        (CommandId.FORBID, "driver", "D-042", "forbid "),
        (CommandId.ALLOW, "order", "O-48213", "allow O-48213 "),
        (CommandId.TAKE_OUT, "driver", "D-019", "out D-019 # "),
        (CommandId.TAKE_OUT, "zone", "Z-01", "out "),
        (CommandId.BRING_BACK, "driver", "D-042", "back D-042"),
        (CommandId.BREAK, "driver", "D-042", "break D-042 "),
        (CommandId.CLOSE, "zone", "Z-01", "close Z-01 60 # "),
        (CommandId.OPEN, "driver", "D-042", "open "),
    ],
)
def test_keys_begin_the_line_of_what_needs_more_words(
    hands: Hands, desk_scene: Any, command: CommandId, kind: str, name: str, line: str
) -> None:
    desk_scene.order(48213, driver="D-042")
    desk_scene.context.selection.select(kind, name)
    wanted = QSignalSpy(hands.commands.line_wanted)
    hands.commands.run_key(command)
    assert [wanted.at(at)[0] for at in range(wanted.count())] == [line]
    assert desk_scene.service.commands == []


@pytest.mark.parametrize(
    ("command", "kind", "name", "change"),
    [
        (CommandId.FORBID, "order", "O-48213", Forbid(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"))),
        (CommandId.TAKE_OUT, "order", "O-48213", TakeOut(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"))),
        (CommandId.TAKE_OUT, "vehicle", "V-042", TakeOut(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"))),
    ],
)
def test_keys_preview_at_once_what_moves_orders(
    hands: Hands, desk_scene: Any, command: CommandId, kind: str, name: str, change: Any
) -> None:
    desk_scene.order(48213, driver="D-042")
    desk_scene.context.selection.select(kind, name)
    asked = QSignalSpy(hands.commands.ruling_asked)
    hands.commands.run_key(command)
    assert asked.at(0) == [change, ""]
    assert desk_scene.service.commands == []


def test_the_only_driver_kept_from_an_order_is_allowed_at_once(hands: Hands, desk_scene: Any) -> None:
    desk_scene.order(48213)
    desk_scene.happened(DriverExcluded(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"), note="Ill"))
    desk_scene.context.selection.select("order", "O-48213")
    hands.commands.run_key(CommandId.ALLOW)
    assert desk_scene.service.commands == [
        commands.AllowDriver(order_id=OrderId("O-48213"), driver_id=DriverId("D-042"))
    ]
