"""Who may do what at which door: one line for each operation of the served document, and the rules for its objects.

The roles of a writing door are those of its command (`core.command_rights.PERMITTED`). An operation that is served and
not declared here fails the tests, and so does a line for one that is not served.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from core import commands
from core.command_rights import PERMITTED
from core.commands import CommandBase
from core.dispatch import move_commands as moving
from core.dispatch import wave_commands as waves
from core.dispatch.proposals import commands as proposed
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, UndoRecovery
from core.vocabulary import Role

DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
SUPERVISION = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
SENDERS = frozenset({Role.ADMINISTRATOR, Role.DEVICE})


class Limit(Enum):
    """Whose objects a role may reach within its doors.

    What is hidden is answered exactly as what does not exist, so that no id can be tried. What is kept apart may be
    known of, and is refused with 403.
    """

    NONE = auto()
    """The desk sees and does everything everywhere."""

    OWN_OR_MISSING = auto()
    """A driver's orders and vehicle, a device's vehicle: anything else is 404 ``*.not_found``."""

    OWN_OR_REFUSED = auto()
    """A driver's own shift and work: any other driver's name, real or not, is 403 ``access.not_yours``."""


@dataclass(frozen=True)
class Door:
    """One operation: who may use it, what is limited within, and where a decision needs its region.

    Parameters
    ----------
    roles : empty where no token is asked for
    in_region : somebody limited to regions is refused with ``access.region`` on orders of other ones
    makes : takes an id that does not exist yet, or tells nothing of whether it does
    """

    roles: frozenset[Role]
    limit: Limit = Limit.NONE
    in_region: bool = False
    makes: bool = False


OPEN = Door(frozenset())


def by(command: type[CommandBase], limit: Limit = Limit.NONE, *, in_region: bool = False, makes: bool = False) -> Door:
    """Return the door of a command."""
    return Door(PERMITTED[command] - {Role.PLATFORM}, limit, in_region, makes)


_HIDDEN, _SELF = Limit.OWN_OR_MISSING, Limit.OWN_OR_REFUSED
_FIELD = DESK | {Role.DRIVER}

DECLARED: dict[str, Door] = {
    "POST /api/v1/telemetry": Door(SENDERS),
    "POST /api/v1/telemetry/readings": Door(SENDERS),
    "GET /t/{device_key}": OPEN,
    "POST /t/{device_key}": OPEN,
    "POST /t/{device_key}/{protocol}": OPEN,
    "POST /doors/{protocol}": Door(SENDERS),
    # orders
    "GET /api/v1/orders": Door(_FIELD),
    "POST /api/v1/orders": by(commands.PlaceOrder, in_region=True),
    "GET /api/v1/orders/{order_id}": Door(_FIELD, _HIDDEN),
    "GET /api/v1/orders/{order_id}/forecasts": Door(DESK),
    "GET /api/v1/orders/{order_id}/customer-link": Door(DESK),
    "GET /api/v1/tracking/{link}": OPEN,
    "PUT /api/v1/orders/{order_id}/assign": by(commands.OverrideAssignment, in_region=True),
    "POST /api/v1/orders/{order_id}/override/preview": Door(DESK),
    "POST /api/v1/orders/{order_id}/override": by(commands.OverrideAssignment, in_region=True),
    "POST /api/v1/overrides/{override_id}/undo": by(commands.UndoDecision, in_region=True),
    "POST /api/v1/orders/{order_id}/cancel": by(commands.CancelOrder, in_region=True),
    "POST /api/v1/orders/{order_id}/accept": by(commands.AcceptAssignment, _HIDDEN),
    "POST /api/v1/orders/{order_id}/refuse": by(commands.RefuseAssignment, _HIDDEN),
    "POST /api/v1/orders/{order_id}/arrived": by(commands.ReportArrival, _HIDDEN),
    "POST /api/v1/orders/{order_id}/ready": by(commands.ReportReady, _HIDDEN, in_region=True),
    "POST /api/v1/orders/{order_id}/readiness": by(commands.ReviseReadiness, _HIDDEN, in_region=True),
    "POST /api/v1/orders/{order_id}/picked-up": by(commands.ReportPickup, _HIDDEN),
    "POST /api/v1/orders/{order_id}/delivered": by(commands.ReportDelivery, _HIDDEN),
    "POST /api/v1/orders/{order_id}/failed": by(commands.ReportFailure, _HIDDEN),
    "PUT /api/v1/orders/{order_id}/hold": by(commands.HoldOrder, in_region=True),
    "DELETE /api/v1/orders/{order_id}/hold": by(commands.ReleaseOrder, in_region=True),
    "PUT /api/v1/orders/{order_id}/pin": by(commands.PinOrder, in_region=True),
    "DELETE /api/v1/orders/{order_id}/pin": by(commands.UnpinOrder, in_region=True),
    "PUT /api/v1/orders/{order_id}/forbidden-drivers/{driver_id}": by(commands.ForbidDriver, in_region=True),
    "DELETE /api/v1/orders/{order_id}/forbidden-drivers/{driver_id}": by(commands.AllowDriver, in_region=True),
    "GET /api/v1/closures": Door(DESK),
    "POST /api/v1/closures": by(commands.ClosePlace, in_region=True),
    "DELETE /api/v1/closures/{closure_id}": by(commands.ReopenPlace, in_region=True),
    "GET /api/v1/recommendations": Door(DESK),
    "GET /api/v1/fleet/overview": Door(DESK),
    "GET /api/v1/forecasts/coverage": Door(DESK),
    "GET /api/v1/arrival-models": Door(SUPERVISION),
    "PUT /api/v1/arrival-models/in-force": Door(SUPERVISION),
    "GET /api/v1/overrides": Door(DESK),
    "GET /api/v1/overrides/summary": Door(SUPERVISION),
    "GET /api/v1/disruptions": Door(DESK),
    "GET /api/v1/disruptions/{disruption_id}/options": Door(DESK),
    "POST /api/v1/disruptions/{disruption_id}/recovery": by(ChooseRecovery, in_region=True),
    "GET /api/v1/recoveries": Door(DESK),
    "POST /api/v1/recoveries/{recovery_id}/undo": by(UndoRecovery, in_region=True),
    "POST /api/v1/recoveries/{recovery_id}/review": by(CloseReview),
    "GET /api/v1/policy": Door(DESK),
    "PATCH /api/v1/policy": by(commands.ChangePolicy),
    "GET /api/v1/policy/proposals": Door(DESK),
    "POST /api/v1/policy/proposals/{proposal_id}/accept": by(proposed.AcceptPolicyProposal),
    "POST /api/v1/policy/proposals/{proposal_id}/reject": by(proposed.RejectPolicyProposal),
    "POST /api/v1/policy/proposals/{proposal_id}/undo": by(proposed.UndoPolicyProposal),
    "GET /api/v1/driver-moves": Door(DESK),
    "POST /api/v1/driver-moves/{move_id}/accept": by(moving.AcceptDriverMove, in_region=True),
    "POST /api/v1/driver-moves/{move_id}/dismiss": by(moving.DismissDriverMove, in_region=True),
    # drivers
    "GET /api/v1/drivers": Door(DESK),
    "POST /api/v1/drivers": by(commands.RegisterDriver),
    "GET /api/v1/drivers/{driver_id}": Door(_FIELD, _SELF),
    "GET /api/v1/drivers/{driver_id}/schedule": Door(_FIELD, _SELF),
    "GET /api/v1/drivers/{driver_id}/tasks": Door(_FIELD, _SELF),
    "GET /api/v1/routes/{driver_id}/optimized": Door(_FIELD, _SELF),
    "POST /api/v1/drivers/{driver_id}/shift": by(commands.StartShift, _SELF),
    "PUT /api/v1/drivers/{driver_id}/breaks": by(commands.PlanBreaks),
    "POST /api/v1/drivers/{driver_id}/shift/end": by(commands.EndShift, _SELF),
    "POST /api/v1/drivers/{driver_id}/pause": by(commands.PauseDriver, _SELF),
    "POST /api/v1/drivers/{driver_id}/resume": by(commands.ResumeDriver, _SELF),
    "POST /api/v1/drivers/{driver_id}/out": by(commands.TakeDriverOut),
    "POST /api/v1/drivers/{driver_id}/back": by(commands.BringDriverBack),
    "POST /api/v1/drivers/{driver_id}/tokens": Door(ADMINISTRATION),
    # vehicles, devices, channels
    "GET /api/v1/vehicles": Door(DESK),
    "POST /api/v1/vehicles": by(commands.RegisterVehicle),
    "GET /api/v1/vehicles/nearest": Door(DESK),
    "GET /api/v1/vehicles/{vehicle_id}/location": Door(_FIELD | {Role.DEVICE}, _HIDDEN),
    "GET /api/v1/vehicles/{vehicle_id}/devices": Door(DESK),
    "POST /api/v1/vehicles/{vehicle_id}/devices": by(commands.RegisterDevice),
    "GET /api/v1/vehicles/{vehicle_id}/channels": Door(DESK),
    "GET /api/v1/vehicles/{vehicle_id}/channels/{channel}/readings": Door(DESK),
    "GET /api/v1/devices/{device_id}": Door(DESK),
    "DELETE /api/v1/devices/{device_id}": by(commands.RetireDevice),
    "GET /api/v1/vehicles/{vehicle_id}/track": Door(SUPERVISION),
    "GET /api/v1/density": Door(SUPERVISION),
    "GET /api/v1/alarms": Door(DESK),
    "GET /api/v1/driving/events": Door(DESK),
    "GET /api/v1/drivers/{driver_id}/driving": Door(DESK),
    "GET /api/v1/driving/policy": Door(DESK),
    "PUT /api/v1/driving/policy": by(commands.SetDrivingPolicy),
    "GET /api/v1/channels": Door(DESK),
    "GET /api/v1/channel-limits": Door(DESK),
    "PUT /api/v1/channel-limits/{limit_id}": by(commands.SetChannelLimit, makes=True),
    "DELETE /api/v1/channel-limits/{limit_id}": by(commands.WithdrawChannelLimit),
    # waves
    "GET /api/v1/waves": Door(DESK),
    "GET /api/v1/waves/{wave_id}": Door(DESK),
    "POST /api/v1/waves/{wave_id}/release": by(waves.ReleaseWave, in_region=True),
    "POST /api/v1/waves/{wave_id}/sending-back": by(waves.SendWaveBack, in_region=True),
    "POST /api/v1/waves/{wave_id}/recall": by(waves.RecallWave, in_region=True),
    "GET /api/v1/wave-rhythms": Door(DESK),
    "PUT /api/v1/wave-rhythms/{rhythm_id}": by(waves.SetWaveRhythm, makes=True),
    "DELETE /api/v1/wave-rhythms/{rhythm_id}": by(waves.WithdrawWaveRhythm),
    "POST /api/v1/wave-rhythms/{rhythm_id}/closing": by(waves.CloseWave, in_region=True),
    "GET /api/v1/depots": Door(DESK),
    "PUT /api/v1/depots/{depot_id}": by(waves.SetDepot, makes=True),
    "DELETE /api/v1/depots/{depot_id}": by(waves.RetireDepot),
    "GET /api/v1/capacity-units": Door(DESK),
    "PUT /api/v1/capacity-units": by(waves.SetCapacityUnits),
    # geofences, places
    "GET /api/v1/geofences": Door(DESK),
    "GET /api/v1/geofences/{fence_id}": Door(DESK),
    "POST /api/v1/geofences": by(commands.DrawGeofence),
    "POST /api/v1/geofences/import": by(commands.DrawGeofence),
    "GET /api/v1/geofences/export": Door(DESK),
    "POST /api/v1/geofences/trial": by(commands.DrawGeofence),
    "POST /api/v1/geofences/corridor-way": by(commands.DrawGeofence),
    "DELETE /api/v1/geofences/{fence_id}": by(commands.RetireGeofence),
    "GET /api/v1/places": Door(DESK),
    "GET /api/v1/addresses": Door(DESK),
    # files; which kinds a role may bring in is its command's matter
    "POST /api/v1/imports/{kind}": Door(DESK),
    "GET /api/v1/imports/{kind}/template": Door(DESK),
    "GET /api/v1/exports/{kind}": Door(DESK),
    # people and access
    "POST /api/v1/invitations": Door(ADMINISTRATION),
    "POST /api/v1/customers/{customer_id}/erasure": by(commands.EraseCustomer, makes=True),
    "POST /api/v1/sign-ins": OPEN,
    "POST /api/v1/sign-ins/renewal": OPEN,
    "DELETE /api/v1/sign-ins/current": Door(_FIELD),
    "PUT /api/v1/people/me/password": Door(DESK),
    "GET /api/v1/people": Door(ADMINISTRATION),
    "POST /api/v1/people": Door(ADMINISTRATION),
    "POST /api/v1/people/{user_id}/disabling": Door(ADMINISTRATION),
    "POST /api/v1/people/{user_id}/enabling": Door(ADMINISTRATION),
    "POST /api/v1/people/{user_id}/password": Door(ADMINISTRATION),
    "GET /api/v1/people/{user_id}/sessions": Door(ADMINISTRATION),
    "DELETE /api/v1/people/{user_id}/sessions": Door(ADMINISTRATION),
    "DELETE /api/v1/people/{user_id}/sessions/{session_id}": Door(ADMINISTRATION),
    # the service itself
    "GET /api/v1/metrics": Door(SUPERVISION),
    "GET /api/v1/health": OPEN,
}
