"""The forms in which devices write an instant, read into epoch seconds."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import numpy as np

from core.vocabulary import Instant

MILLISECONDS_FROM = 2**31
"""A whole number from here on counts milliseconds: as seconds it would lie beyond 2038 (the convention of Traccar)."""


def read_instant(text: str | float, text_zone: tzinfo = UTC) -> Instant:
    """Return the instant that a device wrote.

    Parameters
    ----------
    text : str or float
        Unix seconds, Unix milliseconds (2^31 and more), RFC 3339 / ISO 8601 with ``T``, or ``yyyy-MM-dd HH:mm:ss``.
    text_zone : tzinfo
        The zone of a text that names none.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(str(text).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=text_zone)).timestamp()
    if not np.isfinite(number):
        raise ValueError("not an instant")
    return number / 1000.0 if number >= MILLISECONDS_FROM else number
