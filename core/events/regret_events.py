"""What was estimated of the other choice after an override, once its orders had ended."""

from __future__ import annotations

from core.dispatch.regret import RegretEstimate
from core.events.envelope import Event
from core.vocabulary import OverrideId


class RegretEstimated(Event, frozen=True, kw_only=True):
    """Both choices of an override were played on; seed, draws and log position tell how to do it again."""

    is_audited = True

    estimate: RegretEstimate


class RegretLeftOpen(Event, frozen=True, kw_only=True):
    """The other choice of an override cannot be played on; `cause` is a code such as ``position_unknown``."""

    is_audited = True

    override_id: OverrideId
    cause: str
