"""The commands `tower export track` and `tower export density`: where vehicles were, through the running service."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from backend_service.exchange.track_files import TrackFormat
from backend_service.service_client import ServiceClient, add_options
from core.refusals import Fault

KINDS = ("track", "density")


def run_track(kind: str, arguments: Sequence[str]) -> int:
    """Take a file of positions out; errors as in `ServiceClient.ask`."""
    options = _parser(kind).parse_intermixed_args(arguments)
    query = {name: value for name in ("since", "until") if (value := getattr(options, name)) is not None}
    path = "/density"
    if kind == "track":
        path = f"/vehicles/{options.vehicle}/track"
        query |= {"format": _format(options.format, options.output), "snapped": str(options.snapped).lower()}
    with ServiceClient.of(options) as client:
        write_out(client.ask("GET", path, params=query).content, options.output)
    return 0


def _format(chosen: str | None, path: Path | None) -> str:
    suffix = "" if path is None else path.suffix.lower().removeprefix(".")
    return chosen or (suffix if suffix in list(TrackFormat) else TrackFormat.GEOJSON.value)


def _parser(kind: str) -> argparse.ArgumentParser:
    what = {
        "track": "Write where a vehicle was, as GeoJSON, GPX or CSV.",
        "density": "Write how many vehicles were where, coarse and of nobody in particular, as CSV.",
    }
    parser = argparse.ArgumentParser(prog=f"tower export {kind}", description=what[kind])
    if kind == "track":
        parser.add_argument("vehicle", metavar="VEHICLE", help="id of the vehicle")
        formats = [one.value for one in TrackFormat]
        parser.add_argument("--format", choices=formats, help="default: as FILE is called, otherwise geojson")
        parser.add_argument(
            "--snapped", action="store_true", help="lay the fixes onto streets, and say how sure that is"
        )
    parser.add_argument("--since", metavar="INSTANT", help="RFC 3339 (default: a day before --until)")
    parser.add_argument("--until", metavar="INSTANT", help="RFC 3339 (default: now)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: the screen)")
    add_options(parser)
    return parser


def write_out(content: bytes, path: Path | None) -> None:
    """Write a file, or to the screen; raises the fault ``export.unwritable``."""
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        raise Fault("export.unwritable", f"{path} cannot be written ({error.strerror}).") from None
