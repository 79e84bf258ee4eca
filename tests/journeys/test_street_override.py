"""A street that a driver is to drive on: what closing it would do is shown first, then kept, told later and undone."""

from __future__ import annotations

from itertools import pairwise

import psutil

BESIDE_S = 5.0
"""Forecasts of the same way move by less."""


def test_street_is_closed_with_a_preview_told_later_and_opened_again(service_on, town_of, until, tmp_path):
    service = service_on()
    town = town_of(service)
    driver = town.on_shift(1)
    order = town.place().json()["id"]
    assert town.client.put(
        f"/api/v1/orders/{order}/assign", json={"driver_id": driver, "reason": "local_knowledge"}
    ).is_success

    def tasks(reader=None):
        return (reader or town.client).get(f"/api/v1/drivers/{driver}/tasks").json()

    way = until(lambda: tasks()["geometry"])
    piece = way[3 * len(way) // 4 :][:2]
    place = {axis: (piece[0][axis] + piece[1][axis]) / 2 for axis in ("lat", "lon")}
    change = {"change": "close_street", "position": place, "for_s": 1800}
    preview = until(lambda: _answered(town.post(f"/orders/{order}/override/preview", {"change": change})))

    # The driver comes later, over a longer way, and is told nothing of it yet.
    assert preview["as_is"]["driving_s"] > preview["present"]["driving_s"] + BESIDE_S
    assert (preview["breaches"], preview["driver_id"]) == ([], "")
    assert preview["as_is"]["drivers_changed"] == 1
    assert town.client.get("/api/v1/closures").json()["items"] == []

    reader = town.service.client()
    reader.headers["Authorization"] = f"Bearer {town.post(f'/drivers/{driver}/tokens').json()['token']}"
    with reader:
        known = tasks(reader)
        commit = {"change": change, "reason": "local_knowledge", "note": "Burst pipe"}
        made = town.post(f"/orders/{order}/override", commit | {"shown": preview["shown_as_is"]}).json()["id"]
        [closure] = town.client.get("/api/v1/closures").json()["items"]
        assert (closure["position"], closure["note"]) == (place, "Burst pipe")
        entry = town.client.get("/api/v1/overrides").json()["items"][0]
        assert (entry["override_id"], entry["change"], entry["expected_late"] is None) == (made, "close_street", False)
        until(lambda: _leads_round(tasks()["geometry"], piece))
        assert tasks(reader) == known

        assert town.post(f"/overrides/{made}/undo").is_success
        assert town.client.get("/api/v1/closures").json()["items"] == []
        assert _passes(tasks(reader)["geometry"], piece)
        until(lambda: _passes(tasks()["geometry"], piece))
        assert tasks(reader)["plan_number"] == known["plan_number"]

        # Once more, with a window of a second: then the driver hears of it.
        assert town.client.patch("/api/v1/policy", json={"values": {"tell_after_s": 1.0}, "note": "Test"}).is_success
        preview = town.post(f"/orders/{order}/override/preview", {"change": change}).json()
        again = town.post(f"/orders/{order}/override", commit | {"shown": preview["shown_as_is"]}).json()["id"]
        until(lambda: _leads_round(tasks(reader)["geometry"], piece))

    engines = _engines(service)
    assert engines
    service.kill()
    until(lambda: not any(psutil.pid_exists(pid) for pid in engines))
    town = town_of(service_on())
    [closure] = town.client.get("/api/v1/closures").json()["items"]
    assert closure["note"] == "Burst pipe"
    assert [one["override_id"] for one in town.client.get("/api/v1/overrides").json()["items"]][:2] == [again, made]
    # It is opened by an undo after the restart, too.
    assert town.post(f"/overrides/{again}/undo").is_success
    assert town.client.get("/api/v1/closures").json()["items"] == []


def _answered(answer):
    """Return an answer, ``None`` while the streets are not there yet."""
    if answer.status_code == 503:
        return None
    assert answer.is_success, answer.text
    return answer.json()


def _passes(way, piece):
    return piece in [list(pair) for pair in pairwise(way)]


def _leads_round(way, piece):
    return way and not _passes(way, piece)


def _engines(service):
    children = psutil.Process(service.process.pid).children(recursive=True)
    return [child.pid for child in children if "osrm" in child.name()]
