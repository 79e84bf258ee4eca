"""How an order's forecast moved: silent ones from memory, bounded, and told ones from the log, in one line."""

from __future__ import annotations

import msgspec

from core.eta.forecast_history import RecentForecasts, history_of
from core.events.envelope import Envelope
from core.events.order_events import ArrivalForecastRevised
from core.orders.order import ArrivalBand, Order, Promise
from core.vocabulary import OrderId, Place, Position
from tests.envelopes import envelope_of

ORDER = OrderId("O-1")


def band(as_of: float, p50_at: float = 3000.0) -> ArrivalBand:
    return ArrivalBand(p10_at=p50_at - 60.0, p50_at=p50_at, p90_at=p50_at + 60.0, as_of=as_of)


def order() -> Order:
    here = Position(0.0, 0.0)
    return Order(
        order_id=ORDER,
        customer_id="C-1",
        customer=None,
        pickup=Place(name="Kitchen", position=here),
        delivery=here,
        promise=Promise(by_at=3600.0),
        placed_at=0.0,
        ready_at=0.0,
    )


def told(arrival: ArrivalBand, cause: str) -> Envelope:
    event = ArrivalForecastRevised(order_id=ORDER, arrival=arrival, cause=cause)
    return envelope_of(event, arrival.as_of)


def test_forecasts_are_kept_twenty_seconds_apart() -> None:
    recent = RecentForecasts()
    for as_of in (0.0, 10.0, 20.0, 30.0, 40.0):
        recent.note({ORDER: (band(as_of), 0.25)}, {ORDER})
    assert [one.arrival.as_of for one in recent.of(ORDER)] == [0.0, 20.0, 40.0]
    assert recent.of(ORDER)[0].late_probability == 0.25


def test_oldest_goes_first() -> None:
    recent = RecentForecasts(kept=3)
    for number in range(10):
        recent.note({ORDER: (band(100.0 * number), 0.0)}, {ORDER})
    assert [one.arrival.as_of for one in recent.of(ORDER)] == [700.0, 800.0, 900.0]


def test_order_that_has_ended_is_forgotten() -> None:
    recent = RecentForecasts()
    recent.note({ORDER: (band(0.0), 0.0)}, {ORDER})
    recent.note({}, ())
    assert recent.of(ORDER) == []


def test_told_and_silent_forecasts_stand_in_one_line() -> None:
    recent = RecentForecasts()
    for as_of, p50_at in ((0.0, 3000.0), (100.0, 3010.0), (200.0, 3400.0)):
        recent.note({ORDER: (band(as_of, p50_at), 0.1)}, {ORDER})

    history = history_of(order(), [told(band(0.0), "first"), told(band(200.0, 3400.0), "route")], recent.of(ORDER))

    line = [(one.arrival.as_of, one.is_told, one.cause, one.late_probability) for one in history.forecasts]
    assert line == [(0.0, True, "first", 0.1), (100.0, False, "", 0.1), (200.0, True, "route", 0.1)]
    assert history.promise.by_at == 3600.0


def test_ended_order_shows_what_was_told() -> None:
    history = history_of(order(), [told(band(0.0), "first")], [])
    assert [(one.is_told, one.late_probability) for one in history.forecasts] == [(True, None)]


def test_what_a_degraded_source_added_is_kept_with_the_forecast() -> None:
    recent, wide = RecentForecasts(), msgspec.structs.replace(band(0.0), is_degraded=True, undegraded=(2970.0, 3030.0))
    recent.note({ORDER: (wide, 0.0)}, {ORDER})
    recent.note({ORDER: (band(20.0), 0.0)}, {ORDER})

    assert [one.arrival for one in recent.of(ORDER)] == [wide, band(20.0)]
    (first, _) = history_of(order(), [told(wide, "first")], recent.of(ORDER)).forecasts
    assert first.is_told and first.arrival.undegraded == (2970.0, 3030.0)


def test_forecast_of_an_earlier_version_reads() -> None:
    written = b'{"p10_at": 1.0, "p50_at": 2.0, "p90_at": 3.0, "as_of": 0.0, "is_degraded": true}'

    assert msgspec.json.decode(written, type=ArrivalBand).undegraded is None
