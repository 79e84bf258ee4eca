"""The models that arrivals are forecast by, over REST: what there is, and going back to one."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import SUPERVISION, allowed
from backend_service.api.places_and_times import Moment, moment
from backend_service.api.problems import problems
from backend_service.forecasting.arrival_models import ArrivalModels, KnownModels
from backend_service.forecasting.model_shelf import ModelCard
from core.refusals import Fault

_BEFORE = Example(summary="Back to the model before", value={"version": "0123456789ab"})


class ArrivalModelView(msgspec.Struct, kw_only=True):
    """A model: its days, and how it did on `held_out`, a day it had not learned from, beside who was in force then.

    `within` is the share of arrivals within the announced 80 %; figures are ``null`` where nothing was compared.
    """

    version: str
    is_in_force: bool
    is_better: bool
    trained_at: Moment
    trained_on: list[str]
    lessons: int
    held_out: str
    mean_error_s: float | None
    within: float | None
    previous: str | None
    previous_mean_error_s: float | None
    previous_within: float | None

    @classmethod
    def of(cls, card: ModelCard, in_force: str | None) -> ArrivalModelView:
        """Return a model as it is written."""
        judged, against = card.judged, card.against
        return cls(
            version=card.version,
            is_in_force=card.version == in_force,
            is_better=card.is_better,
            trained_at=moment(card.trained_at),
            trained_on=list(card.trained_on),
            lessons=card.lessons,
            held_out=card.held_out,
            mean_error_s=None if judged is None else judged.mean_error_s,
            within=None if judged is None else judged.within,
            previous=card.previous,
            previous_mean_error_s=None if against is None else against.mean_error_s,
            previous_within=None if against is None else against.within,
        )


class ArrivalModelList(msgspec.Struct, kw_only=True):
    """The models there are, the newest first; `in_force` may be one of which no card is kept."""

    items: list[ArrivalModelView]
    in_force: str | None


class ModelChoice(msgspec.Struct, kw_only=True):
    """Which model is to be used."""

    version: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{12}$")]


@get("/arrival-models", guards=[allowed(SUPERVISION)], responses=problems(503), summary="List models of arrivals")
async def list_arrival_models(tower: Tower) -> ArrivalModelList:
    """Return the models that arrivals were and are forecast by, with what each was judged by."""
    return _view(await _models(tower.arrival_models).known())


@put(
    "/arrival-models/in-force",
    guards=[allowed(SUPERVISION)],
    responses=problems(404, 503),
    summary="Forecast arrivals by another model",
)
async def use_arrival_model(
    data: Annotated[ModelChoice, Body(examples=[_BEFORE])], tower: Tower, identity: Caller
) -> ArrivalModelList:
    """Put a model in force at once, such as the one before; audited."""
    models = _models(tower.arrival_models)
    await models.use(data.version, identity.actor, tower.clock.now())
    return _view(await models.known())


def _models(models: ArrivalModels | None) -> ArrivalModels:
    if models is None:
        raise Fault("arrival_models.unavailable", "This service keeps no models of arrivals.")
    return models


def _view(known: KnownModels) -> ArrivalModelList:
    return ArrivalModelList(
        items=[ArrivalModelView.of(card, known.in_force) for card in known.cards], in_force=known.in_force
    )
