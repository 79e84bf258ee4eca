"""A panel that is asked to refresh often does so at once, then only once per interval."""

from PySide6.QtCore import QTimer

from widgets.calm_refresh import CalmRefresh


def test_many_requests_become_two_refreshes(qtbot):
    refresh, told = CalmRefresh(interval_ms=40), []
    refresh.due.connect(lambda: told.append(True))
    for _ in range(20):
        refresh.ask()
    assert len(told) == 1
    qtbot.waitUntil(lambda: len(told) == 2)


def test_nothing_is_due_without_a_request(qtbot):
    refresh, told = CalmRefresh(interval_ms=20), []
    refresh.due.connect(lambda: told.append(True))
    refresh.ask()
    rest = refresh.findChild(QTimer)
    qtbot.waitUntil(lambda: not rest.isActive())
    assert len(told) == 1
