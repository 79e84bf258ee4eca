"""An invitation: everything a desk needs to sign in, as one line of text that can be pasted or sent as a file.

The line is ``tower1:`` and base64url of MessagePack. Whoever holds it can sign in, so it is treated like a password;
the service's CURVE key in it is what lets a desk know that it talks to this service and no other.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from core.refusals import Refusal
from core.vocabulary import Role

PREFIX = "tower1:"
SCHEMES = ("zmq://", "ws://", "wss://")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Who is invited, where the service is, and the secret that proves it.

    `addresses` are in order of preference, each with one of `SCHEMES`; `curve_key` is the service's public CURVE key
    in Z85 (40 characters), empty where no address is ``zmq://``. `renewal` is set for who signed in by name and
    password: with it the desk renews the token by itself.
    """

    name: str
    role: Role
    addresses: tuple[str, ...]
    token: str
    curve_key: str = ""
    renewal: str = ""

    def address_for(self, kind: str) -> str | None:
        """Return the first address whose scheme is of `kind` (``zeromq`` or ``websocket``), if there is one."""
        return next((address for address in self.addresses if kind_of(address) == kind), None)


def kind_of(address: str) -> str:
    """Return the transport that an address asks for: ``zeromq`` or ``websocket``.

    Raises
    ------
    Refusal
        ``address.scheme_unknown`` if its scheme is none of `SCHEMES`.
    """
    if address.startswith("zmq://"):
        return "zeromq"
    if address.startswith(("ws://", "wss://")):
        return "websocket"
    raise Refusal(
        "address.scheme_unknown", f"{address!r} is no address of a service: it starts with one of {', '.join(SCHEMES)}."
    )


def render(invitation: Invitation) -> str:
    """Return the invitation as one line of text."""
    return PREFIX + base64.urlsafe_b64encode(msgspec.msgpack.encode(invitation)).decode().rstrip("=")


def parse(text: str) -> Invitation:
    """Return the invitation in `text`; white space around and within it does not matter.

    Raises
    ------
    Refusal
        ``invitation.not_one`` if the prefix is missing, ``invitation.damaged`` if the rest cannot be read (cut off
        while copying), ``address.scheme_unknown`` if an address is of no known kind.
    """
    line = "".join(text.split())
    if not line.startswith(PREFIX):
        raise Refusal("invitation.not_one", f"This is no invitation: one starts with “{PREFIX}”.")
    body = line.removeprefix(PREFIX)
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        invitation = msgspec.msgpack.decode(packed, type=Invitation)
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise Refusal(
            "invitation.damaged", "This invitation cannot be read: part of it is missing. Copy the whole line again."
        ) from error
    _check(invitation)
    return invitation


def _check(invitation: Invitation) -> None:
    if not invitation.addresses:
        raise Refusal("invitation.damaged", "This invitation names no address of a service.")
    kinds = {kind_of(address) for address in invitation.addresses}
    if "zeromq" in kinds and len(invitation.curve_key) != 40:
        raise Refusal("invitation.damaged", "This invitation has a zmq:// address but not the service's key.")
