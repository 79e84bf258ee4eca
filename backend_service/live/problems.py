"""How a failure is said over the wire: `Refusal` and `Fault` become a `Problem`; anything else is a bug and says so."""

from __future__ import annotations

import msgspec

from core.refusals import Fault, Refusal
from core.wire import Problem


def problem_of(error: Exception) -> Problem:
    """Return what a desk is told about `error`; a bug's own words stay in the log."""
    if isinstance(error, Refusal):
        return Problem(
            code=error.code,
            title=_title_of(error.code),
            detail=error.sentence,
            status=error.status,
            details={key: _plain(value) for key, value in error.details.items()},
        )
    if isinstance(error, Fault):
        return Problem(code=error.code, title=_title_of(error.code), detail=error.sentence, status=503)
    return Problem(
        code="service.bug",
        title="Service bug",
        detail="The service failed on this request; nothing was changed. It is in the service's log.",
        status=500,
    )


def _plain(value: object) -> str | int | float | bool | None:
    """Return a detail as the wire has it; a record, such as the preview that holds now, as JSON."""
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _title_of(code: str) -> str:
    return code.replace(".", ": ", 1).replace("_", " ").capitalize()
