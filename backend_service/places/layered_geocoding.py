"""Asks the city's own streets first and a geocoder outside only for what they do not know."""

from __future__ import annotations

import logging

from backend_service.places.geocoding import Geocoder
from core.places import LocatedAddress, Precision
from core.refusals import Fault

logger = logging.getLogger(__name__)

_RANKS = {Precision.HOUSE: 0, Precision.STREET: 1, Precision.NONE: 2}


class LayeredGeocoder:
    """Implements `Geocoder` by one that is at hand and one that may fail.

    Parameters
    ----------
    streets, outside : Geocoder
        A `Fault` of `outside` is logged and counted in `failures`; the answer is that of `streets` then.
    """

    def __init__(self, streets: Geocoder, outside: Geocoder) -> None:
        self._streets = streets
        self._outside = outside
        self.failures = 0

    async def locate(self, address: str) -> LocatedAddress:
        """Return the surer of both answers; errors are those of `streets`."""
        own = await self._streets.locate(address)
        if own.precision is Precision.HOUSE or not address.strip():
            return own
        try:
            told = await self._outside.locate(address)
        except Fault as fault:
            self.failures += 1
            logger.warning("the geocoder outside did not help: %s (%s)", fault.sentence, fault.code)
            return own
        return min((own, told), key=_doubt)


def _doubt(located: LocatedAddress) -> tuple[int, float, bool]:
    """Return what sorts the surer answer first: precision, metres, whether there is something to choose from."""
    return _RANKS[located.precision], located.uncertainty_m, not located.candidates
