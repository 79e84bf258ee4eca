"""An MQTT client that acknowledges a message only when it is told to: when what it told is on disk.

aiomqtt leaves acknowledging to paho, which does so as soon as a message is read, unless it is set to leave it to us.
The connection is MQTT 5 with a session that outlives it, so that the broker keeps what comes while nobody listens, and
sends again what was not acknowledged. How much is outstanding at once is bounded by the receive maximum; what comes
with QoS 0 is dropped when too much waits, and counted.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from aiomqtt import Client, Message, ProtocolVersion
from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.refusals import Fault

MOST_OUTSTANDING = 1_000
"""Messages of QoS 1 that the broker sends before the first of them has to be acknowledged."""

SESSION_S = 7 * 86_400
"""Seconds for which the broker keeps the session, and what came for it, while the service is away."""

_KEEP_ALIVE_S = 20
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and how to sign in there; what is printed of it holds no credentials.

    `authority` signed the broker's certificate (the system's own authorities else); `certificate` and `private_key`
    are what the service proves itself with.
    """

    host: str
    port: int
    is_secure: bool = False
    authority: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(
        cls,
        url: str,
        *,
        authority: Path | None = None,
        certificate: Path | None = None,
        private_key: Path | None = None,
    ) -> BrokerAddress:
        """Return the address of ``mqtt://user:password@host:port``, or ``mqtts://`` over TLS.

        Raises
        ------
        Fault
            ``mqtt.address``; its sentence does not repeat the URL, which may hold a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise _not_an_address() from None
        if not parts.hostname:
            raise _not_an_address()
        user, password = (None if told is None else unquote(told) for told in (parts.username, parts.password))
        is_secure = parts.scheme == "mqtts"
        return cls(parts.hostname, port, is_secure, authority, certificate, private_key, user, password)

    def tls(self) -> ssl.SSLContext | None:
        """Return how to speak to the broker; ``None`` without TLS.

        Raises
        ------
        Fault
            ``mqtt.certificate``: a file cannot be used.
        """
        if not self.is_secure:
            return None
        try:
            context = ssl.create_default_context(cafile=self.authority)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.private_key, password="")
        except (OSError, ssl.SSLError) as error:
            raise Fault(
                "mqtt.certificate",
                f"The files for the broker cannot be used ({error.strerror or error}). "
                "Name PEM files, readable and without a passphrase.",
            ) from error
        return context

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _not_an_address() -> Fault:
    return Fault("mqtt.address", "The broker's address is mqtt://host:port or mqtts://user:password@host:port.")


class AcknowledgingClient(Client):
    """A client of one connection.

    Parameters
    ----------
    address : BrokerAddress
    identifier : names the session; two services need two
    """

    def __init__(self, address: BrokerAddress, identifier: str) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_S
        properties.ReceiveMaximum = MOST_OUTSTANDING
        super().__init__(
            address.host,
            address.port,
            username=address.user,
            password=address.password,
            identifier=identifier,
            protocol=ProtocolVersion.V5,
            clean_start=False,
            keepalive=_KEEP_ALIVE_S,
            properties=properties,
            tls_context=address.tls(),
        )
        self.dropped = 0
        self._client.manual_ack_set(True)

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that it need not send a message again; on a lost connection it will."""
        if message.qos:
            self._client.ack(message.mid, message.qos)

    def waiting(self, most: int) -> list[Message]:
        """Return up to `most` messages that are there already."""
        taken: list[Message] = []
        while len(taken) < most:
            try:
                taken.append(self._queue.get_nowait())
            except asyncio.QueueEmpty:
                break
        return taken

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        if message.qos == 0 and self._queue.qsize() >= 2 * MOST_OUTSTANDING:
            self.dropped += 1
            return
        super()._on_message(client, userdata, message)
