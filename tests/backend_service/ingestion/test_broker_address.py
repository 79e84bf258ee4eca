"""The address of a broker: read from one line, and never printed with what signs in there."""

from __future__ import annotations

import pytest

from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.settings import Settings
from core.refusals import Fault

SECRET = "p@ss/word"


def test_user_and_password_are_read_and_not_printed(tmp_path) -> None:
    url = "mqtts://tower:p%40ss%2Fword@broker.example:8884"
    address = BrokerAddress.parse(url)
    assert (address.host, address.port, address.is_secure) == ("broker.example", 8884, True)
    assert (address.user, address.password) == ("tower", SECRET)
    settings = Settings(tmp_path, mqtt=url)
    for printed in (str(address), repr(address), f"{address}", repr(settings)):
        assert SECRET not in printed and "p%40ss" not in printed


@pytest.mark.parametrize(
    ("url", "port"), [("mqtt://127.0.0.1", 1883), ("mqtts://127.0.0.1", 8883), ("mqtt://[::1]:2000", 2000)]
)
def test_ports(url: str, port: int) -> None:
    assert BrokerAddress.parse(url).port == port


@pytest.mark.parametrize("url", ["broker:1883", "http://u:hidden@x", "mqtt://u:hidden@", "mqtt://u:hidden@x:99999999"])
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Fault) as caught:
        BrokerAddress.parse(url)
    assert "hidden" not in caught.value.sentence.replace("user:password", "")


def test_a_broker_may_have_an_authority_of_its_own_and_ask_for_a_certificate(tmp_path) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    plain = BrokerAddress.parse("mqtt://here")
    assert plain.tls() is None
    assert BrokerAddress.parse("mqtts://here").tls() is not None
    for files in ({"authority": tmp_path / "broken.pem"}, {"certificate": tmp_path / "none.pem"}):
        with pytest.raises(Fault) as caught:
            BrokerAddress.parse("mqtts://here", **files).tls()
        assert caught.value.code == "mqtt.certificate"
