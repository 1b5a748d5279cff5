"""Runs of whole numbers of different lengths in one array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openline.conflict.earth import Ints

Run = NDArray[np.int32]


class Pool:
    """Runs one after another in one array that grows. Whoever appends one keeps where it is."""

    def __init__(self, data: Run | None = None) -> None:
        self.data = np.empty(0, dtype=np.int32) if data is None else data
        self._used = len(self.data)

    def append(self, run: Run) -> int:
        """Add a run; returns where it begins."""
        at = self._used
        self._used += len(run)
        self.data = room(self.data, self._used)
        self.data[at : self._used] = run
        return at

    def chosen(self, begin: Ints, length: Ints) -> Run:
        """Some runs, one after another."""
        ends = np.cumsum(length)
        steps = np.arange(ends[-1] if len(ends) else 0)
        found: Run = self.data[np.repeat(begin - ends + length, length) + steps]
        return found


def room(array: NDArray[Any], count: int) -> NDArray[Any]:
    """`array`, or a copy twice as long when it has no room for `count`."""
    if count <= len(array):
        return array
    larger = np.zeros((max(count, 2 * len(array), 8), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger
