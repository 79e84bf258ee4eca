"""Models of arrivals on disk: the one in force, those before it, and what each was judged by.

The one in force is a file of its own, which a service loads at its start; it is replaced whole. The others stay beside
it under their versions, each with a card, so that people can go back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from backend_service.durable_files import write_durably
from core.eta.model_judging import Judgement
from core.refusals import NotFound
from core.vocabulary import Instant

if TYPE_CHECKING:
    from backend_service.forecasting.arrival_model import ArrivalModel  # its library costs 0.4 s of a start

IN_FORCE, FOLDER = "arrivals.model", "arrival_models"
"""Names in a service's data directory."""

KEPT = 6
_VERSION = re.compile(r"[0-9a-f]{12}")


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model.

    `judged` is how it did on `held_out`, a day it had not learned from, and `against` how the model did that was in
    force then (`previous`), or the street engine where there was none. `is_better` says that it took its place.
    """

    version: str
    trained_at: Instant
    trained_on: tuple[str, ...]
    lessons: int
    until_at: Instant
    is_better: bool = True
    held_out: str = ""
    judged: Judgement | None = None
    previous: str | None = None
    against: Judgement | None = None


class ModelShelf:
    """The models of one service.

    Parameters
    ----------
    data_dir : Path
    """

    def __init__(self, data_dir: Path) -> None:
        self.in_force = data_dir / IN_FORCE
        self._folder = data_dir / FOLDER

    def cards(self) -> list[ModelCard]:
        """Return the cards of all models, the newest first; one that cannot be read is left out."""
        found = [card for path in self._folder.glob("*.json") if (card := _card(path)) is not None]
        return sorted(found, key=lambda card: (-card.trained_at, card.version))

    def card(self, version: str) -> ModelCard | None:
        """Return a model's card, if it has one."""
        return _card(self._folder / f"{version}.json") if _VERSION.fullmatch(version) else None

    def put(self, model: ArrivalModel, card: ModelCard) -> None:
        """Keep a model beside the others; the oldest go, never the one before this.

        Raises
        ------
        OSError
            If the disk is full.
        """
        model.save(self._folder / f"{model.version}.model")
        write_durably(self._folder / f"{model.version}.json", msgspec.json.encode(card), is_private=False)
        for old in self.cards()[KEPT:]:
            if old.version not in (model.version, card.previous):
                for kind in ("model", "json"):
                    (self._folder / f"{old.version}.{kind}").unlink(missing_ok=True)

    def use(self, version: str) -> None:
        """Put a model in force: services take it within a minute, or at their start.

        Raises
        ------
        NotFound
            If there is no such model.
        OSError
            If the disk is full; what was in force stays.
        """
        path = self._folder / f"{version}.model"
        if self.card(version) is None or not path.is_file():
            raise NotFound("arrival model", version)
        write_durably(self.in_force, path.read_bytes(), is_private=False)

    def mark(self) -> tuple[int, int] | None:
        """Return what changes when another model is put in force; ``None`` without one."""
        try:
            found = self.in_force.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def recorded(self) -> str | None:
        """Return the version that was recorded last as in force."""
        try:
            return (self._folder / "recorded").read_text("ascii").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def record(self, version: str) -> None:
        """Note that a version was recorded as in force."""
        write_durably(self._folder / "recorded", version.encode("ascii"), is_private=False)


def _card(path: Path) -> ModelCard | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except (OSError, msgspec.DecodeError):
        return None
