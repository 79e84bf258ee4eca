"""Bodies read exactly as the OpenAPI document describes them: a number is no instant, a word is no truth.

The framework converts leniently, which suits texts of a query but lets ``"ends_at": 0`` pass for the year 1970.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException, ValidationException

from backend_service.access import Identity


class ExactRequest(Request[Identity, Any, State]):
    """A request whose JSON body is decoded as what its handler takes."""

    async def json(self) -> Any:
        """Return the body as the handler's type, or as it is written for a handler that reads it by itself.

        Raises
        ------
        ClientException
            If the body is no JSON.
        ValidationException
            If it is not what the handler takes; it names the field.
        """
        taken = self.route_handler.parsed_data_field
        try:
            return _read(await self.body() or b"null", Any if taken is None else taken.annotation)
        except msgspec.ValidationError as error:
            why, _, place = str(error).partition(" - at `$")
            field = place.removesuffix("`").removeprefix(".")
            raise ValidationException(extra=[{"key": field or "data", "message": why}]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ClientException(f"The body is no JSON: {error}") from None


def _read(body: bytes, taken: Any) -> Any:
    try:
        return _decoder(taken).decode(body)
    except msgspec.ValidationError:
        # To JSON Schema 2.0 is an integer, and some senders know no other numbers.
        return msgspec.convert(_whole_numbers_as_int(msgspec.json.decode(body)), taken)


def _whole_numbers_as_int(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole_numbers_as_int(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_whole_numbers_as_int(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@cache
def _decoder(taken: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(taken)
