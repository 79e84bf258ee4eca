"""Signing in with an invitation."""

import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from core.invitation import Invitation, render
from core.vocabulary import Role
from ui.invitation_file import InvitationFiles
from ui.sign_in import SignIn

INVITATION = Invitation(
    name="M. Rojas",
    role=Role.DISPATCHER,
    addresses=("zmq://127.0.0.1:5000", "ws://127.0.0.1:8000/api/v1/feed"),
    token="secret",
    curve_key="k" * 40,
)


@pytest.fixture
def kept_at(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "invitation"


@pytest.fixture
def sign_in(qtbot: QtBot, kept_at: Path) -> SignIn:
    window = SignIn(InvitationFiles(kept_at))
    qtbot.addWidget(window)
    window.show()
    return window


def test_pasted_invitation_signs_in_over_its_first_address(sign_in: SignIn) -> None:
    spy = QSignalSpy(sign_in.signed)
    sign_in.field.setText(render(INVITATION))
    QTest.keyClick(sign_in.field, Qt.Key.Key_Return)
    assert spy.count() == 1
    assert spy.at(0) == [INVITATION, "zmq://127.0.0.1:5000"]


def test_other_transport_is_a_click_away(sign_in: SignIn) -> None:
    spy = QSignalSpy(sign_in.signed)
    sign_in.field.setText(render(INVITATION))
    QTest.mouseClick(sign_in.transports.chip("websocket"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(sign_in.enter, Qt.MouseButton.LeftButton)
    assert spy.at(0)[1] == "ws://127.0.0.1:8000/api/v1/feed"


@pytest.mark.parametrize(("text", "word"), [("hello", "no invitation"), ("tower1:abc", "cannot be read")])
def test_what_is_no_invitation_is_said_at_once(sign_in: SignIn, text: str, word: str) -> None:
    spy = QSignalSpy(sign_in.signed)
    sign_in.field.setText(text)
    assert word in sign_in.finding_words
    QTest.keyClick(sign_in.field, Qt.Key.Key_Return)
    assert spy.count() == 0


def test_problem_lets_try_again(sign_in: SignIn) -> None:
    sign_in.field.setText(render(INVITATION))
    QTest.keyClick(sign_in.field, Qt.Key.Key_Return)
    assert not sign_in.enter.isEnabled()
    sign_in.show_problem("The token has expired.")
    assert sign_in.enter.isEnabled()


def test_nothing_is_kept_unless_asked(sign_in: SignIn, kept_at: Path) -> None:
    sign_in.field.setText(render(INVITATION))
    QTest.keyClick(sign_in.field, Qt.Key.Key_Return)
    assert not kept_at.parent.exists()


def test_kept_invitation_is_for_its_owner_only(sign_in: SignIn, kept_at: Path, qtbot: QtBot) -> None:
    sign_in.field.setText(render(INVITATION))
    sign_in.remember.setChecked(True)
    QTest.keyClick(sign_in.field, Qt.Key.Key_Return)
    qtbot.waitUntil(kept_at.is_file)
    assert stat.S_IMODE(kept_at.stat().st_mode) == 0o600
    again = InvitationFiles(kept_at)
    with qtbot.waitSignal(again.read) as read:
        again.read_kept()
    assert read.args == [render(INVITATION)]


def test_unreadable_file_is_said(sign_in: SignIn, tmp_path: Path, qtbot: QtBot) -> None:
    files = InvitationFiles(tmp_path / "kept")
    with qtbot.waitSignal(files.failed) as failed:
        files.read_file(tmp_path / "nowhere")
    assert "nowhere" in str(failed.args)
