"""What schemathesis does not bring: MessagePack, to write the bodies that the document describes and read answers."""

from __future__ import annotations

from typing import Any

import msgspec
import schemathesis

PACKED = "application/vnd.msgpack"


@schemathesis.serializer(PACKED)
def packed(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """Return a body in MessagePack; numbers beyond 64 bits are not in it and go as texts."""
    return msgspec.msgpack.encode(_within_64_bits(value))


@schemathesis.deserializer(PACKED)
def unpacked(_: schemathesis.DeserializationContext, response: schemathesis.Response) -> Any:
    """Return what an answer holds."""
    return msgspec.msgpack.decode(response.content)


def _within_64_bits(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _within_64_bits(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_within_64_bits(part) for part in value]
    if isinstance(value, bool | str | float | bytes) or value is None:
        return value
    return value if isinstance(value, int) and -(2**63) <= value < 2**64 else str(value)
