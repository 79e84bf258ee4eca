"""The whole state of the map page, part by part, as the page fetches it.

Parts are turned into bytes when they are fetched, not when they are set: a change that is overtaken before the
page asks costs nothing.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from widgets.live_map.document import ATTRIBUTION
from widgets.live_map.page_shapes import (
    plain_callout,
    plain_closure,
    plain_edited,
    plain_fence,
    plain_order,
    plain_route,
    plain_stop,
    plain_zone,
    unit_points,
)
from widgets.live_map.scheme import Answer, Content
from widgets.live_map.shapes import (
    Callout,
    ClosureMark,
    EditedShape,
    FenceShape,
    OrderPoint,
    RouteLine,
    StopMark,
    VehicleRows,
    ZoneShape,
)
from widgets.live_map.sprites import CELL_PIXELS, sprite_sheet
from widgets.live_map.vehicle_slots import VehicleSlots
from widgets.theme.tokens import Tokens

Area = tuple[float, float, float, float]
"""South, west, north, east in degrees."""

_JSON, _BYTES = "application/json; charset=utf-8", "application/octet-stream"
_SELECTED_BIT = 64


class PageState:
    """What the page shows. Set the attributes, then tell the page which part changed.

    Parameters
    ----------
    tokens : Tokens
    words : dict of str
        The page's own words, translated: the six vehicle states and the two units of length.
    """

    def __init__(self, tokens: Tokens, words: dict[str, str]) -> None:
        self.tokens = tokens
        self.words = words
        self.slots = VehicleSlots()
        self.rows = VehicleRows((), np.empty(0), np.empty(0), np.empty(0), np.empty(0, dtype=np.int8))
        self.orders: Sequence[OrderPoint] = ()
        self.stops: Sequence[StopMark] = ()
        self.routes: Sequence[RouteLine] = ()
        self.zones: Sequence[ZoneShape] = ()
        self.fences: Sequence[FenceShape] = ()
        self.closures: Sequence[ClosureMark] = ()
        self.callouts: Sequence[Callout] = ()
        self.edited: EditedShape | None = None
        self.area: Area | None = None
        self.selected: tuple[str, str] | None = None
        self.following = False
        self.accuracy_metres: float | None = None
        self.hatched = False
        self.hatched_text = ""
        self.top_inset = 0
        self.still = False
        self.shown = {"zones": True, "fences": True, "routes": True}
        self.tiles_key = "none"

    def serve(self, rest: str, answer: Answer) -> None:
        """Answer `<part>/<scale>`; None for a part that does not exist."""
        name, _, scale = rest.partition("/")
        part = {
            "vehicles": lambda: _bytes(self._vehicles()),
            "sprites": lambda: _bytes(self._sprites(scale)),
            "theme": lambda: _json(self._theme()),
            "view": lambda: _json(self._view()),
            "tiles": lambda: _json({"key": self.tiles_key}),
            "orders": lambda: _json([plain_order(order) for order in self.orders]),
            "stops": lambda: _json([plain_stop(stop) for stop in self.stops]),
            "routes": lambda: _json([plain_route(route) for route in self.routes]),
            "zones": lambda: _json([plain_zone(zone) for zone in self.zones]),
            "fences": lambda: _json([plain_fence(fence) for fence in self.fences]),
            "closures": lambda: _json([plain_closure(closure) for closure in self.closures]),
            "edited": lambda: _json(plain_edited(self.edited)),
            "callouts": lambda: _json([plain_callout(callout, self.slots.slot) for callout in self.callouts]),
        }.get(name)
        answer(part() if part else None)

    def _vehicles(self) -> bytes:
        rows = self.rows
        kind, chosen = self.selected or ("", "")
        if kind == "vehicle" and chosen in rows.ids:
            look = rows.look.copy()
            look[list(rows.ids).index(chosen)] |= _SELECTED_BIT
            rows = VehicleRows(rows.ids, rows.lat, rows.lon, rows.heading_deg, look)
        return self.slots.pack(rows)

    def _sprites(self, scale: str) -> bytes:
        factor = min(4.0, max(1.0, float(scale))) if scale.replace(".", "", 1).isdigit() else 1.0
        pixels, width, height = sprite_sheet(self.tokens, factor)
        return struct.pack("<3I", width, height, round(CELL_PIXELS * factor)) + pixels

    def _theme(self) -> dict[str, object]:
        return {"tokens": asdict(self.tokens), "words": self.words | {"attribution": ATTRIBUTION}}

    def _view(self) -> dict[str, object]:
        kind, name = self.selected or ("", "")
        return {
            "area": self.area,
            "following": self.following,
            "name": name if kind == "vehicle" else "",
            "selected": {"kind": kind, "id": name} if self.selected else None,
            "accuracy_metres": self.accuracy_metres or 0.0,
            "hatched": self.hatched,
            "hatched_text": self.hatched_text,
            "top_inset": self.top_inset,
            "still": self.still,
            "shown": self.shown,
        }

    def unit_position(self, lat: float, lon: float) -> list[float]:
        """Return a position in the unit square, for a movement of the view."""
        return unit_points([(lat, lon)])[0]


def _json(value: object) -> Content:
    return Content(_JSON, json.dumps(value).encode())


def _bytes(block: bytes) -> Content:
    return Content(_BYTES, block)
