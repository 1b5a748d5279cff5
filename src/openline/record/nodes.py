"""Proofs from a record's kept nodes, instead of from all its leaves.

Whoever keeps the root of every full subtree on each fourth level (one hash for
fifteen leaves) proves anything about a record of a million messages from some
two hundred hashes. `Row` reads them; nothing here knows where they lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from openline.record.tree import Frontier, node_hash
from openline.words.errors import BrokenInvariant

LEVELS = 4
"""Nodes are kept on every so many levels; leaves are level 0."""
WIDTH = 1 << LEVELS

Row = Callable[[int, int], Sequence[bytes]]
"""``row(level, index)``: the hashes below the node `index` of the kept level above `level`.

WIDTH of them, in order, or fewer where the record ends.
"""


def completed(before: int, after: int) -> Iterator[tuple[int, int]]:
    """Level and index of the nodes to be kept that a record fills as it grows between two sizes.

    Those of lower levels come first, so that each is made of what is kept already.
    """
    level = LEVELS
    while after >> level:
        for index in range(before >> level, after >> level):
            yield level, index
        level += LEVELS


class Tree:
    """A record of `size` messages over its kept nodes; each row is read once."""

    def __init__(self, size: int, row: Row) -> None:
        self.size = size
        self._read = row
        self._rows: dict[tuple[int, int], Sequence[bytes]] = {}

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The siblings from leaf `index` (from 0) to the root (RFC 9162, section 2.1.3.1)."""
        if not 0 <= index < self.size:
            raise BrokenInvariant(f"no leaf {index} in a record of {self.size}")
        return self._siblings(0, index)

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """That the first `old_size` (at least 1) leaves are still first (section 2.1.4.1)."""
        if not 0 < old_size <= self.size:
            raise BrokenInvariant(f"no older record of {old_size} in one of {self.size}")
        if old_size == self.size:
            return []
        level, at = 0, old_size - 1
        while at & 1:
            level, at = level + 1, at >> 1
        return ([self._node(level, at)] if at else []) + self._siblings(level, at)

    def subtree(self, first: int, height: int) -> bytes:
        """The root over the ``2**height`` leaves from `first`, a multiple of that, all of them.

        Raises BrokenInvariant when the record ends before them.
        """
        if first + (1 << height) > self.size:
            raise BrokenInvariant(f"no subtree of {1 << height} from {first} in {self.size}")
        return self._full(height, first >> height)

    def frontier(self) -> Frontier:
        """The roots of its full subtrees, the largest first."""
        peaks, first = [], 0
        for level in reversed(range(self.size.bit_length())):
            if self.size >> level & 1:
                peaks.append(self._node(level, first >> level))
                first += 1 << level
        return Frontier(self.size, tuple(peaks))

    def _siblings(self, level: int, at: int) -> list[bytes]:
        proof = []
        while 1 << level < self.size:
            if (at ^ 1) << level < self.size:
                proof.append(self._node(level, at ^ 1))
            level, at = level + 1, at >> 1
        return proof

    def _node(self, level: int, index: int) -> bytes:
        """The hash over the leaves from ``index << level``: ``1 << level``, or to the end."""
        first, end = index << level, min((index + 1) << level, self.size)
        if end - first < 1 << level:  # at the right edge: its left half is full, or all there is
            left = self._node(level - 1, 2 * index)
            if end - first <= 1 << (level - 1):
                return left
            return node_hash(left, self._node(level - 1, 2 * index + 1))
        return self._full(level, index)

    def _full(self, level: int, index: int) -> bytes:
        base = level - level % LEVELS
        span = 1 << (level - base)
        first = index * span
        hashes = list(self._row(base, first // WIDTH)[first % WIDTH : first % WIDTH + span])
        if len(hashes) != span:
            raise BrokenInvariant(f"nodes of level {base} are missing from {first} on")
        return root_of_full(hashes)

    def _row(self, level: int, index: int) -> Sequence[bytes]:
        key = (level, index)
        if key not in self._rows:
            self._rows[key] = self._read(level, index)
        return self._rows[key]


def root_of_full(hashes: Sequence[bytes]) -> bytes:
    """The node over `hashes`, whose number is a power of two."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]
