"""Trains the model of arrivals from lessons: `python -m backend_service.forecasting.command --data-dir DIR`.

The service may run; it takes the new model at its next start.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from backend_service.forecasting.in_operation import LESSONS, MODEL, middle_of
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.training import Trainer, TrainingDay
from backend_service.streets.chosen_city import chosen_city
from backend_service.streets.city import City, default_data_dir, tower_home
from core.refusals import Fault, Refusal


def run_train(arguments: Sequence[str]) -> int:
    """Train, keep the model, say what it learned from, and return the exit code.

    Raises
    ------
    Refusal
        If there is too little to learn from, or the city is not prepared.
    """
    parser = argparse.ArgumentParser(prog="tower arrivals", description="Learn how long drives take from what arrived.")
    parser.add_argument("--data-dir", type=Path, default=default_data_dir(), help="the service's data directory")
    parser.add_argument("--city", default=chosen_city(tower_home()), help="the prepared city it works in")
    options = parser.parse_args(arguments)
    city = City.load(tower_home(), options.city)
    ground = middle_of(city)
    days = [TrainingDay(*day) for day in LessonShelf(options.data_dir / LESSONS, ground).days()]
    if not days:
        raise Refusal("eta.too_little_to_learn", f"There are no lessons in {options.data_dir / LESSONS} yet.")
    model = Trainer(ground, city.time_zone).train(days)
    model.save(options.data_dir / MODEL)
    print(f"arrival model {model.version}, from {sum(len(day.lesson) for day in days):,} forecasts of {len(days)} days")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(run_train(sys.argv[1:]))
    except (Refusal, Fault) as expected:
        print(f"tower: {expected.sentence}", file=sys.stderr)
        sys.exit(1)
