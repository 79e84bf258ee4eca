"""A street on which nothing is uncertain."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.policy import DispatchPolicy
from tests.core.dispatch.playing_on.forks import SURE


@pytest.fixture
def certain(street: Any) -> Any:
    """Nothing is uncertain: 60 s at the counter, 120 s at the door, 10 m/s between them."""
    return type(street)(DispatchPolicy(spread=SURE))
