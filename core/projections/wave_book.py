"""Depots, rhythms and waves, and which order is in which wave, folded from wave and order events."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from core.dispatch.waves.rhythm import RhythmId, WaveRhythm
from core.dispatch.waves.wave import Wave, WaveId, WaveState
from core.events import wave_events as happened
from core.events.envelope import Envelope, Event
from core.events.order_events import DeliveryFailed, OrderCancelled, OrderDelivered
from core.fleet.depot import Depot, DepotId
from core.orders.order import Order
from core.vocabulary import DriverId, Instant, OrderId

ENDED_KEPT = 40
"""So many waves stay known after their end."""

type _Changed = set[str]


class WaveBook(msgspec.Struct):
    """Depots, units and rhythms by id; waves by id, the newest last.

    `looked_at` says up to when a rhythm's closings are done. `of_orders` holds the open orders that a wave has;
    `given_up` those of a depot that no wave serves: dispatch may have them, and a later wave.
    """

    depots: dict[DepotId, Depot] = {}
    units: dict[str, str] = {}
    rhythms: dict[RhythmId, WaveRhythm] = {}
    looked_at: dict[RhythmId, Instant] = {}
    waves: dict[WaveId, Wave] = {}
    of_orders: dict[OrderId, WaveId] = {}
    given_up: set[OrderId] = set()

    def running(self) -> list[Wave]:
        """Return the waves on which work remains, the oldest first."""
        return [wave for wave in self.waves.values() if wave.state is not WaveState.ENDED]

    def leaving(self, driver_id: DriverId) -> Instant:
        """Return when a driver with a wave's route is to leave; long past for who drives in none, or has left."""
        plans = (wave.plan for wave in self.running() if wave.plan is not None)
        routes = (route for plan in plans for route in plan.routes if route.driver_id == driver_id)
        return max((route.leaves_at for route in routes if not route.frozen), default=0.0)

    def keeps(self, order: Order) -> bool:
        """Say whether the order is for waves alone: nothing else plans it."""
        if order.order_id in self.of_orders:
            return True
        return order.depot_id is not None and order.driver_id is None and order.order_id not in self.given_up

    def brings(self, order: Order) -> bool:
        """Say whether the order comes by a wave: it is no work for whoever is around, before, in or after one."""
        return order.depot_id is not None and order.order_id not in self.given_up

    def apply(self, envelope: Envelope, event: Event) -> _Changed:
        """Fold one event; return the ids of the waves it changed, an empty name for depots and rhythms."""
        match event:
            case OrderDelivered() | DeliveryFailed() | OrderCancelled():
                return self._ended(event.order_id)
            case happened.WaveClosed():
                return self._closed(event)
            case happened.WaveProposed():
                return self._proposed(event)
            case happened.WaveReleased():
                return self._released(event, envelope)
            case happened.WaveSentBack():
                return self._sent_back(event)
            case happened.WaveRecalled():
                wave = self.waves[event.wave_id]
                return self._keep(
                    replace(wave, state=WaveState.PROPOSED, proposal=wave.plan, plan=None, note=event.note)
                )
            case happened.WaveEnded():
                return self._finished(event, envelope)
            case _:
                return self._arranged(envelope, event)

    def _arranged(self, envelope: Envelope, event: Event) -> _Changed:
        match event:
            case happened.DepotSet():
                self.depots[event.depot.depot_id] = event.depot
            case happened.DepotRetired():
                self.depots.pop(event.depot_id, None)
            case happened.CapacityUnitsSet():
                self.units = dict(event.units)
            case happened.WaveRhythmSet():
                self.rhythms[event.rhythm.rhythm_id] = event.rhythm
                self.looked_at[event.rhythm.rhythm_id] = envelope.occurred_at
            case happened.WaveRhythmWithdrawn():
                self.rhythms.pop(event.rhythm_id, None)
                self.looked_at.pop(event.rhythm_id, None)
            case _:
                return set()
        return {""}

    def _ended(self, order_id: OrderId) -> _Changed:
        self.given_up.discard(order_id)
        wave_id = self.of_orders.pop(order_id, None)
        return set() if wave_id is None else {wave_id}

    def _closed(self, event: happened.WaveClosed) -> _Changed:
        self.looked_at[event.rhythm_id] = event.closes_at
        if not event.order_ids:
            return set()
        self._take(event.wave_id, event.order_ids)
        return self._keep(
            Wave(
                wave_id=event.wave_id,
                rhythm_id=event.rhythm_id,
                name=event.name,
                depot_ids=event.depot_ids,
                closed_at=event.closes_at,
                starts_at=event.starts_at,
                state=WaveState.CLOSED,
                order_ids=event.order_ids,
            )
        )

    def _proposed(self, event: happened.WaveProposed) -> _Changed:
        wave = self.waves[event.wave_id]
        self._take(wave.wave_id, event.plan.joined)
        return self._keep(
            replace(
                wave,
                state=WaveState.PROPOSED if wave.plan is None else wave.state,
                proposal=event.plan,
                plans_made=event.plan.number,
                order_ids=tuple(dict.fromkeys((*wave.order_ids, *event.plan.joined))),
            )
        )

    def _released(self, event: happened.WaveReleased, envelope: Envelope) -> _Changed:
        wave = self.waves[event.wave_id]
        assert wave.proposal is not None, "only a proposal is released"
        left_out = {one.order_id for one in wave.proposal.unserved if not one.is_aside}
        return self._keep(
            replace(
                self._without(wave, left_out),
                state=WaveState.RELEASED,
                plan=wave.proposal,
                proposal=None,
                note="",
                released_at=envelope.occurred_at,
                released_by=envelope.actor.subject,
            )
        )

    def _sent_back(self, event: happened.WaveSentBack) -> _Changed:
        wave = self._without(self.waves[event.wave_id], event.without_orders)
        drivers = tuple(dict.fromkeys((*wave.without_drivers, *event.without_drivers)))
        state = WaveState.CLOSED if wave.plan is None else wave.state
        return self._keep(replace(wave, state=state, proposal=None, without_drivers=drivers, note=event.note))

    def _finished(self, event: happened.WaveEnded, envelope: Envelope) -> _Changed:
        wave = self.waves[event.wave_id]
        self.of_orders = {name: where for name, where in self.of_orders.items() if where != event.wave_id}
        changed = self._keep(replace(wave, state=WaveState.ENDED, proposal=None, ended_at=envelope.occurred_at))
        over = [name for name, known in self.waves.items() if known.state is WaveState.ENDED]
        for name in over[:-ENDED_KEPT]:
            del self.waves[name]
            changed.add(name)
        return changed

    def _take(self, wave_id: WaveId, order_ids: Iterable[OrderId]) -> None:
        for order_id in order_ids:
            self.of_orders[order_id] = wave_id
            self.given_up.discard(order_id)

    def _without(self, wave: Wave, order_ids: Iterable[OrderId]) -> Wave:
        """Return the wave without these orders, which dispatch may have from now on."""
        gone = set(order_ids)
        for order_id in gone & set(wave.order_ids):
            self.of_orders.pop(order_id, None)
            self.given_up.add(order_id)
        return replace(wave, order_ids=tuple(name for name in wave.order_ids if name not in gone))

    def _keep(self, wave: Wave) -> _Changed:
        self.waves[wave.wave_id] = wave
        return {wave.wave_id}
