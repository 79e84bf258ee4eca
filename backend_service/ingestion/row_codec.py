"""Bodies of rows, as JSON or as MessagePack: one decoder per encoding, the same row for both.

The whole body is decoded at once; only if a row does not fit is it taken apart, so that one bad row costs only itself.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from backend_service.ingestion.single_fix import malformed
from core.refusals import Refusal


class Encoding(StrEnum):
    """How a body is written."""

    JSON = "application/json"
    MSGPACK = "application/vnd.msgpack"


_DECODERS: dict[Encoding, Any] = {Encoding.JSON: msgspec.json.Decoder, Encoding.MSGPACK: msgspec.msgpack.Decoder}
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What decoders raise on what they cannot read; nesting without end is met by the interpreter's own limit."""


def read[Body](decode: Callable[[bytes], Body], body: bytes) -> Body:
    """Return what msgspec decodes of a body.

    Raises
    ------
    Refusal
        ``telemetry.malformed``.
    """
    try:
        return decode(body)
    except _UNREADABLE as error:
        raise malformed("body", str(error)) from None


class RowCodec[Row: msgspec.Struct]:
    """Reads ``{field: [row, ...]}``.

    Parameters
    ----------
    field : the name of the list
    row : what a row is
    most_rows : how many a body may hold
    """

    def __init__(self, field: str, row: type[Row], *, most_rows: int) -> None:
        self.field = field
        self.most_rows = most_rows
        whole = msgspec.defstruct("Rows", [(field, list[row])])  # type: ignore[valid-type]
        raw = msgspec.defstruct("RawRows", [(field, list[msgspec.Raw])])
        self._whole = {encoding: decoder(whole) for encoding, decoder in _DECODERS.items()}
        self._raw = {encoding: decoder(raw) for encoding, decoder in _DECODERS.items()}
        self._row = {encoding: decoder(row) for encoding, decoder in _DECODERS.items()}

    def decode(self, body: bytes, encoding: Encoding) -> tuple[list[Row], int]:
        """Return the rows that can be read, and how many cannot.

        Raises
        ------
        Refusal
            ``telemetry.malformed``, 400; ``telemetry.too_many``, 413, which names `most_rows`.
        """
        unreadable = 0
        try:
            rows: list[Row] = getattr(self._whole[encoding].decode(body), self.field)
        except _UNREADABLE:
            rows, unreadable = self._decode_one_by_one(body, encoding)
        if len(rows) + unreadable > self.most_rows:
            raise Refusal(
                "telemetry.too_many",
                f"Send at most {self.most_rows} {self.field} at once.",
                status=413,
                limit_rows=self.most_rows,
            )
        return rows, unreadable

    def _decode_one_by_one(self, body: bytes, encoding: Encoding) -> tuple[list[Row], int]:
        raw_rows: list[msgspec.Raw] = getattr(read(self._raw[encoding].decode, body), self.field)
        rows, unreadable = [], 0
        for raw in raw_rows:
            try:
                rows.append(self._row[encoding].decode(raw))
            except _UNREADABLE:
                unreadable += 1
        return rows, unreadable
