"""The protocols that devices and their servers speak over HTTP, by the name in the address: one line for each.

`docs/NEW_DOOR.md` says how to add one. Those of the tracker port, whose address is its protocol's own, are not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.owntracks import decode_owntracks
from backend_service.ingestion.traccar_forward import decode_forwarded


@dataclass(frozen=True, slots=True)
class HttpProtocol:
    """How a body is read, and what its sender wants to hear when all is well."""

    decode: Callable[[bytes], DeviceMessage]
    answer: bytes = b""
    media_type: str = "text/plain"


HTTP_PROTOCOLS: dict[str, HttpProtocol] = {
    "owntracks": HttpProtocol(decode_owntracks, answer=b"[]", media_type="application/json"),
    "traccar": HttpProtocol(decode_forwarded),
}
