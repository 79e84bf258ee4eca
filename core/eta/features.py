"""What a forecast is made from: a row of numbers per question, out of streets, fleet, profile and the vehicle's trail.

No position goes in, and no name of a square: only what streets say of the way, how fast its squares are driven, and
how the vehicle itself came along. So a place where stops repeat teaches nothing that would not hold elsewhere.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from core.eta.fleet_traffic import WIDE_M, WIDEST_M, FleetTraffic
from core.eta.ground import directed_squares, squares
from core.eta.questions import Questions
from core.eta.recent_flow import Column
from core.eta.speed_profile import SIDE_M, slot_at
from core.eta.trails import Rows, Sum
from core.eta.way_pieces import WayPieces, pieces_of
from core.vocabulary import Instant

SOFT_S = 20.0
"""Added to durations before their ratio is taken: the last metres count for little."""

_CRAWL_MPS = 0.15
_SLOW_MPS, _FAST_MPS = 4.0, 10.0
_SHARP_TURN_RAD = 0.7
_ALONG = (0.0, 0.25, 0.5, 0.75, 1.0)
_OPEN_END_S = 1e7
_PACE = [Sum.TAKEN_S, Sum.USUAL_S]

type Named = dict[str, Column]


def features_of(traffic: FleetTraffic, questions: Questions, now: Instant) -> tuple[tuple[str, ...], Column]:
    """Return the names of the features and their values, (n questions, n features).

    The answers of streets are kept with the vehicles' trails: asking is part of what is known next time.
    """
    traffic.settle()
    rows = traffic.trails.rows_of(questions.vehicles)
    pieces = pieces_of(questions.ways, traffic.ground)
    named = {
        **_of_streets(traffic, questions, now),
        **_of_way(traffic, questions, pieces, now),
        **_of_quarters(traffic, questions, now),
        **_of_trail(traffic, rows, now),
        **_of_answers(traffic, rows, questions, now),
    }
    traffic.trails.answered(rows, questions.street_s)
    return tuple(named), np.stack(list(named.values()), axis=1)


def ratio(seconds: Column, street_s: Column) -> Column:
    """Return the logarithm of durations' ratio to what streets say, softened for short ones."""
    found: Column = np.log((seconds + SOFT_S) / (street_s + SOFT_S))
    return found


def seconds_of(ratios: Column, street_s: Column) -> Column:
    """Return the durations that have these `ratio`s, seconds from 0 up."""
    found: Column = np.maximum(0.0, np.exp(ratios) * (street_s + SOFT_S) - SOFT_S)
    return found


def _of_streets(traffic: FleetTraffic, questions: Questions, now: Instant) -> Named:
    ends = traffic.ground.metres(questions.destinations) - traffic.ground.metres(questions.positions)
    air_m = np.hypot(ends[:, 0], ends[:, 1])
    local = datetime.fromtimestamp(now, traffic.zone)
    return {
        "street_s": np.log(np.maximum(questions.street_s, 1.0)),
        "street_m": np.log(np.maximum(questions.street_m, 10.0)),
        "street_mps": questions.street_m / np.maximum(questions.street_s, 1.0),
        "air_m": air_m,
        "detour": questions.street_m / np.maximum(air_m, 20.0),
        "hour": np.full(len(questions), local.hour + local.minute / 60.0),
        "day_kind": np.full(len(questions), float(max(0, local.weekday() - 4))),
    }


def _of_way(traffic: FleetTraffic, questions: Questions, pieces: WayPieces, now: Instant) -> Named:
    keys = directed_squares(pieces.places, pieces.heading_rad, SIDE_M)
    usual, seen_s = traffic.speeds.usual(keys)
    hourly = traffic.speeds.at_slot(keys, slot_at(now, traffic.zone))
    ((near_m, near_s),) = traffic.near.totals(keys, now, 10)
    live = (near_m + hourly * 40.0) / (near_s + 40.0)
    wide_keys = directed_squares(pieces.places, pieces.heading_rad, WIDE_M)
    wide, known = {}, {}
    lately = traffic.wide.totals(wide_keys, now, 6, 12)
    for minutes, prior_s, (metres, seconds) in zip((6, 12), (30.0, 60.0), lately, strict=True):
        wide[minutes] = _duration(pieces, (metres + usual * prior_s) / (seconds + prior_s))
        known[minutes] = seconds > 20.0
    usual_s = _duration(pieces, usual)
    length = np.maximum(pieces.total(pieces.metres), 1.0)
    by_street = {
        "usual": pieces.total(usual_s),
        "hourly": pieces.total(_duration(pieces, hourly)),
        "live": pieces.total(_duration(pieces, live)),
        "wide_6": pieces.total(wide[6]),
        "wide_12": pieces.total(wide[12]),
    }
    return {
        **{f"{name}_ratio": ratio(seconds, questions.street_s) for name, seconds in by_street.items()},
        "usual_s": by_street["usual"],
        "known_12": pieces.total(pieces.metres * known[12]) / length,
        "unseen": pieces.total(pieces.metres * (seen_s < 20.0)) / length,
        "worst_delay_s": pieces.greatest(wide[6] - usual_s),
        "slow_m": pieces.total(pieces.metres * (usual < _SLOW_MPS)),
        "fast_m": pieces.total(pieces.metres * (usual > _FAST_MPS)),
        "turns": _turns(pieces),
        **_by_distance(pieces, usual_s, wide[6]),
    }


def _by_distance(pieces: WayPieces, usual_s: Column, live_s: Column) -> Named:
    """Return how the way begins and how it ends."""
    left_m = pieces.total(pieces.metres)[pieces.way] - pieces.driven_m
    found: Named = {}
    for metres in (150.0, 400.0):
        found[f"first_{metres:.0f}_s"] = pieces.total(usual_s * (pieces.driven_m < metres))
        found[f"last_{metres:.0f}_s"] = pieces.total(usual_s * (left_m < metres))
    for name, within in (
        ("first_300", pieces.driven_m < 300.0),
        ("first_1000", pieces.driven_m < 1000.0),
        ("last_1000", left_m < 1000.0),
    ):
        found[f"{name}_delay"] = pieces.total(live_s * within) / np.maximum(pieces.total(usual_s * within), 1.0)
    return found


def _of_quarters(traffic: FleetTraffic, questions: Questions, now: Instant) -> Named:
    """Return the fleet's speed of the last minutes in the city and in the quarters between here and there."""
    start, end = traffic.ground.metres(questions.positions), traffic.ground.metres(questions.destinations)
    ((city_m, city_s),) = traffic.city.totals(np.zeros(1, dtype=np.int64), now, 15)
    city = float((city_m[0] + traffic.speeds.mean_mps * 60.0) / (city_s[0] + 60.0))
    found: Named = {"city_mps": np.full(len(questions), city)}
    places = np.concatenate([start + share * (end - start) for share in _ALONG])
    windows = (5, 10)
    for minutes, sums in zip(windows, traffic.widest.totals(squares(places, WIDEST_M), now, *windows), strict=True):
        speeds = ((sums[0] + city * 30.0) / (sums[1] + 30.0)).reshape(len(_ALONG), -1)
        found |= {f"at_{share * 100:.0f}_{minutes}_mps": row for share, row in zip(_ALONG, speeds, strict=True)}
    found["along_10_mps"] = 1.0 / np.mean(1.0 / np.maximum(speeds, _CRAWL_MPS), axis=0)
    return found


def _of_trail(traffic: FleetTraffic, rows: Rows, now: Instant) -> Named:
    trails = traffic.trails
    found: Named = {
        "speed_mps": trails.speed_mps[rows],
        "age_s": np.minimum(now - trails.last[rows, Sum.AT], 1800.0),
        "elapsed_s": np.minimum(now - trails.began_at[rows], 7200.0),
    }
    for seconds in (35.0, 65.0, 125.0, 305.0):
        then, last = trails.since(rows, now, seconds)
        driven = np.maximum(last[:, Sum.SECONDS] - then[:, Sum.SECONDS], 1.0)
        name = f"{seconds:.0f}"
        found[f"own_{name}_mps"] = (last[:, Sum.METRES] - then[:, Sum.METRES]) / driven
        found[f"stood_{name}"] = (last[:, Sum.STOOD_S] - then[:, Sum.STOOD_S]) / driven
    for seconds in (305.0, 605.0):
        then, last = trails.since(rows, now, seconds)
        found[f"moved_{seconds:.0f}_m"] = np.hypot(
            last[:, Sum.EAST] - then[:, Sum.EAST], last[:, Sum.NORTH] - then[:, Sum.NORTH]
        )
    then, last = trails.since(rows, now, 185.0)
    found["own_pace_185"] = _pace(last[:, _PACE] - then[:, _PACE], 60.0)
    found["own_pace"] = _pace(last[:, _PACE], 600.0)
    return found


def _of_answers(traffic: FleetTraffic, rows: Rows, questions: Questions, now: Instant) -> Named:
    """Return how much less of the way is left than some time ago, against the time that took."""
    found: Named = {}
    for name, seconds in (("35", 35.0), ("65", 65.0), ("305", 305.0), ("all", _OPEN_END_S)):
        at, street_s = traffic.trails.street_since(rows, now, seconds)
        gained = street_s - questions.street_s
        found[f"gained_{name}_s"] = gained
        found[f"progress_{name}"] = (now - at + 60.0) / (np.maximum(gained, 0.0) + 60.0)
    return found


def _pace(sums: Column, prior_s: float) -> Column:
    """Return the seconds taken per second that the driving usually takes; `sums` as `_PACE` names them."""
    paces: Column = (sums[:, 0] + prior_s) / (sums[:, 1] + prior_s)
    return paces


def _duration(pieces: WayPieces, speeds_mps: Column) -> Column:
    return pieces.metres / np.maximum(speeds_mps, _CRAWL_MPS)


def _turns(pieces: WayPieces) -> Column:
    """Return how often each way turns sharply between two pieces."""
    turned = np.angle(np.exp(1j * np.diff(pieces.heading_rad)))
    same_way = np.diff(pieces.way) == 0
    found: Column = np.bincount(
        pieces.way[1:], weights=(np.abs(turned) > _SHARP_TURN_RAD) & same_way, minlength=pieces.ways
    )
    return found
