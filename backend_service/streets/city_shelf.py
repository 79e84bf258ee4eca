"""The prepared cities in Tower's home: which there are, how much room they take, and taking one away."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from backend_service.streets.chosen_city import chosen_city, forget_choice
from backend_service.streets.city import DEMO_CITY, City
from core.refusals import Fault, NotFound, Refusal


@dataclass(frozen=True, slots=True)
class ShelvedCity:
    """A prepared city: its short name, itself, its size in bytes on disk, and whether it is the one in use."""

    name: str
    city: City
    size_bytes: int
    is_in_use: bool


def shelved_cities(home: Path) -> list[ShelvedCity]:
    """Return the prepared cities below `home`, by short name; what is half there is left out."""
    in_use = chosen_city(home)
    found = []
    for folder in sorted(path for path in (home / "cities").glob("*") if path.is_dir()):
        try:
            city = City.load(home, folder.name)
        except Refusal:
            continue
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        found.append(ShelvedCity(folder.name, city, size, folder.name == in_use))
    return found


def remove_city(home: Path, name: str, *, force: bool = False) -> None:
    """Take a prepared city away; the demo city is prepared again when it is next needed.

    Raises
    ------
    Refusal
        ``city.not_found``; ``city.in_use``, unless `force`.
    Fault
        ``city.removal_failed``, if the disk does not let go of it.
    """
    if name not in {path.name for path in (home / "cities").glob("*") if path.is_dir()}:
        raise NotFound("city", name)
    in_use = chosen_city(home) == name
    if in_use and not force:
        raise Refusal("city.in_use", f"{name} is the city in use; choose another by `tower city use`, or say --force.")
    try:
        if name == DEMO_CITY:
            for stamp in (home / "cities").glob("prepared-*"):
                stamp.unlink()  # else `tower` would believe that it is still there
        (home / "cities" / name / "current").unlink(missing_ok=True)
        shutil.rmtree(home / "cities" / name)
    except OSError as error:
        raise Fault("city.removal_failed", f"{name} could not be removed: {error}") from error
    if in_use:
        forget_choice(home)
