"""What may be asked about depots, wave rhythms and waves."""

from __future__ import annotations

from core.command_base import CommandBase
from core.dispatch.waves.rhythm import RhythmId, WaveRhythm
from core.dispatch.waves.wave import WaveId, WavePlan
from core.fleet.depot import Depot, DepotId
from core.vocabulary import DriverId, Instant, OrderId


class SetDepot(CommandBase, frozen=True, kw_only=True):
    """Add a depot, or give a known one other particulars."""

    depot: Depot


class RetireDepot(CommandBase, frozen=True, kw_only=True):
    """Take no more orders at a depot."""

    depot_id: DepotId


class SetCapacityUnits(CommandBase, frozen=True, kw_only=True):
    """Say in which units loads are counted beside litres and kilograms: what people read, by name."""

    units: dict[str, str]


class SetWaveRhythm(CommandBase, frozen=True, kw_only=True):
    """Say when waves close, for which depots and zones."""

    rhythm: WaveRhythm


class WithdrawWaveRhythm(CommandBase, frozen=True, kw_only=True):
    """Let no more waves close by a rhythm; those that did go on."""

    rhythm_id: RhythmId


class ReleaseWave(CommandBase, frozen=True, kw_only=True):
    """Put a proposed plan in force, the one of this number."""

    wave_id: WaveId
    number: int


class SendWaveBack(CommandBase, frozen=True, kw_only=True):
    """Ask for another plan. Orders that are left out wait for a later wave or for dispatch."""

    wave_id: WaveId
    number: int
    note: str
    without_orders: tuple[OrderId, ...] = ()
    without_drivers: tuple[DriverId, ...] = ()


class RecallWave(CommandBase, frozen=True, kw_only=True):
    """Take a release back, until the first departure."""

    wave_id: WaveId
    note: str


class CloseWave(CommandBase, frozen=True, kw_only=True):
    """Close a rhythm's wave: its time has come. `next_at` is when the next one closes."""

    rhythm_id: RhythmId
    closes_at: Instant
    next_at: Instant | None = None


class ProposeWave(CommandBase, frozen=True, kw_only=True):
    """Publish a plan for a wave, and put it in force at once where policy says so."""

    wave_id: WaveId
    plan: WavePlan
    is_released: bool = False


class EndWave(CommandBase, frozen=True, kw_only=True):
    """Say that no work remains on a wave."""

    wave_id: WaveId


WaveCommand = (
    SetDepot
    | RetireDepot
    | SetCapacityUnits
    | SetWaveRhythm
    | WithdrawWaveRhythm
    | ReleaseWave
    | SendWaveBack
    | RecallWave
    | CloseWave
    | ProposeWave
    | EndWave
)
