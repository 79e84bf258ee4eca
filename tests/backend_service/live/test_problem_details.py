"""A refusal over the wire: plain details as they are, a record as JSON that the desk reads back."""

from __future__ import annotations

import msgspec

from backend_service.live.problems import problem_of
from core.dispatch.changes import Split
from core.dispatch.decision import ImpactPreview, Outcome
from core.dispatch.overriding import OutcomeMoved
from core.refusals import StateChanged
from core.wire import Answer, decode_from_service, encode


def test_preview_that_holds_now_is_read_back_from_the_wire() -> None:
    preview = ImpactPreview(
        order_id="O-1",
        driver_id="D-1",
        recommended_driver_id=None,
        computed_at=1.0,
        until_at=2.0,
        position=7,
        based_on={"D-1": 3},
        order_version=1,
        recommendation=Outcome(),
        as_is=Outcome(late_minutes=4.5),
        change=Split(order_id="O-1"),
        as_is_hands={"O-1": None},
    )
    problem = problem_of(OutcomeMoved(preview, ("moved.late_minutes",)))
    answer = decode_from_service(encode(Answer(request_id="1", problem=problem)))
    assert isinstance(answer, Answer) and answer.problem is not None
    assert (answer.problem.code, answer.problem.status) == ("override.outcome_moved", 409)
    assert msgspec.json.decode(str(answer.problem.details["preview"]), type=ImpactPreview) == preview


def test_plain_details_stay_as_they_are() -> None:
    assert problem_of(StateChanged("Moved.", state_version=3)).details == {"state_version": 3}
