"""The operation as it stands: every view folded from the log, event by event.

The containers are mutable dictionaries of frozen records: folding a frozen mapping would copy 100,000 orders per
event. `apply` is the only way in, deterministic, and says which parts changed so that a screen refreshes only those.
Each part has its own file; this one routes events to parts and guards the order of positions.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from core.events.envelope import Envelope, Event
from core.projections.alarm_board import AlarmBoard
from core.projections.channel_board import ChannelBoard
from core.projections.closure_board import ClosureBoard
from core.projections.decision_book import DecisionBook
from core.projections.disruption_board import DisruptionBoard
from core.projections.driving_board import DrivingBoard
from core.projections.fence_picture import FencePicture
from core.projections.fleet_picture import FleetPicture
from core.projections.held_plans import HeldPlans
from core.projections.move_board import MoveBoard
from core.projections.order_board import OrderBoard
from core.projections.policy_book import PolicyBook
from core.projections.proposal_book import ProposalBook
from core.projections.regret_book import RegretBook
from core.projections.source_board import SourceBoard
from core.projections.wave_book import WaveBook


class Part(StrEnum):
    """What a change touches."""

    ORDER = "order"
    DRIVER = "driver"
    VEHICLE = "vehicle"
    ROUTE = "route"
    ZONES = "zones"
    FENCE = "fence"
    CROSSING = "crossing"
    RECOMMENDATION = "recommendation"
    OVERRIDE = "override"
    ACKNOWLEDGEMENT = "acknowledgement"
    SOURCE = "source"
    CHANNEL = "channel"
    POLICY = "policy"
    CLOSURE = "closure"
    WAVE = "wave"
    ALARM = "alarm"
    DRIVING = "driving"
    REGRET = "regret"
    PROPOSAL = "proposal"
    MOVE = "move"
    DISRUPTION = "disruption"


type Change = tuple[Part, str]
"""A part and the id of what changed in it."""


class OutOfOrder(Exception):
    """An event was applied twice or too early: a gap in the feed, never to be papered over."""


class Operation(msgspec.Struct):
    """All projections, as of log `position`; `versions` holds each stream's last version."""

    position: int = 0
    versions: dict[str, int] = {}
    orders: OrderBoard = msgspec.field(default_factory=OrderBoard)
    fleet: FleetPicture = msgspec.field(default_factory=FleetPicture)
    fences: FencePicture = msgspec.field(default_factory=FencePicture)
    decisions: DecisionBook = msgspec.field(default_factory=DecisionBook)
    sources: SourceBoard = msgspec.field(default_factory=SourceBoard)
    channels: ChannelBoard = msgspec.field(default_factory=ChannelBoard)
    policy: PolicyBook = msgspec.field(default_factory=PolicyBook)
    closures: ClosureBoard = msgspec.field(default_factory=ClosureBoard)
    alarms: AlarmBoard = msgspec.field(default_factory=AlarmBoard)
    driving: DrivingBoard = msgspec.field(default_factory=DrivingBoard)
    regrets: RegretBook = msgspec.field(default_factory=RegretBook)
    proposals: ProposalBook = msgspec.field(default_factory=ProposalBook)
    moves: MoveBoard = msgspec.field(default_factory=MoveBoard)
    waves: WaveBook = msgspec.field(default_factory=WaveBook)
    disruptions: DisruptionBoard = msgspec.field(default_factory=DisruptionBoard)
    held: HeldPlans = msgspec.field(default_factory=HeldPlans)

    def version_of(self, stream: str) -> int:
        """Return the last version of `stream`; 0 if it has no events."""
        return self.versions.get(stream, 0)

    def apply(self, envelope: Envelope, event: Event | None = None) -> set[Change]:
        """Fold one event and return what changed.

        Raises
        ------
        OutOfOrder
            If `envelope.position` is not exactly the next one.
        """
        if envelope.position != self.position + 1:
            raise OutOfOrder(f"expected position {self.position + 1}, got {envelope.position}")
        decoded = envelope.event() if event is None else event
        changes: set[Change] = set()
        going_on = self.held.apply(envelope, decoded, self.orders, self.fleet, self.moves)
        told_at = self.held.told_at(decoded, envelope.occurred_at)
        changes |= {(Part.ORDER, name) for name in self.orders.apply(envelope, decoded, told_at)}
        changes |= {(Part(part), name) for part, name in self.fleet.apply(envelope, decoded)}
        changes |= {(Part(part), name) for part, name in self.fences.apply(envelope, decoded)}
        changes |= {(Part(part), name) for part, name in self.decisions.apply(envelope, decoded, told_at)}
        changes |= {(Part.SOURCE, name) for name in self.sources.apply(envelope, decoded)}
        changes |= {(Part.CHANNEL, name) for name in self.channels.apply(envelope, decoded)}
        changes |= {(Part.POLICY, name) for name in self.policy.apply(envelope, decoded)}
        changes |= {(Part.CLOSURE, name) for name in self.closures.apply(envelope, decoded)}
        changes |= {(Part.ALARM, name) for name in self.alarms.apply(envelope, decoded)}
        changes |= {(Part.DRIVING, name) for name in self.driving.apply(envelope, decoded)}
        changes |= {(Part.REGRET, name) for name in self.regrets.apply(envelope, decoded)}
        changes |= {(Part.PROPOSAL, name) for name in self.proposals.apply(envelope, decoded)}
        changes |= {(Part.MOVE, name) for name in self.moves.apply(envelope, decoded)}
        changes |= {(Part.MOVE, name) for name in self.moves.go_on(going_on)}
        changes |= {(Part.WAVE, name) for name in self.waves.apply(envelope, decoded)}
        changes |= {(Part.DISRUPTION, name) for name in self.disruptions.apply(envelope, decoded)}
        self.position = envelope.position
        self.versions[envelope.stream] = envelope.version
        return changes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Operation)


def encode_operation(operation: Operation) -> bytes:
    """Return the whole state as MessagePack: a snapshot, or the start of a feed."""
    return _encoder.encode(operation)


def decode_operation(snapshot: bytes) -> Operation:
    """Return the state that `encode_operation` wrote."""
    return _decoder.decode(snapshot)
