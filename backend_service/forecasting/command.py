"""The command `tower arrivals`: trains the model of arrivals, shows the models there are, goes back to one.

`train` works on the data directory, whether its service runs or not; so a training never shares a process with it, and
the service's own nightly training is this command as well. A running service takes the model up within a minute.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from backend_service.forecasting.in_operation import LESSONS, middle_of
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.model_shelf import ModelCard, ModelShelf
from backend_service.service_client import ServiceClient, add_options
from backend_service.streets.chosen_city import chosen_city
from backend_service.streets.city import City, default_data_dir, tower_home
from core.refusals import Refusal

type _Work = Callable[[argparse.Namespace], int]

NOT_BETTER, TOO_LITTLE = 3, 4
"""Exit codes of a training that went well and changed nothing."""


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, or one of those above.

    Raises
    ------
    Refusal
        If there is too little to learn from, the city is not prepared, or there is no such model.
    Fault
        If no service runs that could be asked.
    """
    options = _parser().parse_args(arguments)
    work: _Work = options.work
    return work(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tower arrivals", description="Learn how long drives take, and say which model forecasts arrivals."
    )
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    train = verbs.add_parser("train", help="learn from what arrived; put in force if no worse on the newest day")
    train.add_argument("--data-dir", type=Path, default=default_data_dir(), help="the service's data directory")
    train.add_argument("--home", type=Path, help="where prepared cities are (default: Tower's home)")
    train.add_argument("--city", help="the prepared city it works in (default: that of `tower city use`)")
    train.add_argument(
        "--least-new", type=int, default=0, metavar="N", help="do nothing below so many new forecasts (default: 0)"
    )
    train.add_argument("--now", type=float, metavar="SECONDS", help="the operation's time (default: the clock's)")
    train.add_argument(
        "--most-memory", type=int, metavar="MB", help="run behind everybody else, and fail rather than take more"
    )
    train.add_argument("--trees", type=int, metavar="N", help="of the model's middle; fewer train quicker")
    train.set_defaults(work=_train)
    listing = verbs.add_parser("list", help="show the models there are, the newest first")
    use = verbs.add_parser("use", help="forecast arrivals by another model, from now on")
    use.add_argument("version", metavar="VERSION", help="as `tower arrivals list` shows it")
    for verb, work in ((listing, _list), (use, _use)):
        add_options(verb)
        verb.set_defaults(work=work)
    return parser


def _train(options: argparse.Namespace) -> int:
    from backend_service.forecasting.succession import Outcome, train_successor  # its library costs 0.4 s of a start
    from backend_service.forecasting.training import BoostingPolicy, Trainer

    if options.most_memory is not None:
        _keep_out_of_the_way(options.most_memory)
    home = options.home or tower_home()
    city = City.load(home, options.city or chosen_city(home))
    ground = middle_of(city)
    policy = BoostingPolicy() if options.trees is None else BoostingPolicy.of(options.trees)
    done = train_successor(
        LessonShelf(options.data_dir / LESSONS, ground),
        ModelShelf(options.data_dir),
        Trainer(ground, city.time_zone, policy),
        time.time() if options.now is None else options.now,
        least_new=options.least_new,
    )
    if done.card is None:
        if options.least_new:
            print(f"{done.outcome}: {done.lessons:,} new forecasts")
            return TOO_LITTLE
        raise Refusal("eta.too_little_to_learn", f"There is too little new in {options.data_dir / LESSONS}.")
    print(f"arrival model {done.card.version}, {done.outcome}: {_figures(done.card)}")
    return 0 if done.outcome is Outcome.PUT_IN_FORCE else NOT_BETTER


def _list(options: argparse.Namespace) -> int:
    with ServiceClient.of(options) as client:
        models = client.ask("GET", "/arrival-models").json()["items"]
    for model in models:
        mark = "*" if model["is_in_force"] else " "
        error = "" if model["mean_error_s"] is None else f"{model['mean_error_s']:.1f} s"
        within = "" if model["within"] is None else f"{100.0 * model['within']:.1f} %"
        days = f"{model['trained_on'][0]} .. {model['trained_on'][-1]}" if model["trained_on"] else ""
        print(f"{mark} {model['version']}  {model['trained_at'][:16]}  {error:>8}  {within:>7}  {days}")
    return 0


def _use(options: argparse.Namespace) -> int:
    with ServiceClient.of(options) as client:
        client.ask("PUT", "/arrival-models/in-force", json={"version": options.version})
    print(f"arrivals are forecast by {options.version}")
    return 0


def _figures(card: ModelCard) -> str:
    learned = f"{card.lessons:,} forecasts of {len(card.trained_on)} days, until {_day(card.until_at)}"
    if card.judged is None or card.against is None:
        return learned
    other = card.previous or "the street engine"
    return (
        f"{learned}; on {card.held_out} off by {card.judged.mean_error_s:.1f} s, {100.0 * card.judged.within:.1f} % "
        f"within; {other} by {card.against.mean_error_s:.1f} s"
    )


def _day(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).date().isoformat()


def _keep_out_of_the_way(most_memory_mb: int) -> None:
    """Let everybody else have the processor first, and take no more memory than was allowed."""
    with suppress(OSError):
        os.nice(19)
    resource.setrlimit(resource.RLIMIT_AS, (most_memory_mb << 20, most_memory_mb << 20))
