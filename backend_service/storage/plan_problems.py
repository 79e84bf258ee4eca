"""The problems behind plans, adopted or of waves, one compressed file each, named by digest; the newest are kept.

The digest stands in the audited event, so that a file that was changed is known. What is too old to be kept is gone,
and its plan can no longer be found again; the record of it stays.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from backend_service.durable_files import write_durably
from core.dispatch.improvement.kept_problem import KeptProblem, NotAProblem, decoded, digest_of, encoded
from core.refusals import Fault

FOLDER, OF_WAVES = "plan_problems", "wave_problems"
"""Waves are planned again and again: theirs do not crowd out the others."""
KEPT = 40
MOST_BYTES = 200_000_000
_SUFFIX = ".problem"


class PlanProblems:
    """Keeps problems in a folder of a data directory.

    Parameters
    ----------
    data_dir : Path
    folder : str
        In it.
    most_files, most_bytes : int
        So much is kept, the newest first; the very newest in any case.
    """

    def __init__(
        self, data_dir: Path, folder: str = FOLDER, *, most_files: int = KEPT, most_bytes: int = MOST_BYTES
    ) -> None:
        self._folder = data_dir / folder
        self._most_files = most_files
        self._most_bytes = most_bytes

    def keep(self, kept: KeptProblem) -> None:
        """Write a problem durably, and drop the oldest.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        write_durably(self._folder / f"{digest_of(kept)}{_SUFFIX}", zlib.compress(encoded(kept), 1))
        self._drop_old()

    def read(self, digest: str) -> KeptProblem:
        """Return a problem.

        Raises
        ------
        Fault
            ``plan_problem.not_kept``, or ``plan_problem.changed`` if it does not fit its digest.
        """
        path = self._folder / f"{digest}{_SUFFIX}"
        try:
            kept = decoded(zlib.decompress(path.read_bytes()))
        except FileNotFoundError as error:
            sentence = "The problem behind that plan is not kept any more, or was never."
            raise Fault("plan_problem.not_kept", sentence) from error
        except (OSError, zlib.error, NotAProblem) as error:
            raise Fault("plan_problem.changed", f"{path} cannot be read: {error}.") from error
        if digest_of(kept) != digest:
            raise Fault("plan_problem.changed", f"{path} was changed since: it does not fit the digest on record.")
        return kept

    def _drop_old(self) -> None:
        held = 0
        newest_first = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda path: -path.stat().st_mtime_ns)
        for number, path in enumerate(newest_first):
            held += path.stat().st_size
            if number and (number >= self._most_files or held > self._most_bytes):
                path.unlink()
