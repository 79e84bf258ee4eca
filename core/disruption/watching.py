"""When signs become disruptions and when those are over: every rule, and one hysteresis for all of them.

A sign at its raising limit, for as long as it has to hold, begins a disruption; it is over once the level has been
below the lower limit for a while, and one that is over does not begin again at once. The order of the signs plays no
part, and neither does a look that comes twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from core.disruption.detection_policy import DetectionPolicy
from core.disruption.disruption import Disruption, DisruptionId
from core.disruption.driver_signs import off_route, silent, slow_traffic, stopped
from core.disruption.order_signs import at_the_door, cancelled, declined, not_ready, overload
from core.disruption.signs import Rule, Sign, SignKey, Watched
from core.vocabulary import Instant

RULES: tuple[Rule, ...] = (
    *(silent, stopped, off_route, slow_traffic),
    *(not_ready, cancelled, declined, at_the_door, overload),
)


def signs_of(scene: Watched) -> list[Sign]:
    """Return every sign there is; of several with the same key the worst in relation to its limit."""
    found: dict[SignKey, Sign] = {}
    for rule in RULES:
        for sign in rule(scene):
            known = found.get(sign.key)
            if known is None or _badness(sign) > _badness(known):
                found[sign.key] = sign
    return list(found.values())


def _badness(sign: Sign) -> float:
    return sign.level - sign.raise_at


@dataclass(frozen=True, slots=True)
class Turns:
    """What one look changed: what began, and what is over."""

    began: tuple[Disruption, ...] = ()
    ended: tuple[DisruptionId, ...] = ()


@dataclass(slots=True)
class Watching:
    """The memory between looks: what holds since when, what is calm since when, and what ended when."""

    policy: DetectionPolicy = field(default_factory=DetectionPolicy)
    holds_since: dict[SignKey, Instant] = field(default_factory=dict)
    calm_since: dict[SignKey, Instant] = field(default_factory=dict)
    ended_at: dict[SignKey, Instant] = field(default_factory=dict)

    def look(
        self,
        signs: Iterable[Sign],
        standing: Iterable[Disruption],
        now: Instant,
        unknown: Collection[SignKey] = (),
    ) -> Turns:
        """Return what begins and what is over at `now`.

        Parameters
        ----------
        signs : at most one of each key
        standing : the disruptions that have not ended
        unknown : what cannot be judged yet, for too little was seen since the start: it goes on
        """
        current = {sign.key: sign for sign in signs}
        open_ones = {(one.kind, one.subject_id): one for one in standing}
        began = [sign for key, sign in sorted(current.items()) if key not in open_ones and self._begins(sign, now)]
        judged = {key: one for key, one in sorted(open_ones.items()) if key not in unknown}
        ended = [one for key, one in judged.items() if self._is_over(key, current.get(key), now)]
        self._forget(current, judged, now)
        return Turns(tuple(_disruption(sign, now) for sign in began), tuple(one.disruption_id for one in ended))

    def _begins(self, sign: Sign, now: Instant) -> bool:
        if sign.level < sign.raise_at:
            self.holds_since.pop(sign.key, None)
            return False
        since_at = self.holds_since.setdefault(sign.key, now)
        rested = now - self.ended_at.get(sign.key, -self.policy.rest_s) >= self.policy.rest_s
        return rested and now - since_at >= sign.confirm_s

    def _is_over(self, key: SignKey, sign: Sign | None, now: Instant) -> bool:
        if sign is not None and sign.level >= sign.keep_at:
            self.calm_since.pop(key, None)
            return False
        calm_s = self.policy.calm_s if sign is None else max(self.policy.calm_s, sign.calm_s)
        is_over = now - self.calm_since.setdefault(key, now) >= calm_s
        if is_over:
            self.ended_at[key] = now
        return is_over

    def _forget(self, current: dict[SignKey, Sign], standing: dict[SignKey, Disruption], now: Instant) -> None:
        self.holds_since = {key: at for key, at in self.holds_since.items() if key in current}
        self.calm_since = {key: at for key, at in self.calm_since.items() if key in standing}
        self.ended_at = {key: at for key, at in self.ended_at.items() if now - at < self.policy.rest_s}


def _disruption(sign: Sign, now: Instant) -> Disruption:
    return Disruption(
        disruption_id=DisruptionId(f"{sign.kind}.{sign.subject_id}.{now:.0f}"),
        kind=sign.kind,
        subject_kind=sign.subject_kind,
        subject_id=sign.subject_id,
        began_at=min(sign.since_at, now),
        detected_at=now,
        priority=sign.priority,
        level=sign.level,
        unit=sign.unit,
        finding=sign.finding,
        cause=sign.cause,
        driver_id=sign.driver_id,
        order_id=sign.order_ids[0] if sign.order_ids else None,
        order_ids=sign.order_ids,
        zone_id=sign.zone_id,
    )
