"""Answers that come in one of several forms of file: what the OpenAPI document says of them."""

from __future__ import annotations

from collections.abc import Mapping

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema


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
