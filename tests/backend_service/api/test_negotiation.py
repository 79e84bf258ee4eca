"""In which form the answer to a batch comes: by the weights of `Accept`, and not at all where no form fits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.vocabulary import Role

FIX = {"vehicle": "V-1", "fix_at": "2027-01-15T08:00:00Z", "lat": -29.9, "lon": -71.25}
READING = {"vehicle": "V-1", "read_at": "2027-01-15T08:00:00Z", "channel": "fuel", "value": 4.2}
JSON, PACKED = "application/json", "application/vnd.msgpack"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("application/msgpack", PACKED),
        ("application/vnd.msgpack", PACKED),
        ("application/x-msgpack;q=0.2", PACKED),
        ("application/msgpack, application/json", PACKED),
        ("application/json, application/msgpack", JSON),
        ("application/msgpack, */*", PACKED),
        ("application/json;q=0.2, application/msgpack;q=0.7", PACKED),
        ("application/msgpack;q=0.2, application/json;q=0.7", JSON),
        ("application/msgpack;q=0.2, */*;q=0.7", JSON),
        ("application/json;q=0, */*;q=0.1", PACKED),
        ("application/json;q=0, application/*", PACKED),
        ("Application/MsgPack; Q=1.000", PACKED),
        ("application/msgpack;q=2, application/json;q=0.1", JSON),
    ],
)
def test_the_form_that_is_liked_best_is_sent(run: Any, accept: str, form: str) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(
            "POST", "/api/v1/telemetry", role=Role.ADMINISTRATOR, json={"fixes": [FIX]}, headers={"Accept": accept}
        )
        assert (answer.status_code, answer.headers["content-type"]) == (200, form)
        assert answer.headers["vary"] == "Accept"
        told = msgspec.msgpack.decode(answer.content) if form == PACKED else answer.json()
        assert told == {"accepted": 1, "rejected": {}}

    run(scenario)


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "*/*;q=0.0", "application/msgpack;q=nan"])
@pytest.mark.parametrize(("path", "body"), [("", {"fixes": [FIX]}), ("/readings", {"readings": [READING]})])
def test_nothing_is_kept_where_no_form_fits(run: Any, accept: str, path: str, body: dict[str, Any]) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask(
            "POST", f"/api/v1/telemetry{path}", role=Role.ADMINISTRATOR, json=body, headers={"Accept": accept}
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (406, "request.not_acceptable")
        assert problem["available"] == [JSON, PACKED]
        assert world.keeper.rows == 0

    run(scenario)
