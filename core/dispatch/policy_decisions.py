"""Decides about changes of the dispatch policy: known fields, sensible ranges, on the version that was looked at."""

from __future__ import annotations

from math import isfinite

from core.commands import ChangePolicy
from core.deciding import Context, Decision
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, PolicyField, policy_in_force, typed
from core.events.policy_events import PolicyChanged
from core.projections.policy_book import PolicyBook
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import POLICY
from core.vocabulary import ZoneId

LONGEST_NOTE = 500


def change_policy(context: Context, command: ChangePolicy) -> Decision:
    """Set values, or take them back where `None` is given; all of them or none."""
    book = context.operation.policy
    note = command.note.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise Refusal("policy.note_required", f"Say why, in up to {LONGEST_NOTE} characters.")
    if command.based_on is not None and command.based_on != book.number:
        raise StateChanged("The policy was changed meanwhile. Look again.", number=book.number)
    if command.zone_id is not None and command.zone_id not in context.operation.fleet.zones:
        raise NotFound("zone", command.zone_id)
    event = _changed(book, command, note)
    if not (event.values or event.before):
        raise Refusal("policy.no_change", "That is what is in force already.", status=409)
    _check_together(book, event)
    return Decision([(POLICY, event)], created=f"P-{event.number}")


def _changed(book: PolicyBook, command: ChangePolicy, note: str) -> PolicyChanged:
    known = book.values(command.zone_id)
    base = policy_in_force(DispatchPolicy(), book, command.zone_id)
    values: dict[str, float] = {}
    before: dict[str, float] = {}
    for name, told in command.values.items():
        field = _field(name, command)
        if told is None:
            if name in known:
                before[name] = known[name]
            continue
        value = _checked(field, told)
        if value != field.value_in(base):
            values[name], before[name] = value, field.value_in(base)
    return PolicyChanged(number=book.number + 1, zone_id=command.zone_id, values=values, before=before, note=note)


def _field(name: str, command: ChangePolicy) -> PolicyField:
    field = FIELDS.get(name)
    if field is None:
        raise Refusal("policy.unknown_field", f"The policy has no value {name}.", field=name)
    if command.zone_id is not None and not field.of_zone:
        raise Refusal(
            "policy.not_of_a_zone", f"{name} holds for the whole city; a zone has none of its own.", field=name
        )
    return field


def _checked(field: PolicyField, told: float) -> float:
    if not (isfinite(told) and field.least <= told <= field.most):
        span = f"{field.least:g} to {field.most:g} {field.unit}"
        raise Refusal("policy.out_of_range", f"{field.name} goes from {span}.", field=field.name)
    if field.is_whole and told != round(told):
        raise Refusal("policy.not_whole", f"{field.name} is a whole number.", field=field.name)
    return typed(field.name, told)


def _check_together(book: PolicyBook, event: PolicyChanged) -> None:
    """Refuse a policy that would contradict itself, in the zone or in any zone that builds on the city's values."""
    after = PolicyBook(city=dict(book.city), zones={name: dict(values) for name, values in book.zones.items()})
    kept = {name: value for name, value in after.values(event.zone_id).items() if name not in event.before}
    if event.zone_id is None:
        after.city = kept | event.values
    else:
        after.zones[event.zone_id] = kept | event.values
    for zone_id in (None, *after.zones):
        policy = _consistent(after, zone_id)
        if policy.sure_probability < policy.auto_probability:
            raise Refusal(
                "policy.contradiction",
                "sure_probability lies at or above auto_probability: what is sure needs no person.",
                field="sure_probability",
            )
        if policy.max_bundle > policy.max_orders:
            raise Refusal(
                "policy.contradiction", "max_bundle is at most max_orders: a bundle is in hand.", field="max_bundle"
            )


def _consistent(book: PolicyBook, zone_id: ZoneId | None) -> DispatchPolicy:
    try:
        return policy_in_force(DispatchPolicy(), book, zone_id)
    except ValueError as error:
        raise Refusal("policy.contradiction", f"{error}.") from error
