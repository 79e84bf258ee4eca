"""Where a window may stand: on the screens there are now, not on those there were when it was saved.

Pure arithmetic on rectangles, so that screens can be invented in tests.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

LEAST_SEEN_PX = 200
"""A window must show at least this much of its width and height, its title bar included."""


def is_reachable(window: QRect, screens: Sequence[QRect]) -> bool:
    """Return whether a person can see enough of a window to take hold of it."""
    wide, high = min(LEAST_SEEN_PX, window.width()), min(LEAST_SEEN_PX, window.height())
    for screen in screens:
        seen = window & screen
        if seen.width() >= wide and seen.height() >= high and screen.top() <= window.top():
            return True
    return False


def safe_place(window: QRect, screens: Sequence[QRect], least: QSize | None = None) -> QRect:
    """Return a rectangle that can be seen: the same one if enough of it can, else moved and cut to a screen.

    Parameters
    ----------
    window : wished for
    screens : available geometries, the main one first
    least : the smallest size that the window can take; never cut below
    """
    if not screens or is_reachable(window, screens):
        return QRect(window)
    screen = max(screens, key=lambda one: _area(window & one))
    size = window.size().boundedTo(screen.size()).expandedTo(least or QSize(0, 0))
    left = min(max(window.left(), screen.left()), screen.left() + screen.width() - size.width())
    top = min(max(window.top(), screen.top()), screen.top() + screen.height() - size.height())
    return QRect(QPoint(max(left, screen.left()), max(top, screen.top())), size)


def _area(rect: QRect) -> int:
    return max(rect.width(), 0) * max(rect.height(), 0)
