"""What became of forecasts, in a file: so that a restart knows how true they were, and how wide they must be.

It holds counts and durations by zone and hour, and the model's errors of the last day: no position, vehicle or order.
"""

from __future__ import annotations

from pathlib import Path

from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.learned_file import Contents, LearnedFile
from core.eta.calibration import LearnedEnds
from core.eta.coverage import Tally
from core.eta.recent_outcomes import CameTrue

FORMAT = "tower forecast outcomes 1"


class _Contents(Contents, kw_only=True):
    """`ends` and `came_true` are of one model, or of the street engine where that is ``None``."""

    model: str | None
    ends: LearnedEnds
    came_true: list[CameTrue]
    tally: Tally


def kept_outcomes(forecaster: Forecaster, path: Path) -> LearnedFile[_Contents]:
    """Return the file of a forecaster's outcomes, after letting it go on where that ends.

    What was learned about the intervals of a model is taken up by the same model alone; what was counted always is.
    """

    def contents() -> _Contents:
        model = forecaster.model
        return _Contents(
            format=FORMAT,
            model=None if model is None else model.version,
            ends=forecaster.calibration.learned(),
            came_true=forecaster.outcomes.kept(),
            tally=forecaster.coverage.tally,
        )

    nothing = contents()
    file = LearnedFile(path, nothing, contents)
    kept = file.read()
    forecaster.coverage.tally = kept.tally
    if kept.model == nothing.model:
        forecaster.calibration.resume(kept.ends)
        forecaster.outcomes.resume(kept.came_true)
    return file
