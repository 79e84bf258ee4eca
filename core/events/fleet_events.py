"""What happened to drivers, vehicles, devices, routes and the sources that feed the desk."""

from __future__ import annotations

from core.events.envelope import Event
from core.fleet.fleet import DriverPerson, PlannedBreak
from core.fleet.route import PlannedStop
from core.fleet.zone import Zone
from core.vocabulary import DeviceId, DriverId, Instant, Load, Position, Role, VehicleId


class DriverRegistered(Event, frozen=True, kw_only=True):
    """A driver may work here from now on."""

    personal_fields = ("person",)
    subject_field = "driver_id"

    driver_id: DriverId
    person: DriverPerson | None
    skills: tuple[str, ...] = ()


class VehicleRegistered(Event, frozen=True, kw_only=True):
    """A vehicle belongs to the fleet from now on."""

    vehicle_id: VehicleId
    plate: str
    make: str = ""
    model: str = ""
    capacity: Load = Load(volume_l=40.0, weight_kg=20.0)
    groups: tuple[str, ...] = ()


class DeviceRegistered(Event, frozen=True, kw_only=True):
    """A tracker or phone was bound to a vehicle, as its primary source or not; only the digest of its key is kept."""

    device_id: DeviceId
    vehicle_id: VehicleId
    key_digest: str
    is_primary: bool = False


class ShiftStarted(Event, frozen=True, kw_only=True):
    """A driver is available, in this vehicle, until about `ends_at`, with the breaks that are planned."""

    driver_id: DriverId
    vehicle_id: VehicleId
    ends_at: Instant
    breaks: tuple[PlannedBreak, ...] = ()


class BreakTurnGiven(Event, frozen=True, kw_only=True):
    """The break that the policy makes for a driver begins `turn_s` after its window opens at the earliest."""

    driver_id: DriverId
    turn_s: float


class BreaksPlanned(Event, frozen=True, kw_only=True):
    """A person set the planned breaks of a shift; without any, the one holds that the policy makes.

    `former` are those that they took the place of, ``None`` in logs of earlier days.
    """

    is_audited = True

    driver_id: DriverId
    breaks: tuple[PlannedBreak, ...]
    former: tuple[PlannedBreak, ...] | None = None


class ShiftEnded(Event, frozen=True, kw_only=True):
    """A driver went home."""

    driver_id: DriverId


class DriverPaused(Event, frozen=True, kw_only=True):
    """A driver takes a break; work in hand goes on, nothing new. `is_planned`: begun for him, because it was due."""

    driver_id: DriverId
    reason: str = ""
    is_planned: bool = False


class DriverResumed(Event, frozen=True, kw_only=True):
    """A driver is back from a break."""

    driver_id: DriverId


class DriverTakenOut(Event, frozen=True, kw_only=True):
    """A person took a driver out of planning, until `until_at` or until brought back; the shift goes on.

    Who `was_out` already was so until `former_until_at`, or until brought back.
    """

    is_audited = True

    driver_id: DriverId
    until_at: Instant | None
    note: str
    was_out: bool = False
    former_until_at: Instant | None = None


class DriverReturned(Event, frozen=True, kw_only=True):
    """A driver is planned with again; `until_at` is how long he was to be out."""

    is_audited = True

    driver_id: DriverId
    until_at: Instant | None = None


class RoutePlanned(Event, frozen=True, kw_only=True):
    """A driver's remaining stops were set anew."""

    driver_id: DriverId
    plan_number: int
    stops: tuple[PlannedStop, ...]
    distance_m: float = 0.0
    geometry: tuple[Position, ...] = ()
    is_degraded: bool = False


class VehicleWentSilent(Event, frozen=True, kw_only=True):
    """No fix for longer than the limit: stale, not lost."""

    vehicle_id: VehicleId
    last_heard_at: Instant


class VehicleReported(Event, frozen=True, kw_only=True):
    """A silent or new vehicle was heard (again)."""

    vehicle_id: VehicleId
    silent_s: float | None = None


class ZonesDrawn(Event, frozen=True, kw_only=True):
    """The operating regions were set."""

    is_audited = True

    zones: tuple[Zone, ...]


class SourceDegraded(Event, frozen=True, kw_only=True):
    """A source that decisions rest on failed; `effect` says what is done instead."""

    source: str
    effect: str


class SourceRecovered(Event, frozen=True, kw_only=True):
    """A degraded source works again."""

    source: str
    outage_s: float


class PersonSignedIn(Event, frozen=True, kw_only=True):
    """Somebody opened a desk."""

    is_audited = True

    user_id: str
    role: Role
    transport: str = ""


class CustomerErased(Event, frozen=True, kw_only=True):
    """A customer's personal data was made unreadable; their orders stay."""

    is_audited = True

    customer_id: str


class AccessGranted(Event, frozen=True, kw_only=True):
    """A token or key was issued; never the secret itself."""

    is_audited = True

    subject: str
    role: Role
    expires_at: Instant | None = None
