"""The learned part of a forecast: three gradient-boosted quantile models with all they need, in one text file.

Training is deterministic: one thread, fixed seeds, LightGBM's own `deterministic`. The file names its format and
holds a checksum of everything in it, so that one that was cut short or edited is refused, not believed.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import lightgbm as lgb
import msgspec
import numpy as np

from backend_service.durable_files import write_durably
from core.eta.baselines import HourlySpeeds
from core.eta.calibration import Band, Offsets
from core.eta.ground import Ground
from core.eta.recent_flow import Column
from core.eta.speed_profile import SpeedProfile
from core.refusals import Fault

FORMAT = "tower arrival model 1"
LEVELS = (0.1, 0.5, 0.9)


class ModelUnreadable(Fault):
    """The file of a model is not there, damaged, or of another format."""

    def __init__(self, sentence: str) -> None:
        super().__init__("eta.model_unreadable", sentence)


class _Contents(msgspec.Struct, kw_only=True):
    version: str
    trained_on: list[str]
    features: tuple[str, ...]
    latitude: float
    longitude: float
    boosters: list[str]
    offsets: list[Offsets]
    hourly_mps: list[float]
    profile: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class ArrivalModel:
    """A trained model.

    Parameters
    ----------
    version : str
        A hash of what it learned.
    trained_on : tuple of str
        The days, as people name them.
    features : tuple of str
        The columns it wants, in order.
    ground : Ground
        The plane its profile lies on.
    boosters : tuple of lightgbm.Booster
        For the 10th, 50th and 90th percentile of the log-ratio.
    offsets : tuple of Offsets
        How far the ends are moved per horizon, by split-conformal prediction.
    hourly : HourlySpeeds
    profile : SpeedProfile
    """

    version: str
    trained_on: tuple[str, ...]
    features: tuple[str, ...]
    ground: Ground
    boosters: tuple[lgb.Booster, ...]
    offsets: tuple[Offsets, ...]
    hourly: HourlySpeeds
    profile: SpeedProfile

    def predict(self, features: Column) -> Band:
        """Return the raw percentiles of the log-ratio for rows of features (n, k), never crossing."""
        if not len(features):
            return Band(np.empty(0), np.empty(0), np.empty(0))
        found = np.stack([np.asarray(one.predict(features, num_threads=1)) for one in self.boosters])
        p50 = found[1]
        return Band(np.minimum(found[0], p50), p50, np.maximum(found[2], p50))

    def save(self, path: Path) -> None:
        """Write the model; the file appears whole or not at all."""
        profile = self.profile
        contents = _Contents(
            version=self.version,
            trained_on=list(self.trained_on),
            features=self.features,
            latitude=self.ground.latitude,
            longitude=self.ground.longitude,
            boosters=[one.model_to_string() for one in self.boosters],
            offsets=list(self.offsets),
            hourly_mps=self.hourly.speeds_mps.tolist(),
            profile=[_text_of(column) for column in (profile.cells, profile.metres, profile.seconds)],
        )
        body = msgspec.json.encode(contents)
        head = f"{FORMAT}\n{hashlib.sha256(body).hexdigest()}\n".encode("ascii")
        write_durably(path, head + body + b"\n", is_private=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the model of a file.

        Raises
        ------
        ModelUnreadable
            If it cannot be read, is damaged, or was written by another version of Tower.
        """
        contents = _checked(path)
        try:
            boosters = tuple(lgb.Booster(model_str=text) for text in contents.boosters)
            cells, metres, seconds = (base64.b64decode(text) for text in contents.profile)
            profile = SpeedProfile(np.frombuffer(cells, dtype=np.int64), np.frombuffer(metres), np.frombuffer(seconds))
        except (lgb.basic.LightGBMError, ValueError) as error:
            raise ModelUnreadable(f"{path} holds no model that can be used: {error}") from error
        return cls(
            version=contents.version,
            trained_on=tuple(contents.trained_on),
            features=contents.features,
            ground=Ground(contents.latitude, contents.longitude),
            boosters=boosters,
            offsets=tuple(contents.offsets),
            hourly=HourlySpeeds(np.array(contents.hourly_mps)),
            profile=profile,
        )


def _checked(path: Path) -> _Contents:
    try:
        head, digest, body = path.read_bytes().split(b"\n", 2)
    except OSError as error:
        raise ModelUnreadable(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ModelUnreadable(f"{path} is not a model.") from error
    body = body.removesuffix(b"\n")
    if head != FORMAT.encode("ascii"):
        raise ModelUnreadable(f"{path} is not a '{FORMAT}'.")
    if hashlib.sha256(body).hexdigest() != digest.decode("ascii", "replace"):
        raise ModelUnreadable(f"{path} is damaged: its checksum does not fit.")
    try:
        return msgspec.json.decode(body, type=_Contents)
    except msgspec.DecodeError as error:
        raise ModelUnreadable(f"{path} cannot be understood: {error}") from error


def _text_of(column: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    return base64.b64encode(np.ascontiguousarray(column).tobytes()).decode("ascii")
