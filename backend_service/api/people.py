"""What an administrator does with people: accounts, passwords, sessions."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import ADMINISTRATION, allowed
from backend_service.api.paging import Cursor, Limit, next_link, page_of
from backend_service.api.places_and_times import Id, IdInPath, Moment, Name, moment
from backend_service.api.problems import problems
from backend_service.api.sign_ins import FreshPassword, people_of
from backend_service.people.accounts_store import Person, Session
from core.refusals import Refusal
from core.vocabulary import Role, ZoneId

_PERSON = Example(
    summary="A dispatcher of two regions",
    value={"user_id": "maria", "name": "María Rojas", "role": "dispatcher", "regions": ["Z-01", "Z-02"]},
)
_RESET = Example(summary="Make one", value={})


class PersonDraft(msgspec.Struct, kw_only=True):
    """Somebody who may sign in. Without a `password` one is made; without `regions` they decide everywhere."""

    user_id: Id
    name: Name
    role: Role
    regions: Annotated[list[Id], msgspec.Meta(max_length=200)] = []
    password: FreshPassword | None = None

    def __repr__(self) -> str:
        return f"PersonDraft(user_id={self.user_id!r})"


class PasswordDraft(msgspec.Struct, kw_only=True):
    """The next password; without one it is made."""

    password: FreshPassword | None = None

    def __repr__(self) -> str:
        return "PasswordDraft()"


class PasswordView(msgspec.Struct, kw_only=True):
    """A password that was made: shown here and never again; ``null`` if it was given."""

    user_id: str
    password: str | None


class PersonView(msgspec.Struct, kw_only=True):
    """Somebody with an account; no `regions` means everywhere."""

    user_id: str
    name: str
    role: Role
    regions: list[str]
    is_disabled: bool
    added_at: Moment

    @classmethod
    def of(cls, person: Person) -> PersonView:
        """Return somebody as the API shows them, without the password's hash."""
        return cls(
            user_id=person.user_id,
            name=person.name,
            role=person.role,
            regions=list(person.regions),
            is_disabled=person.is_disabled,
            added_at=moment(person.added_at),
        )


class PersonPage(msgspec.Struct, kw_only=True):
    """A page of people."""

    items: list[PersonView]
    next: str | None = None


class SessionView(msgspec.Struct, kw_only=True):
    """A session that could still be renewed."""

    session_id: str
    user_id: str
    started_at: Moment
    latest_at: Moment
    ends_at: Moment
    address: str

    @classmethod
    def of(cls, session: Session) -> SessionView:
        """Return a session as the API shows it."""
        return cls(
            session_id=session.session_id,
            user_id=session.user_id,
            started_at=moment(session.started_at),
            latest_at=moment(session.latest_at),
            ends_at=moment(session.ends_at),
            address=session.address,
        )


class SessionList(msgspec.Struct, kw_only=True):
    """The sessions of somebody, newest first."""

    items: list[SessionView]


class RevokedView(msgspec.Struct, kw_only=True):
    """How many sessions ended."""

    revoked: int


@post("/people", guards=[allowed(ADMINISTRATION)], responses=problems(409, 422, 429, 503), summary="Add somebody")
async def add_person(
    data: Annotated[PersonDraft, Body(examples=[_PERSON])], tower: Tower, identity: Caller
) -> PasswordView:
    """Open an account. A password that was made is shown once."""
    regions = tuple(ZoneId(region) for region in dict.fromkeys(data.regions))
    _check_regions(tower, regions)
    made = await people_of(tower).accounts.add(
        data.user_id, data.name, data.role, regions, data.password, by=identity.actor.subject
    )
    return PasswordView(user_id=data.user_id, password=made)


@get("/people", guards=[allowed(ADMINISTRATION)], responses=problems(422, 503), summary="List people")
async def list_people(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> PersonPage:
    """Return everybody with an account, by user id."""
    everybody = people_of(tower).accounts.everybody()
    shown, after = page_of(everybody, lambda person: person.user_id, limit, cursor)
    return PersonPage(
        items=[PersonView.of(person) for person in shown], next=next_link("/api/v1/people", after, limit=limit)
    )


@post(
    "/people/{user_id:str}/disabling",
    status_code=204,
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 409, 503),
    summary="Shut somebody out",
)
async def disable_person(user_id: IdInPath, tower: Tower, identity: Caller) -> None:
    """End every session of somebody and let them sign in no more; a desk of theirs closes within seconds."""
    await people_of(tower).disable(user_id, by=identity.actor.subject)


@post(
    "/people/{user_id:str}/enabling",
    status_code=204,
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 503),
    summary="Let somebody in again",
)
async def enable_person(user_id: IdInPath, tower: Tower, identity: Caller) -> None:
    """Take a disabling back; sessions that ended stay ended."""
    await people_of(tower).accounts.enable(user_id, by=identity.actor.subject)


@post(
    "/people/{user_id:str}/password",
    status_code=200,
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 422, 429, 503),
    summary="Give somebody another password",
)
async def reset_password(
    user_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[PasswordDraft | None, Body(examples=[_RESET])] = None,
) -> PasswordView:
    """Replace a password and end every session. A password that was made is shown once."""
    given = (data or PasswordDraft()).password
    made = await people_of(tower).reset_password(user_id, given, by=identity.actor.subject)
    return PasswordView(user_id=user_id, password=made)


@get(
    "/people/{user_id:str}/sessions",
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 503),
    summary="List somebody's sessions",
)
async def list_sessions(user_id: IdInPath, tower: Tower) -> SessionList:
    """Return the sessions that could still be renewed, newest first."""
    found = await people_of(tower).sessions.of_person(user_id)
    return SessionList(items=[SessionView.of(session) for session in found])


@delete(
    "/people/{user_id:str}/sessions",
    status_code=200,
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 503),
    summary="End all of somebody's sessions",
)
async def revoke_sessions(user_id: IdInPath, tower: Tower, identity: Caller) -> RevokedView:
    """End every session of somebody."""
    return RevokedView(revoked=await people_of(tower).sessions.revoke_all(user_id, by=identity.actor.subject))


@delete(
    "/people/{user_id:str}/sessions/{session_id:str}",
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 503),
    summary="End a session",
)
async def revoke_session(user_id: IdInPath, session_id: IdInPath, tower: Tower, identity: Caller) -> None:
    """End one session of somebody; repeated, it changes nothing more."""
    await people_of(tower).sessions.revoke(user_id, session_id, by=identity.actor.subject)


def _check_regions(tower: ApiCollaborators, regions: tuple[ZoneId, ...]) -> None:
    unknown = [region for region in regions if region not in tower.bus.operation.fleet.zones]
    if unknown:
        known = ", ".join(sorted(tower.bus.operation.fleet.zones)[:20]) or "none"
        raise Refusal(
            "person.region_unknown",
            f"There is no region {', '.join(unknown)} in this city. Known are {known}.",
            unknown=unknown,
        )


PEOPLE_HANDLERS = (
    add_person,
    list_people,
    disable_person,
    enable_person,
    reset_password,
    list_sessions,
    revoke_sessions,
    revoke_session,
)
