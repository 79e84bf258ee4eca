"""`tower chaos fuzz`: every decoder of the doors is given messages made worse, for so many seconds.

Each is to be taken or refused with a reason, soon, and in memory that does not grow. The same seed makes the same
messages; what broke a decoder is printed as hexadecimal.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import random
import resource
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend_service.benchmarks.report import Machine
from backend_service.chaos.fuzzed_decoders import FUZZED, FuzzedDecoder
from backend_service.chaos.mutation import mutated
from backend_service.chaos.verdict import Verdict
from core.refusals import Refusal

PROMISE = "whatever a door is sent is taken or refused with a reason, soon, and in bounded memory"
SLOW_S = 1.0
"""Wall seconds above which one message counts as a hang; the largest take milliseconds."""

HANGS_S = 60.0
"""Wall seconds over time after which some decoder is taken to hang."""

MOST_GROWTH_MB = 64.0
"""By how much the peak of the memory may grow after the first tenth of the time."""

_STDERR = 2
_AT_ONCE = 200
_SHOWN_BYTES = 400
_MOST_TOLD = 10


@dataclass(slots=True)
class Tally:
    """What came of fuzzing one decoder; `slowest_s` in wall seconds."""

    cases: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options of this way."""
    parser.add_argument("--seconds", type=_seconds, default=30.0, help="for how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same messages (default: %(default)s)")


def run(options: argparse.Namespace) -> Verdict:
    """Fuzz every decoder in turn and say what broke; one that never answers ends the command with a trace."""
    faulthandler.dump_traceback_later(options.seconds + HANGS_S, exit=True, file=_STDERR)
    try:
        return fuzzed(FUZZED, seconds=options.seconds, seed=options.seed)
    finally:
        faulthandler.cancel_dump_traceback_later()


def fuzzed(decoders: Mapping[str, FuzzedDecoder], *, seconds: float, seed: int) -> Verdict:
    """Fuzz `decoders` for about `seconds` in all, each at least once."""
    machine, tallies = Machine.here(), {name: Tally() for name in decoders}
    dice = {name: random.Random(f"{seed} {name}") for name in decoders}
    began, settled_mb = time.monotonic(), 0.0
    while True:
        for name, decoder in decoders.items():
            for _ in range(_AT_ONCE):
                try_once(name, decoder, dice[name], tallies[name])
        passed = time.monotonic() - began
        if not settled_mb and passed >= seconds / 10.0:
            gc.collect()
            settled_mb = _peak_mb()
        if passed >= seconds:
            break
    return _verdict(machine, tallies, _peak_mb() - settled_mb)


def try_once(name: str, decoder: FuzzedDecoder, dice: random.Random, tally: Tally) -> None:
    """Give a decoder one message and note what came of it."""
    message = mutated(decoder.samples, dice)
    if decoder.mend is not None and dice.random() < 0.7:
        message = decoder.mend(message)
    began = time.perf_counter()
    try:
        decoder.decode(message)
    except Refusal as refusal:
        tally.refused[str(refusal.details.get("field", refusal.code))] += 1
    except Exception as bug:  # noqa: BLE001 - what is looked for
        tally.broken.append(f"{name}: {bug!r} at {message[:_SHOWN_BYTES].hex()}")
    took_s = time.perf_counter() - began
    tally.cases += 1
    tally.slowest_s = max(tally.slowest_s, took_s)
    if took_s > SLOW_S:
        tally.broken.append(f"{name}: {took_s:.1f} s for {message[:_SHOWN_BYTES].hex()}")


def _verdict(machine: Machine, tallies: Mapping[str, Tally], growth_mb: float) -> Verdict:
    counts: dict[str, float] = {}
    for name, tally in tallies.items():
        counts[f"{name}: cases"] = tally.cases
        counts[f"{name}: refused with a reason"] = tally.refused.total()
        counts[f"{name}: reasons"] = len(tally.refused)
        counts[f"{name}: slowest, ms"] = round(tally.slowest_s * 1000.0, 1)
    broken = [sentence for tally in tallies.values() for sentence in tally.broken]
    counts |= {
        "cases": sum(tally.cases for tally in tallies.values()),
        "failures": len(broken),
        "memory growth, MB": round(growth_mb, 1),
    }
    if growth_mb > MOST_GROWTH_MB:
        broken.append(f"the memory grew by {growth_mb:.0f} MB")
    return Verdict(chaos="fuzz", promise=PROMISE, machine=machine, counts=counts, broken=tuple(broken[:_MOST_TOLD]))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def _seconds(text: str) -> float:
    if not 0.0 < (seconds := float(text)) <= 86_400.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return seconds
