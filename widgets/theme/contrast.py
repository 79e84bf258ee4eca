"""Contrast and colour distance: WCAG 2.1 ratios, OKLab, and simulated colour-blind sight.

Sources: WCAG 2.1 relative luminance; Björn Ottosson, "A perceptual color space for image processing"
(2020); Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (2009), severity 1.0, applied to linear sRGB.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)

DEFICIENCIES: dict[str, Floats] = {
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def srgb(token: str) -> Floats:
    """Return the sRGB values, 0 to 1, of a `#RRGGBB` colour; shape (3,)."""
    return np.array([int(token[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def hex_of(values: Floats) -> str:
    """Return `#RRGGBB` of sRGB values 0 to 1, clipped; shape (3,)."""
    red, green, blue = np.clip(np.rint(values * 255), 0, 255).astype(int)
    return f"#{red:02X}{green:02X}{blue:02X}"


def linear(values: Floats) -> Floats:
    """Undo the sRGB transfer curve; any shape, 0 to 1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(values: Floats) -> Floats:
    """Apply the sRGB transfer curve; any shape, 0 to 1."""
    clipped = np.clip(values, 0.0, 1.0)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)


def contrast_ratio(first: str, second: str) -> float:
    """Return the WCAG 2.1 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(token: str) -> float:
    return float(linear(srgb(token)) @ np.array([0.2126, 0.7152, 0.0722]))


def oklab(token: str) -> Floats:
    """Return the OKLab coordinates (lightness, a, b) of a colour; shape (3,)."""
    return _oklab_of_linear(linear(srgb(token)))


def _oklab_of_linear(rgb: Floats) -> Floats:
    lab: Floats = _TO_LAB @ np.cbrt(_TO_LMS @ rgb)
    return lab


def srgb_of_oklab(lab: Floats) -> Floats:
    """Return sRGB values 0 to 1 of OKLab coordinates; shape (..., 3)."""
    return encoded((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T)


def color_distance(first: str, second: str, deficiency: str | None = None) -> float:
    """Return the OKLab distance of two colours, as seen with a colour deficiency if one is named.

    Parameters
    ----------
    deficiency : str, optional
        "protan", "deutan" or "tritan"; None is normal sight.
    """
    return float(np.linalg.norm(_seen(first, deficiency) - _seen(second, deficiency)))


def _seen(token: str, deficiency: str | None) -> Floats:
    rgb = linear(srgb(token))
    if deficiency is not None:
        rgb = np.clip(DEFICIENCIES[deficiency] @ rgb, 0.0, 1.0)
    return _oklab_of_linear(rgb)
