"""How failures are answered: RFC 9457 problems with a stable code, never a trace and never HTML."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from backend_service.api.request_limits import LARGEST_BODY
from core.refusals import Fault, Refusal

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tower:problem:"


class FieldError(msgspec.Struct, kw_only=True):
    """One field that does not fit, and why."""

    field: str
    why: str


class ProblemView(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A problem (RFC 9457). `code` is stable; refusals may carry further members, such as `order_version`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str = ""
    errors: list[FieldError] = []


_CODES = {
    400: "request.invalid",
    401: "access.token_missing",
    403: "access.role",
    404: "route.not_found",
    405: "route.method_not_allowed",
    413: "request.too_large",
    415: "request.media_type",
    429: "request.too_many",
}
_SENTENCES = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: f"The request is too large: at most {LARGEST_BODY} bytes are taken.",
    415: "This media type is not understood here.",
}
_DESCRIPTIONS = {
    400: "A field or the whole body does not fit; `errors` names it.",
    401: "No token, or one that is invalid or expired.",
    403: "Not for this role, or somebody else's.",
    404: "There is no such thing.",
    406: "The answer is not to be had in any form that `Accept` allows; `available` names those there are.",
    409: "The present state does not allow it, or has changed.",
    408: "The body did not come within the time there is for it.",
    413: "The request is too large; `limit_bytes` or `limit_rows` says how large it may be.",
    415: "This media type is not understood here.",
    422: "The rules of the operation do not allow it.",
    429: "Too many at once or in a row. `Retry-After` says when to try again.",
    503: "Something the service depends on failed, or it is too busy. Try again.",
}


def description_of(status: int) -> str:
    """Return what a problem of this status means, for the document."""
    return _DESCRIPTIONS[status]


def problems(*statuses: int, needs_token: bool = True) -> dict[int, ResponseSpec]:
    """Return the documentation of the problems that a handler may answer; 400, 401 and 403 are always among them."""
    always = (400, 401, 403) if needs_token else ()
    return {
        status: ResponseSpec(
            ProblemView, generate_examples=False, description=_DESCRIPTIONS[status], media_type=MEDIA_TYPE
        )
        for status in sorted({*always, *statuses})
    }


def problem_response(
    request: Request[Any, Any, State],
    status: int,
    code: str,
    detail: str,
    *,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """Return a problem as a response, and count it."""
    kind = "bug" if status == 500 else "fault" if status >= 502 else "refusal"
    request.app.state.tower.failures[kind, code] += 1
    body = {
        **(members or {}),
        "type": TYPE_PREFIX + code,
        "title": code.replace(".", ": ", 1).replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.url.path,
    }
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def _answer_refusal(request: Request[Any, Any, State], refusal: Refusal) -> Response[bytes]:
    headers = {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in refusal.details:
        headers["Retry-After"] = str(refusal.details["retry_after_s"])
    return problem_response(
        request, refusal.status, refusal.code, refusal.sentence, members=refusal.details, headers=headers
    )


def _answer_fault(request: Request[Any, Any, State], fault: Fault) -> Response[bytes]:
    logger.warning("%s %s met a fault: %s (%s)", request.method, request.url.path, fault.sentence, fault.code)
    return problem_response(request, 503, fault.code, fault.sentence, headers={"Retry-After": "1"})


def _answer_http(request: Request[Any, Any, State], error: HTTPException) -> Response[bytes]:
    status = error.status_code
    if status >= 500:
        return _answer_bug(request, error)
    errors = _field_errors(error)
    detail = _SENTENCES.get(status, "The request was refused.")
    if errors and (first := errors[0])["field"]:
        detail = f"{first['field']}: {first['why']}"
    members: dict[str, Any] = {"errors": errors} if errors else {}
    if status == 413:
        members["limit_bytes"] = LARGEST_BODY
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return problem_response(
        request, status, _CODES.get(status, "request.refused"), detail, members=members, headers=headers
    )


def _field_errors(error: HTTPException) -> list[dict[str, str]]:
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        return [
            {"field": str(item.get("key", "")), "why": str(item.get("message", ""))}
            for item in error.extra
            if isinstance(item, dict)
        ]
    if error.status_code == 400:
        return [{"field": "", "why": str(error.detail)}]
    return []


def _answer_bug(request: Request[Any, Any, State], bug: Exception) -> Response[bytes]:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=bug)
    return problem_response(
        request, 500, "service.bug", "The service failed on this request. It is in the service's log."
    )


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refusal: _answer_refusal,
    Fault: _answer_fault,
    HTTPException: _answer_http,
    Exception: _answer_bug,
}
