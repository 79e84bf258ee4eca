"""Devices that prove themselves by a certificate beside their key: it has to be their own.

Where the tracker port asks for certificates, the server verifies them and names their owner in the scope of a request
(ASGI's extension for TLS); elsewhere nothing is named, and the key alone is the proof.
"""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State

from backend_service.api.collaborators import ApiCollaborators
from core.fleet.fleet import Device
from core.refusals import Refusal
from core.telemetry.plausibility import Reason


def check_own_certificate(
    request: Request[Any, Any, State], tower: ApiCollaborators, door: str, device: Device
) -> None:
    """Return if the sender showed the certificate of this device, or was asked for none; count who did not.

    Raises
    ------
    Refusal
        ``access.certificate``, 403.
    """
    shown = (request.scope.get("extensions") or {}).get("tls")
    if shown is not None and shown["client_cert_name"] != device.device_id:
        tower.reception.turn_away(door, "access.certificate", Reason.UNKNOWN_DEVICE)
        raise Refusal("access.certificate", "The certificate is not that of the device whose key this is.", status=403)
