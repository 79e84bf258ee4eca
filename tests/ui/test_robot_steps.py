"""Scripts of a robot: each step acts, then says what it waits for."""

from pytestqt.qtbot import QtBot

from core.timekeeping import SteppedClock
from ui.robot_steps import Script, ScriptRunner, Until


def test_script_goes_on_when_what_it_waits_for_is_true(qtbot: QtBot) -> None:
    answers: list[bool] = []

    def script() -> Script[None]:
        answers.append((yield Until(lambda: True, 60.0)))

    runner = ScriptRunner(script(), SteppedClock(1.0))
    with qtbot.waitSignal(runner.ended):
        runner.start()
    assert answers == [True]


def test_script_is_told_when_it_waited_in_vain(qtbot: QtBot) -> None:
    wall = SteppedClock(1.0)
    answers: list[bool] = []

    def is_never() -> bool:
        wall.step_to(wall.now() + 30.0)
        return False

    def script() -> Script[None]:
        answers.append((yield Until(is_never, 60.0)))

    runner = ScriptRunner(script(), wall)
    with qtbot.waitSignal(runner.ended):
        runner.start()
    assert answers == [False]
