"""Makes a window step by step with the event loop running between, so that a desk never stands still while it opens."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from ui.main_window import MainWindow


class WindowOpening(QObject):
    """Works through `MainWindow.build`.

    Parameters
    ----------
    window : MainWindow
        Made in steps; shown by nobody yet.
    """

    built = Signal(object)
    """The window is whole."""
    failed = Signal()
    """A step failed; its exception goes on to the outer wall."""

    def __init__(self, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._steps: Iterator[None] = window.build()
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._step)
        self._next.start()

    def give_up(self) -> None:
        """Make nothing more, and let go of what was made."""
        self._next.stop()
        self._window.let_go()
        self._window.deleteLater()
        self.deleteLater()

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self.built.emit(self._window)
            self.deleteLater()
        except Exception:
            self.failed.emit()
            raise
        else:
            self._next.start()
