"""Runs of numbers of different lengths in one array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openline.conflict.earth import Ints


class Pool:
    """Runs of numbers one after another in one array that grows."""

    def __init__(self, data: NDArray[Any], first: Ints | None = None) -> None:
        self.data = data
        self.first = np.zeros(1, dtype=np.int64) if first is None else first
        """Where each run begins, and where the last one ends."""
        self.runs = len(self.first) - 1

    def append(self, run: NDArray[Any]) -> int:
        """Add a run; returns its number."""
        at = int(self.first[self.runs])
        self.data = room(self.data, at + len(run))
        self.data[at : at + len(run)] = run
        self.first = room(self.first, self.runs + 2)
        self.runs += 1
        self.first[self.runs] = at + len(run)
        return self.runs - 1

    def run(self, number: int) -> NDArray[Any]:
        """One run."""
        return self.data[self.first[number] : self.first[number + 1]]

    @classmethod
    def joined(cls, pools: list[tuple[Pool, Ints]]) -> Pool:
        """The chosen runs of several pools, in that order."""
        parts, lengths = [], []
        for pool, chosen in pools:
            length = pool.first[chosen + 1] - pool.first[chosen]
            ends = np.cumsum(length)
            steps = np.arange(ends[-1] if len(ends) else 0)
            parts.append(pool.data[np.repeat(pool.first[chosen] - ends + length, length) + steps])
            lengths.append(length)
        first = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
        return cls(np.concatenate(parts), first)

    @property
    def bytes(self) -> int:
        """What it takes up."""
        return int(self.data.nbytes + self.first.nbytes)


def room(array: NDArray[Any], count: int) -> NDArray[Any]:
    """`array`, or a copy twice as long when it has no room for `count`."""
    if count <= len(array):
        return array
    larger = np.zeros((max(count, 2 * len(array), 8), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger
