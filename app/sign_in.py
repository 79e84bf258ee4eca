"""Signs in by name and password: asks the service once over REST and gives what a desk connects with.

What comes back is an invitation with a renewal, so that a desk goes on by itself from there. Blocking: call it from a
thread. A password is sent only encrypted, or within this machine.
"""

from __future__ import annotations

import ipaddress
import ssl
from urllib.parse import urlsplit

import httpx
import msgspec
from core.invitation import Invitation, parse, render
from core.refusals import Fault, Refusal
from core.vocabulary import Role

PATIENCE_S = 30.0


class _SignedIn(msgspec.Struct):
    name: str
    role: Role
    token: str
    renewal: str
    addresses: tuple[str, ...]
    curve_key: str


class _Problem(msgspec.Struct):
    code: str = "service.refused"
    detail: str = "The service refused."


def sign_in(service: str, name: str, password: str) -> Invitation:
    """Return what a desk signs in with.

    Parameters
    ----------
    service : its REST address, ``https://``, or ``http://`` on this machine

    Raises
    ------
    Refusal
        ``sign_in.not_encrypted``; whatever the service refuses, such as ``sign_in.refused`` or ``sign_in.too_often``.
    Fault
        ``service.unreachable``; ``service.no_tower`` if something else answers.
    """
    _check_address(service)
    try:
        answer = httpx.post(
            f"{service.rstrip('/')}/api/v1/sign-ins",
            json={"name": name, "password": password},
            timeout=PATIENCE_S,
            trust_env=False,
            verify=ssl.create_default_context(),  # it heeds SSL_CERT_FILE, as the feed does
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Fault("service.unreachable", f"Nothing answers at {service} ({error}).") from error
    try:
        if not answer.is_success:
            problem = msgspec.json.decode(answer.content, type=_Problem)
            raise Refusal(problem.code, problem.detail, status=answer.status_code)
        signed_in = msgspec.json.decode(answer.content, type=_SignedIn)
    except msgspec.DecodeError as error:
        raise Fault("service.no_tower", f"What answers at {service} is no Tower service.") from error
    invitation = Invitation(**msgspec.structs.asdict(signed_in))
    return parse(render(invitation))  # refuses addresses that no desk can use


def _check_address(service: str) -> None:
    parts = urlsplit(service)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname or "")):
        return
    raise Refusal(
        "sign_in.not_encrypted",
        f"{service!r} would carry your password unencrypted: use https://, or http:// on this machine.",
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
