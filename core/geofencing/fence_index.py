"""Everything that is needed to judge by a set of fences, in columns; it never changes.

When fences do, another index is made and swapped in: of all fences anew, or, where few changed, of what is there and
the changed ones beside it. There the columns are copied, a fence that is gone is struck out of the cells, and what was
drawn since has cells of its own; so one redrawn fence of 100,000 costs a copy, not a new index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.geofencing.active_hours import ActiveHours, Span, spans
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_cells import cells_of, without
from core.geofencing.fence_columns import behind, columns_of, joined
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
    columns : shapes and rules, also of fences that are gone since
    cells, newer : where to look for them: those that were indexed together, and those drawn since
    ids, numbers : the fences by number, and the numbers of those in force
    is_open, scope : (n,) and (n, words) whether vehicles of any group are taken in, or of which
    is_told : (n, 3) whether an entry, an exit, a stay is an event
    ends_with_hours : (n,) a fence that tells only exits has nothing to close after its hours
    schedules, groups : the hours and the groups that fences have, each once

    Raises
    ------
    ValueError
        If a fence has no shape.
    """

    def __init__(self, fences: Iterable[Fence]) -> None:
        noted: list[Fence] = []
        schedules: dict[tuple[ActiveHours, ...], int] = {}
        self.columns = columns_of(_noting(fences, noted), schedules)
        self.cells = cells_of(self.columns)
        self.newer = cells_of(behind(self.columns, len(noted)))
        self.schedules = tuple(schedules)
        self.groups = tuple(sorted({group for fence in noted for group in fence.groups}))
        self.ids = tuple(fence.fence_id for fence in noted)
        self.numbers = {fence_id: number for number, fence_id in enumerate(self.ids)}
        self._indexed = len(noted)
        self._is_gone = np.zeros(len(noted), dtype=np.bool_)
        self._made, self._made_from = object(), object()
        self._moved = np.empty(0, dtype=np.int64)
        self._note_groups()
        self.is_open, self.scope, self.is_told, self.ends_with_hours = self._scopes(noted)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def changes(self) -> int:
        """How many fences were drawn since all were indexed together."""
        return len(self) - self._indexed

    def changed(self, fences: Sequence[Fence], gone: Iterable[FenceId] = ()) -> FenceIndex:
        """Return an index with fences drawn or redrawn, and others gone; a copy of columns, whatever their number.

        Raises
        ------
        ValueError
            If a fence has no shape.
        """
        later, first = copy(self), len(self)
        schedules = {hours: number for number, hours in enumerate(self.schedules)}
        later.columns = joined(self.columns, columns_of(fences, schedules))
        later.schedules = tuple(schedules)
        later.ids = self.ids + tuple(fence.fence_id for fence in fences)
        later.numbers = dict(self.numbers)
        left = [later.numbers.pop(name, -1) for name in {*gone, *(fence.fence_id for fence in fences)}]
        later.numbers |= {fence.fence_id: first + number for number, fence in enumerate(fences)}
        later._is_gone = np.append(self._is_gone, np.zeros(len(fences), dtype=np.bool_))
        later._is_gone[[number for number in left if number >= 0]] = True
        later._look_for_changes()
        later._note_moves(self)
        more = {group for fence in fences for group in fence.groups}.difference(self.groups)
        later.groups = (*self.groups, *sorted(more))
        later._note_groups()
        later._add_scopes(self, fences)
        return later

    def mask_of(self, groups: Iterable[str]) -> NDArray[np.uint64]:
        """Return the bits of groups that any fence asks for: (words,)."""
        mask = np.zeros(self.words, dtype=np.uint64)
        for bit in (self._bits[group] for group in groups if group in self._bits):
            mask[bit // _WORD] |= np.uint64(1 << (bit % _WORD))
        return mask

    def renumbering(self, later: FenceIndex) -> NDArray[np.int64]:
        """Return the number that each fence has in another index: (n,), -1 if it is not there."""
        if later._made_from is self._made:
            return later._moved
        return np.array([later.numbers.get(fence_id, -1) for fence_id in self.ids], dtype=np.int64)

    def spans(self, zone: ZoneInfo, since_at: Instant, until_at: Instant) -> tuple[NDArray[np.int64], np.ndarray]:
        """Return the spans of all schedules: (schedules + 1,) first of each, and (spans, 2) instants."""
        by_schedule = [spans(hours, zone, since_at, until_at) for hours in self.schedules]
        first = np.cumsum([0, *(len(one) for one in by_schedule)]).astype(np.int64)
        every: list[Span] = [span for one in by_schedule for span in one]
        return first, np.array(every, dtype=np.float64).reshape(len(every), 2)

    def _look_for_changes(self) -> None:
        """Strike out of the cells what is gone, and find cells for what was drawn since."""
        indexed = self._indexed
        if self._is_gone[:indexed].any():
            self.cells = without(self.cells, self._is_gone[:indexed])
        self.newer = without(cells_of(behind(self.columns, indexed)), self._is_gone[indexed:], first=indexed)

    def _note_moves(self, earlier: FenceIndex) -> None:
        """Know the numbers that the fences of an earlier index have here, without asking for each."""
        self._made, self._made_from = object(), earlier._made
        self._moved = np.arange(len(earlier), dtype=np.int64)
        for number in np.flatnonzero(self._is_gone[: len(earlier)]).tolist():
            self._moved[number] = self.numbers.get(self.ids[number], -1)

    def _note_groups(self) -> None:
        self._bits = {name: bit for bit, name in enumerate(self.groups)}
        self.words = max(1, -(-len(self._bits) // _WORD))

    def _add_scopes(self, earlier: FenceIndex, fences: Sequence[Fence]) -> None:
        is_open, scope, is_told, ends = self._scopes(fences)
        wider = np.zeros((len(earlier), self.words - earlier.words), dtype=np.uint64)
        before = np.concatenate([earlier.scope, wider], axis=1)
        self.scope = np.concatenate([before, scope])
        self.is_open = np.append(earlier.is_open, is_open)
        self.is_told = np.concatenate([earlier.is_told, is_told])
        self.ends_with_hours = np.append(earlier.ends_with_hours, ends)

    def _scopes(
        self, fences: Sequence[Fence]
    ) -> tuple[NDArray[np.bool_], NDArray[np.uint64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Return `is_open`, `scope`, `is_told` and `ends_with_hours` of fences."""
        scope = np.array([self.mask_of(fence.groups) for fence in fences], dtype=np.uint64)
        enters = np.array([fence.trigger is not FenceTrigger.EXIT for fence in fences], dtype=np.bool_)
        exits = np.array([fence.trigger is not FenceTrigger.ENTER for fence in fences], dtype=np.bool_)
        is_told = np.stack([enters, exits, np.ones(len(fences), dtype=np.bool_)], axis=-1)
        is_open = np.array([not fence.groups for fence in fences], dtype=np.bool_)
        return is_open, scope.reshape(len(fences), self.words), is_told, ~enters


def _noting(fences: Iterable[Fence], noted: list[Fence]) -> Iterator[Fence]:
    for fence in fences:
        noted.append(fence)
        yield fence
