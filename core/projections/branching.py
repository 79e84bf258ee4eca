"""A branch of the operation: the same records in containers of its own, to decide many commands on before any counts.

Records are frozen and shared; only the containers are copied, about 10 ms for 100,000 orders.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import fields

from core.projections.operation import Operation


def branched(operation: Operation) -> Operation:
    """Return an operation that can be changed without changing `operation`."""
    branch = _copied(operation)
    assert isinstance(branch, Operation)
    return branch


def take_over(operation: Operation, branch: Operation) -> None:
    """Let `operation` be what `branch` is, at once; the branch must not be used after."""
    for member in fields(Operation):
        setattr(operation, member.name, getattr(branch, member.name))


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _copied(member) for key, member in value.items()}
        case list() | set():
            return value.copy()
        case msgspec.Struct() if not value.__struct_config__.frozen:
            return type(value)(**{field.name: _copied(getattr(value, field.name)) for field in fields(value)})
        case _:
            return value
