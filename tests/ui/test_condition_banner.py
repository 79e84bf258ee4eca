"""The banner over the desk."""

from typing import Any

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from app.connection import Phase
from core.events.fleet_events import SourceDegraded, SourceRecovered
from core.wire import Problem
from ui.condition_banner import ConditionBanner


@pytest.fixture
def banner(qtbot: QtBot, desk_scene: Any) -> ConditionBanner:
    made = ConditionBanner(desk_scene.context)
    qtbot.addWidget(made)
    return made


def test_nothing_is_shown_while_all_is_well(banner: ConditionBanner) -> None:
    assert banner.isHidden()


def test_a_change_of_transport_is_no_disconnection(banner: ConditionBanner, desk_scene: Any) -> None:
    desk_scene.connection(Phase.CONNECTING)
    assert banner.isHidden()


def test_disconnection_is_shown_with_its_age(banner: ConditionBanner, desk_scene: Any) -> None:
    desk_scene.connection(Phase.LOST)
    desk_scene.wall.step_to(desk_scene.wall.now() + 47.0)
    banner.look()
    assert not banner.isHidden()
    assert banner.accessibleName().startswith("Disconnected for 0:47. Shown: 13:00:00.")


def test_refusal_offers_to_sign_in(banner: ConditionBanner, desk_scene: Any) -> None:
    spy = QSignalSpy(banner.sign_in_asked)
    desk_scene.connection(
        Phase.REFUSED, Problem(code="access.token_expired", title="", detail="The token has expired.")
    )
    assert banner.accessibleName() == "Signed out. The token has expired."
    banner.pressed.emit()
    assert spy.count() == 1


def test_degraded_source_is_shown_until_it_recovers(banner: ConditionBanner, desk_scene: Any) -> None:
    desk_scene.happened(SourceDegraded(source="streets", effect="straight lines"))
    banner.look()
    assert "straight lines" in banner.accessibleName()
    desk_scene.happened(SourceRecovered(source="streets", outage_s=5.0))
    banner.look()
    assert banner.isHidden()
