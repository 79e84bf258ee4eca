"""The command `tower user`: adds, lists, shuts out and lets in people, through the running service."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from backend_service.people.accounts import DESK_ROLES
from backend_service.service_client import ServiceClient, add_options

type _Work = Callable[[ServiceClient, argparse.Namespace], None]


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; errors as in `ServiceClient.ask`."""
    options = _parser().parse_args(arguments)
    work: _Work = options.work
    with ServiceClient.of(options) as client:
        work(client, options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tower user", description="Say who may sign in at a desk, and as what.")
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    add = _verb(verbs, "add", _add, "let somebody sign in; a password that is made is shown once")
    add.add_argument("--role", choices=sorted(DESK_ROLES), required=True)
    add.add_argument("--regions", default="", metavar="A,B", help="zones in which they decide (default: everywhere)")
    add.add_argument("--full-name", default="", help="how they are called (default: the name)")
    _verb(verbs, "list", _list, "show everybody", has_name=False)
    _verb(verbs, "disable", _disable, "shut somebody out at once, whatever they hold")
    _verb(verbs, "enable", _enable, "let somebody in again")
    reset = _verb(verbs, "reset", _reset, "give somebody another password and end their sessions")
    for verb in (add, reset):
        verb.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _verb(verbs, "sessions", _sessions, "show somebody's sessions")
    revoke = _verb(verbs, "revoke", _revoke, "end somebody's sessions")
    revoke.add_argument("session", metavar="SESSION", nargs="?", help="only this one")
    return parser


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    work: _Work,
    summary: str,
    *,
    has_name: bool = True,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    if has_name:
        verb.add_argument("name", metavar="NAME", help="what they sign in with")
    add_options(verb)
    verb.set_defaults(work=work)
    return verb


def _add(client: ServiceClient, options: argparse.Namespace) -> None:
    person = {
        "user_id": options.name,
        "name": options.full_name or options.name,
        "role": options.role,
        "regions": [region.strip() for region in options.regions.split(",") if region.strip()],
        "password": _given_password(options),
    }
    _say_password(options.name, client.ask("POST", "/people", json=person).json()["password"])


def _list(client: ServiceClient, options: argparse.Namespace) -> None:
    after: str | None = "/people?limit=500"
    while after is not None:
        page = client.ask("GET", after).json()
        for person in page["items"]:
            regions = ",".join(person["regions"]) or "everywhere"
            state = "disabled" if person["is_disabled"] else "active"
            print(f"{person['user_id']:<20} {person['role']:<14} {state:<9} {regions:<20} {person['name']}")
        after = page["next"] and page["next"].removeprefix("/api/v1")


def _disable(client: ServiceClient, options: argparse.Namespace) -> None:
    client.ask("POST", f"/people/{options.name}/disabling")
    print(f"{options.name} is shut out.")


def _enable(client: ServiceClient, options: argparse.Namespace) -> None:
    client.ask("POST", f"/people/{options.name}/enabling")
    print(f"{options.name} may sign in.")


def _reset(client: ServiceClient, options: argparse.Namespace) -> None:
    answer = client.ask("POST", f"/people/{options.name}/password", json={"password": _given_password(options)})
    _say_password(options.name, answer.json()["password"])


def _sessions(client: ServiceClient, options: argparse.Namespace) -> None:
    for session in client.ask("GET", f"/people/{options.name}/sessions").json()["items"]:
        used = f"since {session['started_at']}, last used {session['latest_at']}"
        print(f"{session['session_id']}  {used}, from {session['address'] or 'unknown'}")


def _revoke(client: ServiceClient, options: argparse.Namespace) -> None:
    path = f"/people/{options.name}/sessions"
    if options.session:
        client.ask("DELETE", f"{path}/{options.session}")
        print("1 session ended.")
        return
    print(f"{client.ask('DELETE', path).json()['revoked']} sessions ended.")


def _given_password(options: argparse.Namespace) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None


def _say_password(name: str, made: str | None) -> None:
    if made is None:
        print(f"{name} may sign in with the password given.")
    else:
        print(f"{name} may sign in with this password, shown only now:\n\n    {made}\n")
