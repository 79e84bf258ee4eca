"""Depots and waves as people write them: hours, closing times, crews, breaks, units and places, each in one line.

What is read is only understood here, not judged: whether a driver exists or an hour makes sense says the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from core.dispatch.waves.rhythm import BreakRule
from core.fleet.depot import DAY_MIN, CrewMember
from core.refusals import Refusal
from core.vocabulary import DriverId, Position, VehicleId

_TIME = re.compile(r"(\d{1,2}):(\d{2})\Z")
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\Z")
_MEMBER = re.compile(r"(\S+)\s+(\S+)\s+(\S.*)\Z")
_BREAK = re.compile(r"(\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2})\s+(\d{1,3})(?:\s*min)?\Z")
_UNIT = re.compile(r"([a-z][a-z0-9_]*)\s*:\s*(\S.*)\Z")
_PLACE = re.compile(r"([-−]?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*([-−]?\d{1,3}(?:\.\d+)?)\Z")
_NORTHMOST, _EASTMOST = 90.0, 180.0


def written_time(minutes: int) -> str:
    """Return minutes after midnight as ``06:30``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def read_time(text: str) -> int:
    """Return the minutes after midnight, 24:00 included.

    Raises
    ------
    Refusal
        ``arrangement.unread``, as every reader here does, naming the part that was not understood.
    """
    found = _TIME.match(text.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found is not None else -1
    if found is None or int(found[2]) > 59 or minutes > DAY_MIN:
        raise _unread(text, "06:30")
    return minutes


def written_span(from_min: int, until_min: int) -> str:
    """Return hours of a day; empty for all of it."""
    return "" if (from_min, until_min) == (0, DAY_MIN) else f"{written_time(from_min)}-{written_time(until_min)}"


def read_span(text: str) -> tuple[int, int]:
    """Return the hours of a day that a line means; nothing is all day."""
    if not text.strip():
        return 0, DAY_MIN
    found = _SPAN.match(text.strip())
    if found is None:
        raise _unread(text, "06:00-20:00")
    return read_time(found[1]), read_time(found[2])


def written_times(times: Iterable[int]) -> str:
    """Return times of a day in a line."""
    return ", ".join(written_time(minutes) for minutes in times)


def read_times(text: str) -> tuple[int, ...]:
    """Return the times of a day that a line lists, each once, in order."""
    return tuple(sorted({read_time(part) for part in _parts(text)}))


def written_crew(crew: Iterable[CrewMember]) -> str:
    """Return a crew, one driver a line."""
    return "\n".join(
        f"{one.driver_id} {one.vehicle_id} {written_time(one.from_min)}-{written_time(one.until_min)}" for one in crew
    )


def read_crew(text: str) -> tuple[CrewMember, ...]:
    """Return the crew of lines such as ``D-042 V-042 08:00-16:00``."""
    return tuple(_member(line.strip()) for line in text.splitlines() if line.strip())


def _member(line: str) -> CrewMember:
    found = _MEMBER.match(line)
    if found is None:
        raise _unread(line, "D-042 V-042 08:00-16:00")
    from_min, until_min = read_span(found[3])
    return CrewMember(
        driver_id=DriverId(found[1]), vehicle_id=VehicleId(found[2]), from_min=from_min, until_min=until_min
    )


def written_breaks(breaks: Iterable[BreakRule]) -> str:
    """Return breaks in a line."""
    return ", ".join(
        f"{written_time(one.from_min)}-{written_time(one.until_min)} {one.length_s / 60.0:.0f} min" for one in breaks
    )


def read_breaks(text: str) -> tuple[BreakRule, ...]:
    """Return the breaks of a line such as ``12:00-14:00 30 min``: the window that each begins in, and its length."""
    return tuple(_break(part) for part in _parts(text))


def _break(part: str) -> BreakRule:
    found = _BREAK.match(part)
    if found is None:
        raise _unread(part, "12:00-14:00 30 min")
    from_min, until_min = read_span(found[1])
    return BreakRule(from_min=from_min, until_min=until_min, length_s=60.0 * int(found[2]))


def written_units(units: Mapping[str, str]) -> str:
    """Return units of loads, one a line."""
    return "\n".join(f"{name}: {words}" for name, words in units.items())


def read_units(text: str) -> dict[str, str]:
    """Return the units of lines such as ``cool_boxes: Cool boxes``: the name that loads carry, and what people read."""
    units = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _UNIT.match(line)
        if found is None:
            raise _unread(line, "cool_boxes: Cool boxes")
        units[found[1]] = found[2]
    return units


def written_place(position: Position) -> str:
    """Return a position in degrees, to about a metre."""
    return f"{position.lat:.5f}, {position.lon:.5f}"


def read_place(text: str) -> Position | None:
    """Return the position that a line gives in degrees; ``None`` where it gives none."""
    found = _PLACE.match(text.strip())
    if found is None:
        return None
    lat, lon = (float(part.replace("−", "-")) for part in found.groups())
    return Position(lat, lon) if abs(lat) <= _NORTHMOST and abs(lon) <= _EASTMOST else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _unread(part: str, example: str) -> Refusal:
    return Refusal("arrangement.unread", f"Not understood: {part.strip() or '-'}. Write it as {example}.")
