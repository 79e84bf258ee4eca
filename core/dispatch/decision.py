"""The values of a decision: a recommendation with its reasons, and the impact of a human change.

Nothing is computed here. Sentences are carried as a code with arguments (`Statement`), so that the desk can say
them in the reader's language; `core.dispatch.rationale` holds the English.
"""

from __future__ import annotations

from enum import StrEnum

from core.dispatch.changes import Change, Resequence, RulingChange, Split
from core.dispatch.shown import ByTheClock, MoveLimits
from core.eta.change_errors import Foretold
from core.fleet.route import PlannedStop
from core.orders.order import ArrivalBand
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, OverrideId, RecommendationId, Value


class ScoreTerm(StrEnum):
    """The named parts of a score."""

    PICKUP_ETA = "pickup_eta"
    LATENESS_RISK = "lateness_risk"
    DETOUR = "detour"
    LOAD_BALANCE = "load_balance"
    POSITION_FRESHNESS = "position_freshness"
    PICKUP_WAITING = "pickup_waiting"
    OTHER_PROMISES = "other_promises"
    HAND_OVER = "hand_over"
    FRESHNESS = "freshness"
    SHARED_TRIP = "shared_trip"
    REFUSAL_RISK = "refusal_risk"
    ZONE_PRESSURE = "zone_pressure"


class RiskStage(StrEnum):
    """P(late): below 10 %, below 30 %, below 70 %, above or already late."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    AT_RISK = "at_risk"
    LATE = "late"


class ConfidenceStage(StrEnum):
    """Observed rate of like cases: below 60, below 80, below 92, above. Low or fair is never accepted by itself."""

    LOW = "low"
    FAIR = "fair"
    GOOD = "good"
    HIGH = "high"


class Statement(Value, frozen=True, kw_only=True):
    """A sentence as code and arguments (numbers or words), such as ``breach.capacity_volume``."""

    code: str
    arguments: dict[str, str | float | int] = {}


class TermShare(Value, frozen=True, kw_only=True):
    """One term's share of a score: minutes and money in minor units. Plus is worse."""

    term: ScoreTerm
    minutes: float
    money: int


class Breach(Value, frozen=True, kw_only=True):
    """A hard constraint that excludes a driver: its name, and the numbers behind it."""

    constraint: str
    statement: Statement


class Stays(Value, frozen=True, kw_only=True):
    """An order that an undo does not give back, and why: it remains where it is, or waits."""

    order_id: OrderId
    why: Statement


class Alternative(Value, frozen=True, kw_only=True):
    """One way to serve the order: a driver, or keeping the present one.

    `rank` counts from 1 over the feasible ones; 0 means impossible, with `breaches`. `driver_id` is ``None`` for
    "wait". `against` says what speaks against it compared with the chosen one.
    """

    driver_id: DriverId | None
    rank: int
    is_current: bool = False
    arrival: ArrivalBand | None = None
    pickup_at: Instant | None = None
    distance_to_pickup_m: float | None = None
    extra_distance_m: float = 0.0
    late_probability: float = 0.0
    terms: tuple[TermShare, ...] = ()
    total_minutes: float = 0.0
    total_money: int = 0
    against: tuple[Statement, ...] = ()
    breaches: tuple[Breach, ...] = ()
    plan: tuple[PlannedStop, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Say whether no hard constraint excludes it."""
        return self.rank > 0


class Confidence(Value, frozen=True, kw_only=True):
    """How sure the choice is: `probability` that the promise holds, and how close the runner-up is.

    `forecast_probability` is what the forecast alone says, before what became of earlier promises corrects it.
    `is_measured` is false until at least 200 like cases have ended; then the desk shows no dots. `observed_rate` is
    the share of them that kept the promise, ``None`` before the first.
    """

    probability: float
    stage: ConfidenceStage
    is_measured: bool = False
    like_cases: int = 0
    lead_minutes: float = 0.0
    weakest_input: Statement | None = None
    observed_rate: float | None = None
    forecast_probability: float | None = None

    @property
    def rate(self) -> float:
        """Return how often the promise holds: observed where that is measured, else estimated."""
        return self.observed_rate if self.is_measured and self.observed_rate is not None else self.probability


class Fallback(Value, frozen=True, kw_only=True):
    """What happens if the driver declines or nobody decides within `after_s` seconds."""

    driver_id: DriverId | None
    after_s: float
    statement: Statement


class Prepared(Value, frozen=True, kw_only=True):
    """What is done if `for_driver_id` says no or is late, prepared with the choice itself.

    `driver_id` is asked next, ``None`` for whoever is best then; `pickup_at` and `arrival` are how it would go if asked
    when this was made. Not at the pickup by `late_from_at`, the order is looked at again with `driver_id` in the
    picture: beyond it the chosen driver is later than forecast, or the next one could not keep the promise any more.
    """

    for_driver_id: DriverId
    driver_id: DriverId | None
    pickup_at: Instant | None = None
    arrival: ArrivalBand | None = None
    late_probability: float = 0.0
    late_from_at: Instant


class RecommendedAction(StrEnum):
    """What is proposed."""

    ASSIGN = "assign"
    REASSIGN = "reassign"
    WAIT = "wait"


class Recommendation(Value, frozen=True, kw_only=True):
    """A proposal for one order, with everything needed to judge it.

    `alternatives` holds the chosen one first, then the others by rank, then the impossible ones. `is_automatic`
    says whether the platform will assign by itself; otherwise `ask_reasons` says why a person is asked.
    `based_on` maps each driver whose plan is touched to the plan number that was assumed. `would_change` says what
    would have to change for another choice to be right. `put_off_until_at` is set where deciding earlier would have
    helped nobody: a driver would only have stood at the counter. `policy_number` is the policy's last change then.
    `prepared` is what is done if the driver says no or is late, ``None`` where nobody is chosen.
    """

    recommendation_id: RecommendationId
    order_id: OrderId
    made_at: Instant
    action: RecommendedAction
    driver_id: DriverId | None
    current_driver_id: DriverId | None = None
    before: ArrivalBand | None = None
    after: ArrivalBand | None = None
    promised_by_at: Instant
    risk: RiskStage
    terms: tuple[TermShare, ...] = ()
    total_minutes: float = 0.0
    total_money: int = 0
    confidence: Confidence
    alternatives: tuple[Alternative, ...] = ()
    why: tuple[Statement, ...] = ()
    is_automatic: bool = False
    ask_reasons: tuple[Statement, ...] = ()
    fallback: Fallback
    based_on: dict[DriverId, int] = {}
    order_version: int = 0
    candidates: int = 0
    took_ms: float = 0.0
    is_degraded: bool = False
    put_off_until_at: Instant | None = None
    policy_number: int = 0
    would_change: tuple[Statement, ...] = ()
    prepared: Prepared | None = None

    @property
    def chosen_plan(self) -> PlanChange | None:
        """Return what it plans for the driver chosen, ``None`` where nobody is."""
        chosen = next((one for one in self.alternatives if one.driver_id == self.driver_id), None)
        if self.driver_id is None or chosen is None:
            return None
        number = self.based_on.get(self.driver_id, 0)
        return PlanChange(driver_id=self.driver_id, plan_number=number, stops=chosen.plan)


class ReasonCode(StrEnum):
    """Why a person decided otherwise."""

    LOCAL_KNOWLEDGE = "local_knowledge"
    DRIVER_ASKED = "driver_asked"
    CUSTOMER_ASKED = "customer_asked"
    VEHICLE_OR_BAG = "vehicle_or_bag"
    SAFETY = "safety"
    OTHER = "other"


class OverrideMode(StrEnum):
    """The change alone, or the rest re-planned around it."""

    AS_IS = "as_is"
    REPLANNED = "replanned"


class Outcome(Value, frozen=True, kw_only=True):
    """What one plan leads to, over every order it touches: counts, minutes, metres, money (minor units).

    `late_minutes` are expected ones, over the whole distribution of each arrival, `longest_delay_minutes` those of one
    customer; a promise counts as broken when it is likelier than not. `waited_minutes` are from now, or when an order
    was placed, to its door, of the orders that each of the plans compared brings. `cost` is what regret counts as well:
    driving, lateness and customers' waiting.
    """

    promises_broken: int = 0
    promises_touched: int = 0
    late_minutes: float = 0.0
    longest_delay_minutes: float = 0.0
    distance_m: float = 0.0
    driving_s: float = 0.0
    cost: int = 0
    drivers_changed: int = 0
    customers_to_tell: int = 0
    waited_minutes: float = 0.0


class AffectedOrder(Value, frozen=True, kw_only=True):
    """One customer whose time moves: the arrival now and in each counterfactual, ``None`` where it does not exist."""

    order_id: OrderId
    promised_by_at: Instant
    now: ArrivalBand | None = None
    recommended: ArrivalBand | None = None
    as_is: ArrivalBand | None = None
    replanned: ArrivalBand | None = None
    risk_now: RiskStage | None = None
    risk_as_is: RiskStage | None = None
    risk_replanned: RiskStage | None = None


class PlanChange(Value, frozen=True, kw_only=True):
    """One driver's new stops; assignments that move are implied by whose stops an order appears in."""

    driver_id: DriverId
    plan_number: int
    stops: tuple[PlannedStop, ...]
    distance_m: float = 0.0


class MovedOrder(Value, frozen=True, kw_only=True):
    """An order that changes hands."""

    order_id: OrderId
    from_driver: DriverId
    to_driver: DriverId


class PlanImprovement(Value, frozen=True, kw_only=True):
    """A better plan for everything in hand, and what it takes to find exactly it again.

    `plans` are those it puts in force; `saves_money` is what it saves under the policy's prices, minor units. `before`
    and `after` count over the drivers it touches. `position` is the log position it was planned on; `seed`,
    `iterations` and `marks` are the search's (see `core.dispatch.improvement.improve`), and `problem_digest` is what
    the problem it was given is kept by, empty for plans of earlier days. `left` are drivers who were found other
    stops and keep theirs: a shared trip would have put a promise at risk, or a limit broken already been broken anew.
    """

    made_at: Instant
    plans: tuple[PlanChange, ...]
    moved: tuple[MovedOrder, ...] = ()
    saves_money: int
    before: Outcome
    after: Outcome
    position: int
    policy_number: int = 0
    seed: int
    iterations: int
    marks: tuple[float, ...] = ()
    took_ms: float = 0.0
    problem_digest: str = ""
    left: tuple[DriverId, ...] = ()


class ImpactPreview(Value, frozen=True, kw_only=True):
    """What a manual change would do to everyone, before it is committed.

    `driver_id` is whom the change is about: who gets the order, whose stops they are, or who loses an order that is
    to wait. `based_on` and `order_version` are the state it was computed on. `breaches` lists hard limits that the
    change would break: then it cannot be committed. `as_is_hands` and `replanned_hands` are the orders that change
    hands and who gets them, ``None`` for nobody. `present` is the plan in force, over the same drivers; `said`
    what else is to be known. A commit is held against what was shown within `limits`, and drivers and customers
    are told `tell_after_s` later. `as_is_foretold` and `replanned_foretold` are every customer counted, as foretold
    before what became of earlier changes was applied; `as_is_clock` and `replanned_clock` those whom each further
    minute without a commit makes later.
    """

    order_id: OrderId
    driver_id: DriverId
    recommended_driver_id: DriverId | None
    computed_at: Instant
    until_at: Instant
    position: int
    based_on: dict[DriverId, int]
    order_version: int
    recommendation: Outcome
    as_is: Outcome
    replanned: Outcome | None = None
    affected: tuple[AffectedOrder, ...] = ()
    as_is_plans: tuple[PlanChange, ...] = ()
    replanned_plans: tuple[PlanChange, ...] = ()
    breaches: tuple[Breach, ...] = ()
    took_ms: float = 0.0
    change: Change
    present: Outcome = Outcome()
    as_is_hands: dict[OrderId, DriverId | None] = {}
    replanned_hands: dict[OrderId, DriverId | None] = {}
    said: tuple[Statement, ...] = ()
    limits: MoveLimits = MoveLimits()
    tell_after_s: float = 0.0
    as_is_foretold: dict[OrderId, Foretold] = {}
    replanned_foretold: dict[OrderId, Foretold] = {}
    as_is_clock: dict[OrderId, ByTheClock] = {}
    replanned_clock: dict[OrderId, ByTheClock] = {}


class PutBack(Value, frozen=True, kw_only=True):
    """The plans in which an undo gives orders back as far as they fit, and why others do not go back."""

    plans: tuple[PlanChange, ...] = ()
    stays: tuple[Stays, ...] = ()


class Override(Value, frozen=True, kw_only=True):
    """A human decision against, or without, the recommendation, and what was known when it was made.

    `plans` are those it put in force and `replaced` those they took the place of, so that it can be taken back.
    `change` is what was changed; overrides of earlier days have none, they gave the order to the driver. `shown_on`
    and `decided_on` are the log positions of what was shown and of what it was decided on, 0 where not known.
    Until `tell_at` neither drivers nor customers are told. `order_ids` are all orders that it is about, where they are
    more than `order_id`, `pinned` those of them that were pinned to who lost them, and `held` until when a person held
    what is let wait by it. `foretold` is what its preview said of every customer it counted; overrides of earlier days
    have none.
    """

    override_id: OverrideId
    order_id: OrderId
    driver_id: DriverId
    mode: OverrideMode
    reason: ReasonCode
    note: str = ""
    previous_driver_id: DriverId | None = None
    recommendation_id: RecommendationId | None = None
    recommended_driver_id: DriverId | None = None
    expected: Outcome | None = None
    expected_recommended: Outcome | None = None
    plans: tuple[PlanChange, ...] = ()
    replaced: tuple[PlanChange, ...] = ()
    decided_at: Instant
    decided_by: str
    undone_at: Instant | None = None
    undone_by: str | None = None
    change: Change | None = None
    shown_on: int = 0
    decided_on: int = 0
    tell_at: Instant | None = None
    order_ids: tuple[OrderId, ...] = ()
    foretold: dict[OrderId, Foretold] = {}
    pinned: tuple[OrderId, ...] = ()
    held: dict[OrderId, Instant] = {}

    @property
    def gives_the_order(self) -> bool:
        """Say whether it gave its order to its driver: not where stops were moved, something was ruled, or it waits."""
        waits = isinstance(self.change, Split) and self.change.driver_id is None
        return not (waits or isinstance(self.change, Resequence | RulingChange))

    @property
    def is_automatic(self) -> bool:
        """Say whether the platform decided it, as a recovery that policy lets it make: then nobody overrode it."""
        return self.decided_by == PLATFORM.subject
