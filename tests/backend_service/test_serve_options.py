"""What is typed after `serve` becomes settings, or a sentence about what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_service.serve_options import serve_settings
from backend_service.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nobody has chosen a city, and no address in the environment."""
    for name in ("TOWER_DATABASE", "TOWER_MQTT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    return tmp_path


def test_nothing_typed_is_the_defaults_and_no_demo_access(tmp_path: Path) -> None:
    settings, demo_access = serve_settings(["--data-dir", str(tmp_path)])
    assert settings == Settings(data_dir=tmp_path)
    assert not demo_access


def test_what_was_typed_is_taken(tmp_path: Path) -> None:
    words = "--http-port 0 --teltonika 0 --speed 10 --keep-fixes 0 --train-at never --live-speeds --demo-access"
    settings, demo_access = serve_settings([*words.split(), "--data-dir", str(tmp_path), "--city", "porto"])
    assert settings == Settings(
        data_dir=tmp_path,
        city="porto",
        http_port=0,
        teltonika_port=0,
        speed=10.0,
        keep_fixes_days=0.0,
        train_at=None,
        live_speeds=True,
    )
    assert demo_access


@pytest.mark.parametrize("typed", ["2026-11-20T12:40:00-03:00", "2026-11-20T15:40:00Z", "2026-11-20T15:40:00"])
def test_an_instant_without_a_zone_is_utc(typed: str) -> None:
    assert serve_settings(["--starts-at", typed])[0].starts_at == 1_795_189_200.0


def test_addresses_with_passwords_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_DATABASE", "postgresql://here/tower")
    monkeypatch.setenv("TOWER_MQTT", "mqtt://there")
    settings, _ = serve_settings([])
    assert (settings.database, settings.mqtt) == ("postgresql://here/tower", "mqtt://there")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("--silent-after 0", "above 0 seconds"),
        ("--keep-fixes -1", "0 days or more"),
        ("--keep-readings 1", "2 days at least"),
        ("--speed 0", "between 0 and 1000"),
        ("--speed 1001", "between 0 and 1000"),
        ("--certificate a.pem", "go together"),
        ("--private-key a.pem", "go together"),
        ("--tracker-authority a.pem", "needs --certificate"),
        ("--device-authority a.pem", "needs --certificate"),
        ("--mqtt mqtts://here --mqtt-key a.pem", "--mqtt-certificate and --mqtt-key go together"),
        ("--mqtt mqtt://here --mqtt-ca a.pem", "need a broker at mqtts://"),
        ("--train-at 24", "--train-at"),
    ],
)
def test_what_does_not_fit_is_said(typed: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        serve_settings(typed.split())
    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def test_files_for_devices_and_their_broker_are_taken() -> None:
    typed = "--certificate c.pem --private-key k.pem --device-authority d.pem"
    broker = "--mqtt mqtts://here --mqtt-ca a.pem --mqtt-certificate m.pem --mqtt-key n.pem"
    settings, _ = serve_settings([*typed.split(), *broker.split()])
    assert settings.device_authority == Path("d.pem")
    files = (settings.mqtt_authority, settings.mqtt_certificate, settings.mqtt_private_key)
    assert files == (Path("a.pem"), Path("m.pem"), Path("n.pem"))
