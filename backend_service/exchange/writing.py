"""Writes records as CSV or JSON with the columns that `reading` reads: what is taken out can be brought in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec

from backend_service.exchange.cells import shielded
from backend_service.exchange.columns import Column, Table


def write_csv(records: Iterable[Any], table: Table, *, is_personal: bool) -> bytes:
    """Return records as CSV: UTF-8, comma, a header; texts are shielded from being taken for formulas.

    Parameters
    ----------
    is_personal : whether personal columns are filled
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow([column.name for column in table.columns])
    for record in records:
        writer.writerow([_csv_cell(column, _value(column, record, is_personal)) for column in table.columns])
    return sheet.getvalue().encode()


def write_json(records: Iterable[Any], table: Table, *, is_personal: bool) -> bytes:
    """Return records as a JSON list of objects; what is empty is left out. Parameters as in `write_csv`."""
    rows = []
    for record in records:
        values = {column.name: _value(column, record, is_personal) for column in table.columns}
        rows.append({name: value for name, value in values.items() if value is not None})
    return msgspec.json.encode(rows)


def write_template(table: Table) -> bytes:
    """Return a CSV file with the header and one example row."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow([column.name for column in table.columns])
    writer.writerow([_csv_cell(column, column.example) for column in table.columns])
    return sheet.getvalue().encode()


def _value(column: Column, record: Any, is_personal: bool) -> Any:
    if column.is_personal and not is_personal:
        return None
    value = column.value_of(record)
    return None if value == "" else value


def _csv_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    written = value if isinstance(value, str) else repr(value)
    return shielded(written) if column.is_text else written
