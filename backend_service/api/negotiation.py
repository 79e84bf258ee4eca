"""How a body is written and how the answer is wanted: JSON, or MessagePack where the headers say so.

Problems are always JSON (RFC 9457): whoever debugs a gateway reads them with the eye.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from backend_service.ingestion.row_codec import Encoding
from core.refusals import Refusal

_MSGPACK = frozenset({"application/msgpack", "application/vnd.msgpack", "application/x-msgpack"})


def encoding_of(request: Request[Any, Any, State]) -> Encoding:
    """Return how the body is written; a request that does not say is taken for JSON.

    Raises
    ------
    Refusal
        ``request.media_type``, 415, naming the two that are understood.
    """
    told = _media_type(request.headers.get("content-type", ""))
    if told in _MSGPACK:
        return Encoding.MSGPACK
    if not told or told == "application/json" or told.endswith("+json"):
        return Encoding.JSON
    raise Refusal(
        "request.media_type",
        f"This address takes {Encoding.JSON.value} and {Encoding.MSGPACK.value}, not {told}.",
        status=415,
    )


def answered[Answer](request: Request[Any, Any, State], answer: Answer) -> Response[Answer]:
    """Return the answer in MessagePack if the request prefers that to JSON."""
    wanted = [_media_type(part) for part in request.headers.get("accept", "").split(",")]
    packed = next((name for name in wanted if name in _MSGPACK), None)
    is_packed = packed is not None and Encoding.JSON.value not in wanted[: wanted.index(packed)]
    encoding = Encoding.MSGPACK if is_packed else Encoding.JSON
    content: Any = msgspec.msgpack.encode(answer) if is_packed else answer
    return Response(content, media_type=encoding.value, headers={"Vary": "Accept"})


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()
