"""The values of a disruption and of recovering from it: what is wrong, the options that apply now, what was chosen.

Nothing is computed here. A disruption is about one subject (a driver, an order or a zone) and lasts until it is over;
its options are made when somebody looks, and hold for the state that they name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from core.dispatch.decision import Outcome, PlanChange, Statement
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, Instant, OrderId, OverrideId, Value, ZoneId

DisruptionId = NewType("DisruptionId", str)
RecoveryId = NewType("RecoveryId", str)


class DisruptionKind(StrEnum):
    """What can go wrong."""

    SILENT = "silent"
    STOPPED = "stopped"
    OFF_ROUTE = "off_route"
    SLOW_TRAFFIC = "slow_traffic"
    NOT_READY = "not_ready"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    REFUSED_AT_DOOR = "refused_at_door"
    ADDRESS = "address"
    NOBODY_HOME = "nobody_home"
    OVERLOAD = "overload"


class SubjectKind(StrEnum):
    """What a disruption is about."""

    DRIVER = "driver"
    ORDER = "order"
    ZONE = "zone"


class Disruption(Value, frozen=True, kw_only=True):
    """One thing that is wrong since `began_at`, noticed at `detected_at`.

    `level` is how bad it was when it was noticed, in `unit` (``s``, ``m``, ``drivers``, ``times``); `priority` is 1
    (critical) to 4 (low). `order_id` is the order it is first about, `order_ids` all those that it holds up.
    """

    disruption_id: DisruptionId
    kind: DisruptionKind
    subject_kind: SubjectKind
    subject_id: str
    began_at: Instant
    detected_at: Instant
    priority: int
    level: float
    unit: str
    finding: Statement
    cause: Statement
    driver_id: DriverId | None = None
    order_id: OrderId | None = None
    order_ids: tuple[OrderId, ...] = ()
    zone_id: ZoneId | None = None


class RecoveryAction(StrEnum):
    """What can be done."""

    REROUTE = "reroute"
    REASSIGN = "reassign"
    UNBUNDLE = "unbundle"
    REBALANCE = "rebalance"
    WAIT = "wait"
    TELL_CUSTOMER = "tell_customer"
    CALL = "call"
    REVIEW = "review"

    @property
    def changes_plans(self) -> bool:
        """Say whether drivers get other stops by it."""
        return self in (self.REROUTE, self.REASSIGN, self.UNBUNDLE, self.REBALANCE)


class MovedArrival(Value, frozen=True, kw_only=True):
    """A customer whose expected arrival moves: with nothing done, and with the option; ``None`` where none is known."""

    order_id: OrderId
    promised_by_at: Instant
    before: ArrivalBand | None = None
    after: ArrivalBand | None = None


class RecoveryImpact(Value, frozen=True, kw_only=True):
    """What an option does beside doing nothing: plus is worse.

    `before` and `after` are over the drivers that it touches. `worst_minutes` is by how much the customer who loses
    most is later; minus if all gain.
    """

    before: Outcome = Outcome()
    after: Outcome = Outcome()
    moved: tuple[MovedArrival, ...] = ()
    worst_minutes: float = 0.0

    @property
    def late_minutes(self) -> float:
        """Return the minutes of lateness it adds over all touched orders; minus is saved."""
        return self.after.late_minutes - self.before.late_minutes

    @property
    def promises(self) -> int:
        """Return how many promises more are broken; minus is saved."""
        return self.after.promises_broken - self.before.promises_broken

    @property
    def money(self) -> int:
        """Return what it costs more, minor units; minus is saved."""
        return self.after.cost - self.before.cost

    @property
    def customers(self) -> int:
        """Return how many customers are to be told another time."""
        return self.after.customers_to_tell


class RecoveryOption(Value, frozen=True, kw_only=True):
    """One thing that can be done about a disruption now.

    `option_id` names it within its disruption, such as ``reassign:D-07``. `rank` counts from 1, the recommended one;
    `why` says what speaks for it. `plans` are what it puts in force and `replaced` what they take the place of;
    `told` are the arrivals that customers hear of, `until_at` is how long waiting holds.
    """

    option_id: str
    action: RecoveryAction
    what: Statement
    why: Statement
    rank: int = 0
    is_low_risk: bool = False
    impact: RecoveryImpact = RecoveryImpact()
    driver_id: DriverId | None = None
    moved_orders: tuple[OrderId, ...] = ()
    plans: tuple[PlanChange, ...] = ()
    replaced: tuple[PlanChange, ...] = ()
    told: tuple[MovedArrival, ...] = ()
    until_at: Instant | None = None
    based_on: dict[DriverId, int] = {}
    order_versions: dict[OrderId, int] = {}


class RecoveryOptions(Value, frozen=True, kw_only=True):
    """The options of a disruption, the recommended one first, as of `made_at`.

    `as_it_stands` is what comes of doing nothing, over the drivers it is about. Drivers and customers are told of
    orders that change hands `tell_after_s` later. `took_ms` is wall time.
    """

    disruption_id: DisruptionId
    made_at: Instant
    options: tuple[RecoveryOption, ...] = ()
    as_it_stands: Outcome = Outcome()
    tell_after_s: float = 0.0
    is_degraded: bool = False
    took_ms: float = 0.0

    @property
    def recommended(self) -> RecoveryOption | None:
        """Return the first, if there is any."""
        return self.options[0] if self.options else None


class Recovery(Value, frozen=True, kw_only=True):
    """What was chosen about a disruption, why, and what was known of it then.

    `recommended` is the option that stood first then. `override_id` names the entry of the ledger where orders changed
    hands; other changed plans can be put back from `option.replaced`. A review that was asked for is open until
    `reviewed_at`.
    """

    recovery_id: RecoveryId
    disruption_id: DisruptionId
    kind: DisruptionKind
    subject_kind: SubjectKind
    subject_id: str
    option: RecoveryOption
    recommended: str
    note: str = ""
    is_automatic: bool = False
    chosen_at: Instant
    chosen_by: str
    override_id: OverrideId | None = None
    undone_at: Instant | None = None
    undone_by: str | None = None
    reviewed_at: Instant | None = None
    reviewed_by: str | None = None

    @property
    def is_open_review(self) -> bool:
        """Say whether a supervisor is asked to look, and has not."""
        is_asked = self.option.action is RecoveryAction.REVIEW
        return is_asked and self.undone_at is None and self.reviewed_at is None
