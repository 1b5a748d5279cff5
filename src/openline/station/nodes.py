"""The kept nodes of the records' trees: stored as a record grows, read for proofs.

A database without them, or with some missing, gives the same proofs: what is
not there is made from what is below.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from openline.record.nodes import LEVELS, WIDTH, Tree, completed, root_of_full
from openline.station.hot import Hot, hot_insert, slot
from openline.station.tables import messages, nodes


def keep(connection: Connection, peer: str, way: str, epoch: int, before: int, after: int) -> None:
    """Store the nodes that the record has filled as it grew between these sizes."""
    if before >> LEVELS == after >> LEVELS:
        return
    rows = _Rows(connection, peer, way, epoch, after)
    for level, index in completed(before, after):
        place = {**rows.place, "level": level, "position": index}
        _INSERT.run(connection, {**place, "hash": root_of_full(rows.read(level - LEVELS, index))})


def tree(connection: Connection, peer: str, way: str, epoch: int, size: int) -> Tree:
    """The record when it had `size` messages."""
    return Tree(size, _Rows(connection, peer, way, epoch, size).read)


class _Rows:
    """Rows of kept nodes of one record."""

    def __init__(self, connection: Connection, peer: str, way: str, epoch: int, size: int) -> None:
        self._connection = connection
        self._size = size
        self.place = {"peer": peer, "way": way, "epoch": epoch}

    def read(self, level: int, index: int) -> Sequence[bytes]:
        """The hashes of `level` below the node `index`: all that are full."""
        first, end = index * WIDTH, min((index + 1) * WIDTH, self._size >> level)
        within = {**self.place, "level": level, "first": first, "end": end}
        if level == 0:
            return [leaf for _, leaf in _LEAVES.run(self._connection, within)]
        found = dict(_NODES.run(self._connection, within).fetchall())
        return [
            found[n] if n in found else root_of_full(self.read(level - LEVELS, n))
            for n in range(first, end)
        ]


_m, _n = messages.c, nodes.c
_LEAVES = Hot(
    select(_m.number, _m.leaf)
    .where(_m.peer == slot("peer"), _m.way == slot("way"), _m.epoch == slot("epoch"))
    .where(_m.number >= slot("first"), _m.number < slot("end"))
    .order_by(_m.number)
)
_NODES = Hot(
    select(_n.position, _n.hash)
    .where(_n.peer == slot("peer"), _n.way == slot("way"), _n.epoch == slot("epoch"))
    .where(_n.level == slot("level"), _n.position >= slot("first"), _n.position < slot("end"))
)
_INSERT = hot_insert(nodes, or_ignore=True)
