"""What the gallery shows: one busy moment of an afternoon, written out, with no meaning beyond the look."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np

from widgets.charts.heat_grid import HeatCells
from widgets.marks.arrival_bands import ArrivalForecast
from widgets.marks.stages import ConfidenceStage, RiskStage
from widgets.marks.term_bars import Term
from widgets.parts.comparison_table import ComparedCell, ComparedColumn, ComparedRow
from widgets.parts.fact_grid import Fact
from widgets.parts.timeline_view import TimelineEntry
from widgets.parts.two_line_list import TwoLineRow
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.theme.icons import IconName

SITE = ZoneInfo("America/Santiago")
PROMISE_AT = 1795197300.0

EXCEPTIONS = [
    TwoLineRow("a", 1, "O-48213", "late by 11 min", "D-117 not moving for 9 min", "3:10", "Reassign to D-042"),
    TwoLineRow("b", 1, "D-088", "no position for 6:40", "2 orders on board", "4:55", "Call the driver"),
    TwoLineRow(
        "c",
        2,
        "Tierras Blancas",
        "6 drivers short by 14:45",
        "9 waiting, oldest 7 min",
        "9:00",
        "Move 3 from Sindempart",
    ),
    TwoLineRow(
        "d",
        2,
        "O-48177",
        "late by 4 min",
        "Pickup not ready, +12 min",
        "6:20",
        "Put after O-48181",
        acknowledged=True,
    ),
    TwoLineRow("e", 2, "B-3051", "bundle breaks 1 promise", "3 orders, kitchen delay", "11:40", "Unbundle O-48160"),
    TwoLineRow("f", 3, "O-48195", "forecast less sure", "P10–P90 grew to 31 min", "18:00", "Watch"),
    TwoLineRow(
        "g",
        3,
        "O-48202",
        "address not found",
        "Customer asked at 14:26",
        "24:30",
        "Wait for the answer",
        acknowledged=True,
        owner="CL",
    ),
    TwoLineRow("h", 4, "Puerto", "3 drivers spare", "Cruise ship leaves at 15:15", "–", "None needed"),
]

BOARD_COLUMNS = [
    Column("risk", "Risk", Kind.RISK, width=104),
    Column("order", "Order", Kind.KEY, width=88),
    Column("state", "State", width=100),
    Column("zone", "Zone", width=100, stretches=True),
    Column("promise", "Promise", Kind.TIME, width=76),
    Column("arrives", "Arrives", Kind.TIME, width=76),
    Column("range", "P10–P90", Kind.TIME, width=112),
    Column("versus", "vs promise", Kind.SIGNED, width=96),
    Column("driver", "Driver", width=84),
    Column("age", "Position age", Kind.COUNTDOWN, width=104),
]

_LATE, _AT_RISK, _WATCH, _ON_TRACK = RiskStage.LATE, RiskStage.AT_RISK, RiskStage.WATCH, RiskStage.ON_TRACK
_BOARD: list[tuple[object, ...]] = [
    (
        _LATE,
        "O-48213",
        "At pickup",
        "Tierras Blancas",
        "14:55",
        "15:06",
        "14:58–15:19",
        Cell(11, ink="p1"),
        "D-117",
        3,
    ),
    (
        _AT_RISK,
        "O-48177",
        "At pickup",
        "Centro",
        "14:50",
        "14:54",
        "14:48–15:02",
        Cell(4, ink="p2"),
        "D-040",
        2,
    ),
    (_AT_RISK, "O-48160", "On the way", "La Pampa", "14:58", "14:57", "14:51–15:08", -1, "D-052", 3),
    (
        _AT_RISK,
        "O-48186",
        "On the way",
        "Peñuelas",
        "15:02",
        None,
        Cell(None, "no forecast"),
        None,
        "D-088",
        Cell(400, ink="p1"),
    ),
    (_WATCH, "O-48195", "Assigned", "Las Compañías", "15:20", "15:11", "14:58–15:29", -9, "D-007", 2),
    (
        _WATCH,
        "O-48202",
        "Waiting",
        "La Florida",
        "15:25",
        None,
        Cell(None, "no address"),
        None,
        None,
        None,
    ),
    (_ON_TRACK, "O-48181", "On the way", "Centro", "15:05", "14:51", "14:48–14:55", -14, "D-019", 1),
    (_ON_TRACK, "O-48190", "Assigned", "Peñuelas", "15:10", "14:55", "14:49–15:03", -15, "D-021", 2),
]
BOARD = [Record(str(cells[1]), cells) for cells in _BOARD]

ZONES = [
    ("centro", "Centro"),
    ("blancas", "Tierras Blancas"),
    ("companias", "Las Compañías"),
    ("pampa", "La Pampa"),
    ("mar", "Avenida del Mar"),
    ("sindempart", "Sindempart"),
]
_TIMES = ["13:30", "13:45", "14:00", "14:15", "14:30", "14:45", "15:00", "15:15", "15:30", "15:45"]
PRESSURE_CELLS = HeatCells(
    ZONES,
    _TIMES,
    np.array(
        [
            [1, 2, 1, 2, 3, 5, 3, 3, 2, 1],
            [3, 4, 5, 5, 6, 7, 8, 7, 6, 6],
            [-1, 2, 1, 1, 2, 3, 2, 2, 2, 2],
            [1, 1, 1, 0, 1, 0, 2, 1, 0, 1],
            [-1, 0, 0, 0, 0, -1, 0, -1, 1, 0],
            [-2, -2, -1, -2, -3, -3, -3, -4, -4, -2],
        ],
        dtype=float,
    ),
    now=4,
)
QUEUE_CELLS = HeatCells(
    ZONES,
    _TIMES,
    np.array(
        [
            [4, 5, 3, 5, 7, 10, 6, 5, 5, 6],
            [6, 8, 9, 9, 11, 12, 12, 12, 10, 10],
            [0, 4, 4, 3, 6, 7, 3, 5, 4, 5],
            [4, 3, 3, 1, 5, 2, 7, 4, 3, 4],
            [1, 2, 2, 2, 2, 0, 3, 0, 2, 1],
            [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
        ],
        dtype=float,
    ),
    now=4,
)

NOW_AND_AFTER = [
    (
        "Now",
        ArrivalForecast(p10_at=PROMISE_AT + 180, p50_at=PROMISE_AT + 660, p90_at=PROMISE_AT + 1440),
    ),
    ("After", ArrivalForecast(p10_at=PROMISE_AT - 660, p50_at=PROMISE_AT - 360, p90_at=PROMISE_AT)),
    (
        "Wide",
        ArrivalForecast(
            p10_at=PROMISE_AT - 900,
            p50_at=PROMISE_AT - 120,
            p90_at=PROMISE_AT + 780,
            undegraded=(PROMISE_AT - 420, PROMISE_AT + 240),
        ),
    ),
]
TERMS = [
    Term("Lateness avoided", -11.0, -3300),
    Term("Less waiting at pickup", -2.5, -410),
    Term("Hand-over of the bag", 1.6, 240),
    Term("Extra driving, 2.1 km", 4.2, 690),
    Term("Risk to other promises", 1.1, 330),
]
TOTAL = Term("Total against keeping D-117", -6.6, -2450)

PLANS = [
    ComparedColumn("recommended", "Recommendation", "the platform’s plan", ConfidenceStage.GOOD),
    ComparedColumn("as_is", "As is", "your change, nothing else moves", ConfidenceStage.FAIR, "1"),
    ComparedColumn(
        "replanned", "Re-planned around it", "your change, the rest re-optimised", ConfidenceStage.GOOD, "2"
    ),
]
PLAN_ROWS = [
    ComparedRow(
        "Promises broken, of 31 touched",
        (ComparedCell("1"), ComparedCell("4", "+3", worse=True), ComparedCell("2", "+1")),
    ),
    ComparedRow(
        "Late minutes, all customers",
        (ComparedCell("4"), ComparedCell("17", "+13", worse=True), ComparedCell("6", "+2")),
    ),
    ComparedRow("Driving, km", (ComparedCell("218.4"), ComparedCell("217.1", "−1.3"), ComparedCell("219.6", "+1.2"))),
    ComparedRow(
        "Cost, CLP",
        (ComparedCell("96,400"), ComparedCell("99,690", "+3,290"), ComparedCell("97,900", "+1,500")),
    ),
]

TIMELINE = [
    TimelineEntry("1", "14:32:06", IconName.PROPOSAL, "Reassign to D-042 proposed", "Good confidence"),
    TimelineEntry("2", "14:31:58", IconName.WARNING, "Alarm: late by 11 min", "D-117 not moving since 14:23", 1),
    TimelineEntry("3", "14:27:10", IconName.FORECAST, "Arrival moved 14:52 to 15:01", "Customer told at 14:27"),
    TimelineEntry("4", "14:23:02", IconName.ARRIVED, "D-117 arrived at pickup", "Pollo Dorado, Balmaceda 1120"),
    TimelineEntry("5", "14:14:31", IconName.ACCEPTED, "D-117 accepted"),
    TimelineEntry("6", "14:14:20", IconName.AUTOMATIC, "Assigned to D-117 by the platform", "12 candidates"),
]
FACTS = [
    Fact("State", "At pickup", "since 14:23:02"),
    Fact("Promise", "14:55", "window 14:40–14:55"),
    Fact("Arrives (P50)", "15:06", "+11 min", "p1"),
    Fact("Range P10–P90", "14:58–15:19", "21 min wide"),
    Fact("Certainty", "Fair", "was Good at 14:20"),
]
