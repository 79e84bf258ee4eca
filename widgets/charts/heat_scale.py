"""Colours of heat maps: anchors interpolated in OKLab, and the ink that reads best on each cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from widgets.formatting import number, signed
from widgets.theme.contrast import Floats, contrast_ratio, hex_of, oklab, srgb_of_oklab
from widgets.theme.tokens import CELL_INK_DARK, CELL_INK_LIGHT, Tokens

type Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class HeatScale:
    """A scale of values with a colour at each anchor.

    Parameters
    ----------
    name : str
        Field of the tokens that holds the anchor colours: "pressure" or "queue".
    anchors : tuple of float
        Values of the anchor colours, rising.
    limit : float
        From here on a cell is "over the limit": bold, with a corner mark.
    is_signed : bool
        Write the sign.
    """

    name: str
    anchors: tuple[float, ...]
    limit: float
    is_signed: bool

    def colors(self, values: Floats, tokens: Tokens) -> Pixels:
        """Return the RGB of each value; unknown (NaN) is the panel's ground.

        Parameters
        ----------
        values : (n_rows, n_columns) float

        Returns
        -------
        ndarray of uint8, shape (n_rows, n_columns, 3)
        """
        stops = _stops(tuple(getattr(tokens, self.name)))
        known = np.nan_to_num(values, nan=0.0)
        lab = np.stack([np.interp(known, self.anchors, stops[:, axis]) for axis in range(3)], axis=-1)
        rgb = np.rint(srgb_of_oklab(lab) * 255)
        rgb[np.isnan(values)] = [int(tokens.bg1[at : at + 2], 16) for at in (1, 3, 5)]
        return rgb.astype(np.uint8)

    def number_of(self, value: float) -> str:
        """Return a value as written in its cell; unknown (NaN) is an en dash."""
        known = None if np.isnan(value) else value
        return signed(known) if self.is_signed else number(known)


PRESSURE = HeatScale("pressure", (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0), limit=4.0, is_signed=True)
"""Drivers short (+) or spare (−)."""
QUEUE = HeatScale("queue", (0.0, 3.0, 6.0, 9.0, 12.0), limit=8.0, is_signed=False)
"""Orders waiting."""


@cache
def _stops(colors: tuple[str, ...]) -> Floats:
    return np.array([oklab(token) for token in colors])


def cell_ink(pixel: Pixels) -> str:
    """Return the ink that contrasts more with a cell's RGB; at least 4.5 on every scale."""
    return _cell_ink(hex_of(pixel.astype(np.float64) / 255))


@cache
def _cell_ink(ground: str) -> str:
    dark_reads_better = contrast_ratio(CELL_INK_DARK, ground) >= contrast_ratio(CELL_INK_LIGHT, ground)
    return CELL_INK_DARK if dark_reads_better else CELL_INK_LIGHT
