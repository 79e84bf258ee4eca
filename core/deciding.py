"""What a decision function is given and what it returns: `decide(context, command) -> Decision`, pure.

The context carries the folded operation, the instant, who asks, and whatever had to be computed before (plans from the
street engine), so that deciding itself touches nothing outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.dispatch.decision import ImpactPreview, PutBack
from core.disruption.disruption import RecoveryOptions
from core.events.envelope import Event
from core.fleet.closure import Segment
from core.projections.operation import Operation
from core.refusals import Refusal
from core.vocabulary import Actor, DriverId, Instant, Role


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know.

    Parameters
    ----------
    now : operation time, seconds UTC
    preview : the impact of an override, computed on the state of this moment
    put_back : the plans in which an undo gives back what it can, and why some orders do not go back
    segments : the piece of street nearest to the position that is to be closed
    recovery : the options of a disruption, computed on the state of this moment
    """

    operation: Operation
    actor: Actor
    now: Instant
    preview: ImpactPreview | None = None
    put_back: PutBack | None = None
    segments: tuple[Segment, ...] = ()
    recovery: RecoveryOptions | None = None


@dataclass(slots=True)
class Decision:
    """Events to keep together, by stream, and the id that was made, if any."""

    events: list[tuple[str, Event]] = field(default_factory=list)
    created: str | None = None

    def add(self, stream: str, event: Event) -> None:
        """Append an event to `stream`."""
        self.events.append((stream, event))


def only_own(context: Context, driver_id: DriverId) -> None:
    """Refuse a driver who speaks for another one.

    Raises
    ------
    Refusal
        ``access.not_yours`` if the actor is a driver and not `driver_id`.
    """
    if context.actor.role is Role.DRIVER and context.actor.subject != driver_id:
        raise Refusal("access.not_yours", "That belongs to another driver.", status=403)
