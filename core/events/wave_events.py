"""What happened to depots, wave rhythms and waves."""

from __future__ import annotations

from core.dispatch.waves.rhythm import RhythmId, WaveRhythm
from core.dispatch.waves.wave import WaveId, WavePlan
from core.events.envelope import Event
from core.fleet.depot import Depot, DepotId
from core.vocabulary import DriverId, Instant, OrderId


class DepotSet(Event, frozen=True, kw_only=True):
    """A depot was added, or got other particulars."""

    is_audited = True

    depot: Depot


class DepotRetired(Event, frozen=True, kw_only=True):
    """A depot takes no more orders."""

    is_audited = True

    depot_id: DepotId


class CapacityUnitsSet(Event, frozen=True, kw_only=True):
    """The units that loads are counted in, beside litres and kilograms: what people read, by name."""

    is_audited = True

    units: dict[str, str]


class WaveRhythmSet(Event, frozen=True, kw_only=True):
    """Waves close at other times, or for other depots and zones."""

    is_audited = True

    rhythm: WaveRhythm


class WaveRhythmWithdrawn(Event, frozen=True, kw_only=True):
    """No more waves close by this rhythm."""

    is_audited = True

    rhythm_id: RhythmId


class WaveClosed(Event, frozen=True, kw_only=True):
    """A rhythm's time came; without orders no wave was made."""

    wave_id: WaveId
    rhythm_id: RhythmId
    name: str
    depot_ids: tuple[DepotId, ...]
    closes_at: Instant
    starts_at: Instant
    order_ids: tuple[OrderId, ...]


class WaveProposed(Event, frozen=True, kw_only=True):
    """A plan was made for a wave, its first or, while it runs, a better fitting one."""

    wave_id: WaveId
    plan: WavePlan


class WaveReleased(Event, frozen=True, kw_only=True):
    """The proposed plan was put in force: the drivers have their routes.

    Until `tell_at` they are not told; `gets` holds each driver whom it touches, with the orders that are to be his.
    """

    is_audited = True

    wave_id: WaveId
    number: int
    is_automatic: bool = False
    tell_at: Instant | None = None
    gets: dict[DriverId, tuple[OrderId, ...]] = {}


class WaveSentBack(Event, frozen=True, kw_only=True):
    """A person wants another plan: without some orders, without some drivers, or just a better one."""

    is_audited = True

    wave_id: WaveId
    number: int
    note: str
    without_orders: tuple[OrderId, ...] = ()
    without_drivers: tuple[DriverId, ...] = ()


class WaveRecalled(Event, frozen=True, kw_only=True):
    """A release was taken back before the first departure: the plan is a proposal again."""

    is_audited = True

    wave_id: WaveId
    number: int
    note: str


class WaveEnded(Event, frozen=True, kw_only=True):
    """No work remains on a wave."""

    wave_id: WaveId
