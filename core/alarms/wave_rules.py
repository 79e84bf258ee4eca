"""The rule about waves: a proposed plan that somebody has to release before its first driver is to leave."""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import positive, say

SOON_S = 600.0
"""Whoever has less than that until the first departure is pressed."""


def waves_to_release(scene: Scene) -> Iterator[ExceptionItem]:
    """Proposed plans, pressing when their first departure is near or some orders have no place."""
    for wave in scene.operation.waves.running():
        plan = wave.proposal
        if plan is None:
            continue
        leaves_at = min((route.leaves_at for route in plan.routes if not route.frozen), default=None)
        left_s = None if leaves_at is None else leaves_at - scene.now
        is_pressing = left_s is not None and left_s < SOON_S
        left_out = len(plan.unserved)
        yield ExceptionItem(
            key=f"wave:{wave.wave_id}",
            priority=2 if is_pressing else 3,
            subject_kind="wave",
            subject_id=wave.wave_id,
            finding=say("finding.wave_proposed", orders=plan.served),
            cause=say("cause.wave_left_out", orders=left_out) if left_out else say("cause.wave_whole"),
            act_within_s=None if left_s is None else positive(left_s),
            proposal=say("proposal.wave_release"),
            since_at=plan.made_at,
        )
