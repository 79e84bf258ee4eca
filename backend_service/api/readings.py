"""Where readings of channels come in: batches of gateways and devices, as JSON or MessagePack."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.openapi.spec import OpenAPIType, Operation, Schema

from backend_service.api.channel_doors import channel_doors
from backend_service.api.collaborators import Tower
from backend_service.api.negotiation import answered, encoding_of, wanted_encoding
from backend_service.api.problems import problems
from backend_service.api.telemetry import BATCH, TelemetryReport, batch_body, counting_turned_away, senders_of
from backend_service.ingestion.proof import SENDERS
from backend_service.ingestion.reading_rows import MOST_READINGS, decode_readings

_NUMBER = Schema(type=OpenAPIType.NUMBER)
_TEXT = Schema(type=OpenAPIType.STRING)
_ROW = Schema(
    type=OpenAPIType.OBJECT,
    required=["read_at", "channel", "value"],
    properties={
        "device": _TEXT,
        "vehicle": _TEXT,
        "read_at": Schema(any_of=[_NUMBER, _TEXT], description="RFC 3339, epoch seconds, or epoch milliseconds."),
        "channel": Schema(type=OpenAPIType.STRING, description="A full name, such as temperature.cargo."),
        "value": Schema(
            any_of=[_NUMBER, _TEXT, Schema(type=OpenAPIType.BOOLEAN)],
            description="A number in the channel's unit, a word of its states, or true and false.",
        ),
    },
)
_ONE_READING = {"vehicle": "V-07", "read_at": "2026-11-20T16:04:11Z", "channel": "temperature.cargo", "value": 4.2}


@dataclass
class ReadingsOperation(Operation):
    """Documents the body, which the handler decodes itself: one bad row must not refuse its neighbours."""

    def __post_init__(self) -> None:
        self.request_body = batch_body("readings", _ROW, _ONE_READING, MOST_READINGS)


@post(
    "/telemetry/readings",
    status_code=200,
    opt={"roles": SENDERS},
    operation_class=ReadingsOperation,
    responses=problems(406, 413, 415, 503),
    summary="Send a batch of readings",
)
async def take_readings(request: Request[Any, Any, State], tower: Tower) -> Response[TelemetryReport]:
    """Take readings of channels in; the answer comes when the accepted ones are on disk."""
    wanted = wanted_encoding(request)
    with counting_turned_away(tower):
        senders = senders_of(request, tower)
        intake = channel_doors(tower).intake
        decoded = decode_readings(await request.body(), encoding_of(request), senders, tower.clock.now())
    intake.count_rejected(decoded.rejected)
    with tower.reception.counting_put_off(BATCH):
        report = await intake.take(decoded.batch)
        tower.reception.compare_clocks(decoded.batch)
    tower.reception.count(BATCH, "readings")
    rejected = Counter({str(reason): count for reason, count in decoded.rejected.items()})
    rejected.update(report.rejected)
    return answered(wanted, TelemetryReport(accepted=report.accepted, rejected=dict(rejected)))
