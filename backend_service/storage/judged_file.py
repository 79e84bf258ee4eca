"""How far each vehicle's fixes have been judged for crossings, kept beside the log for the next start."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from backend_service.durable_files import write_durably
from core.vocabulary import Instant, VehicleId

logger = logging.getLogger(__name__)

FILE = "judged.json"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """How far fixes were judged, and what was found recorded, at some position of the log.

    Attributes
    ----------
    position : the log's head then
    until_at : by vehicle, the time of the newest fix that was judged in its turn
    again_since_at : by vehicle, from when on its history is still to be judged again
    """

    position: int
    until_at: Mapping[VehicleId, Instant]
    again_since_at: Mapping[VehicleId, Instant]


class _Kept(msgspec.Struct, frozen=True):
    log_id: str
    judged: Judged


class JudgedFile:
    """Keeps one `Judged` in a data directory.

    Parameters
    ----------
    data_dir : Path
    log_id : the log that what was found is recorded in
    """

    def __init__(self, data_dir: Path, log_id: str) -> None:
        self._path = data_dir / FILE
        self._log_id = log_id

    def read(self, position: int) -> Judged | None:
        """Return what was kept; ``None`` if there is nothing that holds for the log with its head at `position`.

        A head before the one that was kept is that of a log that was put back: what was recorded is missing from it.
        """
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("How far fixes were judged cannot be read, so the last minutes are judged again: %s", error)
            return None
        return kept.judged if kept.log_id == self._log_id and kept.judged.position <= position else None

    def keep(self, judged: Judged) -> None:
        """Write it durably; raises `OSError` if that cannot be, and what was kept before stays."""
        write_durably(self._path, msgspec.json.encode(_Kept(self._log_id, judged)))
