"""Which ids an index may hold: where it says no, nobody need look for one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from openline.conflict.earth import Ints

_ROOM = 4
"""Bytes for each id, at least: one in so many is looked for in vain, at most."""


class Seen:
    """A byte for each remainder of a hash, set when an id with it was added."""

    def __init__(self, count: int, hashes: Iterable[Ints] = ()) -> None:
        """Room for twice `count` ids, with those of `hashes`."""
        self._set = np.zeros(1 << (2 * _ROOM * count + 1023).bit_length(), dtype=np.uint8)
        self._mask = len(self._set) - 1
        for each in hashes:
            self._set[each & self._mask] = 1
        self._bytes = self._set.data
        self.most = len(self._set) // _ROOM

    def add(self, name: bytes) -> None:
        """From now on, that id may be held."""
        self._bytes[hash(name) & self._mask] = 1

    def __contains__(self, name: bytes) -> bool:
        return bool(self._bytes[hash(name) & self._mask])

    @property
    def bytes(self) -> int:
        """What it takes up."""
        return len(self._set)
