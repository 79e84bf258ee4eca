"""The two expected kinds of failure: a `Refusal` (the domain says no) and a `Fault` (the environment failed).

Any other exception is a bug. A refusal's `code` is stable and public (RFC 9457 ``type``); its sentence says what
happened, the effect, and what to do.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The domain says no.

    Parameters
    ----------
    code : str
        Stable, dotted, lower case: ``override.reason_required``.
    sentence : str
        One sentence for people, without the code.
    status : int
        The HTTP status that fits: 400, 401, 403, 404, 409, 410, 413, 422, 429.
    details : Any
        Named arguments a program may use, such as ``state_version``.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 422, **details: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status
        self.details = details


class NotFound(Refusal):
    """The thing named does not exist, or is not for the one who asks."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind}.not_found", f"There is no {kind} {name}.", status=404, id=name)


class StateChanged(Refusal):
    """The state that a decision was made on has changed since."""

    def __init__(self, sentence: str, **details: Any) -> None:
        super().__init__("state.changed", sentence, status=409, **details)


class Fault(Exception):
    """The environment failed: disk full, log unavailable, street engine timed out. Retried or shown as degraded."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
