"""Teltonika trackers behind TLS: each shows a certificate of its own IMEI, or is not let in."""

from __future__ import annotations

import ssl
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

IMEI, OTHER = "356307042441013", "356307042441014"


class Authority:
    """Signs certificates; its own is `pem`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.pem = self.folder / "authority.pem"
        self.pem.write_bytes(self._certificate(self._name, self._key.public_key(), is_authority=True))

    def sign(self, name: str) -> tuple[Path, Path]:
        """Return certificate and key of somebody."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        pem, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        pem.write_bytes(self._certificate(subject, key.public_key(), is_authority=False))
        plain = serialization.NoEncryption()
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return pem, private

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, is_authority: bool) -> bytes:
        now = datetime.fromtimestamp(time.time(), UTC)
        known_by = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        usage = x509.KeyUsage(True, False, False, False, False, is_authority, is_authority, False, False)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known_by),
                critical=False,
            )
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("keys"), "fleet")


@pytest.fixture(scope="module")
def service(shared_service_on, authority):
    pem, private = authority.sign("tower")
    certified = ("--certificate", str(pem), "--private-key", str(private), "--tracker-authority", str(authority.pem))
    return shared_service_on("--teltonika", "0", *certified)


@pytest.fixture(scope="module")
def registered(service):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    headers = {"Authorization": f"Bearer {service.secret('demo-admin.token')}"}
    with httpx.Client(base_url=service.http, headers=headers, verify=context, timeout=60.0) as client:
        assert client.post("/api/v1/vehicles", json={"vehicle_id": "V-1", "plate": "KX"}).is_success
        for imei in (IMEI, OTHER):
            assert client.post("/api/v1/vehicles/V-1/devices", json={"device_id": imei}).is_success


def greeted(service, authority: Authority, imei: str, certificate: tuple[Path, Path] | None) -> bytes:
    """Return what the door answers to a login; nothing if it ends the connection."""
    context = ssl.create_default_context(cafile=str(authority.pem))
    context.check_hostname = False
    if certificate is not None:
        context.load_cert_chain(*certificate)
    host, _, port = str(service.doors["teltonika"]).removeprefix("tcp://").rpartition(":")
    with create_connection((host, int(port)), timeout=60.0) as plain:
        try:
            with context.wrap_socket(plain) as line:
                line.sendall(struct.pack(">H", len(imei)) + imei.encode())
                return line.recv(1)
        except (ssl.SSLError, ConnectionError):
            return b""


def test_a_tracker_with_the_certificate_of_its_imei_is_let_in(service, authority, registered):
    assert greeted(service, authority, IMEI, authority.sign(IMEI)) == b"\1"


def test_a_tracker_with_another_one_s_certificate_is_told_no(service, authority, registered):
    assert greeted(service, authority, OTHER, authority.sign(IMEI)) == b"\0"


def test_without_a_certificate_or_with_a_stranger_s_nothing_is_answered(service, authority, registered, tmp_path):
    assert greeted(service, authority, IMEI, None) == b""
    assert greeted(service, authority, IMEI, Authority(tmp_path, "stranger").sign(IMEI)) == b""


def test_without_tls_nothing_is_answered(service, registered):
    host, _, port = str(service.doors["teltonika"]).removeprefix("tcp://").rpartition(":")
    with create_connection((host, int(port)), timeout=60.0) as line:
        line.sendall(struct.pack(">H", len(IMEI)) + IMEI.encode())
        try:
            answer = line.recv(1)
        except ConnectionError:
            answer = b""
    assert answer not in (b"\0", b"\1")
