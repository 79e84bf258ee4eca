"""A PostgreSQL of the test session's own, from the system's packages: no TCP, gone with the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

ACCOUNT = "postgres"
READY_S = 30.0


def _programs() -> Path | None:
    """Return the folder of the newest server's programs, such as ``/usr/lib/postgresql/15/bin``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def _as_account() -> list[str]:
    """Return what starts a program as the server's account: it refuses to run as root; it dies with its parent."""
    if os.geteuid() != 0:
        return ["setpriv", "--pdeathsig=QUIT"]
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups", "--pdeathsig=QUIT"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The conninfo URL of an empty database, without a password, over a Unix socket."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: `./tower test` installs it where that is allowed")
    # not below tmp_path: the server's account has to reach it
    folder = Path(tempfile.mkdtemp(prefix="tower-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    place = folder / "cluster"
    subprocess.run(
        [*_as_account(), programs / "initdb", "-D", place, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    options = [*("-c", "listen_addresses="), *("-c", "fsync=off"), *("-c", "max_connections=200")]
    with (Path(tempfile.gettempdir()) / f"{folder.name}.log").open("wb") as said:
        server = subprocess.Popen(
            [*_as_account(), programs / "postgres", "-D", place, "-k", folder, *options],
            stdout=said,
            stderr=said,
            cwd=folder,
        )
    url = f"postgresql://{ACCOUNT}@/postgres?host={folder}"
    try:
        _wait_until_ready(server, url, Path(said.name))
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder)
        Path(said.name).unlink()


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, said: Path) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{said.read_text()}") from None
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def postgres_url(postgres_server: str) -> Callable[[object], str]:
    """Return the URL of an empty schema of its own for each new key, the same for the same key."""
    known: dict[object, str] = {}

    def url_of(key: object = None) -> str:
        if key not in known:
            schema = f"tower_{uuid4().hex}"
            with psycopg.connect(postgres_server, autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {schema}")
            known[key] = f"{postgres_server}&options=-csearch_path%3D{schema}"
        return known[key]

    return url_of
