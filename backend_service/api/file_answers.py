"""Answers to who brings files in or takes them out: the file, in which forms it comes, and what was bad in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema

from core.refusals import Refusal

MOST_PROBLEMS = 1_000
"""Listed in one answer; all are counted."""


def tell_forms(operation: Operation, forms: Mapping[str, Schema]) -> None:
    """Say in the document that the answer comes in these media types too, each by its schema.

    Parameters
    ----------
    operation : Operation
        Whose answer 200 is described already, in the handler's own media type at least.
    forms : mapping of media type to Schema
    """
    answer = (operation.responses or {}).get("200")
    assert isinstance(answer, OpenAPIResponse) and answer.content is not None
    answer.content.update({media_type: OpenAPIMediaType(schema=schema) for media_type, schema in forms.items()})


def attachment(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Return a file that is to be saved under a name."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def bad_file(code: str, sentence: str, found: Sequence[msgspec.Struct], **counts: int) -> Refusal:
    """Return the refusal of a file of which nothing was kept; all problems are counted, the first of them listed."""
    listed: list[Any] = msgspec.to_builtins(found[:MOST_PROBLEMS])
    return Refusal(code, sentence, **counts, problem_count=len(found), problems=listed)
