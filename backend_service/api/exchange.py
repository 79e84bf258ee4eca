"""Files in and out: orders, vehicles and drivers as CSV or JSON, with a dry run before anything is kept."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, QueryParameter

from backend_service.access import require_permitted
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.file_answers import MOST_PROBLEMS, attachment, bad_file, tell_forms
from backend_service.api.identification import DESK, SUPERVISION, IdempotencyKey, allowed, command_id_of
from backend_service.api.negotiation import media_type_of
from backend_service.api.problems import problems
from backend_service.exchange.columns import TABLES, Kind, Table
from backend_service.exchange.reading import LARGEST_FILE, ReadRows, RowProblem, read_csv, read_json
from backend_service.exchange.writing import write_csv, write_json, write_template
from backend_service.handlers.joint_execution import Together
from core.commands import RecordExport
from core.orders.order import Order
from core.refusals import Refusal
from core.vocabulary import PLATFORM

_CSV, _JSON = "text/csv", "application/json"


class Mode(StrEnum):
    """Only look; keep all or nothing; keep what is good."""

    DRY_RUN = "dry_run"
    ALL_OR_NOTHING = "all_or_nothing"
    GOOD_ROWS = "good_rows"


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSON = "json"


class Reach(StrEnum):
    """Which orders are taken out; vehicles and drivers always are all."""

    ALL = "all"
    OPEN = "open"


class ImportView(msgspec.Struct, kw_only=True):
    """What became of a file: of its `rows`, `good` could be kept and `kept` were; `problems` are of the others.

    At most 1,000 problems are listed; `problem_count` counts all. `position` is where the log holds the last event.
    """

    kind: Kind
    mode: Mode
    rows: int
    good: int
    kept: int
    problem_count: int
    problems: list[RowProblem]
    position: int | None = None


@dataclass
class FileOperation(Operation):
    """Documents the body, which is read by its own media type."""

    def __post_init__(self) -> None:
        row = Schema(type=OpenAPIType.OBJECT)
        example = [{"vehicle_id": "V-07", "plate": "KXRT-21"}]
        self.request_body = RequestBody(
            required=True,
            content={
                _CSV: OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.STRING),
                    examples={"vehicles": Example(value="vehicle_id,plate\r\nV-07,KXRT-21\r\n")},
                ),
                _JSON: OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.ARRAY, items=row), examples={"vehicles": Example(value=example)}
                ),
            },
        )


@dataclass
class TakingOut(Operation):
    """Documents that the file comes as CSV or as JSON."""

    def __post_init__(self) -> None:
        row = Schema(type=OpenAPIType.OBJECT)
        tell_forms(self, {_JSON: Schema(type=OpenAPIType.ARRAY, items=row)})


ChosenMode = Annotated[Mode, QueryParameter(description="Without it nothing is kept: the file is only looked at.")]
ChosenFormat = Annotated[FileFormat, QueryParameter(name="format", description="How the file is written.")]
ChosenReach = Annotated[Reach, QueryParameter(description="Which orders; vehicles and drivers are always all.")]


@post(
    "/imports/{kind:str}",
    status_code=200,
    guards=[allowed(DESK)],
    operation_class=FileOperation,
    request_max_body_size=LARGEST_FILE,
    responses=problems(409, 413, 415, 422, 503),
    summary="Bring a file in",
)
async def bring_in(
    kind: FromPath[Kind],
    request: Request[Any, Any, State],
    tower: Tower,
    identity: Caller,
    mode: ChosenMode = Mode.DRY_RUN,
    idempotency_key: IdempotencyKey = None,
) -> ImportView:
    """Look at a file, or keep its rows: all or nothing in one step, or only the good ones."""
    table = TABLES[kind]
    require_permitted(identity.actor, table.command)
    body = await request.body()
    read = await asyncio.to_thread(_reader(request), body, table, tower.clock.now())
    if mode is Mode.DRY_RUN or (mode is Mode.ALL_OR_NOTHING and read.problems):
        rehearsed = await tower.bus.rehearse(read.commands, identity.actor)
        if mode is Mode.DRY_RUN:
            return _view(table, mode, read, rehearsed, kept=0)
        raise _nothing_kept(table, read, rehearsed)
    given = command_id_of(identity.actor, idempotency_key, "import")
    together = await tower.bus.execute_together(
        read.commands,
        identity.actor,
        is_partial=mode is Mode.GOOD_ROWS,
        command_id=given,
        fingerprint=hashlib.sha256(f"{kind}/{mode}/".encode() + body).hexdigest(),
    )
    if mode is Mode.ALL_OR_NOTHING and together.refused:
        raise _nothing_kept(table, read, together)
    return _view(table, mode, read, together, kept=together.kept)


@get(
    "/imports/{kind:str}/template",
    guards=[allowed(DESK)],
    media_type=_CSV,
    responses=problems(404),
    summary="Read a template",
)
async def read_template(kind: FromPath[Kind]) -> Response[bytes]:
    """Return a CSV file with the columns and one example row, to be filled in."""
    return _file(write_template(TABLES[kind]), f"{kind}-template", FileFormat.CSV)


@get(
    "/exports/{kind:str}",
    guards=[allowed(DESK)],
    media_type=_CSV,
    operation_class=TakingOut,
    responses=problems(404, 503),
    summary="Take a file out",
)
async def take_out(
    kind: FromPath[Kind],
    tower: Tower,
    identity: Caller,
    file_format: ChosenFormat = FileFormat.CSV,
    reach: ChosenReach = Reach.ALL,
) -> Response[bytes]:
    """Return everything of a kind, as it can be brought in again.

    Names, telephone numbers, addresses and licences are filled in for supervisors and administrators only. Every
    file that is taken out is recorded.
    """
    table = TABLES[kind]
    is_personal = identity.actor.role in SUPERVISION
    records = [record for record in table.records(tower.bus.operation) if _reaches(reach, record)]
    record_of_it = RecordExport(kind=kind.value, rows=len(records), is_personal=is_personal, by=identity.actor.subject)
    await tower.bus.execute(record_of_it, PLATFORM)
    write = write_csv if file_format is FileFormat.CSV else write_json
    content = await asyncio.to_thread(write, records, table, is_personal=is_personal)
    return _file(content, kind.value, file_format)


def _reader(request: Request[Any, Any, State]) -> Any:
    media_type = media_type_of(request)
    if media_type == _CSV:
        return read_csv
    if media_type == _JSON:
        return read_json
    raise Refusal("request.media_type", f"A file comes as {_CSV} or {_JSON}.", status=415)


def _reaches(reach: Reach, record: object) -> bool:
    return reach is Reach.ALL or not isinstance(record, Order) or record.state.is_open


def _file(content: bytes, name: str, file_format: FileFormat) -> Response[bytes]:
    media_type = f"{_CSV}; charset=utf-8; header=present" if file_format is FileFormat.CSV else _JSON
    return attachment(content, f"{name}.{file_format}", media_type)


def _problems(table: Table, read: ReadRows, together: Together) -> list[RowProblem]:
    refused = [
        RowProblem(
            row=read.numbers[one.index], column=table.column_of.get(one.code, ""), code=one.code, why=one.sentence
        )
        for one in together.refused
    ]
    return sorted([*read.problems, *refused], key=lambda problem: problem.row)


def _view(table: Table, mode: Mode, read: ReadRows, together: Together, *, kept: int) -> ImportView:
    found = _problems(table, read, together)
    return ImportView(
        kind=table.kind,
        mode=mode,
        rows=read.rows,
        good=len(read.commands) - len(together.refused),
        kept=kept,
        problem_count=len(found),
        problems=found[:MOST_PROBLEMS],
        position=together.position if kept else None,
    )


def _nothing_kept(table: Table, read: ReadRows, together: Together) -> Refusal:
    found = _problems(table, read, together)
    sentence = f"{len({problem.row for problem in found})} of {read.rows} rows are bad: nothing was kept."
    return bad_file("import.bad_rows", sentence, found, rows=read.rows)


EXCHANGE_HANDLERS = (bring_in, read_template, take_out)
"""Take ``text/csv`` and ``application/json``."""
