"""The dispatch policy: every value with unit and range, and changes of it by a supervisor."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import get, patch
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from backend_service.api.carrying_out import create
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Created
from backend_service.api.places_and_times import NO_NUL, Id, Moment, Number, moment
from backend_service.api.problems import problems
from core.commands import ChangePolicy
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, policy_in_force
from core.refusals import NotFound
from core.vocabulary import ZoneId

OfZone = Annotated[
    str | None, QueryParameter(name="zone", required=False, description="As it holds in this zone; else in the city.")
]


class PolicyValue(msgspec.Struct, kw_only=True):
    """One value in force. `set_for` says whose it is: the zone's, the city's, or what Tower comes with."""

    name: str
    unit: str
    value: float
    default: float
    least: float
    most: float
    of_zone: bool
    set_for: Literal["zone", "city", "default"]


class PolicyView(msgspec.Struct, kw_only=True):
    """The policy in force, and the number of its last change; zones with values of their own are named."""

    number: int
    changed_at: Moment | None
    changed_by: str
    zone_id: str | None
    zones: list[str]
    values: list[PolicyValue]


class PolicyDraft(msgspec.Struct, kw_only=True):
    """Values to set, `null` to take one back. `based_on` is the number that was read before."""

    values: Annotated[dict[str, float | None], msgspec.Meta(min_length=1, max_length=len(FIELDS))]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    zone_id: Id | None = None
    based_on: Number | None = None


_ASK_EARLIER = Example(
    summary="Ask a person from 60 000 up, in one zone",
    value={"values": {"high_value": 60000}, "note": "Many large orders from the market", "zone_id": "Z-01"},
)


@get("/policy", guards=[allowed(DESK)], responses=problems(404), summary="Read the dispatch policy")
async def read_policy(tower: Tower, zone: OfZone = None) -> PolicyView:
    """Return every value that decisions weigh or stop at, as in force now; money in minor units of the currency."""
    return _view(tower, None if zone is None else ZoneId(zone))


@patch("/policy", guards=[may(ChangePolicy)], responses=problems(404, 409, 422, 503), summary="Change the policy")
async def change_policy(
    data: Annotated[PolicyDraft, Body(examples=[_ASK_EARLIER])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Set or take back values, all or none; each change has a number and stands in the audit trail with its note."""
    command = ChangePolicy(
        values=data.values,
        note=data.note,
        zone_id=None if data.zone_id is None else ZoneId(data.zone_id),
        based_on=data.based_on,
    )
    return await create(tower, identity, command, idempotency_key)


def _view(tower: ApiCollaborators, zone_id: ZoneId | None) -> PolicyView:
    operation = tower.bus.operation
    if zone_id is not None and zone_id not in operation.fleet.zones:
        raise NotFound("zone", zone_id)
    book, base = operation.policy, DispatchPolicy()
    in_force = policy_in_force(base, book, zone_id)
    own = book.values(zone_id) if zone_id is not None else {}
    values = [
        PolicyValue(
            name=name,
            unit=field.unit,
            value=field.value_in(in_force),
            default=field.value_in(base),
            least=field.least,
            most=field.most,
            of_zone=field.of_zone,
            set_for="zone" if name in own else "city" if name in book.city else "default",
        )
        for name, field in FIELDS.items()
    ]
    return PolicyView(
        number=book.number,
        changed_at=None if book.changed_at is None else moment(book.changed_at),
        changed_by=book.changed_by,
        zone_id=zone_id,
        zones=sorted(book.zones),
        values=values,
    )


POLICY_HANDLERS = (read_policy, change_policy)
