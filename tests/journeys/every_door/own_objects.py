"""What has to be there for an operation to succeed: objects of one's own in the right state, and a body that fits.

Without an entry in `_MAKERS` an operation is asked about the town's own objects with the document's own example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.journeys.every_door.small_model import VERSION, put_model
from tests.journeys.every_door.small_moves import CENTRE, HARBOUR
from tests.journeys.every_door.small_town import (
    FAR_KITCHEN,
    FAR_MARKET,
    KITCHEN,
    MARKET,
    PASSWORD,
    Json,
    Operation,
    Town,
)

_NOTE = {"note": "Told the customer who comes"}


@dataclass
class Question:
    """An operation, asked by somebody about something."""

    operation: Operation
    who: str
    objects: dict[str, str]
    body: Json | None = None
    query: dict[str, str] = field(default_factory=dict)


type Maker = Callable[[Town, Question], None]


def answerable(town: Town, operation: Operation, who: str) -> Question:
    """Return a question that may have a good answer, after making what it is about."""
    question = Question(operation, who, dict(town.own))
    named = {one["name"] for one in operation.told.get("parameters", ()) if one["in"] == "query"}
    question.query = {name: text for name, text in _QUERIES.items() if name in named}
    _MAKERS.get(operation.name, _leave)(town, question)
    return question


_QUERIES = {"query": "Balmaceda", "address": "Balmaceda 100"}


def _leave(_: Town, __: Question) -> None:
    """Make nothing."""


def _draft(town: Town, question: Question) -> None:
    question.body = town.draft(at=FAR_KITCHEN if question.who == "regional" else KITCHEN)


def _waiting(town: Town, question: Question) -> None:
    question.objects["order_id"] = town.order(at=FAR_KITCHEN if question.who == "regional" else KITCHEN)


def _in_hand(town: Town, question: Question) -> None:
    if question.who in ("driver", "regional"):
        _assigned(town, question)
    else:
        _waiting(town, question)


def _assigned(town: Town, question: Question) -> None:
    _waiting(town, question)
    order = question.objects["order_id"]
    town.do("PUT", f"/orders/{order}/assign", {"driver_id": "DR-07", "reason": "local_knowledge"})


def _overriding(town: Town, question: Question) -> None:
    _waiting(town, question)
    question.body = {"change": {"change": "reassign", "driver_id": "DR-07"}, "reason": "local_knowledge"}


def _overridden(town: Town, question: Question) -> None:
    _assigned(town, question)
    question.objects["override_id"] = town.latest_override()


def _on_board(town: Town, question: Question) -> None:
    _assigned(town, question)
    town.do("POST", f"/orders/{question.objects['order_id']}/picked-up", who="driver")


def _after(make: Maker, method: str, path: str, body: Json | None = None) -> Maker:
    """Return a maker that does a thing after another one."""

    def maker(town: Town, question: Question) -> None:
        make(town, question)
        town.do(method, path.format_map(question.objects), body)

    return maker


def _off_shift(town: Town, question: Question) -> None:
    if question.who == "driver":
        return
    number = next(town.numbers)
    driver, vehicle = f"DR-{number}", f"V-{number}"
    town.do("POST", "/drivers", {"driver_id": driver, "name": "N. N."})
    town.do("POST", "/vehicles", {"vehicle_id": vehicle, "plate": f"KX-{number}"})
    question.objects["driver_id"] = driver
    question.body = {"vehicle_id": vehicle, "ends_at": "2026-11-20T21:00:00Z"}


def _on_shift(town: Town, question: Question) -> None:
    _off_shift(town, question)
    if question.body is not None:
        town.do("POST", f"/drivers/{question.objects['driver_id']}/shift", question.body)
    question.body = None


def _paused(town: Town, question: Question) -> None:
    _on_shift(town, question)
    if question.who != "driver":
        town.do("POST", f"/drivers/{question.objects['driver_id']}/pause")


def _device(town: Town, question: Question) -> None:
    device_id = question.objects["device_id"] = f"D-{next(town.numbers)}"
    made = town.do("POST", "/vehicles/V-07/devices", {"device_id": device_id})
    question.objects["device_key"] = made["key"]


def _fence(town: Town, question: Question) -> None:
    fence_id = question.objects["fence_id"] = f"F-{next(town.numbers)}"
    centre = {"lat": KITCHEN[0], "lon": KITCHEN[1]}
    town.do("POST", "/geofences", {"name": "Depot", "fence_id": fence_id, "centre": centre, "radius_m": 120})


def _limit(town: Town, question: Question) -> None:
    limit_id = question.objects["limit_id"] = f"L-{next(town.numbers)}"
    town.do("PUT", f"/channel-limits/{limit_id}", {"channel": "temperature.cargo", "most": 5.0})


def _closing(_: Town, question: Question) -> None:
    lat, lon = FAR_MARKET if question.who == "regional" else MARKET
    question.body = {"position": {"lat": lat, "lon": lon}, "note": "Street market", "for_s": 600}


def _closure(town: Town, question: Question) -> None:
    at = FAR_MARKET if question.who == "regional" else MARKET
    question.objects["closure_id"] = town.closed(at=at)


def _disrupted(town: Town, question: Question) -> None:
    at = FAR_KITCHEN if question.who == "regional" else KITCHEN
    question.objects["disruption_id"] = town.disrupted("DR-07", at=at)


def _recovered(town: Town, question: Question) -> None:
    at = FAR_KITCHEN if question.who == "regional" else KITCHEN
    question.objects["recovery_id"] = town.recovered("DR-07", at=at)


def _asked_about(town: Town, question: Question) -> None:
    question.objects["recovery_id"] = town.recovered("DR-07", option="review")


def _depot(town: Town, question: Question) -> None:
    depot_id = question.objects["depot_id"] = f"DP-{next(town.numbers)}"
    town.do("PUT", f"/depots/{depot_id}", {"name": "Depot", "position": {"lat": KITCHEN[0], "lon": KITCHEN[1]}})


def _rhythm(town: Town, question: Question) -> None:
    _depot(town, question)
    question.objects["rhythm_id"] = f"RY-{next(town.numbers)}"
    body = {"name": "Day", "depot_ids": [question.objects["depot_id"]], "closes_min": [600]}
    town.do("PUT", f"/wave-rhythms/{question.objects['rhythm_id']}", body)
    question.body = body if question.operation.method == "PUT" else None


def _rhythm_with_orders(town: Town, question: Question) -> None:
    at = FAR_KITCHEN if question.who == "regional" else KITCHEN
    question.objects |= town.wave(next(town.numbers), at=at)
    late = {"depot_id": question.objects["depot_id"], "promise": {"by_at": "2026-11-20T20:40:00Z"}}
    town.do("POST", "/orders", town.draft(at=at) | late)


def _wave(town: Town, question: Question) -> None:
    at = FAR_KITCHEN if question.who == "regional" else KITCHEN
    question.objects |= town.wave(next(town.numbers), at=at)
    question.body = {"number": 1}
    if question.operation.name.endswith("sending-back"):
        question.body["note"] = "Another van"


def _released(town: Town, question: Question) -> None:
    _wave(town, question)
    town.do("POST", f"/waves/{question.objects['wave_id']}/release", {"number": 1})
    question.body = {"note": "Wrong van"}


def _person(town: Town, question: Question) -> None:
    user_id = question.objects["user_id"] = f"p-{next(town.numbers)}"
    person = {"user_id": user_id, "name": user_id, "role": "dispatcher", "password": PASSWORD}
    town.do("POST", "/people", person)


def _signed_in(town: Town, question: Question) -> None:
    _person(town, question)
    proof = {"name": question.objects["user_id"], "password": PASSWORD}
    signed_in = town.do("POST", "/sign-ins", proof, who="nobody")
    question.objects["session_id"] = signed_in["session_id"]
    question.body = {"renewal": signed_in["renewal"]}
    town.tokens["newcomer"] = signed_in["token"]


def _newcomer(town: Town, question: Question) -> None:
    """Let somebody new ask, whose token does not matter afterwards."""
    _signed_in(town, question)
    question.who, question.body = "newcomer", {"before": PASSWORD, "after": f"{PASSWORD}, twice"}


def _session(town: Town, question: Question) -> None:
    _signed_in(town, question)
    question.body = None


def _proof(town: Town, question: Question) -> None:
    _person(town, question)
    question.body = {"name": question.objects["user_id"], "password": PASSWORD}


def _fix(town: Town, question: Question) -> None:
    _device(town, question)
    question.query = {"lat": str(KITCHEN[0]), "lon": str(KITCHEN[1]), "timestamp": "2026-11-20T16:04:50Z"}


def _near_the_kitchen(_: Town, question: Question) -> None:
    question.query = {"lat": str(KITCHEN[0]), "lon": str(KITCHEN[1])}


def _new(prefix: str, field_name: str, **rest: str) -> Maker:
    def maker(town: Town, question: Question) -> None:
        question.body = {field_name: f"{prefix}-{next(town.numbers)}", **rest}

    return maker


def _policy(_: Town, question: Question) -> None:
    question.body = {"values": {"high_value": 60_000}, "note": "Many large orders"}


def _proposal(town: Town, question: Question) -> None:
    question.objects["proposal_id"] = town.open_proposal()
    is_accepted = question.operation.path.endswith("/accept")
    question.body = {"note": "Agreed"} if is_accepted else {"reason": "Seen on one day only"}


def _move(town: Town, question: Question) -> None:
    question.objects["move_id"] = town.idle_move(HARBOUR if question.who == "regional" else CENTRE)


def _model(town: Town, question: Question) -> None:
    put_model(town.data_dir)
    question.body = {"version": VERSION}


def _file_of_orders(_: Town, question: Question) -> None:
    """A file of vehicles is for administrators."""
    if question.who != "administrator":
        question.objects["kind"] = "orders"


_ORDER, _DRIVER, _PERSON = "/api/v1/orders/{order_id}", "/api/v1/drivers/{driver_id}", "/api/v1/people/{user_id}"
_BAN = "/orders/{order_id}/forbidden-drivers/{driver_id}"
_PROPOSAL = "/api/v1/policy/proposals/{proposal_id}"

_MAKERS: dict[str, Maker] = {
    "GET /api/v1/vehicles/nearest": _near_the_kitchen,
    "POST /api/v1/orders": _draft,
    f"PUT {_ORDER}/assign": _waiting,
    f"POST {_ORDER}/override/preview": _waiting,
    f"POST {_ORDER}/override": _overriding,
    "POST /api/v1/overrides/{override_id}/undo": _overridden,
    f"POST {_ORDER}/cancel": _waiting,
    f"POST {_ORDER}/accept": _assigned,
    f"POST {_ORDER}/refuse": _assigned,
    f"POST {_ORDER}/arrived": _assigned,
    f"POST {_ORDER}/ready": _in_hand,
    f"POST {_ORDER}/readiness": _in_hand,
    f"POST {_ORDER}/picked-up": _assigned,
    f"POST {_ORDER}/delivered": _on_board,
    f"POST {_ORDER}/failed": _on_board,
    f"PUT {_ORDER}/hold": _waiting,
    f"DELETE {_ORDER}/hold": _after(_waiting, "PUT", "/orders/{order_id}/hold", {"for_s": 300}),
    f"PUT {_ORDER}/pin": _assigned,
    f"DELETE {_ORDER}/pin": _after(_assigned, "PUT", "/orders/{order_id}/pin", _NOTE),
    f"PUT /api/v1{_BAN}": _waiting,
    f"DELETE /api/v1{_BAN}": _after(_waiting, "PUT", _BAN, _NOTE),
    f"POST {_DRIVER}/shift": _off_shift,
    f"POST {_DRIVER}/shift/end": _on_shift,
    f"PUT {_DRIVER}/breaks": _on_shift,
    f"POST {_DRIVER}/pause": _on_shift,
    f"POST {_DRIVER}/resume": _paused,
    f"POST {_DRIVER}/out": _on_shift,
    f"POST {_DRIVER}/back": _after(_on_shift, "POST", "/drivers/{driver_id}/out", {"note": "Flat tyre"}),
    "POST /api/v1/drivers": _new("DR", "driver_id", name="N. N."),
    "POST /api/v1/vehicles": _new("V", "vehicle_id", plate="KX"),
    "POST /api/v1/vehicles/{vehicle_id}/devices": _new("D", "device_id"),
    "POST /api/v1/people": _new("p", "user_id", name="Maria", role="dispatcher"),
    "PATCH /api/v1/policy": _policy,
    f"POST {_PROPOSAL}/accept": _proposal,
    f"POST {_PROPOSAL}/reject": _proposal,
    f"POST {_PROPOSAL}/undo": _after(_proposal, "POST", "/policy/proposals/{proposal_id}/accept", {}),
    "POST /api/v1/driver-moves/{move_id}/accept": _move,
    "POST /api/v1/driver-moves/{move_id}/dismiss": _move,
    "PUT /api/v1/arrival-models/in-force": _model,
    "POST /api/v1/imports/{kind}": _file_of_orders,
    "DELETE /api/v1/devices/{device_id}": _device,
    "DELETE /api/v1/geofences/{fence_id}": _fence,
    "DELETE /api/v1/channel-limits/{limit_id}": _limit,
    "POST /api/v1/disruptions/{disruption_id}/recovery": _disrupted,
    "POST /api/v1/recoveries/{recovery_id}/undo": _recovered,
    "POST /api/v1/recoveries/{recovery_id}/review": _asked_about,
    "DELETE /api/v1/depots/{depot_id}": _depot,
    "PUT /api/v1/wave-rhythms/{rhythm_id}": _rhythm,
    "DELETE /api/v1/wave-rhythms/{rhythm_id}": _rhythm,
    "POST /api/v1/wave-rhythms/{rhythm_id}/closing": _rhythm_with_orders,
    "POST /api/v1/waves/{wave_id}/release": _wave,
    "POST /api/v1/waves/{wave_id}/sending-back": _wave,
    "POST /api/v1/waves/{wave_id}/recall": _released,
    "POST /api/v1/closures": _closing,
    "DELETE /api/v1/closures/{closure_id}": _closure,
    f"POST {_PERSON}/disabling": _person,
    f"POST {_PERSON}/enabling": _after(_person, "POST", "/people/{user_id}/disabling"),
    f"POST {_PERSON}/password": _person,
    f"DELETE {_PERSON}/sessions": _person,
    f"DELETE {_PERSON}/sessions/{{session_id}}": _session,
    "PUT /api/v1/people/me/password": _newcomer,
    "DELETE /api/v1/sign-ins/current": _newcomer,
    "POST /api/v1/sign-ins": _proof,
    "POST /api/v1/sign-ins/renewal": _signed_in,
    "GET /t/{device_key}": _fix,
    "POST /t/{device_key}": _fix,
}
