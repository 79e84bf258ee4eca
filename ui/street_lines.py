"""Lines along streets for plans that have none of their own: waves, proposals, previews.

The service is asked once for each line, one question at a time; until it has answered, and where no street leads, a
line goes straight from stop to stop. Nothing is asked while the desk is not live: a replay draws straight lines.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.geodesy import METRES_PER_DEGREE
from core.operations import MOST_STOPS_OF_A_WAY, StreetWay
from core.projections.operation import Part
from core.vocabulary import Instant, Position
from ui.desk_context import DeskContext

type Stops = tuple[Position, ...]
type Piece = tuple[Stops, Position | None]
"""Stops of one question, and a place on a street that the way is to lead round though it is open."""
type Line = list[tuple[float, float]]
"""Latitude, longitude."""

AGAIN_S = 60.0
"""A way that could not be found is asked for again after so many seconds of operation time."""
MOST_KEPT = 512
_MOST_WAITING = 64
_FEWEST = 2
_STRAYED_M = 400.0
"""From here on a vehicle is taken to have left the way that was drawn for it."""
_CLOSED_MS = 3_000
"""So long the service may take to lead its ways round what was closed."""


class StreetLines(QObject):
    """Keeps the ways it was told, those used least lately forgotten first.

    Parameters
    ----------
    context : DeskContext
    """

    found = Signal()
    """A way was told: whoever draws lines draws them anew."""

    def __init__(self, context: DeskContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: OrderedDict[Piece, Stops] = OrderedDict()
        self._again_at: dict[Piece, Instant] = {}
        self._starts: OrderedDict[Stops, Position] = OrderedDict()
        self._waiting: deque[Piece] = deque(maxlen=_MOST_WAITING)
        self._asking: PendingOperation | None = None
        self._closed = QTimer(self, interval=_CLOSED_MS, singleShot=True)
        self._closed.timeout.connect(self._forget)
        context.store.changed.connect(self._note_changes)

    def along(self, stops: Sequence[Position], round_place: Position | None = None) -> Line:
        """Return the line through stops, by streets as far as they are known, round a place on one of them if given."""
        apart = _apart(stops)
        line: list[Position] = list(apart[:1])
        for piece in _pieces(apart):
            line += self._way((piece, round_place))[1:]
        return [(at.lat, at.lon) for at in line]

    def onward(self, here: Position, stops: Sequence[Position]) -> Line:
        """Return the line from where a vehicle is now through stops, without the part that it has driven already."""
        key = _apart(stops)
        start = self._starts.setdefault(key, here)
        self._starts.move_to_end(key)
        _cut(self._starts)
        way = _apart((start, *key))
        line = self.along(way)
        if len(way) < _FEWEST or any((piece, None) not in self._known for piece in _pieces(way)):
            return [(at.lat, at.lon) for at in (here, *key)]
        corner, distance_m = _nearest(line, here)
        if distance_m > _STRAYED_M:
            self._starts[key] = here
        return line[corner:]

    def _way(self, piece: Piece) -> Stops:
        """Return the way of a piece as it is known; ask for it where that is due."""
        way = self._known.get(piece)
        if way is not None:
            self._known.move_to_end(piece)
        is_due = self._context.now() >= self._again_at.get(piece, 0.0)
        if is_due and (way is None or piece in self._again_at):
            if piece not in self._waiting:
                self._waiting.append(piece)
            self._ask()
        return way or piece[0]

    def _ask(self) -> None:
        if self._asking is not None or not self._waiting or self._context.store.connection.phase is not Phase.LIVE:
            return
        piece = stops, round_place = self._waiting[0]
        pending = self._asking = self._context.operations.street_way(stops, round_place)
        pending.finished.connect(lambda way: self._take(piece, cast(StreetWay, way)))
        pending.refused.connect(lambda _problem: self._take(piece, StreetWay(line=stops, is_degraded=True)))

    def _take(self, piece: Piece, way: StreetWay) -> None:
        """Keep what was told; what is degraded, or could not be told, is asked for again later."""
        self._asking = None
        if piece in self._waiting:
            self._waiting.remove(piece)
        self._known[piece] = way.line
        self._again_at.pop(piece, None)
        if way.is_degraded:
            self._again_at[piece] = self._context.now() + AGAIN_S
        for forgotten in _cut(self._known):
            self._again_at.pop(forgotten, None)
        self._ask()
        self.found.emit()

    def _note_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        if any(part is Part.CLOSURE for part, _ in changes):
            self._closed.start()

    def _forget(self) -> None:
        """Ask for every line anew: streets were closed or opened."""
        self._known.clear()
        self._again_at.clear()
        self.found.emit()


def _apart(stops: Sequence[Position]) -> Stops:
    """Return stops with the same place twice in a row once: a van loads many times at its depot."""
    return tuple(stop for stop, before in zip(stops, (None, *stops), strict=False) if stop != before)


def _pieces(stops: Stops) -> Iterator[Stops]:
    """Yield stops in pieces that can be asked for; each begins where the one before ends."""
    for first in range(0, len(stops) - 1, MOST_STOPS_OF_A_WAY - 1):
        yield stops[first : first + MOST_STOPS_OF_A_WAY]


def _cut[Key, Kept](kept: OrderedDict[Key, Kept]) -> list[Key]:
    """Forget what was used least lately, beyond what is kept; return it."""
    return [kept.popitem(last=False)[0] for _ in range(len(kept) - MOST_KEPT)]


def _nearest(line: Line, here: Position) -> tuple[int, float]:
    """Return the corner of a line that is nearest, and how far off the line is, metres."""
    east = METRES_PER_DEGREE * float(np.cos(np.radians(here.lat)))
    corners = (np.array(line) - (here.lat, here.lon)) * (METRES_PER_DEGREE, east)
    starts, ways = corners[:-1], np.diff(corners, axis=0)
    lengths = np.maximum((ways**2).sum(axis=1), 1e-9)
    shares = np.clip(-(starts * ways).sum(axis=1) / lengths, 0.0, 1.0)
    off = np.hypot(*(starts + shares[:, None] * ways).T)
    return int(np.argmin(np.hypot(*corners.T))), float(off.min())
