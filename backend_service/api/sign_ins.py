"""Signing in with name and password, going on, changing one's password, and signing out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, post, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, DESK_AND_DRIVER, ApiRequest, allowed
from backend_service.api.places_and_times import Id, Moment, moment
from backend_service.api.problems import problems
from backend_service.people.passwords import LONGEST, SHORTEST
from backend_service.people.people import People
from backend_service.people.sessions import SignedIn
from core.refusals import Fault
from core.vocabulary import Role

GivenPassword = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
FreshPassword = Annotated[str, msgspec.Meta(min_length=SHORTEST, max_length=LONGEST)]

_SIGN_IN = Example(summary="A dispatcher", value={"name": "maria", "password": "a long phrase of one's own"})
_RENEWAL = Example(summary="Go on", value={"renewal": "trn_5f0c.1.9a"})
_CHANGE = Example(
    summary="Another password", value={"before": "a long phrase of one's own", "after": "an even longer phrase"}
)


class Credentials(msgspec.Struct, kw_only=True):
    """Who one is, and the proof."""

    name: Id
    password: GivenPassword

    def __repr__(self) -> str:
        return f"Credentials(name={self.name!r})"


class RenewalDraft(msgspec.Struct, kw_only=True):
    """What the last sign-in or renewal gave; each is good once."""

    renewal: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]

    def __repr__(self) -> str:
        return "RenewalDraft()"


class PasswordChange(msgspec.Struct, kw_only=True):
    """The present password and the next one."""

    before: GivenPassword
    after: FreshPassword

    def __repr__(self) -> str:
        return "PasswordChange()"


class SignedInView(msgspec.Struct, kw_only=True):
    """An access token until `expires_at`, and what to renew it with until `session_ends_at`.

    `addresses` and `curve_key` are where a desk finds the feed.
    """

    user_id: str
    name: str
    role: Role
    regions: list[str]
    session_id: str
    token: str
    expires_at: Moment
    renewal: str
    session_ends_at: Moment
    addresses: list[str] = []
    curve_key: str = ""

    @classmethod
    def of(cls, signed_in: SignedIn, tower: ApiCollaborators) -> SignedInView:
        """Return what somebody is told who signed in."""
        person = signed_in.person
        return cls(
            user_id=person.user_id,
            name=person.name,
            role=person.role,
            regions=list(person.regions),
            session_id=signed_in.session_id,
            token=signed_in.token,
            expires_at=moment(signed_in.expires_at),
            renewal=signed_in.renewal,
            session_ends_at=moment(signed_in.ends_at),
            addresses=list(tower.feed_addresses()),
            curve_key=tower.curve_key,
        )


def people_of(tower: ApiCollaborators) -> People:
    """Return the people of this service, or fail with ``people.unavailable`` where it keeps none."""
    if tower.people is None:
        raise Fault("people.unavailable", "This service keeps no accounts: sign in with an invitation.")
    return tower.people


@post(
    "/sign-ins",
    security=[{}],
    responses=problems(400, 401, 429, 503, needs_token=False),
    summary="Sign in with name and password",
)
async def sign_in(
    data: Annotated[Credentials, Body(examples=[_SIGN_IN])], request: ApiRequest, tower: Tower
) -> SignedInView:
    """Open a session. Whether the name or the password was wrong is never told; attempts are limited."""
    address = request.client.host if request.client else ""
    signed_in = await people_of(tower).sessions.sign_in(data.name, data.password, address)
    return SignedInView.of(signed_in, tower)


@post(
    "/sign-ins/renewal",
    status_code=200,
    security=[{}],
    responses=problems(400, 401, 503, needs_token=False),
    summary="Go on with a session",
)
async def renew_sign_in(data: Annotated[RenewalDraft, Body(examples=[_RENEWAL])], tower: Tower) -> SignedInView:
    """Return a fresh access token and the next renewal. A renewal used by two ends the session of both."""
    return SignedInView.of(await people_of(tower).sessions.renew(data.renewal), tower)


@delete("/sign-ins/current", guards=[allowed(DESK_AND_DRIVER)], responses=problems(503), summary="Sign out")
async def sign_out(tower: Tower, identity: Caller) -> None:
    """End the session of the token that is shown; a token without a session stops counting itself."""
    await people_of(tower).sessions.sign_out(identity)


@put(
    "/people/me/password",
    status_code=204,
    guards=[allowed(DESK)],
    responses=problems(404, 422, 429, 503),
    summary="Change one's own password",
)
async def change_own_password(
    data: Annotated[PasswordChange, Body(examples=[_CHANGE])], tower: Tower, identity: Caller
) -> None:
    """Replace one's own password. Every session of one's own ends, also this one."""
    await people_of(tower).change_own_password(identity, data.before, data.after)


SIGN_IN_HANDLERS = (sign_in, renew_sign_in, sign_out, change_own_password)
