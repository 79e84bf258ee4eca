"""When goods will be ready of which nobody has said that they are: as a rule, and overdue, after what is left then.

Of a kitchen a mean and a standard deviation are known. That goods are not there yet tells something only from when
they should have been: most kitchens say nothing before. From then on what is left is taken to be distributed like the
tail of an exponential distribution with the kitchen's deviation, whose hazard is constant: who has been overdue for ten
minutes is no nearer to the end than who has been for two. The tail of a normal distribution would expect goods the
sooner the longer they are overdue.
"""

from __future__ import annotations

from math import log

from core.vocabulary import Instant


def expected_at(usual_at: Instant, sd_s: float, now: Instant, margin_s: float) -> Instant:
    """Return when goods that are not ready at `now` are expected.

    Overdue is what is expected within less than `margin_s`. From there on the rest grows from `margin_s` to the
    deviation, by no more than the goods are overdue, so that nothing jumps; then it stays.

    Parameters
    ----------
    usual_at : float
        When they are expected as a rule: the announced instant and the lateness that was learned.
    sd_s : float
        The standard deviation of that, seconds.
    now : float
    margin_s : float
        Overdue goods take so much longer at least, seconds.
    """
    overdue_s = now - (usual_at - margin_s)
    if overdue_s <= 0.0:
        return usual_at
    return now + margin_s + min(max(0.0, sd_s - margin_s), overdue_s)


def drawn_at(usual_at: Instant, sd_s: float, earliest_at: Instant, share: float) -> Instant:
    """Return when goods are ready in one draw: `share` of the cases, above 0 and below 1, come later.

    Parameters
    ----------
    usual_at, sd_s : float
        As in `expected_at`.
    earliest_at : float
        They are not ready before: the announced instant, or the one at which they were seen not to be.
    share : float
    """
    return max(usual_at - sd_s, earliest_at) - sd_s * log(share)
