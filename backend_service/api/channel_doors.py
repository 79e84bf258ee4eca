"""What the API needs to take readings in, to give them back, and to say how devices do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.reading_intake import ReadingIntake
from core.refusals import Fault
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant, VehicleId

if TYPE_CHECKING:
    from backend_service.api.collaborators import ApiCollaborators


class ReadingHistory(Protocol):
    """The reading archive, as far as the API needs it."""

    async def read(
        self,
        vehicle_id: VehicleId,
        channel: str,
        since_at: Instant,
        until_at: Instant,
        *,
        limit: int,
        after: tuple[Instant, str] | None,
    ) -> ReadingBatch:
        """Return at most `limit` readings in [`since_at`, `until_at`), oldest first, from behind `after` on."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelDoors:
    """Where readings go in, where they come out, and the devices that send them."""

    intake: ReadingIntake
    history: ReadingHistory
    devices: DeviceBoard


def channel_doors(tower: ApiCollaborators) -> ChannelDoors:
    """Return them.

    Raises
    ------
    Fault
        ``channels.unavailable`` where a service does without.
    """
    if tower.channels is None:
        raise Fault("channels.unavailable", "This service keeps no readings.")
    return tower.channels
