"""Everything that is needed to judge by a set of fences, in columns; it never changes.

When fences do, a new index is built, on another thread if there are many, and swapped in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.geofencing.active_hours import ActiveHours, Span, spans
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_cells import cells_of
from core.geofencing.fence_columns import columns_of
from core.vocabulary import FenceId, Instant

_WORD = 64


class FenceIndex:
    """Fences by number, in the order given.

    Parameters
    ----------
    fences : iterable of Fence
        Valid ones; see `core.geofencing.fence_check`. They are looked at once.

    Attributes
    ----------
    columns, cells : shapes and rules, and where to look for them
    ids, numbers : the fences by number, and their numbers
    is_open, scope : (n,) and (n, words) whether vehicles of any group are taken in, or of which
    is_told : (n, 3) whether an entry, an exit, a stay is an event
    ends_with_hours : (n,) a fence that tells only exits has nothing to close after its hours
    schedules : the hours that fences have, each kind once

    Raises
    ------
    ValueError
        If a fence has no shape.
    """

    def __init__(self, fences: Iterable[Fence]) -> None:
        self._noted: list[tuple[FenceId, FenceTrigger, tuple[str, ...]]] = []
        schedules: dict[tuple[ActiveHours, ...], int] = {}
        self.columns = columns_of(self._note(fences), schedules)
        self.cells = cells_of(self.columns)
        self.schedules = tuple(schedules)
        self.ids = tuple(fence_id for fence_id, _, _ in self._noted)
        self.numbers = {fence_id: number for number, fence_id in enumerate(self.ids)}
        self._bits = {name: bit for bit, name in enumerate(sorted({n for _, _, names in self._noted for n in names}))}
        self.words = max(1, -(-len(self._bits) // _WORD))
        self.scope = np.stack([self.mask_of(names) for _, _, names in self._noted] or [self.mask_of(())])
        triggers = [trigger for _, trigger, _ in self._noted]
        enters = np.array([trigger is not FenceTrigger.EXIT for trigger in triggers], dtype=np.bool_)
        exits = np.array([trigger is not FenceTrigger.ENTER for trigger in triggers], dtype=np.bool_)
        self.is_told = np.stack([enters, exits, np.ones(len(triggers), dtype=np.bool_)], axis=-1)
        self.ends_with_hours = ~enters
        self.is_open = np.array([not names for _, _, names in self._noted], dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.ids)

    def mask_of(self, groups: Iterable[str]) -> NDArray[np.uint64]:
        """Return the bits of groups that any fence asks for: (words,)."""
        mask = np.zeros(self.words, dtype=np.uint64)
        for bit in (self._bits[group] for group in groups if group in self._bits):
            mask[bit // _WORD] |= np.uint64(1 << (bit % _WORD))
        return mask

    def renumbering(self, later: FenceIndex) -> NDArray[np.int64]:
        """Return the number that each fence has in another index: (n,), -1 if it is not there."""
        return np.array([later.numbers.get(fence_id, -1) for fence_id in self.ids], dtype=np.int64)

    def spans(self, zone: ZoneInfo, since_at: Instant, until_at: Instant) -> tuple[NDArray[np.int64], np.ndarray]:
        """Return the spans of all schedules: (schedules + 1,) first of each, and (spans, 2) instants."""
        by_schedule = [spans(hours, zone, since_at, until_at) for hours in self.schedules]
        first = np.cumsum([0, *(len(one) for one in by_schedule)]).astype(np.int64)
        every: list[Span] = [span for one in by_schedule for span in one]
        return first, np.array(every, dtype=np.float64).reshape(len(every), 2)

    def _note(self, fences: Iterable[Fence]) -> Iterator[Fence]:
        for fence in fences:
            self._noted.append((fence.fence_id, fence.trigger, fence.groups))
            yield fence
