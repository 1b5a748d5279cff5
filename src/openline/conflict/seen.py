"""Which ids an index may hold: where it says no, nobody need look for one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from openline.conflict.earth import Ints

_ROOM = 16
"""Bits for each id, at least: one new id in sixteen is looked for in vain, at most."""


class Seen:
    """A bit for each remainder of a hash, set when an id with it was added."""

    def __init__(self, count: int, hashes: Iterable[Ints] = ()) -> None:
        """Room for twice `count` ids, with those of `hashes`."""
        self._set = np.zeros(1 << (2 * _ROOM * count // 8 + 1023).bit_length(), dtype=np.uint8)
        self._mask = len(self._set) - 1
        for each in hashes:
            bits = np.left_shift(1, each & 7).astype(np.uint8)
            np.bitwise_or.at(self._set, each >> 3 & self._mask, bits)
        self._bytes = self._set.data
        self.most = 8 * len(self._set) // _ROOM

    def add(self, name: bytes) -> bool:
        """From now on, that id may be held; says whether it may have been before."""
        number = hash(name)
        at, bit = number >> 3 & self._mask, 1 << (number & 7)
        known = self._bytes[at]
        self._bytes[at] = known | bit
        return bool(known & bit)

    def __contains__(self, name: bytes) -> bool:
        number = hash(name)
        return bool(self._bytes[number >> 3 & self._mask] >> (number & 7) & 1)

    @property
    def bytes(self) -> int:
        """What it takes up."""
        return len(self._set)
