"""Every command exists once."""

from app.command_catalogue import CATALOGUE, CommandId, Where, spec_of, verbs_starting_with
from core.vocabulary import Role


def test_ids_keys_and_verbs_are_used_once() -> None:
    assert sorted(spec.id for spec in CATALOGUE) == sorted(CommandId)
    keys = [key for spec in CATALOGUE for key in spec.keys]
    verbs = [spec.verb for spec in CATALOGUE if spec.verb]
    assert len(set(keys)) == len(keys)
    assert len(set(verbs)) == len(verbs)


def test_single_letters_act_only_while_browsing() -> None:
    letters = [spec for spec in CATALOGUE for key in spec.keys if len(key) == 1]
    assert letters
    assert all(spec.where in (Where.BROWSING, Where.OWN) for spec in letters)


def test_verbs_may_be_cut_to_what_is_unique() -> None:
    assert [spec.id for spec in verbs_starting_with("rea", Role.DISPATCHER)] == [CommandId.OVERRIDE]
    assert [spec.id for spec in verbs_starting_with("ack", Role.DISPATCHER)] == [CommandId.ACKNOWLEDGE]
    assert len(verbs_starting_with("ac", Role.DISPATCHER)) == 2


def test_who_may_not_is_not_offered() -> None:
    assert not spec_of(CommandId.UNDO).is_for(Role.DRIVER)
    assert verbs_starting_with("undo", Role.DRIVER) == ()


def test_fences_are_drawn_by_supervisors_and_administrators() -> None:
    may = [role for role in Role if spec_of(CommandId.FENCES).is_for(role)]
    assert may == [Role.SUPERVISOR, Role.ADMINISTRATOR]
    assert CommandId.FENCES not in [spec.id for spec in verbs_starting_with("f", Role.DISPATCHER)]
