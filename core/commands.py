"""What may be asked of the operation: imperative, typed, and who may ask.

A command is a wish; `backend_service.handlers` decides it into events or refuses. `PERMITTED` is the only place that
says which role may ask for what; ownership (a driver's own orders, a device's own vehicle) is checked by the handler.
"""

from __future__ import annotations

from enum import StrEnum

from core.command_base import CommandBase as CommandBase
from core.dispatch.changes import Change
from core.dispatch.decision import OverrideMode, PlanImprovement, ReasonCode, Recommendation
from core.dispatch.move_commands import (
    MoveCommand,
)
from core.dispatch.proposals.commands import (
    AcceptPolicyProposal,
    ProposePolicyChange,
    RejectPolicyProposal,
    UndoPolicyProposal,
    WithdrawPolicyProposal,
)
from core.dispatch.regret_commands import LeaveRegretOpen, RecordRegret
from core.dispatch.shown import Shown
from core.dispatch.wave_commands import (
    WaveCommand,
)
from core.disruption.recovery_commands import (
    ChooseRecovery,
    CloseReview,
    RecordDisruption,
    RecordDisruptionEnd,
    UndoRecovery,
)
from core.driving.driving_kinds import DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.fleet.closure import ClosureId
from core.fleet.depot import DepotId
from core.fleet.fleet import DriverPerson, PlannedBreak
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.geofencing.correction_commands import CorrectPresence, RecordPastCrossing, RefuteCrossing
from core.geofencing.fence import Fence
from core.orders.order import ArrivalBand, Customer, Promise
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.telemetry.tracker_alarms import TrackerAlarm
from core.vocabulary import (
    DeviceId,
    DriverId,
    FenceId,
    Instant,
    Load,
    OrderId,
    OverrideId,
    Place,
    Position,
    RecommendationId,
    Role,
    VehicleId,
    ZoneId,
)


class PlaceOrder(CommandBase, frozen=True, kw_only=True):
    """Take an order. `order_id` is made by the service when empty; so is `customer_id`.

    One of a depot is picked up there, and planned with the depot's next wave.
    """

    pickup: Place
    delivery: Position
    promise: Promise
    ready_at: Instant
    order_id: OrderId = OrderId("")
    customer_id: str = ""
    customer: Customer = Customer()
    load: Load = Load()
    skills: tuple[str, ...] = ()
    value: int = 0
    service_s: float = 120.0
    depot_id: DepotId | None = None


class ReviseReadiness(CommandBase, frozen=True, kw_only=True):
    """Say that the kitchen needs until `ready_at`."""

    order_id: OrderId
    ready_at: Instant
    reason: str = ""


class ReportReady(CommandBase, frozen=True, kw_only=True):
    """Say that the goods wait at the counter."""

    order_id: OrderId


class CancelOrder(CommandBase, frozen=True, kw_only=True):
    """Withdraw an order."""

    order_id: OrderId
    reason: str


class AcceptAssignment(CommandBase, frozen=True, kw_only=True):
    """The driver says yes."""

    order_id: OrderId
    driver_id: DriverId


class RefuseAssignment(CommandBase, frozen=True, kw_only=True):
    """The driver says no."""

    order_id: OrderId
    driver_id: DriverId
    reason: str


class ReportArrival(CommandBase, frozen=True, kw_only=True):
    """The driver, or the platform from fixes, says that the next stop of this order is reached."""

    order_id: OrderId
    driver_id: DriverId
    is_detected: bool = False


class ReportDeparture(CommandBase, frozen=True, kw_only=True):
    """The platform says from fixes that the driver drove off from a stop of this order."""

    order_id: OrderId
    driver_id: DriverId
    kind: StopKind


class ReportPickup(CommandBase, frozen=True, kw_only=True):
    """The goods are in the vehicle."""

    order_id: OrderId
    driver_id: DriverId


class ReportDelivery(CommandBase, frozen=True, kw_only=True):
    """The customer has the goods."""

    order_id: OrderId
    driver_id: DriverId
    proof: str = ""


class ReportFailure(CommandBase, frozen=True, kw_only=True):
    """The goods could not be handed over."""

    order_id: OrderId
    driver_id: DriverId
    reason: str
    note: str = ""


class RegisterDriver(CommandBase, frozen=True, kw_only=True):
    """Let a driver work here."""

    driver_id: DriverId
    person: DriverPerson
    skills: tuple[str, ...] = ()


class RegisterVehicle(CommandBase, frozen=True, kw_only=True):
    """Add a vehicle to the fleet."""

    vehicle_id: VehicleId
    plate: str
    make: str = ""
    model: str = ""
    capacity: Load = Load(volume_l=40.0, weight_kg=20.0)
    groups: tuple[str, ...] = ()


class RegisterDevice(CommandBase, frozen=True, kw_only=True):
    """Bind a tracker to a vehicle; the caller made the key and passes its SHA-256 in hex."""

    device_id: DeviceId
    vehicle_id: VehicleId
    key_digest: str
    is_primary: bool = False


class RetireDevice(CommandBase, frozen=True, kw_only=True):
    """Take a device out of service; its key stops working."""

    device_id: DeviceId
    reason: str = ""


class SetChannelLimit(CommandBase, frozen=True, kw_only=True):
    """Make or change a limit; its own `version` is ignored, `based_on` is the version it was drawn up from."""

    limit: ChannelLimit
    based_on: int | None = None


class WithdrawChannelLimit(CommandBase, frozen=True, kw_only=True):
    """Stop a limit from counting."""

    limit_id: LimitId


class SetDrivingPolicy(CommandBase, frozen=True, kw_only=True):
    """Set from when on driving counts; its own `version` is ignored, `based_on` is the one it was drawn up from."""

    policy: DrivingPolicy
    based_on: int | None = None


class StartShift(CommandBase, frozen=True, kw_only=True):
    """Become available in this vehicle until about `ends_at`, with the breaks that are planned."""

    driver_id: DriverId
    vehicle_id: VehicleId
    ends_at: Instant
    breaks: tuple[PlannedBreak, ...] = ()


class PlanBreaks(CommandBase, frozen=True, kw_only=True):
    """Set the planned breaks of a driver's shift; without any, the one holds that the policy makes."""

    driver_id: DriverId
    breaks: tuple[PlannedBreak, ...]


class EndShift(CommandBase, frozen=True, kw_only=True):
    """Go home."""

    driver_id: DriverId


class GiveBreakTurn(CommandBase, frozen=True, kw_only=True):
    """Have the break that the policy makes begin `turn_s` after its window opens at the earliest."""

    driver_id: DriverId
    turn_s: float


class PauseDriver(CommandBase, frozen=True, kw_only=True):
    """Take a break; the platform says `is_planned` where it begins one that is due."""

    driver_id: DriverId
    reason: str = ""
    is_planned: bool = False


class ResumeDriver(CommandBase, frozen=True, kw_only=True):
    """Come back from a break."""

    driver_id: DriverId


class DrawGeofence(CommandBase, frozen=True, kw_only=True):
    """Create or redraw a fence."""

    fence: Fence


class RetireGeofence(CommandBase, frozen=True, kw_only=True):
    """Stop a fence from counting."""

    fence_id: FenceId


class DrawZones(CommandBase, frozen=True, kw_only=True):
    """Set the operating regions."""

    zones: tuple[Zone, ...]


class RecordSignIn(CommandBase, frozen=True, kw_only=True):
    """Record that somebody opened a desk."""

    user_id: str
    role: Role
    transport: str = ""


class RecordAccess(CommandBase, frozen=True, kw_only=True):
    """Record that a token or key was issued."""

    subject: str
    role: Role
    expires_at: Instant | None = None


class PersonChange(StrEnum):
    """What became of somebody's account or session."""

    ADDED = "added"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD_REPLACED = "password_replaced"  # noqa: S105 - a name of a change, no password
    SESSION_OPENED = "session_opened"
    SESSION_REVOKED = "session_revoked"
    SIGN_IN_FAILED = "sign_in_failed"


class RecordPersonChange(CommandBase, frozen=True, kw_only=True):
    """Record what became of an account or session; `by` is the user id of who did it."""

    user_id: str
    change: PersonChange
    role: Role = Role.DISPATCHER
    regions: tuple[ZoneId, ...] = ()
    session_id: str = ""
    ends_at: Instant = 0.0
    by: str = ""


class RecordExport(CommandBase, frozen=True, kw_only=True):
    """Record that records left in bulk."""

    kind: str
    rows: int
    is_personal: bool
    by: str


class EraseCustomer(CommandBase, frozen=True, kw_only=True):
    """Forget who a customer is; the key to what was sealed is dropped beside it."""

    customer_id: str


# --- decisions by people -----------------------------------------------------------------------------------------


class AcceptRecommendation(CommandBase, frozen=True, kw_only=True):
    """Do what is recommended, if it is still what was shown."""

    recommendation_id: RecommendationId


class DismissRecommendation(CommandBase, frozen=True, kw_only=True):
    """Not now: leave this order alone for `for_s` seconds, with a reason."""

    recommendation_id: RecommendationId
    reason: str
    for_s: float = 300.0


class HoldOrder(CommandBase, frozen=True, kw_only=True):
    """Let the platform decide nothing on this order for `for_s` seconds."""

    order_id: OrderId
    for_s: float = 120.0


class ReleaseOrder(CommandBase, frozen=True, kw_only=True):
    """End a hold, or a putting-off, before its time."""

    order_id: OrderId


class PinOrder(CommandBase, frozen=True, kw_only=True):
    """Keep an order with the driver it has."""

    order_id: OrderId
    note: str = ""


class UnpinOrder(CommandBase, frozen=True, kw_only=True):
    """Let an order change hands again."""

    order_id: OrderId


class ForbidDriver(CommandBase, frozen=True, kw_only=True):
    """Keep a driver from an order; it is taken back if that driver has it."""

    order_id: OrderId
    driver_id: DriverId
    note: str


class AllowDriver(CommandBase, frozen=True, kw_only=True):
    """Let a driver have an order again."""

    order_id: OrderId
    driver_id: DriverId


class TakeDriverOut(CommandBase, frozen=True, kw_only=True):
    """Plan no more with a driver, for `for_s` seconds or until brought back.

    Orders whose goods are not on board go back to be planned anew, unless `keeps_orders`.
    """

    driver_id: DriverId
    note: str
    for_s: float | None = None
    keeps_orders: bool = False


class BringDriverBack(CommandBase, frozen=True, kw_only=True):
    """Plan with a driver again."""

    driver_id: DriverId


class ClosePlace(CommandBase, frozen=True, kw_only=True):
    """Close a zone, or the street nearest to a position, for `for_s` seconds; exactly one of the two is given.

    `street` is what people call it.
    """

    note: str
    for_s: float = 3600.0
    zone_id: ZoneId | None = None
    position: Position | None = None
    street: str = ""


class ReopenPlace(CommandBase, frozen=True, kw_only=True):
    """Open a closed place before its time."""

    closure_id: ClosureId


class OverrideAssignment(CommandBase, frozen=True, kw_only=True):
    """Decide otherwise.

    `shown` is what the preview said: where the outcome has moved in a way that matters, the commit is refused with
    what holds now. Without it, any move of `based_on` (plan numbers) or `order_version` refuses; ``None`` is the
    present state.
    """

    change: Change
    reason: ReasonCode
    note: str = ""
    mode: OverrideMode = OverrideMode.AS_IS
    shown: Shown | None = None
    based_on: dict[DriverId, int] = {}
    order_version: int | None = None

    @property
    def order_id(self) -> OrderId:
        """Return the order that it is about."""
        return self.change.order_id


class UndoDecision(CommandBase, frozen=True, kw_only=True):
    """Take back an override, an accepted recommendation, or the ruling of a log position; exactly one is given."""

    override_id: OverrideId | None = None
    recommendation_id: RecommendationId | None = None
    ruling: int | None = None


class AcknowledgeException(CommandBase, frozen=True, kw_only=True):
    """Say that an exception has been seen."""

    key: str


class ChangePolicy(CommandBase, frozen=True, kw_only=True):
    """Set values of the dispatch policy, for the whole city or one zone; `None` takes a value back.

    `based_on` is the number of the last change that was seen; a policy that moved since refuses.
    """

    values: dict[str, float | None]
    note: str
    zone_id: ZoneId | None = None
    based_on: int | None = None


# --- decisions by the platform -----------------------------------------------------------------------------------


class RecommendAssignment(CommandBase, frozen=True, kw_only=True):
    """Publish a proposal; an automatic one is carried out at once."""

    recommendation: Recommendation


class AdoptPlan(CommandBase, frozen=True, kw_only=True):
    """Put a better plan for what is in hand in force, if nothing it rests on has moved."""

    improvement: PlanImprovement


class WithdrawRecommendation(CommandBase, frozen=True, kw_only=True):
    """Take a proposal back that no longer fits."""

    recommendation_id: RecommendationId
    reason: str


class SetRoute(CommandBase, frozen=True, kw_only=True):
    """Refine a driver's plan (times, geometry) for the plan number it was computed on; moves no order."""

    driver_id: DriverId
    plan_number: int
    stops: tuple[PlannedStop, ...]
    distance_m: float = 0.0
    geometry: tuple[Position, ...] = ()
    is_degraded: bool = False


class ReviseForecast(CommandBase, frozen=True, kw_only=True):
    """Tell a new arrival, because it moved enough to matter."""

    order_id: OrderId
    arrival: ArrivalBand
    cause: str = ""


class RecordCrossing(CommandBase, frozen=True, kw_only=True):
    """Record a confirmed fence crossing."""

    fence_id: FenceId
    vehicle_id: VehicleId
    is_entry: bool
    position: Position
    occurred_at: Instant
    is_late: bool = False


class RecordDwell(CommandBase, frozen=True, kw_only=True):
    """Record that a vehicle has stayed in a fence, since `entered_at`, for as long as the fence asks about."""

    fence_id: FenceId
    vehicle_id: VehicleId
    position: Position
    entered_at: Instant
    is_late: bool = False


class RecordSignal(CommandBase, frozen=True, kw_only=True):
    """Record that a vehicle fell silent, was heard again, or that its device said it is off."""

    vehicle_id: VehicleId
    is_heard: bool
    last_heard_at: Instant
    is_off: bool = False


class RecordSource(CommandBase, frozen=True, kw_only=True):
    """Record that a source degraded or recovered."""

    source: str
    is_degraded: bool
    effect: str = ""


class RecordArrivalModel(CommandBase, frozen=True, kw_only=True):
    """Record that arrivals are forecast by another model; fields as in `ArrivalModelChanged`."""

    version: str
    previous: str | None = None
    cause: str = "trained"
    chosen_by: str = ""
    trained_on: tuple[str, ...] = ()
    lessons: int = 0
    held_out: str = ""
    mean_error_s: float | None = None
    within: float | None = None
    previous_mean_error_s: float | None = None
    previous_within: float | None = None


class RecordLimitTurn(CommandBase, frozen=True, kw_only=True):
    """Record that a channel is beyond its limit, or well inside again, since `since_at`."""

    vehicle_id: VehicleId
    channel: str
    limit_id: LimitId
    limit_version: int
    is_crossed: bool
    since_at: Instant
    value: float | None = None
    state: str = ""


class RecordTrackerAlarm(CommandBase, frozen=True, kw_only=True):
    """Record that a tracker raised an alarm; `position_at` is when the vehicle was where the alarm says it is."""

    alarm: TrackerAlarm
    position_at: Instant | None = None


class RecordDrivingEvent(CommandBase, frozen=True, kw_only=True):
    """Record what was seen of driving; `is_told` says that the tracker saw it itself, `fence_id` whose limit it was."""

    vehicle_id: VehicleId
    kind: DrivingKind
    occurred_at: Instant
    position: Position | None = None
    value: float | None = None
    threshold: float | None = None
    is_late: bool = False
    is_told: bool = False
    fence_id: FenceId | None = None


Command = (
    WaveCommand
    | MoveCommand
    | PlaceOrder
    | ReviseReadiness
    | ReportReady
    | CancelOrder
    | AcceptAssignment
    | RefuseAssignment
    | ReportArrival
    | ReportDeparture
    | ReportPickup
    | ReportDelivery
    | ReportFailure
    | RegisterDriver
    | RegisterVehicle
    | RegisterDevice
    | RetireDevice
    | SetChannelLimit
    | ChangePolicy
    | WithdrawChannelLimit
    | StartShift
    | EndShift
    | PlanBreaks
    | GiveBreakTurn
    | PauseDriver
    | ResumeDriver
    | DrawGeofence
    | RetireGeofence
    | DrawZones
    | RecordSignIn
    | RecordAccess
    | RecordPersonChange
    | RecordExport
    | EraseCustomer
    | AcceptRecommendation
    | DismissRecommendation
    | HoldOrder
    | ReleaseOrder
    | PinOrder
    | UnpinOrder
    | ForbidDriver
    | AllowDriver
    | TakeDriverOut
    | BringDriverBack
    | ClosePlace
    | ReopenPlace
    | OverrideAssignment
    | UndoDecision
    | AcknowledgeException
    | RecommendAssignment
    | AdoptPlan
    | WithdrawRecommendation
    | SetRoute
    | ReviseForecast
    | RecordCrossing
    | RecordDwell
    | RecordPastCrossing
    | RefuteCrossing
    | CorrectPresence
    | RecordSignal
    | RecordSource
    | RecordArrivalModel
    | RecordLimitTurn
    | RecordTrackerAlarm
    | RecordDrivingEvent
    | RecordDisruption
    | RecordDisruptionEnd
    | ChooseRecovery
    | UndoRecovery
    | CloseReview
    | SetDrivingPolicy
    | RecordRegret
    | LeaveRegretOpen
    | ProposePolicyChange
    | WithdrawPolicyProposal
    | AcceptPolicyProposal
    | RejectPolicyProposal
    | UndoPolicyProposal
)
