"""`record verify`: recompute everything that is stored, and name what does not hold.

Records are read in pieces, each in a short transaction of its own: a record
only grows, and a long transaction would keep the write-ahead file from being
emptied for as long as it lasts. The signatures are checked on all cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, func, select

from openline.record.tree import EMPTY, Frontier, leaf_hash
from openline.station.heads import Line
from openline.station.hot import Hot, slot
from openline.station.recheck import PIECE, Piece, Record, check_all
from openline.station.recheck import Fault as Found
from openline.station.station import Station
from openline.station.store import Store
from openline.station.tables import forks, heads, messages, receipts
from openline.words.party import Direction

Progress = Callable[[int, int], None]
"""Told how many messages were checked, and of how many."""
Fault = dict[str, Any]
MOST = 2**63 - 1
"""The greatest number that a database keeps."""


def verify(station: Station, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """Every record of every line: signatures, numbers, hashes, roots, heads and receipts."""
    store = station.engine.store
    with store.read() as connection:
        order = (heads.c.peer, heads.c.way.desc(), heads.c.rank)
        stored = connection.execute(select(heads).order_by(*order)).all()
        forked = connection.execute(select(forks)).all()
    total = sum(head.size for head in stored)
    audits = [_Audit(store, _record(station, head), head) for head in stored]
    by_direction = {audit.record.direction: audit for audit in audits}
    done = 0
    for piece, found in check_all(chain.from_iterable(a.pieces() for a in audits), total):
        by_direction[piece.record.direction].note(found)
        done += len(piece.messages)
        progress(min(done, total), total)
    faults = [fault for audit in audits for fault in audit.faults()]
    for fork in forked:
        fault = {"line": fork.peer, "record": fork.way, "epoch": fork.epoch}
        faults.append({**fault, "number": fork.position, "what": f"fork: {fork.what}"})
    records = [audit.told() for audit in audits]
    return {"holds": not faults, "records": records, "faults": faults}


def _record(station: Station, head: Row[Any]) -> Record:
    """Who signs in the record of that head."""
    line: Line = station.engine.lines[head.peer]
    ours, theirs = station.engine.own.ring.signers, line.ring.signers
    party = station.engine.party
    if head.way == "out":
        return Record(Direction(party, head.peer, head.epoch), ours, theirs)
    return Record(Direction(head.peer, party, head.epoch), theirs, ours)


class _Audit:
    """One record being read: where the reading stands, and what the whole must come to."""

    def __init__(self, store: Store, record: Record, head: Row[Any]) -> None:
        self._store, self.record = store, record
        self._place = {"peer": head.peer, "way": head.way, "epoch": head.epoch}
        self._name = {"line": head.peer, "record": head.way, "epoch": head.epoch}
        self._size = head.size
        self._found: list[Found] = []
        self._end: list[Found] = []

    def note(self, found: Sequence[Found]) -> None:
        """A piece was checked."""
        self._found += found

    def faults(self) -> list[Fault]:
        """All that does not hold, in the order of the record."""
        return [
            {**self._name, "number": number, "what": what}
            for number, what in (*self._found, *self._end)
        ]

    def told(self) -> Fault:
        """The record's size, and whether it holds."""
        return {**self._name, "size": self._size, "holds": not (self._found or self._end)}

    def pieces(self) -> Iterator[Piece]:
        """The whole record, piece after piece; what the head says of it is judged at the end."""
        tree, last = EMPTY, -1
        while True:
            with self._store.read() as connection:
                rows = self._messages(connection, last)
                to = tree.size + len(rows) if rows else None
                kept = self._receipts(connection, tree.size, to)
                if not rows:
                    self._end = list(self._conclude(connection, tree))
            if rows or kept:
                yield Piece(self.record, tree, rows, kept)
            if not rows:
                return
            for last, raw, _, _ in rows:  # noqa: B007 (the last number is where reading goes on)
                tree = tree.append(leaf_hash(raw))

    def _messages(self, connection: Connection, last: int) -> tuple[Any, ...]:
        return tuple(_MESSAGES.run(connection, self._place | {"last": last, "count": PIECE}))

    def _receipts(self, connection: Connection, beyond: int, to: int | None) -> tuple[Any, ...]:
        within = {"beyond": beyond or -1, "to": MOST if to is None else to}
        return tuple(_RECEIPTS.run(connection, self._place | within))

    def _conclude(self, connection: Connection, tree: Frontier) -> Iterator[Found]:
        """What the head says of the whole, and what is marked received under no receipt."""
        self._size, frontier, receipted = _HEAD.run(connection, self._place).fetchone()
        if (tree.size, tree.to_bytes()) != (self._size, frontier):
            yield tree.size, f"the head says {self._size} messages"
        ((newest,),) = _NEWEST.run(connection, self._place)
        size = newest or 0
        at = self._place | {"size": size}
        # The other side may have lost what it once held: then it waits to leave again.
        if size < receipted or (size > receipted and not _LOST.run(connection, at).fetchone()):
            yield size, f"the newest receipt covers {size} messages, the head says {receipted}"
        for (number,) in _MARKED.run(connection, at):
            yield number, "it is marked as received without a receipt"


def _of(table: Any) -> tuple[Any, ...]:
    return tuple(table.c[name] == slot(name) for name in ("peer", "way", "epoch"))


_m, _r, _h = messages.c, receipts.c, heads.c
_MESSAGES = Hot(
    select(_m.number, _m.raw, _m.leaf, _m.root)
    .where(*_of(messages), _m.root.is_not(None), _m.number > slot("last"))
    .order_by(_m.number)
    .limit(slot("count"))
)
_RECEIPTS = Hot(
    select(_r.size, _r.raw)
    .where(*_of(receipts), _r.size > slot("beyond"), _r.size <= slot("to"))
    .order_by(_r.size)
)
_HEAD = Hot(select(_h.size, _h.frontier, _h.receipted).where(*_of(heads)))
_NEWEST = Hot(select(func.max(_r.size)).where(*_of(receipts)))
_LOST = Hot(select(_m.pk).where(*_of(messages), _m.waiting, _m.number < slot("size")).limit(1))
_MARKED = Hot(
    select(_m.number).where(*_of(messages), _m.received_at.is_not(None), _m.number >= slot("size"))
)
