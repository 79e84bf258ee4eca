"""Requests to an application in the same process say what they would say over a socket."""

from __future__ import annotations

import asyncio

import msgspec

from backend_service.simulation.in_process import InProcess


async def echo(scope, receive, send):
    message = await receive()
    headers = {name.decode(): text.decode() for name, text in scope["headers"]}
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "body": message["body"].decode(),
        "token": headers.get("authorization"),
        "kind": headers.get("content-type"),
        "length": headers["content-length"],
    }
    await send({"type": "http.response.start", "status": 207, "headers": [(b"x-tower-rejected", b"duplicate")]})
    await send({"type": "http.response.body", "body": msgspec.json.encode(told)[:5], "more_body": True})
    await send({"type": "http.response.body", "body": msgspec.json.encode(told)[5:]})


def asked(*arguments, **options):
    return asyncio.run(InProcess(echo).request(*arguments, **options))


def test_method_address_headers_and_body_arrive():
    answer = asked("PUT", "/orders/O%201?limit=2", headers={"Authorization": "Bearer x"}, content=b"{}")
    assert answer.json() == {
        "method": "PUT",
        "path": "/orders/O 1",
        "query": "limit=2",
        "body": "{}",
        "token": "Bearer x",
        "kind": None,
        "length": "2",
    }


def test_a_form_arrives_as_a_form():
    answer = asked("POST", "/t/key", data={"lat": "-29.9", "id": "a b"})
    assert answer.json()["body"] == "lat=-29.9&id=a+b"
    assert answer.json()["kind"] == "application/x-www-form-urlencoded"


def test_the_answer_has_its_status_and_headers():
    answer = asked("GET", "/")
    assert (answer.status_code, answer.headers["X-Tower-Rejected"]) == (207, "duplicate")
