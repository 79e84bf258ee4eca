"""The options of a disruption in the exceptions panel: what they say, which key does what, what is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.connection import Connection, Phase
from core.dispatch.decision import Outcome, Statement
from core.disruption.disruption import (
    Disruption,
    DisruptionKind,
    MovedArrival,
    Recovery,
    RecoveryAction,
    RecoveryImpact,
    RecoveryOption,
    RecoveryOptions,
    SubjectKind,
)
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, UndoRecovery
from core.events.disruption_events import DisruptionDetected, RecoveryChosen
from core.operations import RECOVERY_OPTIONS, AskRecoveryOptions
from core.refusals import Refusal
from core.vocabulary import Role
from ui.desk_context import Person
from ui.exception_watch import ExceptionWatch
from ui.panels.exceptions_panel import ExceptionsPanel

STANDS = "stopped.D-042.1"


def say(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=code, arguments=arguments)


def option(action: RecoveryAction, place: int, what: Statement, why: str, **fields: Any) -> RecoveryOption:
    driver = fields.pop("driver_id", None)
    name = action.value if driver is None else f"{action.value}:{driver}"
    return RecoveryOption(
        option_id=name, action=action, rank=place, what=what, why=say(why, **fields.pop("why_of", {})), **fields
    )


def found(now: float, *, first: str = "D-019") -> RecoveryOptions:
    better = RecoveryImpact(
        before=Outcome(promises_broken=1, promises_touched=2, late_minutes=11.0, cost=9000),
        after=Outcome(promises_touched=2, cost=7000, customers_to_tell=2, drivers_changed=2),
        moved=(MovedArrival(order_id="O-48213", promised_by_at=now),),
    )
    return RecoveryOptions(
        disruption_id=STANDS,
        made_at=now,
        as_it_stands=Outcome(promises_broken=1, promises_touched=2, late_minutes=11.0),
        options=(
            option(
                RecoveryAction.REASSIGN,
                1,
                say("recover.reassign_one", order_id="O-48213", driver_id=first),
                "why.recovery_promises",
                why_of={"promises": 1, "minutes": 11.0},
                driver_id=first,
                impact=better,
                moved_orders=("O-48213",),
                based_on={"D-042": 0, first: 0},
                order_versions={"O-48213": 0},
            ),
            option(RecoveryAction.CALL, 2, say("recover.call_driver", driver_id="D-042"), "why.recovery_ask_driver"),
            option(RecoveryAction.WAIT, 3, say("recover.wait", minutes=5.0), "why.recovery_wait"),
        ),
    )


class Desk:
    """The exceptions panel over a scene in which D-042 stands still with O-48213."""

    def __init__(self, qtbot: QtBot, scene: Any, *, settled_ms: int = 0) -> None:
        self.qtbot, self.scene = qtbot, scene
        scene.driver("042")
        scene.driver("019", name="Pedro Vega")
        self.order_id = scene.order(48213, driver="D-042")
        self.disruption = Disruption(
            disruption_id=STANDS,
            kind=DisruptionKind.STOPPED,
            subject_kind=SubjectKind.DRIVER,
            subject_id="D-042",
            began_at=scene.context.now() - 300.0,
            detected_at=scene.context.now(),
            priority=3,
            level=300.0,
            unit="s",
            finding=say("finding.stopped", minutes=5.0),
            cause=say("cause.order_planned"),
            driver_id="D-042",
            order_id=self.order_id,
            order_ids=(self.order_id,),
        )
        scene.happened(DisruptionDetected(disruption=self.disruption))
        self.watch = ExceptionWatch(scene.context)
        self.panel = ExceptionsPanel(scene.context, self.watch, settled_ms=settled_ms)
        qtbot.addWidget(self.panel)
        self.panel.resize(460, 640)
        self.panel.show()
        self.watch.look()
        self.panel.rows.setFocus()

    @property
    def section(self) -> Any:
        return self.panel.recovery

    def select(self) -> None:
        QTest.keyClick(self.panel.rows, Qt.Key.Key_J)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.panel.rows, key)

    def asked(self) -> list[str]:
        requests = [argument for name, argument, _ in self.scene.service.asked if name == RECOVERY_OPTIONS]
        assert all(isinstance(one, AskRecoveryOptions) for one in requests)
        return [one.disruption_id for one in requests]

    def answer(self, options: RecoveryOptions) -> None:
        self.scene.service.asked[-1][2].set_result(msgspec.msgpack.encode(options))
        self.qtbot.waitUntil(lambda: self.section.options.lines != () and not self.section._asking)

    def answered(self) -> None:
        self.select()
        self.answer(found(self.scene.context.now()))


@pytest.fixture
def desk(qtbot: QtBot, desk_scene: Any) -> Desk:
    return Desk(qtbot, desk_scene)


def test_row_says_what_is_wrong_and_its_options_are_asked_for(desk: Desk) -> None:
    (item,) = desk.watch.items
    assert (item.key, item.priority, item.subject_id) == (f"disruption:{STANDS}", 3, "D-042")
    assert desk.section.isHidden()
    desk.select()
    assert desk.asked() == [STANDS]
    assert desk.section.isVisible()
    assert desk.section.state.text() == "Counting…"


def test_options_say_what_they_do_the_recommended_first(desk: Desk) -> None:
    desk.answered()
    first, second, third = desk.section.options.lines
    assert (first.key, first.words, first.is_recommended) == ("1", "O-48213 to P. Vega", True)
    assert first.why == "Promises kept: 1 more; 11 min less late"
    assert first.figures == ("−11 min", "−1", "2")
    assert (second.words, second.figures) == ("Call M. Castillo", ("·", "·", "·"))
    assert third.words == "Wait 5 min"
    assert desk.section.state.text().startswith("As it stands 1 of 2 promises break, 11 min late in all")


def test_enter_does_what_is_recommended_on_the_state_that_was_shown(desk: Desk) -> None:
    desk.answered()
    opened = QSignalSpy(desk.panel.opened)
    desk.press(Qt.Key.Key_Return)
    (command,) = desk.scene.service.commands
    assert command == ChooseRecovery(
        disruption_id=STANDS,
        option_id="reassign:D-019",
        based_on={"D-042": 0, "D-019": 0},
        order_versions={"O-48213": 0},
    )
    assert opened.count() == 0
    assert desk.section.state.text() == "Under way…"


@pytest.mark.parametrize(("key", "option_id"), [(Qt.Key.Key_2, "call"), (Qt.Key.Key_3, "wait")])
def test_digit_chooses_its_option(desk: Desk, key: Qt.Key, option_id: str) -> None:
    desk.answered()
    desk.press(key)
    (command,) = desk.scene.service.commands
    assert command.option_id == option_id


def test_digit_without_an_option_and_a_second_choice_ask_nothing(desk: Desk) -> None:
    desk.answered()
    desk.press(Qt.Key.Key_9)
    assert desk.scene.service.commands == []
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_2)
    assert len(desk.scene.service.commands) == 1


def test_refusal_is_said_and_the_options_are_asked_for_again(desk: Desk) -> None:
    desk.answered()
    said = QSignalSpy(desk.section.said)
    desk.press(Qt.Key.Key_Return)
    desk.scene.service.asked[-1][2].set_exception(Refusal("state.changed", "The plan changed since.", status=409))
    desk.qtbot.waitUntil(lambda: said.count() == 1)
    assert said.at(0) == ["Not done: The plan changed since.", True]
    assert desk.asked() == [STANDS, STANDS]


def test_options_that_just_changed_take_no_key(qtbot: QtBot, desk_scene: Any) -> None:
    desk = Desk(qtbot, desk_scene, settled_ms=60_000)
    desk.answered()
    desk.section._ask()
    desk.answer(found(desk_scene.context.now(), first="D-117"))
    said = QSignalSpy(desk.section.said)
    desk.press(Qt.Key.Key_Return)
    assert desk_scene.service.commands == []
    assert said.at(0) == ["The options have just changed. Look again.", True]


def test_question_that_fails_says_why(desk: Desk) -> None:
    desk.select()
    desk.scene.service.asked[-1][2].set_exception(Refusal("disruption.not_found", "It is over.", status=404))
    desk.qtbot.waitUntil(lambda: "No options" in desk.section.state.text())
    assert desk.section.state.text() == "No options: It is over."
    desk.press(Qt.Key.Key_Return)
    assert desk.scene.service.commands == []


def test_disconnected_desk_chooses_nothing(desk: Desk) -> None:
    desk.answered()
    desk.scene.inbox.put(Connection(phase=Phase.LOST, kind="zeromq"))
    desk.scene.store.drain()
    said = QSignalSpy(desk.section.said)
    desk.press(Qt.Key.Key_1)
    assert desk.scene.service.commands == []
    assert said.at(0)[1] is True


def test_nothing_to_be_done_is_said(desk: Desk) -> None:
    desk.select()
    desk.scene.service.asked[-1][2].set_result(
        msgspec.msgpack.encode(RecoveryOptions(disruption_id=STANDS, made_at=desk.scene.context.now()))
    )
    desk.qtbot.waitUntil(lambda: desk.section.state.text() == "Nothing can be done about it now.")


def test_row_without_a_disruption_has_no_options(desk: Desk) -> None:
    late = desk.scene.order(48181, promised_in_s=600.0, driver="D-019")
    desk.scene.forecast(late, arrives_in_s=1500.0, late_probability=0.95)
    desk.watch.look()
    desk.panel.rows.select_key(f"late:{late}")
    assert desk.section.isHidden()


def chosen(desk: Desk, *, is_automatic: bool) -> Recovery:
    options = found(desk.scene.context.now())
    kept = options.options[0] if is_automatic else options.options[2]
    return Recovery(
        recovery_id="X-1",
        disruption_id=STANDS,
        kind=DisruptionKind.STOPPED,
        subject_kind=SubjectKind.DRIVER,
        subject_id="D-042",
        option=msgspec.structs.replace(kept, until_at=desk.scene.context.now() + 300.0),
        recommended="reassign:D-019",
        is_automatic=is_automatic,
        chosen_at=desk.scene.context.now(),
        chosen_by="platform" if is_automatic else "rojas",
    )


def test_row_goes_once_something_was_chosen(desk: Desk) -> None:
    desk.answered()
    desk.scene.happened(RecoveryChosen(recovery=chosen(desk, is_automatic=False)))
    desk.watch.look()
    assert desk.watch.items == []


def test_what_the_platform_did_by_itself_is_seen_and_taken_back(desk: Desk) -> None:
    desk.scene.happened(RecoveryChosen(recovery=chosen(desk, is_automatic=True)))
    desk.watch.look()
    (item,) = desk.watch.items
    assert (item.key, item.priority) == ("recovered:X-1", 4)
    desk.select()
    assert "by itself at" in desk.section.state.text()
    assert desk.section.take_back.isVisible()
    desk.press(Qt.Key.Key_U)
    assert desk.scene.service.commands == [UndoRecovery(recovery_id="X-1")]


def test_what_a_supervisor_was_asked_to_look_at_is_seen_and_closed(qtbot: QtBot, desk_scene: Any) -> None:
    desk_scene.context = replace(desk_scene.context, person=Person("Sol", Role.SUPERVISOR))
    desk = Desk(qtbot, desk_scene)
    what = option(RecoveryAction.REVIEW, 4, say("recover.review"), "why.recovery_ask_review")
    asked = msgspec.structs.replace(chosen(desk, is_automatic=False), option=what, note="Is the street flooded?")
    desk.scene.happened(RecoveryChosen(recovery=asked))
    desk.watch.look()
    assert [item.key for item in desk.watch.items] == ["review:X-1"]
    desk.select()
    assert desk.section.state.text().startswith("rojas asked for a look at ")
    assert desk.section.state.text().endswith("Is the street flooded?")
    assert desk.section.take_back.text() == "Looked at"
    desk.press(Qt.Key.Key_U)
    assert desk.scene.service.commands == [CloseReview(recovery_id="X-1")]


def test_palette_and_line_do_what_stands_at_a_number(desk: Desk) -> None:
    desk.answered()
    said = QSignalSpy(desk.section.said)
    desk.section.run(6)
    assert desk.scene.service.commands == []
    assert said.at(0)[1] is True
    desk.section.run(1)
    (command,) = desk.scene.service.commands
    assert command.option_id == "call"


def test_taking_back_by_the_line_says_where_there_is_nothing(desk: Desk) -> None:
    desk.answered()
    said = QSignalSpy(desk.section.said)
    desk.section.run_undo()
    assert desk.scene.service.commands == []
    assert said.at(0) == ["Select what the platform did by itself.", True]
