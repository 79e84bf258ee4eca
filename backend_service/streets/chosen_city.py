"""Which city is used where none is named: a line in ``settings.json`` in Tower's home, and the demo city before."""

from __future__ import annotations

from pathlib import Path

import msgspec

from backend_service.durable_files import write_durably
from backend_service.streets.city import DEMO_CITY, City
from core.refusals import Refusal

_SETTINGS = "settings.json"


class _HomeSettings(msgspec.Struct, kw_only=True):
    city: str = DEMO_CITY


def chosen_city(home: Path) -> str:
    """Return the short name of the city to be used.

    Raises
    ------
    Refusal
        ``city.settings_unreadable``, if the file was damaged by hand.
    """
    path = home / _SETTINGS
    try:
        return msgspec.json.decode(path.read_bytes(), type=_HomeSettings).city
    except FileNotFoundError:
        return DEMO_CITY
    except msgspec.DecodeError as error:
        sentence = f"{path} cannot be read ({error}); say `tower city use NAME` to write it anew."
        raise Refusal("city.settings_unreadable", sentence) from error


def choose_city(home: Path, name: str) -> City:
    """Use the prepared city `name` from now on, and return it.

    Raises
    ------
    Refusal
        ``city.not_prepared``.
    """
    city = City.load(home, name)
    write_durably(home / _SETTINGS, msgspec.json.encode(_HomeSettings(city=name)), is_private=False)
    return city


def forget_choice(home: Path) -> None:
    """Use the demo city again."""
    (home / _SETTINGS).unlink(missing_ok=True)
