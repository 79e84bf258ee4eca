"""`docs/IMPORT.md` names every column, whether it must be given, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend_service.exchange.columns import TABLES, Table

DOCUMENT = Path(__file__).parents[3] / "docs" / "IMPORT.md"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind)
def test_every_column_is_documented(table: Table) -> None:
    [section] = re.findall(rf"^## {table.kind.capitalize()}\n(.*?)^## ", DOCUMENT.read_text(), re.M | re.S)
    found = [(name, bool(star)) for name, star in re.findall(r"^\| `(\w+)`( \*)? \|", section, re.M)]
    assert found == [(column.name, column.is_required) for column in table.columns]
