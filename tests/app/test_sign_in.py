"""Signing in by name and password: what comes back opens the desk and keeps it open."""

import asyncio
import threading

import pytest
import uvicorn
from litestar import Litestar, Response, post
from litestar.params import JSONBody

from app.sign_in import sign_in
from core.invitation import Invitation
from core.refusals import Fault, Refusal
from core.vocabulary import Role

SIGNED_IN = {
    "user_id": "maria",
    "name": "María",
    "role": "dispatcher",
    "token": "t",
    "renewal": "trn_x",
    "addresses": ["ws://127.0.0.1:1/api/v1/feed"],
    "curve_key": "",
}


@post("/api/v1/sign-ins")
async def door(data: JSONBody[dict[str, str]]) -> Response[object]:
    """Answer as the service's own door does."""
    match data["password"]:
        case "right":
            return Response(SIGNED_IN, status_code=201)
        case "strange":
            return Response("<html>", status_code=200, media_type="text/html")
    return Response({"code": "sign_in.refused", "detail": "Name or password is wrong."}, status_code=401)


@pytest.fixture(scope="module")
def address():
    server = uvicorn.Server(uvicorn.Config(Litestar([door], openapi_config=None), port=0, log_level="error"))
    ready, found = threading.Event(), []

    async def serve():
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        found.append(server.servers[0].sockets[0].getsockname()[1])
        ready.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20.0)
    yield f"http://127.0.0.1:{found[0]}"
    server.should_exit = True
    thread.join()


def test_the_right_password_gives_what_a_desk_connects_with(address):
    assert sign_in(address, "maria", "right") == Invitation(
        name="María",
        role=Role.DISPATCHER,
        addresses=("ws://127.0.0.1:1/api/v1/feed",),
        token="t",
        renewal="trn_x",
    )


def test_a_wrong_one_is_refused_in_the_services_words(address):
    with pytest.raises(Refusal, match="Name or password is wrong") as refused:
        sign_in(address, "maria", "wrong")
    assert (refused.value.code, refused.value.status) == ("sign_in.refused", 401)


@pytest.mark.parametrize("service", ["http://tower.example.org", "ftp://127.0.0.1", "127.0.0.1:8700", "", "http://"])
def test_no_password_leaves_this_machine_unencrypted(service):
    with pytest.raises(Refusal) as refused:
        sign_in(service, "maria", "right")
    assert refused.value.code == "sign_in.not_encrypted"


def test_where_nothing_or_something_else_answers_it_is_said(address):
    with pytest.raises(Fault) as fault:
        sign_in(address, "maria", "strange")
    assert fault.value.code == "service.no_tower"
    with pytest.raises(Fault) as fault:
        sign_in("http://127.0.0.1:1", "maria", "right")
    assert fault.value.code == "service.unreachable"
