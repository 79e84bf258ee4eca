"""The watchdog counts gaps over 50 ms between beats, and names the place where the main thread was."""

import threading

import pytest

from widgets.stall_watchdog import StallWatchdog


class HandClock:
    """A monotonic clock turned by hand; seconds."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def watchdog(qapp, clock):
    watchdog = StallWatchdog(monotonic=clock)
    watchdog.start()
    yield watchdog
    watchdog.stop()


def test_gap_over_fifty_milliseconds_is_a_stall(watchdog, clock):
    # a beat is due after 15 ms: 15 + 80 ms is a stall of 80 ms, 15 + 40 ms is none
    clock.now += 0.095
    watchdog.beat()
    clock.now += 0.055
    watchdog.beat()
    assert watchdog.stalls == 1
    assert watchdog.longest_ms == pytest.approx(80.0)


def test_place_of_a_stall_is_named(watchdog, clock):
    sampled = threading.Event()

    class Telling:
        """A clock that tells when the watching thread has seen the overdue beat."""

        seen = 0

        def __call__(self):
            if threading.current_thread() is not threading.main_thread():
                self.seen += 1
                if self.seen > 2:
                    sampled.set()
            return clock.now

    watchdog.stop()
    watching = StallWatchdog(monotonic=Telling(), names_places=True)
    watching.start()
    clock.now += 0.2
    assert sampled.wait(10)
    watching.stop()
    watching.beat()
    assert watching.stalls == 1
    (place,) = watching.sources
    assert watching.sources[place] == 1
    assert "sampled.wait" in watching.last_stacks[place]


def test_desk_at_work_has_no_watching_thread(watchdog):
    assert "stall watchdog" not in {thread.name for thread in threading.enumerate()}


def test_stopped_watchdog_leaves_no_thread(qapp, clock):
    watchdog = StallWatchdog(monotonic=clock, names_places=True)
    watchdog.start()
    watchdog.stop()
    assert "stall watchdog" not in {thread.name for thread in threading.enumerate()}
