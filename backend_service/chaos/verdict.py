"""What came of hurting a service: what was done and counted, and which promises were broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from backend_service.benchmarks.report import Machine

MOST_NAMED = 3


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one ``tower chaos NAME``.

    Attributes
    ----------
    promise : what has to hold, as a sentence
    counts : what was done and seen; each name says its unit
    broken : one sentence for each way in which the promise did not hold
    """

    chaos: str
    promise: str
    machine: Machine
    counts: dict[str, float]
    broken: tuple[str, ...] = ()

    def as_json(self) -> str:
        """Return the verdict as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode() + "\n"

    def as_text(self) -> str:
        """Return the verdict as text for people."""
        machine = self.machine
        lines = [
            f"{self.chaos}: {self.promise}",
            f"{machine.processor}, {machine.cores} cores, Python {machine.python}, load before {machine.load:g}",
            "",
        ]
        width = max(map(len, self.counts), default=0)
        lines.extend(f"  {name:<{width}}  {value:>12g}" for name, value in self.counts.items())
        lines.extend(f"BROKEN: {sentence}" for sentence in self.broken)
        lines.append("" if self.broken else "kept")
        return "\n".join(lines).rstrip("\n") + "\n"


def broken_sentences(checks: Iterable[tuple[str, Sequence[object]]]) -> tuple[str, ...]:
    """Return a sentence for each check that found something: how much of what, and the first of it."""
    return tuple(f"{len(found)} {what}: {_named(found)}" for what, found in checks if found)


def _named(found: Sequence[object]) -> str:
    return ", ".join(map(str, found[:MOST_NAMED])) + (", ..." if len(found) > MOST_NAMED else "")
