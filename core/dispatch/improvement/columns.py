"""What the columns of a problem and of the compiled tables are made of: whole numbers are of 64 bits throughout.

One width only, so that each compiled function is compiled once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Whole = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]
type Dice = npt.NDArray[np.uint64]
