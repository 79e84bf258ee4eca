"""Lines along streets: asked for once, straight until they are here, cut where the vehicle is, asked anew when due."""

from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from app.connection import Phase
from core import operations as asked
from core.events.closure_events import PlaceClosed
from core.fleet.closure import Closure, ClosureId
from core.refusals import Fault
from core.vocabulary import Position
from ui.street_lines import AGAIN_S, StreetLines

A, B, C = Position(-29.90, -71.25), Position(-29.90, -71.26), Position(-29.91, -71.26)
CORNER = Position(-29.905, -71.26)


def _pairs(*places: Position) -> list[tuple[float, float]]:
    return [(place.lat, place.lon) for place in places]


class Asked:
    """The questions for ways that a service was asked, and their answers."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene

    def __len__(self) -> int:
        return len(self._questions())

    def stops(self, at: int = -1) -> tuple[Position, ...]:
        """Return the stops of a question."""
        return self._questions()[at][0].stops

    def answer(self, *line: Position, is_degraded: bool = False) -> None:
        """Answer the latest question."""
        way = asked.StreetWay(line=line, is_degraded=is_degraded)
        self._questions()[-1][1].set_result(msgspec.msgpack.encode(way))
        self._scene.context.operations._look()

    def fail(self) -> None:
        """Let the latest question fail."""
        self._questions()[-1][1].set_exception(Fault("streets.down", "The street engine does not answer."))
        self._scene.context.operations._look()

    def _questions(self) -> list[tuple[asked.AskStreetWay, Future[bytes]]]:
        return [(one, reply) for name, one, reply in self._scene.service.asked if name == asked.STREET_WAY]


@pytest.fixture
def lines(desk_scene: Any) -> StreetLines:
    return StreetLines(desk_scene.context)


@pytest.fixture
def questions(desk_scene: Any) -> Asked:
    return Asked(desk_scene)


def test_a_line_is_straight_until_its_way_is_told_and_asked_for_once(lines: StreetLines, questions: Asked) -> None:
    assert lines.along([B, C]) == _pairs(B, C)
    assert lines.along([B, C]) == _pairs(B, C)
    assert (len(questions), questions.stops()) == (1, (B, C))

    told: list[bool] = []
    lines.found.connect(lambda: told.append(True))
    questions.answer(B, CORNER, C)
    assert told == [True]
    assert lines.along([B, C]) == _pairs(B, CORNER, C)
    assert len(questions) == 1


def test_a_long_plan_is_asked_for_in_pieces_that_meet(lines: StreetLines, questions: Asked) -> None:
    stops = [Position(-29.9 - 0.001 * number, -71.25) for number in range(asked.MOST_STOPS_OF_A_WAY + 5)]
    assert lines.along(stops) == _pairs(*stops)
    first = questions.stops()
    assert len(first) == asked.MOST_STOPS_OF_A_WAY
    questions.answer(*first)
    second = questions.stops()
    assert (second[0], second[-1]) == (first[-1], stops[-1])
    questions.answer(second[0], CORNER, second[-1])
    assert lines.along(stops) == _pairs(*first, CORNER, stops[-1])


def test_the_same_place_many_times_in_a_row_is_asked_for_once(lines: StreetLines, questions: Asked) -> None:
    lines.along([B, B, B, C, C])
    assert questions.stops() == (B, C)
    assert lines.onward(B, [B]) == _pairs(B, B)
    assert len(questions) == 1


def test_one_stop_is_no_line_to_ask_for(lines: StreetLines, questions: Asked) -> None:
    assert lines.along([A]) == _pairs(A)
    assert lines.along([]) == []
    assert len(questions) == 0


def test_a_way_that_could_not_be_found_is_asked_for_again_later(
    lines: StreetLines, questions: Asked, desk_scene: Any
) -> None:
    lines.along([B, C])
    questions.fail()
    assert lines.along([B, C]) == _pairs(B, C)
    assert len(questions) == 1
    desk_scene.wait(AGAIN_S + 1.0)
    lines.along([B, C])
    assert len(questions) == 2


def test_a_guessed_way_is_drawn_and_asked_for_again(lines: StreetLines, questions: Asked, desk_scene: Any) -> None:
    lines.along([B, C])
    questions.answer(B, C, is_degraded=True)
    desk_scene.wait(AGAIN_S + 1.0)
    assert lines.along([B, C]) == _pairs(B, C)
    questions.answer(B, CORNER, C)
    assert lines.along([B, C]) == _pairs(B, CORNER, C)


def test_the_part_that_was_driven_already_is_left_out(lines: StreetLines, questions: Asked) -> None:
    assert lines.onward(A, [C]) == _pairs(A, C)
    questions.answer(A, B, CORNER, C)
    assert lines.onward(A, [C]) == _pairs(A, B, CORNER, C)
    # 0.005 degrees north of C, on the corner: A and B are behind
    assert lines.onward(CORNER, [C]) == _pairs(CORNER, C)
    assert len(questions) == 1


def test_a_vehicle_that_strays_is_led_anew(lines: StreetLines, questions: Asked) -> None:
    lines.onward(A, [C])
    questions.answer(A, B, CORNER, C)
    elsewhere = Position(-29.93, -71.24)  # two kilometres off the way
    lines.onward(elsewhere, [C])
    assert lines.onward(elsewhere, [C]) == _pairs(elsewhere, C)
    assert questions.stops() == (elsewhere, C)


def test_nothing_is_asked_while_the_desk_is_not_live(lines: StreetLines, questions: Asked, desk_scene: Any) -> None:
    desk_scene.connection(Phase.LOST)
    assert lines.along([B, C]) == _pairs(B, C)
    assert len(questions) == 0
    desk_scene.connection(Phase.LIVE)
    lines.along([B, C])
    assert len(questions) == 1


def test_lines_are_asked_for_anew_once_a_street_is_closed(
    lines: StreetLines, questions: Asked, desk_scene: Any
) -> None:
    lines.along([B, C])
    questions.answer(B, C)
    now = desk_scene.context.now()
    closure = Closure(
        closure_id=ClosureId("X-1"), position=B, note="Pipe", closed_by="rojas", closed_at=now, until_at=now + 600.0
    )
    desk_scene.happened(PlaceClosed(closure=closure))
    lines._closed.timeout.emit()
    lines.along([B, C])
    assert len(questions) == 2
