"""Rows that stay as they are, in a packed tree with sixteen children to a node.

Rows are sorted by size class first, so that an activity of months does not spoil
the box of a leaf of short flights, then by place and time (`arrange`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.conflict import compiled
from openline.conflict.boxes import EMPTY, LANE, WIDTH, Lanes, tree_of
from openline.conflict.earth import Ints
from openline.conflict.pool import Pool, Run, room
from openline.conflict.rows import CIRCLE, ROW, Asked, Table, planned_of
from openline.conflict.verdict import Planned

_SPANS_MS = np.array([3, 12, 72, 480, 2_400]) * 3_600_000.0
_SPANS_M = np.array([16_000.0, 100_000.0, 600_000.0])
Held = tuple[NDArray[Any], ...]
"""What is searched: nodes, where each level of them begins, rows, the numbers of their shapes."""


class Part(NamedTuple):
    """Rows, their boxes (n, 8) and ids, and the pool that the rows name."""

    table: Table
    lanes: Lanes
    ids: NDArray[np.bytes_]
    shapes: Pool


class Tree:
    """A packed tree, its rows and their ids. Rows may be forgotten, never added."""

    def __init__(self, part: Part, begins: Run) -> None:
        """Sorts rows, boxes and ids; `begins` (n,) is where each row's run begins in the pool."""
        order = order_of(part.lanes)
        self.table: Table = part.table.take(order)  # in a tenth of the time of `[order]`
        self.table["lon"] = begins[order]
        self.nodes, self.levels = tree_of(part.lanes.take(order, axis=0))
        self.shapes = part.shapes
        self.ids = part.ids.take(order)
        hashes = np.fromiter(map(hash, self.ids.tolist()), np.int64, len(order))
        self._by_hash = np.argsort(hashes).astype(np.int32)
        self._hashes = hashes[self._by_hash]
        self.live = len(order)
        self.held: Held = self.nodes, self.levels, self.table.view(np.uint8), part.shapes.data

    @classmethod
    def joined(cls, parts: Iterable[Part]) -> Tree:
        """One tree of all rows of several parts."""
        tables, lanes, ids, pools = zip(*parts, strict=True)
        runs, begins, used = [], [], 0
        for table, pool in zip(tables, pools, strict=True):
            shaped = table["kind"] != CIRCLE
            begin, length = (table[name][shaped].astype(np.int64) for name in ("lon", "lat"))
            runs.append(pool.chosen(begin, length))
            begins.append(table["lon"].copy())
            begins[-1][shaped] = used + np.cumsum(length) - length
            used += len(runs[-1])
        pool = Pool(_one(runs))
        return cls(Part(_one(tables), _one(lanes), _one(ids), pool), _one(begins))

    def part(self) -> Part:
        """All rows that are not forgotten."""
        return _part_of(self, self.ids)

    @property
    def hashes(self) -> Ints:
        """The hashes of all ids, of those that are forgotten too."""
        return self._hashes

    def id(self, row: int) -> str:
        """The id of a row."""
        name: bytes = self.ids.item(row)
        return name.decode()

    def find(self, name: bytes) -> int | None:
        """The row of an id, if it is held and not forgotten."""
        at = bisect_left(self._hashes.data, hash(name))
        while at < len(self._hashes) and self._hashes[at] == hash(name):
            row = int(self._by_hash[at])
            if self.ids[row] == name and self.nodes[row >> 4, 0, row & 15] < np.inf:
                return row
            at += 1
        return None

    def remove(self, name: bytes) -> bool:
        """Forget the row of an id; says whether it was held."""
        row = self.find(name)
        if row is None:
            return False
        self.nodes[row >> 4, :, row & 15] = EMPTY
        self.live -= 1
        return True

    @property
    def bytes(self) -> int:
        """What it takes up."""
        arrays = (self.table, self.nodes, self.levels, self.ids, self._by_hash, self._hashes)
        return sum(each.nbytes for each in arrays) + self.shapes.data.nbytes


def _one(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays end to end; the only one is not copied."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _part_of(held: Tree | Recent, ids: NDArray[np.bytes_]) -> Part:
    """All rows that are not forgotten, nor have begun to be meanwhile."""
    leaves = held.nodes[: held.levels[1]]
    lanes = leaves.transpose(0, 2, 1).reshape(-1, LANE)[: len(ids)]
    whole = np.isfinite(lanes).all(axis=1)
    if whole.all():
        return Part(held.table[: len(ids)], lanes, ids, held.shapes)
    return Part(held.table[: len(ids)][whole], lanes[whole], ids[whole], held.shapes)


def order_of(lanes: Lanes) -> Ints:
    """The order of (n, 8) boxes in which neighbours in space and time stand together."""
    least, most = (np.ascontiguousarray(half.T) for half in (lanes[:, :4], lanes[:, 4:]))
    middle, size = (least + most) / 2, most - least
    span = np.searchsorted(_SPANS_MS, size[3]) * (len(_SPANS_M) + 1)
    kind = span + np.searchsorted(_SPANS_M, size[:3].max(axis=0, initial=0))
    order: Ints = np.argsort(kind, kind="stable")
    ends = np.cumsum(np.bincount(kind))
    for begin, end in zip([0, *ends], ends, strict=False):
        if begin < end:
            mean = size[:, order[begin:end]].mean(axis=1, dtype=np.float64)
            compiled.chosen().arrange(middle, mean, order, int(begin), int(end))
    return order


class Recent:
    """The newest rows, in the order they came, under leaves without a tree over them."""

    def __init__(self) -> None:
        self.table: Table = np.zeros(0, dtype=ROW)
        self.nodes: Lanes = np.empty((0, LANE, WIDTH), dtype=np.float32)
        self.levels: Ints = np.zeros(2, dtype=np.int64)
        """As a tree's: leaves alone."""
        self.ids: list[bytes] = []
        self.shapes = Pool()
        self.at: dict[bytes, int] = {}
        self._hold()

    def _hold(self) -> None:
        """Take arrays that have grown for what is searched from now on."""
        table = self.table.view(np.uint8)
        self.held: Held = self.nodes, self.levels, table, self.shapes.data
        self._rows, self._lanes = table.data, self.nodes.reshape(-1).data

    def add(self, name: bytes, asked: Asked) -> None:
        """Hold a row. No row of that id may be held."""
        number = len(self.ids)
        if number == len(self.table):
            self._grow()
        if len(asked.run):
            asked.table["lon"][0] = self.shapes.append(asked.run)
            if self.shapes.data is not self.held[-1]:
                self._hold()
        # As bytes: writing to an array takes five times as long.
        row, lane = asked.buffers
        self._rows[number * len(row) : (number + 1) * len(row)] = row
        first = (number >> 4) * LANE * WIDTH + (number & 15)
        self._lanes[first : first + LANE * WIDTH : WIDTH] = lane
        if number & 15 == 0:
            self.levels[1] = (number >> 4) + 1
        self.ids.append(name)
        self.at[name] = number

    def id(self, row: int) -> str:
        """The id of a row."""
        return self.ids[row].decode()

    def _grow(self) -> None:
        self.table = room(self.table, len(self.table) + 4 * WIDTH)
        nodes = np.empty((len(self.table) // WIDTH, LANE, WIDTH), dtype=np.float32)
        nodes[:] = np.array(EMPTY, dtype=np.float32)[None, :, None]
        nodes[: len(self.nodes)] = self.nodes
        self.nodes = nodes
        self._hold()

    def remove(self, name: bytes) -> bool:
        """Forget the row of an id; says whether it was held."""
        number = self.at.pop(name, None)
        if number is None:
            return False
        self.nodes[number >> 4, :, number & 15] = EMPTY
        return True

    @property
    def hashes(self) -> Ints:
        """The hashes of all ids."""
        return np.fromiter(map(hash, self.ids), np.int64, len(self.ids))

    def part(self) -> Part:
        """All rows that are not forgotten."""
        return _part_of(self, np.array(self.ids, dtype=np.bytes_))


def planned_at(part: Tree | Recent, row: int) -> Planned:
    """The activity behind a row of a part."""
    return planned_of(part.id(row), part.table[row], part.shapes)
