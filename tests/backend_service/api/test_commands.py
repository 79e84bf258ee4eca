"""`tower user`, `tower import` and `tower export` against a service on a real socket, found by its data directory."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn

from backend_service.exchange.command import run_export, run_import
from backend_service.people.command import run as run_user
from core.invitation import Invitation, render
from core.refusals import Fault, Refusal
from core.vocabulary import Role


async def opened(world: Any, folder: Path) -> tuple[uvicorn.Server, asyncio.Task[None]]:
    """Serve the world and leave in `folder` what a service leaves there."""
    app = world.client._transport.app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    (folder / "ready.json").write_bytes(msgspec.json.encode({"http": f"http://127.0.0.1:{port}"}))
    token = world.tower.authority.issue("administrator", Role.ADMINISTRATOR, lifetime_s=3600.0)
    invitation = Invitation(name="A", role=Role.ADMINISTRATOR, addresses=("ws://127.0.0.1",), token=token)
    (folder / "invitations").mkdir()
    (folder / "invitations" / "administrator.invitation").write_text(render(invitation) + "\n")
    return server, task


@pytest.fixture
def at_service(run: Any, tmp_path: Path) -> Any:
    """Return what runs a scenario of commands beside a served world; each command is given the data directory."""

    def play(scenario: Any) -> None:
        async def whole(world: Any) -> None:
            server, task = await opened(world, tmp_path)

            async def command(work: Any, *words: str) -> int:
                code: int = await asyncio.to_thread(work, [*words, "--data-dir", str(tmp_path)])
                return code

            try:
                await scenario(world, command)
            finally:
                server.should_exit = True
                await task

        run(whole)

    return play


def test_people_come_and_go(at_service: Any, capsys: Any) -> None:
    async def scenario(world: Any, command: Any) -> None:
        assert await command(run_user, "add", "maria", "--role", "dispatcher", "--full-name", "María R.") == 0
        made = capsys.readouterr().out.split("\n\n")[1].strip()
        people = world.tower.people
        assert (await people.sessions.sign_in("maria", made, "")).person.name == "María R."
        await command(run_user, "sessions", "maria")
        assert "from unknown" in capsys.readouterr().out
        await command(run_user, "revoke", "maria")
        assert capsys.readouterr().out == "1 sessions ended.\n"
        await command(run_user, "disable", "maria")
        await command(run_user, "list")
        assert "maria                dispatcher     disabled  everywhere" in capsys.readouterr().out
        await command(run_user, "enable", "maria")
        await command(run_user, "reset", "maria")
        again = capsys.readouterr().out.split("\n\n")[1].strip()
        assert again != made
        assert await people.sessions.sign_in("maria", again, "")
        with pytest.raises(Refusal) as refused:
            await command(run_user, "disable", "nobody")
        assert refused.value.code == "person.not_found"

    at_service(scenario)


def test_a_password_can_be_given_by_standard_input(at_service: Any, capsys: Any, monkeypatch: Any) -> None:
    async def scenario(world: Any, command: Any) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("a long phrase of one's own\n"))
        await command(run_user, "add", "ben", "--role", "supervisor", "--password-stdin")
        assert "phrase" not in capsys.readouterr().out
        assert await world.tower.people.sessions.sign_in("ben", "a long phrase of one's own", "")

    at_service(scenario)


def test_a_file_is_looked_at_and_then_kept(at_service: Any, capsys: Any, tmp_path: Path) -> None:
    async def scenario(world: Any, command: Any) -> None:
        path = tmp_path / "vans.csv"
        path.write_text("vehicle_id;plate;volume_l\nV-8;AB-12;1,5\nV-9;;2\n")
        assert await command(run_import, "vehicles", str(path), "--dry-run") == 1
        said = capsys.readouterr()
        assert said.err == "row 3 plate: must be given (cell.missing)\n"
        assert said.out == "1 of 2 rows are good. Nothing was kept: this was a dry run.\n"
        assert await command(run_import, "vehicles", str(path), "--all-or-nothing") == 1
        assert "nothing was kept" in capsys.readouterr().out
        assert "V-8" not in world.bus.operation.fleet.vehicles
        assert await command(run_import, "vehicles", str(path), "--good-rows") == 1
        assert capsys.readouterr().out == "1 of 2 rows were kept.\n"
        taken = tmp_path / "vehicles.json"
        assert await command(run_export, "vehicles", "-o", str(taken)) == 0
        assert taken.stat().st_mode & 0o777 == 0o600
        assert {"V-1", "V-2", "V-8"} == {row["vehicle_id"] for row in msgspec.json.decode(taken.read_bytes())}
        assert await command(run_import, "vehicles", str(taken), "--all-or-nothing") == 0

    at_service(scenario)


def test_a_template_needs_no_service(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert run_import(["orders", "--template", str(path)]) == 0
    assert path.read_text().startswith("order_id,customer_id,customer_name")


def test_where_no_service_runs_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="No service runs on"):
        run_user(["list", "--data-dir", str(tmp_path)])
