"""Which city a demo runs in, and what time zone that lies in, read from what the service prepared in Tower's home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from resources.opener import open_path

BUILT_IN = "la-serena"


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A city's short name and its time zone."""

    name: str
    zone: ZoneInfo


def demo_city(home: Path, wanted: str | None) -> DemoCity | None:
    """Return the city wanted, else the one in use, else the built-in one; ``None`` if it is not prepared.

    The built-in city is prepared by the demo itself, so that it need not be there.
    """
    name = wanted or _in_use(home)
    facts = open_path("city/city.json") if name == BUILT_IN else _prepared(home, name)
    try:
        return DemoCity(name, ZoneInfo(json.loads(facts.read_text(encoding="utf-8"))["time_zone"]))
    except OSError:
        return None


def _in_use(home: Path) -> str:
    try:
        return str(json.loads((home / "settings.json").read_text(encoding="utf-8")).get("city", BUILT_IN))
    except (OSError, ValueError):
        return BUILT_IN


def _prepared(home: Path, name: str) -> Path:
    cities = home / "cities" / name
    try:
        return cities / (cities / "current").read_text(encoding="ascii").strip() / "city.json"
    except OSError:
        return cities / "city.json"  # which is not there
