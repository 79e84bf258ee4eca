"""The OpenAPI document as it is served: the framework's, made exact where that one is vague.

Bodies and answers are described by msgspec, which also reads and writes them. Beside that the document says who may ask
for an operation (``x-roles``), which bodies may be left out, and what any door may answer: too slow, too large, busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from backend_service.api.identification import roles_of
from backend_service.api.problems import MEDIA_TYPE, ProblemView, description_of

_REFERENCE = "#/components/schemas/{name}"
_ANY_BODY = (408, 413)
_ANY_DOOR = (503,)
_NAMED_REQUEST = (422,)
"""A write that takes an Idempotency-Key refuses one that was used for another request."""


def served_document(app: Litestar) -> dict[str, Any]:
    """Return the document of all that `app` serves and shows in it."""
    document: dict[str, Any] = app.openapi_schema.to_schema()
    shown = list(_shown(app, document["paths"]))
    _describe_exactly(document["components"]["schemas"], [handler for handler, _ in shown])
    for handler, operation in shown:
        _complete(handler, operation)
    return document


def _shown(app: Litestar, paths: dict[str, Any]) -> Iterator[tuple[HTTPRouteHandler, dict[str, Any]]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            for method in handler.http_methods:
                operation = paths.get(route.path_format, {}).get(method.lower())
                if operation is not None and handler.include_in_schema is not False:
                    yield handler, operation


def _describe_exactly(schemas: dict[str, Any], handlers: list[HTTPRouteHandler]) -> None:
    structs: set[type[msgspec.Struct]] = {ProblemView}
    for handler in handlers:
        for field in (handler.parsed_data_field, handler.parsed_return_field):
            structs.update(() if field is None else _structs_in(field.annotation))
    ordered = sorted(structs, key=lambda struct: struct.__name__)
    _, exact = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    for name, schema in exact.items():
        examples = schemas.get(name, {}).get("examples")
        schemas[name] = schema | ({"examples": examples} if examples else {})


def _structs_in(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    for part in get_args(annotation):
        yield from _structs_in(part)


def _complete(handler: HTTPRouteHandler, operation: dict[str, Any]) -> None:
    roles = roles_of(handler)
    if roles:
        operation["x-roles"] = sorted(role.value for role in roles)
    body = operation.get("requestBody")
    if body is not None and handler.parsed_data_field is not None:
        body["required"] = not handler.parsed_data_field.is_optional
    named = _NAMED_REQUEST if "idempotency_key" in handler.parsed_fn_signature.parameters else ()
    for status in (*(() if body is None else _ANY_BODY), *named, *_ANY_DOOR):
        problem = {"schema": {"$ref": _REFERENCE.format(name=ProblemView.__name__)}}
        told = {"description": description_of(status), "content": {MEDIA_TYPE: problem}}
        operation["responses"].setdefault(str(status), told)
    operation["responses"] = dict(sorted(operation["responses"].items()))
