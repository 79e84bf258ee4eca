"""Who is let in: tokens that age by wall time and cannot be forged, keys that are found by their digest."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from backend_service.access import (
    KEY_PREFIX,
    DeviceKeys,
    TokenAuthority,
    kept_secret,
    key_digest,
    new_device_key,
    require_self,
)
from core.fleet.fleet import Device
from core.projections.operation import Operation
from core.refusals import Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DeviceId, Role, VehicleId

NOW_AT = 1_800_000_000.0
SECRET = b"s" * 32


@pytest.fixture
def wall() -> SteppedClock:
    return SteppedClock(NOW_AT)


def refused(authority: TokenAuthority, token: str) -> str:
    with pytest.raises(Refusal) as caught:
        authority.verify(token)
    assert caught.value.status == 401
    return caught.value.code


def test_a_token_says_who_and_until_when(wall: SteppedClock) -> None:
    authority = TokenAuthority(SECRET, wall)
    identity = authority.verify(authority.issue("rojas", Role.DISPATCHER, "M. Rojas", lifetime_s=60.0))
    assert identity.actor == Actor(role=Role.DISPATCHER, subject="rojas", name="M. Rojas")
    assert identity.expires_at == NOW_AT + 60.0
    assert identity.token_id


def test_a_token_expires_also_when_it_was_seen_before(wall: SteppedClock) -> None:
    authority = TokenAuthority(SECRET, wall)
    token = authority.issue("rojas", Role.DISPATCHER, lifetime_s=60.0)
    authority.verify(token)
    wall.step_to(NOW_AT + 60.0)
    assert refused(authority, token) == "access.token_expired"


def test_two_tokens_for_one_person_differ(wall: SteppedClock) -> None:
    authority = TokenAuthority(SECRET, wall)
    assert authority.issue("r", Role.DRIVER, lifetime_s=9) != authority.issue("r", Role.DRIVER, lifetime_s=9)


def claims(**changes: object) -> dict[str, object]:
    return {"sub": "x", "role": "administrator", "name": "", "exp": NOW_AT + 60, "jti": "1"} | changes


def part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "rubbish",
        "a.b.c",
        f"{part({'alg': 'none'})}.{part(claims())}.",
        jwt.encode({"alg": "HS256"}, claims(), OctKey.import_key(b"another secret of 32 bytes or so")),
        jwt.encode({"alg": "HS512"}, claims(), OctKey.import_key(b"s" * 64), algorithms=["HS512"]),
        jwt.encode({"alg": "HS256"}, claims(role="platform"), OctKey.import_key(SECRET)),
        jwt.encode({"alg": "HS256"}, claims(role="king"), OctKey.import_key(SECRET)),
        jwt.encode({"alg": "HS256"}, claims(exp="never"), OctKey.import_key(SECRET)),
        jwt.encode({"alg": "HS256"}, {"sub": "x", "role": "driver"}, OctKey.import_key(SECRET)),
    ],
)
def test_what_was_not_issued_here_is_invalid(wall: SteppedClock, token: str) -> None:
    assert refused(TokenAuthority(SECRET, wall), token) == "access.token_invalid"


def test_a_changed_claim_breaks_the_signature(wall: SteppedClock) -> None:
    authority = TokenAuthority(SECRET, wall)
    header, _, signature = authority.issue("x", Role.DRIVER, lifetime_s=60).split(".")
    assert refused(authority, f"{header}.{part(claims())}.{signature}") == "access.token_invalid"


def test_nobody_is_issued_the_platforms_role(wall: SteppedClock) -> None:
    with pytest.raises(ValueError, match="tokens are for people"):
        TokenAuthority(SECRET, wall).issue("x", Role.PLATFORM, lifetime_s=60)


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path, wall: SteppedClock) -> None:
    first = TokenAuthority.open(tmp_path / "secrets", wall)
    token = first.issue("x", Role.DRIVER, lifetime_s=60)
    assert TokenAuthority.open(tmp_path / "secrets", wall).verify(token).actor.subject == "x"
    path = tmp_path / "secrets" / "tokens.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_secret(path) == path.read_bytes()
    assert len(path.read_bytes()) == 32


def test_a_device_is_found_by_its_key_and_by_nothing_else() -> None:
    key = new_device_key()
    assert key.startswith(KEY_PREFIX)
    device = Device(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest=key_digest(key))
    operation = Operation()
    operation.fleet.devices[device.device_id] = device
    keys = DeviceKeys(operation)
    assert keys.find(key) == device
    assert keys.find("D-1") is None
    assert keys.find(device.key_digest) is None
    assert keys.find(new_device_key()) is None


def test_a_driver_asks_only_for_themselves_and_the_desk_for_everyone() -> None:
    require_self(Actor(role=Role.DRIVER, subject="DR-1"), "DR-1")
    require_self(Actor(role=Role.DISPATCHER, subject="rojas"), "DR-1")
    with pytest.raises(Refusal, match="only for their own"):
        require_self(Actor(role=Role.DRIVER, subject="DR-1"), "DR-2")
