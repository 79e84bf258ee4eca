"""Writes the sign-in invitations and demo tokens that a service hands out, readable by their owner only."""

from __future__ import annotations

import logging
from pathlib import Path

from backend_service.access import TokenAuthority
from backend_service.durable_files import write_durably
from backend_service.live.curve_keys import CurveKeys
from backend_service.settings import Settings
from core.invitation import Invitation, render
from core.vocabulary import Role

logger = logging.getLogger(__name__)

INVITATION_LIFETIME_S = 30 * 86_400.0
DEMO_LIFETIME_S = 7 * 86_400.0


def invitation_text(
    authority: TokenAuthority,
    keys: CurveKeys,
    *,
    subject: str,
    name: str,
    role: Role,
    feed: str,
    zmq: str | None,
    lifetime_s: float = INVITATION_LIFETIME_S,
) -> str:
    """Return one line with which `name` signs in at a desk, valid for `lifetime_s` seconds of wall time."""
    token = authority.issue(subject, role, name, lifetime_s=lifetime_s)
    addresses = (zmq, feed) if zmq else (feed,)
    invitation = Invitation(name=name, role=role, addresses=addresses, token=token, curve_key=keys.public)
    return render(invitation)


def write_first_invitation(
    settings: Settings, authority: TokenAuthority, keys: CurveKeys, feed: str, zmq: str | None
) -> Path:
    """Write the administrator's invitation and say where it is; addresses are those of this start."""
    path = settings.data_dir / "invitations" / "administrator.invitation"
    text = invitation_text(
        authority, keys, subject="administrator", name="Administrator", role=Role.ADMINISTRATOR, feed=feed, zmq=zmq
    )
    _write_secret(path, text)
    logger.info("sign in at a desk with the invitation in %s", path)
    return path


def write_demo_access(
    settings: Settings, authority: TokenAuthority, keys: CurveKeys, feed: str, zmq: str | None
) -> None:
    """Write what a demo needs: invitations for people, an administrator's and a gateway's token for the simulator."""
    people = (
        ("dispatcher", "M. Rojas", Role.DISPATCHER),
        ("supervisor", "C. Ley", Role.SUPERVISOR),
        ("administrator", "Administrator", Role.ADMINISTRATOR),
    )
    for subject, name, role in people:
        text = invitation_text(
            authority, keys, subject=subject, name=name, role=role, feed=feed, zmq=zmq, lifetime_s=DEMO_LIFETIME_S
        )
        _write_secret(settings.data_dir / "invitations" / f"{subject}.invitation", text)
    for name, role in (("demo-admin", Role.ADMINISTRATOR), ("demo-gateway", Role.DEVICE)):
        token = authority.issue(name, role, name, lifetime_s=DEMO_LIFETIME_S)
        _write_secret(settings.secrets_dir / f"{name}.token", token)


def _write_secret(path: Path, text: str) -> None:
    write_durably(path, f"{text}\n".encode())
