"""A town at the doors of a running service in which time stands still: everybody's token, own and foreign objects.

Operation time is that of the document's examples, so that they can be sent as they are; it passes a thousand times more
slowly than the wall's, so that nothing happens but what is asked for. Whatever a driver or a device has no business
with carries the word `CANARY`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from backend_service.access import TokenAuthority
from core.timekeeping import SteppedClock
from core.vocabulary import Role

EXAMPLES_AT = "2026-11-20T16:05:00+00:00"
CANARY = "CANARY"
PASSWORD = "a long phrase of one's own"
METHODS = ("get", "post", "put", "patch", "delete")
KITCHEN, FAR_KITCHEN = (-29.9027, -71.2519), (-29.9590, -71.3390)
MARKET, FAR_MARKET = (-29.9105, -71.2480), (-29.9630, -71.3350)
"""On streets that no way in this town leads over: they may be closed piece by piece."""

type Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of the served document."""

    method: str
    path: str
    told: Json

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return [one["name"] for one in self.told.get("parameters", ()) if one["in"] == "path"]

    def example(self) -> tuple[str, bytes] | None:
        """Return the media type and bytes of the document's own example of the body."""
        content = self.told.get("requestBody", {}).get("content", {})
        if not content:
            return None
        media, body = next(iter(content.items()))
        named = next(iter(body.get("examples", {}).values()), None)
        value = named["value"] if named else body["schema"]["examples"][0]
        return media, (value if isinstance(value, str) else json.dumps(value)).encode()


@dataclass
class Town:
    """What there is, and who is there.

    Parameters
    ----------
    tokens : by the name of who holds them; those in `REFUSED` count no more, or never did
    own, foreign, missing : values of the document's path parameters; `own` of the driver and device of the town
    """

    http: httpx.Client
    data_dir: Path
    tokens: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(100))

    def ask(self, who: str, method: str, path: str, body: object = None, **rest: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if self.tokens[who] else {}
        if body is not None:
            rest["content"] = json.dumps(body)
        return self.http.request(method, path, headers=headers | rest.pop("headers", {}), **rest)

    def do(self, method: str, path: str, body: object = None, *, who: str = "administrator") -> Any:
        """Return the answer to what has to succeed."""
        answer = self.ask(who, method, f"/api/v1{path}", body)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    def operations(self) -> list[Operation]:
        document = self.do("GET", "/openapi.json")
        return [
            Operation(method.upper(), path, told)
            for path, item in document["paths"].items()
            for method, told in item.items()
            if method in METHODS
        ]

    def position(self) -> int:
        """Return how far the event log goes."""
        return int(self.do("GET", "/fleet/overview")["position"])

    def draft(self, *, at: tuple[float, float] = KITCHEN, customer: str = "R. Araya") -> Json:
        """Return an order that can be placed."""
        lat, lon = at
        return {
            "pickup": {"name": customer, "position": {"lat": lat, "lon": lon}},
            "delivery": {"lat": lat + 0.002, "lon": lon + 0.002},
            "promise": {"by_at": "2026-11-20T18:40:00Z"},
            "ready_at": "2026-11-20T16:12:00Z",
            "customer": {"name": customer, "phone": "+56 9 5555 0101", "note": customer},
            "customer_id": f"C-{next(self.numbers)}",
        }

    def order(self, *, at: tuple[float, float] = KITCHEN, customer: str = "R. Araya") -> str:
        return str(self.do("POST", "/orders", self.draft(at=at, customer=customer))["id"])

    def closed(self, *, at: tuple[float, float] = MARKET) -> str:
        """Close the street there, as soon as there are streets; return the closure's id."""
        body = {"position": {"lat": at[0], "lon": at[1]}, "note": "Street market", "for_s": 3600}
        until = time.monotonic() + STREETS_READY_S
        while (answer := self.ask("administrator", "POST", "/api/v1/closures", body)).status_code == 503:
            assert time.monotonic() < until, answer.text
            time.sleep(0.1)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def disrupted(self, driver_id: str, *, at: tuple[float, float] = KITCHEN, customer: str = "R. Araya") -> str:
        """Cancel an order that a driver has said yes to; return the disruption that the service makes of it."""
        order_id = self.order(at=at, customer=customer)
        self.do("PUT", f"/orders/{order_id}/assign", {"driver_id": driver_id, "reason": "local_knowledge"})
        self.tokens[driver_id] = self.do("POST", f"/drivers/{driver_id}/tokens")["token"]
        self.do("POST", f"/orders/{order_id}/accept", who=driver_id)
        self.do("POST", f"/orders/{order_id}/cancel", {"reason": "customer_cancelled"})
        until = time.monotonic() + STREETS_READY_S
        while time.monotonic() < until:
            for one in self.do("GET", "/disruptions")["items"]:
                if order_id in one["order_ids"]:
                    return str(one["disruption_id"])
            time.sleep(0.1)
        raise AssertionError(f"nobody noticed that {order_id} was cancelled")

    def recovered(
        self, driver_id: str, *, at: tuple[float, float] = KITCHEN, customer: str = "R. Araya", option: str = "wait"
    ) -> str:
        """Return what was chosen about such a disruption: to wait, or to have a supervisor look."""
        disruption_id = self.disrupted(driver_id, at=at, customer=customer)
        return str(self.do("POST", f"/disruptions/{disruption_id}/recovery", {"option_id": option})["id"])

    def wave(self, number: object, *, at: tuple[float, float] = KITCHEN) -> dict[str, str]:
        """Close a wave of a new depot with one order and wait for its plan; return what it is named by."""
        depot, rhythm = f"DP-{number}", f"RY-{number}"
        place = {"name": f"Depot {number}", "position": {"lat": at[0], "lon": at[1]}}
        self.do("PUT", f"/depots/{depot}", place)
        self.do("PUT", f"/wave-rhythms/{rhythm}", {"name": "Day", "depot_ids": [depot], "closes_min": [600]})
        draft = self.draft(at=at) | {"depot_id": depot, "promise": {"by_at": "2026-11-20T20:40:00Z"}}
        self.do("POST", "/orders", draft)
        wave = str(self.do("POST", f"/wave-rhythms/{rhythm}/closing")["id"])
        until = time.monotonic() + STREETS_READY_S
        while self.do("GET", f"/waves/{wave}")["proposal"] is None:
            assert time.monotonic() < until, "no plan was made"
            time.sleep(0.1)
        return {"wave_id": wave, "depot_id": depot, "rhythm_id": rhythm}

    def assigned(self, driver_id: str, *, customer: str = "R. Araya") -> str:
        order_id = self.order(customer=customer)
        self.do("PUT", f"/orders/{order_id}/assign", {"driver_id": driver_id, "reason": "local_knowledge"})
        return order_id

    def open_proposal(self) -> str:
        """Return the id of the newest policy change that nobody has decided on."""
        return str(self.do("GET", "/policy/proposals?state=open")["items"][0]["proposal_id"])

    def idle_move(self, zone_id: str) -> str:
        """Return the id of the last move out of a zone that nobody has decided on."""
        moves = self.do("GET", "/driver-moves")["items"]
        return str(
            [one for one in moves if one["from_zone_id"] == zone_id and one["state"] == "proposed"][-1]["move_id"]
        )

    def latest_override(self) -> str:
        """Return the id of the newest override."""
        return str(self.do("GET", "/overrides")["items"][0]["override_id"])


STREETS_READY_S = 120.0

REFUSED = {
    "nobody": "access.token_missing",
    "expired": "access.token_expired",
    "revoked": "access.session_revoked",
    "forged": "access.token_invalid",
}
"""Whose tokens count for nothing, and why; all three that were real once were an administrator's."""

ACTORS = {
    "dispatcher": Role.DISPATCHER,
    "supervisor": Role.SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
    "regional": Role.DISPATCHER,
    "driver": Role.DRIVER,
    "device": Role.DEVICE,
}


def settle(service: Any, client: httpx.Client) -> Town:
    """Return a town in a service that was started at `EXAMPLES_AT`."""
    town = Town(client, service.data_dir)
    town.tokens["administrator"] = service.secret("demo-admin.token")
    _fill(town)
    _let_in(town)
    return town


def _fill(town: Town) -> None:
    for number, mark in (("07", ""), ("08", CANARY)):
        volume = {"volume_l": 10_000, "weight_kg": 10_000}
        vehicle, driver = f"V-{number}", f"DR-{number}"
        town.do("POST", "/vehicles", {"vehicle_id": vehicle, "plate": f"KX-{number} {mark}", "capacity": volume})
        town.do("POST", "/drivers", {"driver_id": driver, "name": f"P. {mark}", "phone": f"55 {mark}"})
        key = town.do("POST", f"/vehicles/{vehicle}/devices", {"device_id": f"D-{number}"})["key"]
        shift = {"vehicle_id": vehicle, "ends_at": "2026-11-20T21:00:00Z"}
        town.do("POST", f"/drivers/{driver}/shift", shift)
        fix = {"vehicle": vehicle, "fix_at": EXAMPLES_AT, "lat": KITCHEN[0], "lon": KITCHEN[1]}
        assert town.do("POST", "/telemetry", {"fixes": [fix]}) == {"accepted": 1, "rejected": {}}
        town.do(
            "POST",
            "/geofences",
            {"name": f"Depot {mark}", "fence_id": f"F-{number}", "centre": _CENTRE, "radius_m": 120},
        )
        limit = {"channel": "temperature.cargo", "name": f"Cold {mark}", "most": 5.0, "vehicles": [vehicle]}
        town.do("PUT", f"/channel-limits/L-{number}", limit)
        (town.foreign if mark else town.own).update(
            vehicle_id=vehicle,
            driver_id=driver,
            device_id=f"D-{number}",
            device_key=key,
            fence_id=f"F-{number}",
            limit_id=f"L-{number}",
            **town.wave(number),
            order_id=town.assigned(driver, customer=mark or "R. Araya"),
            customer_id=f"C-{next(town.numbers)}",
            override_id=town.latest_override(),
            proposal_id="PP-2" if mark else "PP-1",
            move_id="M-C1" if mark else "M-C0",
            closure_id=town.closed(),
            disruption_id=town.disrupted(driver, customer=mark or "R. Araya"),
            recovery_id=town.recovered(driver, customer=mark or "R. Araya"),
        )
    for named in (town.own, town.foreign):
        link = town.do("GET", f"/orders/{named['order_id']}/customer-link")["path"]
        named["link"] = link.rpartition("/")[2]
    town.missing.update({name: f"{name[0].upper()}-404" for name in town.own})
    for named in (town.own, town.foreign):
        named |= {"kind": "vehicles", "channel": "temperature.cargo", "protocol": "owntracks"}
    town.missing |= {"kind": "secrets", "channel": "nothing.at_all", "user_id": "nobody-404", "session_id": "s-404"}
    town.missing["protocol"] = "morse"


_CENTRE = {"lat": KITCHEN[0], "lon": KITCHEN[1]}


def _let_in(town: Town) -> None:
    zones = [town.do("GET", f"/orders/{town.order(at=at)}")["zone_id"] for at in (KITCHEN, FAR_KITCHEN)]
    assert zones[0] and zones[1] and zones[0] != zones[1], zones
    for user_id, role, regions in (
        ("ana", "dispatcher", []),
        ("sol", "supervisor", []),
        ("rita", "dispatcher", [zones[1]]),
        ("rex", "administrator", []),
    ):
        person = {"user_id": user_id, "name": user_id, "role": role, "regions": regions, "password": PASSWORD}
        town.do("POST", "/people", person)
    town.tokens["nobody"] = ""
    town.tokens["forged"] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290Iiwicm9sZSI6ImFkbWluaXN0cmF0b3IifQ."
    for who, user_id in (("dispatcher", "ana"), ("supervisor", "sol"), ("regional", "rita"), ("revoked", "rex")):
        signed_in = town.do("POST", "/sign-ins", {"name": user_id, "password": PASSWORD}, who="nobody")
        town.tokens[who] = signed_in["token"]
        town.own |= {"user_id": user_id, "session_id": signed_in["session_id"]}
    town.do("DELETE", "/people/rex/sessions")
    town.tokens["driver"] = town.do("POST", "/drivers/DR-07/tokens")["token"]
    authority = TokenAuthority.open(town.data_dir / "secrets", SteppedClock(time.time()))
    town.tokens["device"] = authority.issue("D-07", Role.DEVICE, lifetime_s=3600)
    past = TokenAuthority.open(town.data_dir / "secrets", SteppedClock(time.time() - 7200))
    town.tokens["expired"] = past.issue("late", Role.ADMINISTRATOR, lifetime_s=3600)
    town.foreign |= {"user_id": "sol", "session_id": town.own["session_id"]}
