"""One selection for all panels."""

from PySide6.QtTest import QSignalSpy

from ui.selection import Kind, Selection


def test_selecting_tells_once() -> None:
    selection = Selection()
    spy = QSignalSpy(selection.changed)
    selection.select(Kind.ORDER, "O-10001")
    selection.select("order", "O-10001")
    assert spy.count() == 1
    assert selection.order_id == "O-10001"


def test_id_of_another_kind_is_none() -> None:
    selection = Selection()
    selection.select(Kind.DRIVER, "D-001")
    assert selection.order_id is None
    assert selection.id_of(Kind.DRIVER) == "D-001"


def test_clearing_tells() -> None:
    selection = Selection()
    selection.select(Kind.ZONE, "centro")
    spy = QSignalSpy(selection.changed)
    selection.clear()
    assert spy.count() == 1
    assert selection.current is None
