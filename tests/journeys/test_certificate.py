"""REST and WebSocket behind a certificate: who trusts it gets in, who does not is told why, and so is its owner."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.sign_in import sign_in
from app.transports.transport import TransportLost
from app.transports.websocket import WebSocketTransport
from core.refusals import Fault, Refusal


def _made(folder: Path, name: str, *, days: int = 1) -> tuple[Path, Path]:
    """Write a certificate for this machine that nobody has signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    until = datetime.fromtimestamp(time.time(), UTC) + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=30))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return pem, private


async def _connect(address: str) -> None:
    transport = WebSocketTransport()
    try:
        await transport.connect(address)
    finally:
        await transport.close()


def _doors(service_on, tmp_path: Path, **how: int) -> tuple[str, str, Path]:
    pem, private = _made(tmp_path, "tower", **how)
    service = service_on("--certificate", str(pem), "--private-key", str(private))
    return service.http, str(service.doors["feed"]), pem


def test_who_trusts_the_certificate_gets_in_and_others_are_told_why(service_on, tmp_path, monkeypatch) -> None:
    http, feed, pem = _doors(service_on, tmp_path)
    assert http.startswith("https://") and feed.startswith("wss://")

    with pytest.raises(TransportLost, match="not trusted") as lost:
        asyncio.run(_connect(feed))
    assert lost.value.code == "feed.certificate"
    with pytest.raises(Fault, match=r"(?i)certificate"):
        sign_in(http, "maria", "correct horse")

    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    asyncio.run(_connect(feed))
    with pytest.raises(Refusal):  # the service itself answers: there is no such person
        sign_in(http, "maria", "correct horse")
    trusting = ssl.create_default_context(cafile=str(pem))
    assert httpx.get(f"{http}/health", verify=trusting).status_code == 200


def test_an_expired_certificate_is_not_trusted(service_on, tmp_path, monkeypatch) -> None:
    _, feed, pem = _doors(service_on, tmp_path, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    with pytest.raises(TransportLost, match="expired"):
        asyncio.run(_connect(feed))


@pytest.mark.parametrize("mistake", ["another key", "no certificate", "missing"])
def test_a_certificate_that_cannot_be_used_is_named_at_the_start(tmp_path, mistake: str) -> None:
    pem, private = _made(tmp_path, "tower")
    if mistake == "another key":
        _, private = _made(tmp_path, "other")
    elif mistake == "no certificate":
        pem.write_text("hello")
    else:
        pem = tmp_path / "nowhere.pem"
    arguments = ("--http-port", "0", "--zmq-port", "0", "--tracker-port", "0")
    command = [sys.executable, "-m", "backend_service", "serve", "--data-dir", str(tmp_path / "data"), *arguments]
    ended = subprocess.run(
        [*command, "--certificate", str(pem), "--private-key", str(private)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ended.returncode == 1
    assert str(pem) in ended.stderr and "cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr
