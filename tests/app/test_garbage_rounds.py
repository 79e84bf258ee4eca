"""Cycles are collected in the GUI thread and nowhere else."""

import gc
import threading

from PySide6.QtCore import QCoreApplication, QThread

from app.garbage_rounds import GarbageRounds


class Cycle:
    def __init__(self, died_in: list[int]) -> None:
        self.itself = self
        self.died_in = died_in

    def __del__(self) -> None:
        self.died_in.append(threading.get_ident())


def test_a_cycle_is_collected_by_the_gui_thread_though_others_allocate(qapp, qtbot):
    rounds = GarbageRounds()
    died_in: list[int] = []
    try:
        for _ in range(5_000):  # beyond the first threshold of Python's collection
            Cycle(died_in)

        def allocate() -> None:
            kept = [[number] for number in range(200_000)]
            assert kept

        other = threading.Thread(target=allocate)
        other.start()
        other.join()
        assert died_in == []
        qtbot.waitUntil(lambda: len(died_in) >= 4_000, timeout=5_000)
        assert set(died_in) == {threading.get_ident()}
        assert QThread.currentThread() == QCoreApplication.instance().thread()
    finally:
        rounds.close()
    assert gc.isenabled()


def _full_round(rounds: GarbageRounds) -> int:
    """Go the next full round, and return how many objects it leaves to be walked again."""
    for generation, threshold in enumerate(gc.get_threshold()):
        for _ in range(threshold + 1 if generation else 0):
            gc.collect(generation - 1)
    rounds.look()
    return sum(len(gc.get_objects(generation)) for generation in range(3))


def test_what_outlived_a_full_round_is_not_walked_again_until_a_whole_one(qapp):
    rounds = GarbageRounds()
    died_in: list[int] = []
    try:
        kept = [Cycle(died_in) for _ in range(50_000)]
        assert _full_round(rounds) < 10_000
        kept.clear()
        assert _full_round(rounds) < 10_000
        assert died_in == []
        for _ in range(98):
            _full_round(rounds)
        assert len(died_in) == 50_000
    finally:
        rounds.close()
