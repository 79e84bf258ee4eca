"""Whose a client's certificate is: the common name of its subject, by which devices prove which one they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def common_name(certificate: Mapping[str, Any]) -> str:
    """Return the common name; empty if there is none, or more than one.

    Parameters
    ----------
    certificate : as `ssl.SSLSocket.getpeercert` tells it, of a certificate that was verified
    """
    names = [value for part in certificate.get("subject", ()) for name, value in part if name == "commonName"]
    return str(names[0]) if len(names) == 1 else ""
