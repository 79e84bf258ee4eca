"""Phones note fixes with errors, keep them while they have no signal, and send some twice."""

import numpy as np

from backend_service.simulation.phone import FIX_EVERY_S, Phone, Sending
from core.geodesy import distance_m
from core.vocabulary import Position, VehicleId

HERE = Position(-29.9, -71.25)


def an_hour(start_at: float, silences_per_hour: float, seed: int = 3) -> list[tuple[float, Sending]]:
    phone = Phone(VehicleId("V-01"), seed, start_at, silences_per_hour)
    seen = []
    for second in range(3600):
        sending = phone.observe(start_at + second, HERE, 8.0, 90.0)
        if sending is not None:
            seen.append((start_at + second, sending))
    return seen


def test_a_fix_every_few_seconds_near_the_truth(start_at) -> None:
    sent = an_hour(start_at, 0.0)
    assert len(sent) == 3600 / FIX_EVERY_S
    places = np.array([(fix.lat, fix.lon) for _, sending in sent for fix in sending.fixes])
    off = distance_m(places, np.array([HERE.lat, HERE.lon]))
    assert 3.0 < np.median(off) < 7.0
    assert off.max() < 250.0


def test_without_signal_fixes_come_late_all_at_once_and_partly_twice(start_at) -> None:
    sent = an_hour(start_at, 20.0)
    held_back = [(at, sending) for at, sending in sent if sending.late]
    assert held_back
    at, longest = max(held_back, key=lambda pair: pair[1].late)
    assert at - longest.fixes[0].fix_at > 60.0
    assert len(longest.fixes) == longest.late + 1 + longest.doubled
    assert sum(sending.doubled for _, sending in held_back) > 0
    assert len({fix.fix_at for _, sending in sent for fix in sending.fixes}) > 0.8 * 3600 / FIX_EVERY_S


def test_the_receiver_errs_the_same_for_the_same_seed_only(start_at) -> None:
    assert an_hour(start_at, 5.0) == an_hour(start_at, 5.0)
    assert an_hour(start_at, 5.0) != an_hour(start_at, 5.0, seed=4)
