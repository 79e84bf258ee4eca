"""The service's settings as data: each with its default and what it means. Secrets are never among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.vocabulary import Instant

DATABASE_VARIABLE = "TOWER_DATABASE"
"""The environment variable that may hold `Settings.database`, which a command line would show to everybody."""

MQTT_VARIABLE = "TOWER_MQTT"
"""The same for `Settings.mqtt`."""

LEAST_DAYS = 2.0
"""What is kept at all is kept for so many days at least: a device may still tell of the day before."""


@dataclass(frozen=True)
class Settings:
    """How one service runs.

    Parameters
    ----------
    data_dir : folder that this service alone writes
    city : name of a prepared city
    host : address all doors bind to; loopback unless told otherwise
    http_port, zmq_port, tracker_port : TCP ports; 0 takes a free one, ``None`` leaves the door shut
    teltonika_port, gateway_port : TCP ports of doors that are shut unless asked for; 0 takes a free one
    tracker_authority : PEM file of who signs the certificates of Teltonika trackers; with it their door is TLS, under
        `certificate`, and asks for one whose common name is the IMEI
    device_authority : PEM file of who signs the certificates of phones and trackers that post to `tracker_port`; with
        it that port asks for one whose common name is the device id
    mqtt : ``mqtt://user:password@host:port`` (``mqtts://``) of the broker that devices report to; ``None`` asks none
    mqtt_authority, mqtt_certificate, mqtt_private_key : PEM files: who signed the broker's certificate, and what the
        service proves itself with there
    mqtt_tenant : whose fleet this is in the topics ``fleet/v1/<tenant>/...``
    speed : how many seconds of operation time pass in a second
    starts_at : operation time at the start, ``None`` = the wall clock's
    database : ``postgresql://...`` that keeps log, read model and fixes; ``None`` keeps them in files of `data_dir`
    certificate, private_key : PEM files; with them REST, the tracker port and WebSocket are https:// and wss://
    accept_loss : start although the log lacks what was signed or kept of it
    audit_copy_dir : a second folder for signed tree heads, on another disk if possible
    keep_fixes_days, keep_readings_days : how many days raw positions, and readings of channels, are kept after the end
        of their UTC day; 0 keeps them for ever
    shelf : folder or ``s3://bucket/prefix`` that days go to as Parquet files before they are dropped; ``None`` just
        drops them. The keys of a bucket are none of the settings
    live_speeds : have plans ask a second street engine that drives at the speeds the fleet measures
    train_at : hour of the site's time zone in which arrivals are trained each night; ``None`` never
    geocoder : address of an outside geocoder (Nominatim's search), ``None`` asks nobody outside
    """

    data_dir: Path
    city: str = "la-serena"
    home: Path | None = None
    host: str = "127.0.0.1"
    http_port: int = 8700
    zmq_port: int | None = 8701
    tracker_port: int | None = 5055
    teltonika_port: int | None = None
    gateway_port: int | None = None
    tracker_authority: Path | None = None
    device_authority: Path | None = None
    mqtt: str | None = field(default=None, repr=False)
    mqtt_authority: Path | None = None
    mqtt_certificate: Path | None = None
    mqtt_private_key: Path | None = None
    mqtt_tenant: str = "tower"
    speed: float = 1.0
    starts_at: Instant | None = None
    audit_copy_dir: Path | None = None
    geocoder: str | None = None
    database: str | None = field(default=None, repr=False)
    certificate: Path | None = None
    private_key: Path | None = None
    accept_loss: bool = False
    silent_after_s: float = 60.0
    keep_fixes_days: float = 7.0
    keep_readings_days: float = 30.0
    shelf: str | None = None
    train_at: int | None = 3
    live_speeds: bool = False

    @property
    def secrets_dir(self) -> Path:
        """Return the folder of keys, readable by the owner only."""
        return self.data_dir / "secrets"

    @property
    def log_path(self) -> Path:
        """Return the event log's database."""
        return self.data_dir / "tower.sqlite"

    @property
    def logs_dir(self) -> Path:
        """Return the folder of what the street engine and others say."""
        return self.data_dir / "logs"

    @property
    def fixes_dir(self) -> Path:
        """Return the folder of the fix archive."""
        return self.data_dir / "fixes"

    @property
    def ready_path(self) -> Path:
        """Return the file that says which ports are open, written once all doors are."""
        return self.data_dir / "ready.json"
