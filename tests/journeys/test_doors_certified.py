"""Devices behind TLS: each shows a certificate of its own, where one is asked for, or is not let in."""

from __future__ import annotations

import json
import shutil
import ssl
import struct
import subprocess
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_connection, create_server

import httpx
import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

IMEI, OTHER = "356307042441013", "356307042441014"
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


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
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
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


@pytest.fixture(scope="module")
def guarded(shared_service_on, authority):
    """A service whose tracker port asks for certificates of devices."""
    pem, private = authority.sign("tower")
    certified = ("--certificate", str(pem), "--private-key", str(private), "--device-authority", str(authority.pem))
    return shared_service_on(*certified)


def unchecked(certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context


def test_with_a_certificate_the_tracker_port_is_secure_and_keys_travel_hidden(service):
    assert str(service.doors["tracker"]).startswith("https://")
    plain = str(service.doors["tracker"]).replace("https://", "http://")
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{plain}/", params={"id": "nobody"}, timeout=60.0)
    answer = httpx.get(f"{service.doors['tracker']}/", params={"id": "nobody"}, verify=unchecked(), timeout=60.0)
    assert answer.json()["code"] == "telemetry.unknown_device"


def test_with_an_authority_of_devices_the_key_alone_is_no_proof(guarded, authority, tmp_path):
    headers = {"Authorization": f"Bearer {guarded.secret('demo-admin.token')}"}
    with httpx.Client(base_url=guarded.http, headers=headers, verify=unchecked(), timeout=60.0) as desk:
        assert desk.post("/api/v1/vehicles", json={"vehicle_id": "V-1", "plate": "KX"}).is_success
        key = desk.post("/api/v1/vehicles/V-1/devices", json={"device_id": "D-1"}).json()["key"]
    told = {"timestamp": str(time.time()), "lat": "-29.9027", "lon": "-71.2519"}

    def answered(certificate: tuple[Path, Path] | None, address: str = f"/t/{key}") -> int:
        url = f"{guarded.doors['tracker']}{address}"
        return httpx.post(url, data=told, verify=unchecked(certificate), timeout=60.0).status_code

    assert answered(authority.sign("D-1")) == 200
    assert answered(authority.sign("D-2")) == 403
    assert answered(authority.sign("D-2"), f"/t/{key}/owntracks") == 403
    for certificate in (None, Authority(tmp_path, "stranger").sign("D-1")):
        with pytest.raises((httpx.TransportError, ssl.SSLError)):
            answered(certificate)


@pytest.fixture
def broker(authority, tmp_path):
    """A broker that lets in nobody without a certificate, whose common name is then the user; its port."""
    pem, private = authority.sign("broker")
    with create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(
        f"listener {port} 127.0.0.1\ncafile {authority.pem}\ncertfile {pem}\nkeyfile {private}\n"
        "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\nuser root\n"
    )
    with (tmp_path / "broker.log").open("wb") as log:
        process = subprocess.Popen([str(MOSQUITTO), "-c", str(conf)], stdout=log, stderr=log)
    yield port
    process.terminate()
    process.wait(60)


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed: `./tower test` says how")
def test_service_and_tracker_prove_themselves_to_the_broker(broker, authority, service_on, until):
    pem, private = authority.sign("tower")
    files = ("--mqtt-ca", str(authority.pem), "--mqtt-certificate", str(pem), "--mqtt-key", str(private))
    service = service_on("--mqtt", f"mqtts://127.0.0.1:{broker}", *files)
    with service.client() as desk:
        assert desk.post("/api/v1/vehicles", json={"vehicle_id": "V-1", "plate": "KX"}).is_success
        tracker = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="V-1")
        own, key = authority.sign("V-1")
        tracker.tls_set(str(authority.pem), str(own), str(key))
        tracker.connect("127.0.0.1", broker)
        tracker.loop_start()
        try:
            until(tracker.is_connected)

            def is_seen() -> bool:
                here = {"fix_at": time.time(), "lat": -29.9027, "lon": -71.2519}
                tracker.publish("fleet/v1/tower/V-1/position", json.dumps(here), qos=1)
                return desk.get("/api/v1/vehicles/V-1/location").status_code == 200

            until(is_seen)
        finally:
            tracker.disconnect()
            tracker.loop_stop()
