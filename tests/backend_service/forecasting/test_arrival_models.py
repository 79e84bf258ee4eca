"""A model that is put in force is taken up while the service runs, recorded once, and a damaged one changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.arrival_models import ArrivalModels, ModelState
from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.model_shelf import ModelCard, ModelShelf
from core.commands import Command, RecordArrivalModel
from core.eta.calibration import Offsets
from core.eta.model_judging import Judgement
from core.operations import Done
from core.projections.operation import Operation
from core.refusals import Fault
from core.vocabulary import Actor, Role

SUPERVISOR = Actor(role=Role.SUPERVISOR, subject="rojas", name="Rojas")


@dataclass
class ListeningBus:
    """Keeps what it is asked."""

    operation: Operation = field(default_factory=Operation)
    commands: list[RecordArrivalModel] = field(default_factory=list)

    async def execute(self, command: Command, actor: Actor) -> Done:
        assert isinstance(command, RecordArrivalModel)
        self.commands.append(command)
        return Done(position=0)


@pytest.fixture
def bus() -> ListeningBus:
    return ListeningBus()


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path)


def put(shelf: ModelShelf, model: ArrivalModel) -> None:
    judged, against = (Judgement(forecasts=9, mean_error_s=error, within=0.8) for error in (30.0, 32.0))
    shelf.put(
        model,
        ModelCard(
            version=model.version,
            trained_at=1.0,
            trained_on=model.trained_on,
            lessons=3000,
            until_at=1.0,
            held_out="2026-06-17",
            judged=judged,
            against=against,
        ),
    )


def models(bus: ListeningBus, shelf: ModelShelf, forecaster: Forecaster) -> ArrivalModels:
    return ArrivalModels(bus, shelf, forecaster, ModelState(degraded=False, since_at=0.0))


def test_what_the_night_trained_is_taken_up_and_recorded_once(
    bus: ListeningBus, shelf: ModelShelf, untaught: Forecaster, model: ArrivalModel
) -> None:
    watch = models(bus, shelf, untaught)
    untaught.calibration.zones["Z"] = Offsets(0.5, 0.5)
    asyncio.run(watch.run_once(0.0))
    assert bus.commands == []
    put(shelf, model)
    shelf.use(model.version)

    for now in (30.0, 60.0):
        asyncio.run(watch.run_once(now))

    assert untaught.model is not None and untaught.model.version == model.version
    assert untaught.calibration.is_calibrated and untaught.calibration.zones == {}
    (command,) = bus.commands
    assert (command.version, command.previous, command.cause) == (model.version, None, "trained")
    assert (command.mean_error_s, command.previous_mean_error_s, command.held_out) == (30.0, 32.0, "2026-06-17")


def test_a_model_found_at_the_start_is_recorded(
    bus: ListeningBus, shelf: ModelShelf, forecaster: Forecaster, model: ArrivalModel
) -> None:
    model.save(shelf.in_force)
    for _ in range(2):
        asyncio.run(models(bus, shelf, forecaster).run_once(0.0))
    assert [command.cause for command in bus.commands] == ["found"]


def test_a_person_goes_back_at_once(
    bus: ListeningBus, shelf: ModelShelf, untaught: Forecaster, model: ArrivalModel
) -> None:
    put(shelf, model)
    asyncio.run(models(bus, shelf, untaught).use(model.version, SUPERVISOR, 5.0))
    assert untaught.model is not None and untaught.model.version == model.version
    assert [(one.cause, one.chosen_by) for one in bus.commands] == [("chosen", "rojas")]


def test_a_damaged_model_leaves_what_was_and_is_marked(
    bus: ListeningBus, shelf: ModelShelf, forecaster: Forecaster, model: ArrivalModel
) -> None:
    model.save(shelf.in_force)
    watch = models(bus, shelf, forecaster)
    asyncio.run(watch.run_once(0.0))
    shelf.in_force.write_bytes(b"nonsense")

    asyncio.run(watch.run_once(30.0))

    assert watch.state == ModelState(degraded=True, since_at=30.0)
    assert forecaster.model is not None and forecaster.model.version == model.version
    model.save(shelf.in_force)
    asyncio.run(watch.run_once(60.0))
    assert not watch.state.degraded


def test_a_damaged_model_cannot_be_chosen(
    bus: ListeningBus, shelf: ModelShelf, forecaster: Forecaster, model: ArrivalModel
) -> None:
    put(shelf, model)
    (shelf.in_force.parent / "arrival_models" / f"{model.version}.model").write_bytes(b"nonsense")
    with pytest.raises(Fault, match="stays in use"):
        asyncio.run(models(bus, shelf, forecaster).use(model.version, SUPERVISOR, 5.0))
    assert bus.commands == []
