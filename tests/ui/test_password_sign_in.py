"""Signing in with name and password: asked in a thread, said in words, and then as with an invitation."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from core.invitation import Invitation
from core.refusals import Fault, Refusal
from core.vocabulary import Role
from ui.invitation_file import InvitationFiles
from ui.password_entry import DEFAULT_SERVICE, PasswordEntry
from ui.sign_in import SignIn

INVITATION = Invitation(
    name="M. Rojas",
    role=Role.DISPATCHER,
    addresses=("zmq://127.0.0.1:5000", "ws://127.0.0.1:8000/api/v1/feed"),
    token="secret",
    curve_key="k" * 40,
)


class Doorkeeper:
    """A service at the door: answers what it was told to, when it is let."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.answer: Invitation | Exception = INVITATION
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, service: str, name: str, password: str) -> Invitation:
        self.asked.append((service, name, password))
        self.may_answer.wait(10.0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def keeper() -> Doorkeeper:
    return Doorkeeper()


@pytest.fixture
def sign_in(qtbot: QtBot, tmp_path: Path, keeper: Doorkeeper) -> SignIn:
    window = SignIn(InvitationFiles(tmp_path / "kept"), by_password=PasswordEntry(ask=keeper))
    qtbot.addWidget(window)
    window.show()
    QTest.mouseClick(window.ways.chip("password"), Qt.MouseButton.LeftButton)
    return window


def _enter(sign_in: SignIn, password: str = "correct horse") -> None:
    QTest.keyClicks(sign_in.by_password.name, "maria")
    QTest.keyClicks(sign_in.by_password.password, password)
    QTest.keyClick(sign_in.by_password.password, Qt.Key.Key_Return)


def test_name_and_password_sign_in_over_the_chosen_transport(sign_in: SignIn, keeper: Doorkeeper, qtbot: QtBot) -> None:
    spy = QSignalSpy(sign_in.signed)
    QTest.mouseClick(sign_in.transports.chip("websocket"), Qt.MouseButton.LeftButton)
    _enter(sign_in)

    qtbot.waitUntil(lambda: spy.count() == 1)
    assert spy.at(0) == [INVITATION, "ws://127.0.0.1:8000/api/v1/feed"]
    assert keeper.asked == [(DEFAULT_SERVICE, "maria", "correct horse")]
    assert sign_in.by_password.password.text() == ""


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Refusal("sign_in.refused", "Name or password is wrong."), "Name or password is wrong."),
        (Fault("service.unreachable", "Nothing answers at http://127.0.0.1:1."), "Nothing answers"),
    ],
)
def test_a_refusal_is_said_and_it_can_be_tried_again(
    sign_in: SignIn, keeper: Doorkeeper, qtbot: QtBot, problem: Exception, words: str
) -> None:
    keeper.answer = problem
    _enter(sign_in)
    qtbot.waitUntil(lambda: words in sign_in.finding_words)
    assert not sign_in.enter.isEnabled()  # the password is to be typed anew

    keeper.answer = INVITATION
    spy = QSignalSpy(sign_in.signed)
    QTest.keyClicks(sign_in.by_password.password, "better")
    QTest.keyClick(sign_in.by_password.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: spy.count() == 1)


def test_while_it_is_under_way_nothing_more_is_asked(sign_in: SignIn, keeper: Doorkeeper, qtbot: QtBot) -> None:
    keeper.may_answer.clear()
    _enter(sign_in)
    qtbot.waitUntil(lambda: len(keeper.asked) == 1)
    QTest.keyClick(sign_in.by_password.password, Qt.Key.Key_Return)
    QTest.mouseClick(sign_in.enter, Qt.MouseButton.LeftButton)
    assert "Asking" in sign_in.finding_words

    spy = QSignalSpy(sign_in.signed)
    keeper.may_answer.set()
    qtbot.waitUntil(lambda: spy.count() == 1)
    assert len(keeper.asked) == 1


def test_closing_while_it_is_under_way_does_no_harm(sign_in: SignIn, keeper: Doorkeeper, qtbot: QtBot) -> None:
    keeper.may_answer.clear()
    _enter(sign_in)
    qtbot.waitUntil(lambda: len(keeper.asked) == 1)

    signed, answered = QSignalSpy(sign_in.signed), QSignalSpy(sign_in.by_password.answered)
    QTest.keyClick(sign_in, Qt.Key.Key_Escape)
    keeper.may_answer.set()

    qtbot.waitUntil(lambda: answered.count() == 1)
    assert (signed.count(), sign_in.isVisible()) == (0, False)


def test_nothing_is_asked_before_all_three_are_there(sign_in: SignIn, keeper: Doorkeeper) -> None:
    QTest.keyClicks(sign_in.by_password.name, "maria")
    QTest.keyClick(sign_in.by_password.name, Qt.Key.Key_Return)

    assert (keeper.asked, sign_in.enter.isEnabled()) == ([], False)


def test_going_back_to_an_invitation_shows_its_field_alone(sign_in: SignIn) -> None:
    assert not sign_in.field.isVisible()

    QTest.mouseClick(sign_in.ways.chip("invitation"), Qt.MouseButton.LeftButton)

    assert sign_in.field.isVisible() and not sign_in.by_password.isVisible()
    assert "tower1:" in sign_in.finding_words


def test_what_was_entered_last_is_there_and_only_the_password_is_missing(qtbot: QtBot) -> None:
    entry = PasswordEntry(service="https://tower.example", name="maria")
    qtbot.addWidget(entry)

    assert (entry.service.text(), entry.name.text()) == ("https://tower.example", "maria")
    assert entry.password.text() == "" and not entry.is_complete
