"""The desk's commands: what they ask the service, and what they say."""

from typing import Any

import pytest
from PySide6.QtTest import QSignalSpy

from app.command_catalogue import CommandId
from app.connection import Phase
from app.line_reader import Reading
from core import commands
from core.alarms.exceptions import ExceptionItem
from core.events.dispatch_events import RecommendationAccepted
from core.vocabulary import Actor, OrderId, Role
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
