"""How a body is written and how the answer is wanted: JSON, or MessagePack where the headers say so.

Problems are always JSON (RFC 9457): whoever debugs a gateway reads them with the eye.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

from backend_service.ingestion.row_codec import Encoding
from core.refusals import Refusal

_MSGPACK = frozenset({"application/msgpack", "application/vnd.msgpack", "application/x-msgpack"})
_OFFERED = (Encoding.JSON, Encoding.MSGPACK)
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
"""RFC 9110, section 12.4.2."""


def media_type_of(request: Request[Any, Any, State]) -> str:
    """Return the media type of the body without its parameters, in small letters; nothing where it is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def encoding_of(request: Request[Any, Any, State]) -> Encoding:
    """Return how the body is written; a request that does not say is taken for JSON.

    Raises
    ------
    Refusal
        ``request.media_type``, 415, naming the two that are understood.
    """
    told = media_type_of(request)
    if told in _MSGPACK:
        return Encoding.MSGPACK
    if not told or told == "application/json" or told.endswith("+json"):
        return Encoding.JSON
    raise Refusal(
        "request.media_type",
        f"This address takes {Encoding.JSON.value} and {Encoding.MSGPACK.value}, not {told}.",
        status=415,
    )


def wanted_encoding(request: Request[Any, Any, State]) -> Encoding:
    """Return how the answer is wanted, by RFC 9110, section 12.5.1; asked before anything is carried out.

    The heavier weight wins, then the range that names the type more closely, then the one named first; JSON where the
    request says nothing. A range whose weight cannot be read counts for nothing.

    Raises
    ------
    Refusal
        ``request.not_acceptable``, 406, naming what is available.
    """
    header = request.headers.get("accept", "")
    if not header.strip():
        return Encoding.JSON
    ranges = [(place, *_weighed(part)) for place, part in enumerate(header.split(","))]
    best = max((_liking(encoding, ranges), -number, encoding) for number, encoding in enumerate(_OFFERED))
    if not best[0][0]:
        available = [encoding.value for encoding in _OFFERED]
        sentence = f"This address answers in {' or '.join(available)}; the request accepts neither."
        raise Refusal("request.not_acceptable", sentence, status=406, available=available)
    return best[2]


def answered[Answer](wanted: Encoding, answer: Answer) -> Response[Answer]:
    """Return the answer in the encoding that `wanted_encoding` found."""
    content: Any = msgspec.msgpack.encode(answer) if wanted is Encoding.MSGPACK else answer
    return Response(content, media_type=wanted.value, headers={"Vary": "Accept"})


type _Range = tuple[int, str, float]
"""Place in the header, media range, weight from 0 to 1."""


def _liking(encoding: Encoding, ranges: list[_Range]) -> tuple[float, int, int]:
    """Return weight, closeness and earliness of the range that counts for an encoding: the closest that fits."""
    names = _MSGPACK if encoding is Encoding.MSGPACK else {encoding.value}
    closeness = {"*/*": 1, "application/*": 2} | dict.fromkeys(names, 3)
    fitting = [(closeness[name], weight, -place) for place, name, weight in ranges if name in closeness]
    near, weight, earliness = max(fitting, default=(0, 0.0, 0))
    return weight, near, earliness


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    told = next((value for key, _, value in (piece.partition("=") for piece in parameters) if key == "q"), "1")
    return (name, float(told)) if _WEIGHT.fullmatch(told) else ("", 0.0)
