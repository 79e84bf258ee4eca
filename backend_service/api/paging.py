"""Lists in pages: a cursor is the last id that was shown, so that a page is stable while things are added."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar.params import QueryParameter

from core.refusals import Refusal

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many items at most.")]
Cursor = Annotated[
    str | None,
    QueryParameter(required=False, max_length=400, description="Where the page before ended, as its `next` link says."),
]


def page_of[T](
    items: Iterable[T], key: Callable[[T], str], limit: int, cursor: str | None
) -> tuple[list[T], str | None]:
    """Return the items after `cursor`, ordered by `key`, and the cursor of the page after; ``None`` at the end.

    Raises
    ------
    Refusal
        ``request.cursor_invalid``, 422.
    """
    ordered = sorted(items, key=key)
    start = 0 if cursor is None else bisect_right(ordered, read_cursor(cursor), key=key)
    shown = ordered[start : start + limit]
    return shown, write_cursor(key(shown[-1])) if start + limit < len(ordered) else None


def next_link(path: str, cursor: str | None, **query: object) -> str | None:
    """Return the address of the next page; ``None`` if there is none."""
    if cursor is None:
        return None
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode({**kept, 'cursor': cursor})}"


def write_cursor(text: str) -> str:
    """Return the cursor that stands for a text."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Return the text of a cursor; raises ``request.cursor_invalid``, 422."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # not ASCII, not base64, not UTF-8
        raise Refusal("request.cursor_invalid", "The cursor is not one that was given out.") from None


class Accepted(msgspec.Struct, kw_only=True):
    """A command was carried out; `position` is where the log holds its last event."""

    position: int


class Created(msgspec.Struct, kw_only=True):
    """Something was made, under this id."""

    id: str
    position: int
