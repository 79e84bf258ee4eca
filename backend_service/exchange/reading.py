"""Reads a file into rows: CSV (RFC 4180) in UTF-8, or a JSON list of objects with the same column names.

Pure, and slow enough for a large file to be run on a thread.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend_service.exchange.cells import BadCell, Cell
from backend_service.exchange.columns import Column, Table, Values
from core.commands import Command
from core.refusals import Refusal
from core.vocabulary import Instant

LARGEST_FILE = 8_000_000
MOST_ROWS = 5_000


class RowProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a row: its number as a spreadsheet counts (the header is 1; in JSON the first object is 1).

    `column` is empty where the whole row is meant.
    """

    row: int
    column: str
    code: str
    why: str


@dataclass(slots=True)
class ReadRows:
    """The commands that rows ask for, each with its row number, and what is wrong with the other rows."""

    rows: int = 0
    numbers: list[int] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


type _Row = tuple[int, dict[str, Cell] | str]
"""A row's number and its cells by column, or why it has none."""


def read_csv(body: bytes, table: Table, now: Instant) -> ReadRows:
    """Return the rows of a CSV file.

    Raises
    ------
    Refusal
        ``import.encoding``, ``import.empty``, ``import.columns``, ``import.quotes``, 422; ``import.too_large``, 413.
    """
    return _read(_csv_rows(_decoded(body), table), table, now)


def read_json(body: bytes, table: Table, now: Instant) -> ReadRows:
    """Return the rows of a JSON list.

    Raises
    ------
    Refusal
        ``import.json``, 422; ``import.too_large``, 413.
    """
    try:
        found = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8), type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("import.json", f"This is no JSON list of objects: {error}.") from None
    return _read(_json_rows(found, table), table, now)


def _read(rows: Iterator[_Row], table: Table, now: Instant) -> ReadRows:
    read, seen = ReadRows(), dict[str, int]()
    for number, row in rows:
        read.rows += 1
        if read.rows > MOST_ROWS:
            raise Refusal("import.too_large", f"At most {MOST_ROWS} rows at once: split the file.", status=413)
        if isinstance(row, str):
            read.problems.append(RowProblem(row=number, column="", code="row.shape", why=row))
            continue
        values, problems = _values(number, row, table)
        problems += _seen_before(number, values.get(table.key), table, seen)
        command = None if problems else _command(number, values, table, now, problems)
        read.problems += problems
        if command is not None:
            read.numbers.append(number)
            read.commands.append(command)
    return read


def _values(number: int, row: dict[str, Cell], table: Table) -> tuple[Values, list[RowProblem]]:
    values: Values = {}
    problems = []
    for column in table.columns:
        cell = row.get(column.name)
        if cell is None or cell.value is None or cell.value == "":
            if column.is_required:
                problems.append(RowProblem(row=number, column=column.name, code="cell.missing", why="must be given"))
            continue
        try:
            values[column.name] = column.read(cell)
        except BadCell as bad:
            problems.append(RowProblem(row=number, column=column.name, code="cell.unreadable", why=str(bad)))
    return values, problems


def _seen_before(number: int, key: str | None, table: Table, seen: dict[str, int]) -> list[RowProblem]:
    if key is None:
        return []
    first = seen.setdefault(key, number)
    why = f"stands in row {first} already"
    return [] if first == number else [RowProblem(row=number, column=table.key, code="row.repeated", why=why)]


def _command(number: int, values: Values, table: Table, now: Instant, problems: list[RowProblem]) -> Command | None:
    try:
        return table.build(values, now)
    except ValueError as error:
        problems.append(RowProblem(row=number, column="", code="row.contradicts_itself", why=str(error)))
        return None


# --- CSV -------------------------------------------------------------------------------------------------------------


def _decoded(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refusal("import.encoding", "The file is in UTF-16: save it as “CSV UTF-8”.")
    try:
        return body.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise Refusal(
            "import.encoding", f"The file is not in UTF-8 (byte {error.start}): save it as “CSV UTF-8”."
        ) from None


def _csv_rows(content: str, table: Table) -> Iterator[_Row]:
    delimiter = _delimiter(content)
    lines = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    numbered = enumerate(_quoted_well(lines), start=1)
    _, header = next(numbered, (0, []))
    names = _header(header, table)
    for number, line in numbered:
        if not line:
            continue
        if len(line) != len(names):
            yield number, f"has {len(line)} cells where the header has {len(names)}"
            continue
        yield number, {name: Cell(value, True, delimiter == ";") for name, value in zip(names, line, strict=True)}


def _quoted_well(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise Refusal("import.quotes", f"The file cannot be taken apart into cells: {error}.") from None


def _delimiter(content: str) -> str:
    """Return what separates the cells: whichever of comma and semicolon the header has more of."""
    header = content.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _header(names: list[str], table: Table) -> list[str]:
    stripped = [name.strip() for name in names]
    if not any(stripped):
        raise Refusal("import.empty", "The file has no header. Its first row names the columns.")
    _check_names(stripped, table.columns)
    return stripped


def _check_names(names: list[str], columns: tuple[Column, ...]) -> None:
    known = [column.name for column in columns]
    unknown = sorted({name for name in names if name not in known})
    repeated = sorted({name for name in names if names.count(name) > 1})
    missing = [column.name for column in columns if column.is_required and column.name not in names]
    said = [
        f"{what}: {', '.join(found[:10])}"
        for what, found in (("unknown", unknown), ("named twice", repeated), ("missing", missing))
        if found
    ]
    if said:
        raise Refusal(
            "import.columns",
            f"The columns do not fit ({'; '.join(said)}). Known are {', '.join(known)}.",
            unknown=unknown,
            repeated=repeated,
            missing=missing,
        )


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json_rows(objects: list[dict[str, Any]], table: Table) -> Iterator[_Row]:
    known = {column.name for column in table.columns}
    for number, row in enumerate(objects, start=1):
        unknown = sorted(row.keys() - known)
        if unknown:
            yield number, f"has unknown columns: {', '.join(unknown[:10])}"
        else:
            yield number, {name: Cell(value, is_text=False) for name, value in row.items()}
