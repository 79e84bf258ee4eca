"""Every operation of the served document, asked by everybody about their own, somebody else's and nobody's objects.

The operations come from the document of a running service, what is expected from one table, `declared.DECLARED`. The
rule: whoever may not do a thing learns from the answer only that; what is hidden from somebody is answered exactly as
what does not exist; nothing refused leaves a trace in the log; nothing is a 500.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from core.vocabulary import Role
from tests.journeys.every_door.declared import DECLARED, Door, Limit
from tests.journeys.every_door.own_objects import Question, answerable
from tests.journeys.every_door.small_moves import put_moves
from tests.journeys.every_door.small_proposals import put_proposals
from tests.journeys.every_door.small_town import ACTORS, CANARY, EXAMPLES_AT, REFUSED, Operation, Town, settle

PROBLEM = "application/problem+json"
LIMITED = [who for who, role in ACTORS.items() if role in (Role.DRIVER, Role.DEVICE)]


def put_past(data_dir):
    """What no door makes is in the log before."""
    put_proposals(data_dir)
    put_moves(data_dir)


@pytest.fixture(scope="module")
def town(shared_service_on):
    service = shared_service_on("--starts-at", EXAMPLES_AT, "--speed", "0.001", before=put_past)
    with httpx.Client(base_url=service.http, timeout=60.0) as client:
        yield settle(service, client)


def doors(town: Town) -> Iterator[tuple[Operation, Door]]:
    """Yield what is served and declared; what is not declared is one test's matter."""
    for operation in town.operations():
        if operation.name in DECLARED:
            yield operation, DECLARED[operation.name]


def ask(town: Town, question: Question) -> httpx.Response:
    """Return the answer to a question; no answer is a failure, and each has a form that the document knows."""
    operation = question.operation
    example = operation.example() if question.body is None else None
    written = example[0] if example else "application/json" if question.body is not None else None
    headers = {"Content-Type": written} if written else {}
    rest = {"content": example[1]} if example else {}
    path = operation.path.format_map(question.objects)
    answer = town.ask(
        question.who, operation.method, path, question.body, headers=headers, params=question.query, **rest
    )
    seen = f"{operation.name} by {question.who}: {answer.status_code} {answer.text[:300]}"
    assert str(answer.status_code) in operation.told["responses"], f"not in the document: {seen}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == PROBLEM, seen
    return answer


def about(operation: Operation, who: str, objects: dict[str, str]) -> Question:
    return Question(operation, who, objects)


def refused(town: Town, operation: Operation, who: str) -> set[tuple[int, str, str]]:
    """Return what is told about own, foreign and missing objects: status, code, text without their names."""
    told = set()
    for objects in (town.own, town.foreign, town.missing):
        answer = ask(town, about(operation, who, objects))
        assert CANARY not in answer.text, f"{operation.name} shows {who} somebody else's: {answer.text}"
        told.add((answer.status_code, answer.json()["code"], nameless(answer, operation, objects)))
    return told


def nameless(answer: httpx.Response, operation: Operation, objects: dict[str, str]) -> str:
    """Return what an answer says beside the names that were asked about."""
    text = answer.text
    for name in operation.parameters:
        text = text.replace(objects[name], "…")
    return text


def test_every_operation_is_declared_and_every_declaration_is_served(town):
    served = {operation.name for operation in town.operations()}
    assert (served - set(DECLARED), set(DECLARED) - served) == (set(), set())


def test_the_document_names_the_roles_that_are_declared(town):
    told = {operation.name: set(operation.told.get("x-roles", ())) for operation, _ in doors(town)}
    wrong = {name: (told[name], set(DECLARED[name].roles)) for name in told if told[name] != DECLARED[name].roles}
    assert not wrong


@pytest.mark.parametrize("who", sorted(REFUSED))
def test_a_token_that_counts_for_nothing_opens_nothing(town, who):
    before = town.position()
    for operation, door in doors(town):
        if door.roles:
            assert {one[:2] for one in refused(town, operation, who)} == {(401, REFUSED[who])}, operation.name
    assert town.position() == before, "what was refused left no trace"


@pytest.mark.parametrize("who", sorted(ACTORS))
def test_a_role_is_turned_away_before_anything_is_looked_up(town, who):
    before, asked = town.position(), 0
    for operation, door in doors(town):
        if door.roles and ACTORS[who] not in door.roles:
            told = refused(town, operation, who)
            assert {one[:2] for one in told} == {(403, "access.role")}, (operation.name, told)
            assert len(told) == 1, f"{operation.name} tells own, foreign and missing apart: {told}"
            asked += 1
    assert town.position() == before, "what was refused left no trace"
    assert asked or who == "administrator"


@pytest.mark.parametrize("who", LIMITED)
def test_what_is_somebody_else_s_is_answered_as_what_does_not_exist(town, who):
    before, asked = town.position(), 0
    for operation, door in doors(town):
        if ACTORS[who] not in door.roles or door.limit is Limit.NONE:
            continue
        told = []
        for objects in (town.foreign, town.missing):
            answer = ask(town, about(operation, who, objects))
            assert CANARY not in answer.text, answer.text
            told.append(
                (answer.status_code, answer.json()["code"].rpartition(".")[2], nameless(answer, operation, objects))
            )
        assert told[0] == told[1], operation.name
        expected = (404, "not_found") if door.limit is Limit.OWN_OR_MISSING else (403, "not_yours")
        assert told[0][:2] == expected, (operation.name, told)
        asked += 1
    assert asked
    assert town.position() == before, "what was refused left no trace"


def test_a_decision_in_another_region_is_refused(town):
    before, asked = town.position(), 0
    for operation, door in doors(town):
        if door.in_region:
            answer = ask(town, about(operation, "regional", town.own))
            assert (answer.status_code, answer.json()["code"]) == (403, "access.region"), (operation.name, answer.text)
            asked += 1
    assert asked
    assert town.position() == before, "what was refused left no trace"


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "administrator", "regional"])
def test_what_does_not_exist_is_not_found(town, who):
    for operation, door in doors(town):
        if ACTORS[who] in door.roles and operation.parameters and not door.makes:
            answer = ask(town, about(operation, who, town.missing))
            is_kind = "kind" in operation.parameters  # one of three words, which the document lists
            assert answer.status_code == (400 if is_kind else 404), (operation.name, answer.text)


def test_everybody_may_do_what_is_theirs(town):
    """Also that none of the refusals above came from a door that refuses everybody."""
    succeeded = set()
    for operation, door in doors(town):
        for who in [who for who, role in ACTORS.items() if role in door.roles] or ["nobody"]:
            question = answerable(town, operation, who)
            answer = ask(town, question)
            assert answer.status_code not in (401, 403), (operation.name, who, answer.text)
            if who in LIMITED:
                assert CANARY not in answer.text, (operation.name, who, answer.text)
            if answer.is_success:
                succeeded.add(operation.name)
    assert set(DECLARED) - succeeded == set()


def test_a_driver_finds_no_orders_of_another_one(town):
    theirs = town.ask("driver", "GET", "/api/v1/orders", params={"driver_id": "DR-08"})
    assert theirs.json() == {"items": [], "next": None}
    every = town.ask("driver", "GET", "/api/v1/orders", params={"limit": 500}).json()["items"]
    assert {order["driver_id"] for order in every} == {"DR-07"}


@pytest.mark.parametrize(
    ("door", "row"),
    [
        ("/telemetry", {"fix_at": EXAMPLES_AT, "lat": -29.9, "lon": -71.25}),
        ("/telemetry/readings", {"read_at": EXAMPLES_AT, "channel": "fuel", "value": 50}),
    ],
)
@pytest.mark.parametrize("name", ["device", "vehicle"])
def test_a_device_speaks_for_no_other_and_learns_of_none(town, door, row, name):
    field = door.rpartition("/")[2].replace("telemetry", "fixes")
    said = [
        town.ask("device", "POST", f"/api/v1{door}", {field: [{**row, name: objects[f"{name}_id"]}]}).json()
        for objects in (town.foreign, town.missing)
    ]
    assert said == [{"accepted": 0, "rejected": {"foreign_vehicle": 1}}] * 2


def test_a_key_that_was_retired_is_as_one_that_never_was(town):
    town.do("POST", "/vehicles/V-08/devices", {"device_id": "D-old"})
    first = town.do("POST", "/vehicles/V-08/devices", {"device_id": "D-old"})["key"]
    town.do("DELETE", "/devices/D-old")
    where = {"lat": "-29.9", "lon": "-71.25"}
    for key in (first, "tdk_never"):
        answer = town.ask("nobody", "GET", f"/t/{key}", params=where)
        assert (answer.status_code, answer.json()["code"]) == (400, "telemetry.unknown_device")
        town.tokens["key"] = key
        answer = town.ask("key", "POST", "/api/v1/telemetry", {"fixes": []})
        assert (answer.status_code, answer.json()["code"]) == (401, "access.token_invalid")
