"""`audit replay`: finds an adopted or a wave's plan again from its problem, seed and effort, and says what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend_service.audit.evidence import Evidence
from backend_service.event_log.stored_record import checked
from backend_service.storage.plan_problems import OF_WAVES, PlanProblems
from core.dispatch.decision import PlanImprovement
from core.dispatch.waves.wave import WavePlan
from core.events.dispatch_events import PlanImproved
from core.events.envelope import Event
from core.events.wave_events import WaveProposed, WaveReleased
from core.fleet.route import StopKind
from core.refusals import NotFound

if TYPE_CHECKING:
    from core.dispatch.improvement.replaying import Replay, Stops

_HAVE_PLANS = frozenset(event.event_type() for event in (PlanImproved, WaveProposed, WaveReleased))
_MARKS = {StopKind.PICKUP.value: "+", StopKind.DELIVERY.value: "-"}


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
    """Search again for the plan that was put in force at a position of the log, or proposed for a wave there.

    Parameters
    ----------
    data_dir : Path
        Of a stopped or running service; nothing in it is changed.
    evidence : Evidence
        Where the records are.
    position : int
        Of an adopted plan, of a wave's proposal, or of its release.

    Raises
    ------
    NotFound
        If no plan was put in force or proposed there.
    Fault
        ``log.*`` if the log cannot be read, ``plan_problem.*`` if the problem is not kept or was changed.
    """
    made = _recorded(evidence, position)
    found = _found_again(data_dir, made)
    sentences = [
        f"{one.driver_id}: recorded {_words(one.recorded)}; found again {_words(one.found)}"
        for one in found.differences
    ]
    if found.iterations != found.recorded_iterations:
        sentences.append(f"{found.recorded_iterations} iterations recorded, {found.iterations} made again")
    return ReplayReport(position, made.seed, found.iterations, found.recorded_iterations, tuple(sentences))


def _found_again(data_dir: Path, made: PlanImprovement | WavePlan) -> Replay:
    # Imported here: the compiler behind the search costs a second, and `audit verify` needs none of it.
    from core.dispatch.improvement.replaying import replayed
    from core.dispatch.waves.replaying import replayed_wave

    if isinstance(made, WavePlan):
        return replayed_wave(PlanProblems(data_dir, OF_WAVES).read(made.problem_digest), made)
    return replayed(PlanProblems(data_dir).read(made.problem_digest), made)


def _recorded(evidence: Evidence, position: int) -> PlanImprovement | WavePlan:
    with evidence as found:
        match next(_events(found.record(position), _HAVE_PLANS), None):
            case PlanImproved(improvement=made):
                return made
            case WaveProposed(plan=plan):
                return plan
            case WaveReleased() as released:
                return _released(found, released, position)
    raise NotFound("plan", str(position))


def _released(found: Evidence, released: WaveReleased, position: int) -> WavePlan:
    """Return the plan that a release put in force: proposed before it, with the number that it names."""
    for event in _events(found.records(), frozenset({WaveProposed.event_type()})):
        if isinstance(event, WaveProposed) and (event.wave_id, event.plan.number) == (
            released.wave_id,
            released.number,
        ):
            return event.plan
    raise NotFound("plan", str(position))


def _events(rows: Iterator[tuple[Any, ...]], types: Collection[str]) -> Iterator[Event]:
    for record in checked(rows):
        envelope = record.envelope(None)
        if envelope.type in types:
            yield envelope.event()


def _words(stops: Stops | None) -> str:
    return "nothing" if stops is None else " ".join(_listed(stops)) or "no stops"


def _listed(stops: Stops) -> Iterator[str]:
    for order_id, kind in stops:
        yield f"{order_id}{_MARKS.get(kind, kind)}"
