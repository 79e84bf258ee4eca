"""A day happens outside: orders come, are carried, refused, cancelled, missed; the same for the same seed."""

import asyncio


def told(service) -> list[tuple]:
    """Return what was asked of the service by customers, in no order: dispatch may change who is served when."""
    return sorted(
        (body["pickup"]["name"], body["customer"]["name"], body["promise"]["by_at"], body["ready_at"], body["value"])
        for body in service.bodies
    )


def test_the_day_is_lively_within_minutes(small_service, play_day) -> None:
    service = small_service()
    day = asyncio.run(play_day(service, minutes=20, seed=2))
    assert day.tally.orders_placed >= 30
    assert day.tally.delivered >= 10
    assert day.tally.picked_up >= day.tally.delivered
    assert len(service.made("delivered")) == day.tally.delivered


def test_same_seed_gives_same_demand_whatever_is_decided(small_service, play_day) -> None:
    first, second = small_service(), small_service(choose=lambda _, drivers: drivers[0])
    one = asyncio.run(play_day(first, minutes=9))
    other = asyncio.run(play_day(second, minutes=9))
    assert told(first) == told(second)
    assert [driver.member for driver in one.drivers] == [driver.member for driver in other.drivers]
    assert one.tally.picked_up > other.tally.picked_up  # one driver alone cannot carry everything


def test_another_seed_gives_another_day(small_service, play_day) -> None:
    first, second = small_service(), small_service()
    asyncio.run(play_day(first, minutes=2, seed=1))
    asyncio.run(play_day(second, minutes=2, seed=2))
    assert told(first) != told(second)


def test_a_busy_service_is_asked_again(small_service, play_day) -> None:
    service = small_service(busy_answers=3)
    day = asyncio.run(play_day(service, minutes=1))
    assert day.tally.retries >= 3
    assert day.tally.orders_placed >= 20


def test_drivers_report_fixes_by_three_doors(small_service, play_day) -> None:
    service = small_service()
    day = asyncio.run(play_day(service, minutes=3))
    assert day.tally.fixes_sent == len(service.fixes) + len(service.forms)
    kinds = {"location" in form for form in service.forms}
    assert kinds == {True, False}
    # 20 vehicles, a fix every 5 s, of which the phones without signal hold some back
    assert 0.8 * 20 * 36 < day.tally.fixes_sent < 1.3 * 20 * 36


def test_kitchens_call_and_people_change_their_minds(small_service, play_day) -> None:
    reports: set[str] = set()
    for seed in (2, 5):
        service = small_service()
        asyncio.run(play_day(service, minutes=18, seed=seed, drivers=30, orders_per_hour=300.0))
        reports |= {report for _, report in service.reports}
    assert reports >= {"readiness", "ready", "cancel", "refuse", "failed", "pause", "resume"}
