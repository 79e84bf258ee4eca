"""`audit replay`: finds an adopted plan again from its recorded problem, seed and effort, and says what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_service.audit.evidence import Evidence
from backend_service.event_log.stored_record import checked
from backend_service.storage.plan_problems import PlanProblems
from core.dispatch.decision import PlanImprovement
from core.events.dispatch_events import PlanImproved
from core.refusals import NotFound


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What came of it: `differences` has a sentence for each driver whose stops come out otherwise."""

    position: int
    seed: int
    iterations: int
    recorded_iterations: int
    differences: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Say whether exactly the recorded plan was found again."""
        return not self.differences


def replay(data_dir: Path, evidence: Evidence, position: int) -> ReplayReport:
    """Search again for the plan that was put in force at a position of the log.

    Parameters
    ----------
    data_dir : Path
        Of a stopped or running service; nothing in it is changed.
    evidence : Evidence
        Where the records are.
    position : int

    Raises
    ------
    NotFound
        If no plan was put in force there.
    Fault
        ``log.*`` if the log cannot be read, ``plan_problem.*`` if the problem is not kept or was changed.
    """
    # Imported here: the compiler behind the search costs a second, and `audit verify` needs none of it.
    from core.dispatch.improvement.replaying import replayed

    made = _recorded(evidence, position)
    found = replayed(PlanProblems(data_dir).read(made.problem_digest), made)
    sentences = [
        f"{one.driver_id}: recorded {_words(one.recorded)}; found again {_words(one.found)}"
        for one in found.differences
    ]
    if found.iterations != found.recorded_iterations:
        sentences.append(f"{found.recorded_iterations} iterations recorded, {found.iterations} made again")
    return ReplayReport(position, made.seed, found.iterations, found.recorded_iterations, tuple(sentences))


def _recorded(evidence: Evidence, position: int) -> PlanImprovement:
    with evidence as found:
        for record in checked(found.record(position)):
            envelope = record.envelope(None)
            event = envelope.event() if envelope.type == PlanImproved.event_type() else None
            if isinstance(event, PlanImproved):
                return event.improvement
    raise NotFound("adopted plan", str(position))


def _words(stops: tuple[tuple[str, str], ...] | None) -> str:
    return "nothing" if stops is None else " ".join(_listed(stops)) or "no stops"


def _listed(stops: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for order_id, kind in stops:
        yield f"{order_id}{'+' if kind == 'pickup' else '-'}"
