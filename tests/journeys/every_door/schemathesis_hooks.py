"""What schemathesis does not bring: MessagePack, to write the bodies that the document describes and read answers.

And what it would send otherwise than it says: a list in the place of a path's name is put there unquoted, so that a
``#`` in it ends the path, and another address is asked than the one whose answer is judged.
"""

from __future__ import annotations

from typing import Any

import msgspec
import schemathesis

PACKED = "application/vnd.msgpack"
_PATH_ENDS = frozenset("#?/")


@schemathesis.serializer(PACKED)
def packed(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """Return a body in MessagePack; numbers beyond 64 bits are not in it and go as texts."""
    return msgspec.msgpack.encode(_within_64_bits(value))


@schemathesis.deserializer(PACKED)
def unpacked(_: schemathesis.DeserializationContext, response: schemathesis.Response) -> Any:
    """Return what an answer holds."""
    return msgspec.msgpack.decode(response.content)


@schemathesis.hook
def filter_path_parameters(_: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> bool:
    """Say whether the address that is asked will be the one that is meant."""
    named = (path_parameters or {}).values()
    return all(isinstance(value, str) or _PATH_ENDS.isdisjoint(str(value)) for value in named)


def _within_64_bits(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _within_64_bits(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_within_64_bits(part) for part in value]
    if isinstance(value, bool | str | float | bytes) or value is None:
        return value
    return value if isinstance(value, int) and -(2**63) <= value < 2**64 else str(value)
