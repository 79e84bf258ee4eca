"""Orders with an address instead of a position: located well enough to drive to, or refused with candidates."""

from __future__ import annotations

import msgspec

from backend_service.api.order_views import OrderDraft
from backend_service.api.places import FoundPlaceView, LocatedAddressView, geocoder_of
from backend_service.api.places_and_times import PositionView
from backend_service.places.geocoding import Geocoder
from core.places import LocatedAddress, Precision
from core.refusals import Refusal

FARTHEST_OFF_M = 500.0
"""An address known less surely than this is no place to send a driver to: the middle of a long avenue, say."""


async def with_position(draft: OrderDraft, geocoder: Geocoder | None) -> tuple[OrderDraft, LocatedAddressView | None]:
    """Return a draft with a position to deliver to, and how it was found if it had none.

    Raises
    ------
    Refusal
        ``order.delivery_missing``, 422, without position and address; ``address.unknown``, ``address.ambiguous``,
        ``address.too_vague``, 422, with `candidates`.
    Fault
        If addresses cannot be looked up.
    """
    if draft.delivery is not None:
        return draft, None
    if not draft.delivery_address.strip():
        errors = [{"field": "delivery", "why": "say delivery or delivery_address"}]
        raise Refusal("order.delivery_missing", "The order has no place to deliver to.", errors=errors)
    located = await geocoder_of(geocoder).locate(draft.delivery_address)
    if located.position is None or located.uncertainty_m > FARTHEST_OFF_M:
        raise _refusal(located)
    customer = draft.customer
    if not customer.address:
        customer = msgspec.structs.replace(customer, address=draft.delivery_address)
    found = PositionView.of(located.position)
    return msgspec.structs.replace(draft, delivery=found, customer=customer), LocatedAddressView.of(located)


def _refusal(located: LocatedAddress) -> Refusal:
    if located.precision is not Precision.NONE:
        code = "address.too_vague"
        sentence = (
            f"{located.matched} is known to {located.uncertainty_m:,.0f} m only, which is too far to drive to: "
            "give the position, or a house number that is known."
        )
    elif located.candidates:
        code, sentence = "address.ambiguous", "The address may be one of several, or is misspelt: choose a candidate."
    else:
        code, sentence = "address.unknown", "No street of the city fits the address: give the position."
    candidates = [FoundPlaceView.of(place) for place in located.candidates]
    return Refusal(code, sentence, located=LocatedAddressView.of(located), candidates=candidates)
