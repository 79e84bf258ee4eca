"""The models of a running service: whichever is put in force is taken up while it runs, and recorded.

Who puts one in force - the nightly training, a person, a command - replaces a file; here that is noticed.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.model_shelf import ModelCard, ModelShelf
from backend_service.workers.collaborators import Bus
from core.commands import RecordArrivalModel
from core.refusals import Fault
from core.vocabulary import PLATFORM, Actor, Instant

if TYPE_CHECKING:
    from backend_service.forecasting.arrival_model import ArrivalModel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether a model is there but of no use, since which instant of the operation."""

    degraded: bool
    since_at: Instant


@dataclass(frozen=True, slots=True)
class KnownModels:
    """The cards of all models, the newest first, and the version in force, ``None`` without one."""

    cards: tuple[ModelCard, ...]
    in_force: str | None


class ArrivalModels:
    """A worker; `use` is what people do.

    Parameters
    ----------
    bus : Bus
    shelf : ModelShelf
    forecaster : Forecaster
    state : ModelState
        How the model was found at the start.

    Attributes
    ----------
    forecaster : Forecaster
    """

    name = "arrival models"
    every_s = 30.0

    def __init__(self, bus: Bus, shelf: ModelShelf, forecaster: Forecaster, state: ModelState) -> None:
        self.state = state
        self._bus = bus
        self._shelf = shelf
        self.forecaster = forecaster
        self._mark = shelf.mark()
        self._turn = asyncio.Lock()

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Take up what was put in force meanwhile, and record it."""
        async with self._turn:
            await self._take_up(now, PLATFORM)

    async def known(self) -> KnownModels:
        """Return the models there are."""
        cards = await asyncio.to_thread(self._shelf.cards)
        model = self.forecaster.model
        return KnownModels(tuple(cards), None if model is None else model.version)

    async def use(self, version: str, actor: Actor, now: Instant) -> None:
        """Put a model in force at once, for a person.

        Raises
        ------
        NotFound
            If there is no such model.
        Fault
            ``eta.model_unreadable``, and what was in force stays in use; or the disk is full.
        """
        async with self._turn:
            try:
                await asyncio.to_thread(self._shelf.use, version)
            except OSError as error:
                raise Fault("eta.model_not_kept", f"The model could not be put in force: {error}") from error
            await self._take_up(now, actor)
            if self.state.degraded:
                raise Fault("eta.model_unreadable", f"{version} cannot be read; what was in force stays in use.")

    async def _take_up(self, now: Instant, actor: Actor) -> None:
        mark, model = self._shelf.mark(), self.forecaster.model
        if mark != self._mark:
            self._mark = mark
            model = await self._loaded(now)
        if model is None or model.version == await asyncio.to_thread(self._shelf.recorded):
            return
        await self._record(model, actor)
        if model is not self.forecaster.model:
            self.forecaster.take(model)

    async def _loaded(self, now: Instant) -> ArrivalModel | None:
        from backend_service.forecasting.arrival_model import ArrivalModel  # its library costs 0.4 s of a start

        try:
            model = await asyncio.to_thread(ArrivalModel.load, self._shelf.in_force)
            self.forecaster.check(model)
        except Fault as fault:
            logger.warning("the arrival model stays as it is: %s", fault.sentence)
            self.state = ModelState(degraded=True, since_at=now)
            return None
        self.state = ModelState(degraded=False, since_at=now)
        return model

    async def _record(self, model: ArrivalModel, actor: Actor) -> None:
        before = self.forecaster.model
        card = self._shelf.card(model.version)
        judged, against = (None, None) if card is None else (card.judged, card.against)
        is_trained = card is not None and card.is_better and self._shelf.cards()[0].version == model.version
        command = RecordArrivalModel(
            version=model.version,
            previous=None if before is None or before is model else before.version,
            cause="chosen" if actor is not PLATFORM else "trained" if is_trained else "found",
            chosen_by="" if actor is PLATFORM else actor.subject,
            trained_on=model.trained_on,
            lessons=0 if card is None else card.lessons,
            held_out="" if card is None else card.held_out,
            mean_error_s=None if judged is None else judged.mean_error_s,
            within=None if judged is None else judged.within,
            previous_mean_error_s=None if against is None else against.mean_error_s,
            previous_within=None if against is None else against.within,
        )
        await self._bus.execute(command, PLATFORM)
        await asyncio.to_thread(self._shelf.record, model.version)
        logger.info("arrival model %s in force (%s)", model.version, command.cause)
