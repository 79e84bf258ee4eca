"""The map of the system: which pure decision answers which command, and what must be computed beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import commands
from core.commands import CommandBase
from core.deciding import Context, Decision
from core.dispatch import decisions as dispatch
from core.dispatch import improvement_decisions as improvements
from core.dispatch import interventions, overriding, regret_commands, regret_decisions, taking_back
from core.dispatch import move_commands as moving
from core.dispatch import move_decisions as moves
from core.dispatch import policy_decisions as policies
from core.dispatch import wave_commands as asked
from core.dispatch.proposals import commands as proposed
from core.dispatch.proposals import decisions as proposals
from core.dispatch.waves import arrangement_decisions as arrangements
from core.dispatch.waves import wave_decisions as waves
from core.disruption import recovery_commands as recoveries
from core.disruption import recovery_decisions as recovering
from core.driving import driving_decisions as driving
from core.eta import model_decisions as models
from core.fleet import closing
from core.fleet import decisions as fleet
from core.fleet import device_decisions as devices
from core.geofencing import correction_commands as corrections
from core.geofencing import decisions as fences
from core.orders import decisions as orders
from core.people import decisions as people
from core.telemetry import alarm_decisions as alarms
from core.telemetry import limit_decisions as limits

type Decide = Callable[[Context, Any], Decision]

DECISIONS: dict[type[CommandBase], Decide] = {
    commands.PlaceOrder: orders.place_order,
    commands.ReviseReadiness: orders.revise_readiness,
    commands.ReportReady: orders.report_ready,
    commands.CancelOrder: orders.cancel_order,
    commands.AcceptAssignment: orders.accept_assignment,
    commands.RefuseAssignment: orders.refuse_assignment,
    commands.ReportArrival: orders.report_arrival,
    commands.ReportDeparture: orders.report_departure,
    commands.ReportPickup: orders.report_pickup,
    commands.ReportDelivery: orders.report_delivery,
    commands.ReportFailure: orders.report_failure,
    commands.EraseCustomer: orders.erase_customer,
    commands.ReviseForecast: orders.revise_forecast,
    commands.RegisterDriver: fleet.register_driver,
    commands.RegisterVehicle: fleet.register_vehicle,
    commands.RegisterDevice: devices.register_device,
    commands.RetireDevice: devices.retire_device,
    commands.StartShift: fleet.start_shift,
    commands.EndShift: fleet.end_shift,
    commands.PlanBreaks: fleet.plan_breaks,
    commands.GiveBreakTurn: fleet.give_break_turn,
    commands.PauseDriver: fleet.pause_driver,
    commands.ResumeDriver: fleet.resume_driver,
    commands.SetRoute: fleet.set_route,
    commands.RecordSignal: fleet.record_signal,
    commands.RecordSource: fleet.record_source,
    commands.RecordArrivalModel: models.record_arrival_model,
    commands.DrawZones: fleet.draw_zones,
    commands.RecordSignIn: fleet.record_sign_in,
    commands.RecordAccess: fleet.record_access,
    commands.RecordPersonChange: people.record_person_change,
    commands.RecordExport: people.record_export,
    commands.ChangePolicy: policies.change_policy,
    regret_commands.RecordRegret: regret_decisions.record_regret,
    regret_commands.LeaveRegretOpen: regret_decisions.leave_regret_open,
    proposed.ProposePolicyChange: proposals.propose_policy_change,
    proposed.WithdrawPolicyProposal: proposals.withdraw_policy_proposal,
    proposed.AcceptPolicyProposal: proposals.accept_policy_proposal,
    proposed.RejectPolicyProposal: proposals.reject_policy_proposal,
    proposed.UndoPolicyProposal: proposals.undo_policy_proposal,
    commands.AdoptPlan: improvements.adopt_plan,
    commands.SetChannelLimit: limits.set_channel_limit,
    commands.WithdrawChannelLimit: limits.withdraw_channel_limit,
    commands.RecordLimitTurn: limits.record_limit_turn,
    commands.RecordTrackerAlarm: alarms.record_tracker_alarm,
    commands.SetDrivingPolicy: driving.set_driving_policy,
    commands.RecordDrivingEvent: driving.record_driving_event,
    commands.DrawGeofence: fences.draw_geofence,
    commands.RetireGeofence: fences.retire_geofence,
    commands.RecordCrossing: fences.record_crossing,
    commands.RecordDwell: fences.record_dwell,
    corrections.RecordPastCrossing: fences.record_past_crossing,
    corrections.RefuteCrossing: fences.refute_crossing,
    corrections.CorrectPresence: fences.correct_presence,
    commands.RecommendAssignment: dispatch.recommend_assignment,
    commands.WithdrawRecommendation: dispatch.withdraw_recommendation,
    commands.AcceptRecommendation: dispatch.accept_recommendation,
    commands.DismissRecommendation: dispatch.dismiss_recommendation,
    commands.HoldOrder: dispatch.hold_order,
    commands.ReleaseOrder: interventions.release_order,
    commands.PinOrder: interventions.pin_order,
    commands.UnpinOrder: interventions.unpin_order,
    commands.ForbidDriver: interventions.forbid_driver,
    commands.AllowDriver: interventions.allow_driver,
    commands.ClosePlace: closing.close_place,
    commands.ReopenPlace: closing.reopen_place,
    commands.TakeDriverOut: interventions.take_driver_out,
    commands.BringDriverBack: interventions.bring_driver_back,
    commands.OverrideAssignment: overriding.override_assignment,
    commands.UndoDecision: taking_back.undo_decision,
    commands.AcknowledgeException: dispatch.acknowledge_exception,
    moving.ProposeDriverMove: moves.propose_driver_move,
    moving.AcceptDriverMove: moves.accept_driver_move,
    moving.DismissDriverMove: moves.dismiss_driver_move,
    moving.EndDriverMove: moves.end_driver_move,
    asked.SetDepot: arrangements.set_depot,
    asked.RetireDepot: arrangements.retire_depot,
    asked.SetCapacityUnits: arrangements.set_capacity_units,
    asked.SetWaveRhythm: arrangements.set_wave_rhythm,
    asked.WithdrawWaveRhythm: arrangements.withdraw_wave_rhythm,
    asked.CloseWave: waves.close_wave,
    asked.ProposeWave: waves.propose_wave,
    asked.ReleaseWave: waves.release_wave,
    asked.SendWaveBack: waves.send_wave_back,
    asked.RecallWave: waves.recall_wave,
    asked.EndWave: waves.end_wave,
    recoveries.RecordDisruption: recovering.record_disruption,
    recoveries.RecordDisruptionEnd: recovering.record_disruption_end,
    recoveries.ChooseRecovery: recovering.choose_recovery,
    recoveries.UndoRecovery: recovering.undo_recovery,
    recoveries.CloseReview: recovering.close_review,
}
