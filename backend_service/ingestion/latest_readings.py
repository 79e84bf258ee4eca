"""The newest reading of every vehicle's channel; it never goes backwards in time."""

from __future__ import annotations

from core.telemetry.reading_batch import ReadingBatch
from core.telemetry.reading_plausibility import newest_of_each
from core.vocabulary import Instant, Value


class Reading(Value, frozen=True, kw_only=True):
    """One reading; a state has no value and a number no state."""

    vehicle_id: str
    channel: str
    device_id: str
    read_at: Instant
    received_at: Instant
    value: float | None
    state: str = ""


class LatestReadings:
    """Newest readings by vehicle, then by channel."""

    def __init__(self) -> None:
        self._readings: dict[str, dict[str, Reading]] = {}

    def update(self, batch: ReadingBatch) -> None:
        """Take in a batch ordered by vehicle, channel, then time."""
        for row in batch.select(newest_of_each(batch)).rows():
            reading = reading_of(row)
            channels = self._readings.setdefault(reading.vehicle_id, {})
            known = channels.get(reading.channel)
            if known is None or reading.read_at > known.read_at:
                channels[reading.channel] = reading

    def of_vehicle(self, vehicle_id: str) -> dict[str, Reading]:
        """Return the newest readings of a vehicle by channel; empty if it told none."""
        return dict(self._readings.get(vehicle_id, {}))


def reading_of(row: tuple[str, str, str, float, float, float, str]) -> Reading:
    """Return a row of a `ReadingBatch` as a value."""
    device, vehicle, channel, read_at, received_at, value, state = row
    return Reading(
        vehicle_id=vehicle,
        channel=channel,
        device_id=device,
        read_at=read_at,
        received_at=received_at,
        value=None if state else value,
        state=state,
    )
