"""A key that was used for one order is refused for another, also after the service was killed and started again."""

from __future__ import annotations

import time


def test_a_key_stays_with_its_request_across_a_crash(service, town_of):
    now = time.time()
    with_key = {"key": "order 17", "at": now}
    town = town_of(service)
    first = town.place(**with_key)
    assert first.status_code == 201, first.text
    assert town.place(**with_key).json() == first.json()
    service.kill()
    service.start()
    town = town_of(service)
    assert town.place(**with_key).json() == first.json()
    other = town.place(**with_key, number=1)
    assert (other.status_code, other.json()["code"]) == (422, "request.idempotency_key_reused")
    assert list(town.orders()) == [first.json()["id"]]
