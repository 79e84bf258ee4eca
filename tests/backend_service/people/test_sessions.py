"""Sessions outlive a restart and end when they must; the pool of passwords is bounded; renewals are good once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_service.access import TokenAuthority
from backend_service.people.accounts import made_password
from backend_service.people.accounts_store import AccountsStore
from backend_service.people.passwords import AT_ONCE, MOST_WAITING, Cost, Passwords
from backend_service.people.people import People
from backend_service.people.rate_limits import SignInLimits
from backend_service.people.sessions import IDLE_S, LONGEST_S
from core.commands import PersonChange, RecordPersonChange
from core.refusals import Fault, Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Role, ZoneId

NOW_AT = 1_800_000_000.0
PHRASE = "a long phrase of one's own"
CHEAP = Cost(64, 1, 1)


class Office:
    """People on a store, with what was recorded; `restart` forgets everything that is not on disk."""

    def __init__(self, open_store: Callable[[], AccountsStore]) -> None:
        self.open_store = open_store
        self.wall = SteppedClock(NOW_AT)
        self.recorded: list[RecordPersonChange] = []
        self.is_log_full = False
        self.open()

    def open(self) -> None:
        self.authority = TokenAuthority(b"s" * 32, self.wall)
        self.people = People.open(self.open_store(), self.authority, self._record, self.wall, cost=CHEAP)

    async def restart(self) -> None:
        await self.people.close()
        self.open()

    async def _record(self, change: RecordPersonChange) -> None:
        if self.is_log_full:
            raise Fault("log.disk_full", "The disk is full.")
        self.recorded.append(change)

    async def add(self, name: str = "maria", regions: tuple[ZoneId, ...] = ()) -> None:
        await self.people.accounts.add(name, name, Role.DISPATCHER, regions, PHRASE, by="root")

    async def sign_in(self, password: str = PHRASE) -> Any:
        return await self.people.sessions.sign_in("maria", password, "127.0.0.1")


@pytest.fixture
def play(open_store: Callable[[], AccountsStore]) -> Any:
    return lambda scenario: play_on(open_store, scenario)


def play_on(open_store: Callable[[], AccountsStore], scenario: Any) -> None:
    async def whole() -> None:
        office = Office(open_store)
        await office.add()
        try:
            await scenario(office)
        finally:
            await office.people.close()

    asyncio.run(whole())


def code_of(caught: Any) -> str:
    code: str = caught.value.code
    return code


def test_accounts_and_sessions_outlive_a_restart(play: Any) -> None:
    async def scenario(office: Office) -> None:
        await office.add("zoe", regions=(ZoneId("Z-1"),))
        signed = await office.sign_in()
        await office.restart()
        assert office.authority.verify(signed.token).actor.subject == "maria"
        assert (await office.people.sessions.renew(signed.renewal)).session_id == signed.session_id
        assert (await office.sign_in()).person.role is Role.DISPATCHER
        zoe = Actor(role=Role.DISPATCHER, subject="zoe")
        assert office.people.accounts.regions_of(zoe) == {"Z-1"}
        assert office.people.accounts.regions_of(Actor(role=Role.DRIVER, subject="zoe")) is None

    play(scenario)


def test_what_was_withdrawn_stays_withdrawn_after_a_restart(play: Any) -> None:
    async def scenario(office: Office) -> None:
        signed = await office.sign_in()
        invited = office.authority.issue("ben", Role.DISPATCHER, lifetime_s=86_400.0)
        await office.people.sessions.sign_out(office.authority.verify(signed.token))
        await office.people.sessions.sign_out(office.authority.verify(invited))
        await office.restart()
        for token in (signed.token, invited):
            with pytest.raises(Refusal) as refused:
                office.authority.verify(token)
            assert code_of(refused) == "access.session_revoked"

    play(scenario)


def test_who_was_disabled_stays_out_after_a_restart(play: Any) -> None:
    async def scenario(office: Office) -> None:
        signed = await office.sign_in()
        await office.people.disable("maria", by="root")
        await office.restart()
        with pytest.raises(Refusal):
            office.authority.verify(signed.token)
        with pytest.raises(Refusal) as refused:
            await office.sign_in()
        assert code_of(refused) == "sign_in.refused"

    play(scenario)


def test_an_answer_that_was_lost_can_be_asked_for_again(play: Any) -> None:
    async def scenario(office: Office) -> None:
        first = await office.sign_in()
        await office.people.sessions.renew(first.renewal)
        again = await office.people.sessions.renew(first.renewal)
        assert (await office.people.sessions.renew(again.renewal)).session_id == first.session_id

    play(scenario)


def test_a_renewal_in_two_hands_ends_the_session(play: Any) -> None:
    async def scenario(office: Office) -> None:
        owner = await office.sign_in()
        thief = await office.people.sessions.renew(owner.renewal)
        owner = await office.people.sessions.renew(owner.renewal)
        with pytest.raises(Refusal) as refused:
            await office.people.sessions.renew(thief.renewal)
        assert code_of(refused) == "session.ended"
        for held in (owner, thief):
            with pytest.raises(Refusal):
                office.authority.verify(held.token)
        assert office.recorded[-1].change is PersonChange.SESSION_REVOKED

    play(scenario)


@pytest.mark.parametrize("renewal", ["", "trn_", "trn_x.1.y", "trn_{}.2.{}", "trn_{}.1", "\ud800", "trn_{}.٣.{}"])
def test_a_forged_renewal_ends_nothing(play: Any, renewal: str) -> None:
    async def scenario(office: Office) -> None:
        signed = await office.sign_in()
        seal = signed.renewal.rpartition(".")[2]
        with pytest.raises(Refusal):
            await office.people.sessions.renew(renewal.format(signed.session_id, seal))
        assert await office.people.sessions.renew(signed.renewal)

    play(scenario)


def test_a_session_ends_after_a_shift_of_silence_and_after_a_week_at_the_latest(play: Any) -> None:
    async def scenario(office: Office) -> None:
        held = await office.sign_in()
        while office.wall.now() + IDLE_S / 2 < NOW_AT + LONGEST_S:
            office.wall.step_to(office.wall.now() + IDLE_S / 2)
            held = await office.people.sessions.renew(held.renewal)
        assert held.ends_at == NOW_AT + LONGEST_S
        office.wall.step_to(NOW_AT + LONGEST_S)
        with pytest.raises(Refusal):
            await office.people.sessions.renew(held.renewal)
        fresh = await office.sign_in()
        office.wall.step_to(office.wall.now() + IDLE_S)
        with pytest.raises(Refusal):
            await office.people.sessions.renew(fresh.renewal)

    play(scenario)


def test_no_access_is_given_that_the_log_did_not_keep_but_it_can_be_taken(play: Any) -> None:
    async def scenario(office: Office) -> None:
        signed = await office.sign_in()
        office.is_log_full = True
        with pytest.raises(Fault):
            await office.sign_in()
        with pytest.raises(Fault):
            await office.add("ben")
        assert office.people.accounts.find("ben") is None
        with pytest.raises(Fault):
            await office.people.disable("maria", by="root")
        with pytest.raises(Refusal):
            office.authority.verify(signed.token)

    play(scenario)


def test_the_file_is_for_its_owner_and_holds_no_password(
    open_file: Callable[[], AccountsStore], tmp_path: Path
) -> None:
    async def scenario(office: Office) -> None:
        signed = await office.sign_in()
        path = tmp_path / "accounts.sqlite"
        assert path.stat().st_mode & 0o777 == 0o600
        kept = b"".join(file.read_bytes() for file in tmp_path.glob("accounts.sqlite*"))
        for secret in (PHRASE, signed.token, signed.renewal):
            assert secret.encode() not in kept
        assert b"$argon2id$v=19$m=64,t=1,p=1$" in kept

    play_on(open_file, scenario)


def test_more_people_than_the_pool_holds_are_told_to_come_back() -> None:
    async def scenario() -> None:
        passwords = Passwords(CHEAP)
        kept = await passwords.hash(PHRASE)
        asked = [passwords.verify(PHRASE, kept) for _ in range(AT_ONCE + MOST_WAITING + 3)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        busy = [answer for answer in answers if isinstance(answer, Refusal)]
        assert [refusal.code for refusal in busy] == ["sign_in.busy"] * 3
        assert answers.count(True) == AT_ONCE + MOST_WAITING
        assert await passwords.verify(PHRASE, kept)
        passwords.close()

    asyncio.run(scenario())


def test_a_password_is_right_however_its_letters_are_composed() -> None:
    async def scenario() -> None:
        passwords = Passwords(CHEAP)
        kept = await passwords.hash("contraseña de María")
        assert await passwords.verify("contraseña de María", kept)
        assert not await passwords.verify("contrasena de Maria", kept)
        assert not await passwords.verify(PHRASE, None)
        for length in ("short", "x" * 257):
            with pytest.raises(Refusal):
                await passwords.hash(length)
        passwords.close()

    asyncio.run(scenario())


def test_a_made_password_is_long_and_never_the_same() -> None:
    made = {made_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(password) for password in made} == {29}


def test_limits_say_when_to_come_back() -> None:
    limits = SignInLimits(per_address="2/minute", per_name="1/minute")
    limits.count("10.0.0.1", "maria")
    with pytest.raises(Refusal) as refused:
        limits.count("10.0.0.1", "maria")
    assert 1 <= refused.value.details["retry_after_s"] <= 60
    limits.clear("maria")
    limits.count("10.0.0.2", "maria")
    with pytest.raises(Refusal):
        limits.count("10.0.0.1", "ben")
