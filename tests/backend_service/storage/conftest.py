"""What the tests of storage share: a loop to run on, and keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backend_service.event_log.subject_keys import SubjectKeys


@pytest.fixture
def run() -> Iterator[Callable[..., Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def keys() -> Iterator[SubjectKeys]:
    keys = SubjectKeys.in_memory()
    yield keys
    keys.close()
