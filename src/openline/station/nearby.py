"""Which activities of the other party are near one: by an index while the station runs.

A running station holds an index of each line and party, built from the store in
the background and changed after each commit alone, so that what is undone leaves
no trace (R-CONF-31). The index says which activities to look at; what they are is
always read from the store, in the transaction that asks. What that transaction
has changed itself (`Tx.touched`) is looked at whatever the index says.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, tuple_

from openline.conflict import compiled
from openline.conflict.index import Index, joined
from openline.conflict.verdict import Planned
from openline.station.tables import activities
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

if TYPE_CHECKING:
    from openline.station.engine import Engine
    from openline.station.store import Store

trace = structlog.get_logger("openline.nearby")
COMPILED_FROM = 5_000
"""Activities from which on compiled kernels are worth their memory and the time to load them."""
_AT_ONCE = 500
"""Ids in one question to the database."""
_PROGRESS_S = 1.0
_POLL_S = 0.2
WHOLE_LINE = ""

Touched = tuple[str, str]
"""A line, and a thing on it; or all things when that is empty."""
Reader = Callable[[Connection, str], Callable[[Row[Any]], Planned]]
"""What makes of the stored activities of a line what the conflict engine compares."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a transaction leaves of a thing: whose it is and what it plans, or nothing."""

    peer: str
    thing: str
    party: str = ""
    planned: Planned | None = None


@dataclass(slots=True)
class _Held:
    """The indexes of one station, by line and party."""

    since: int
    """Activities that ended before are not held."""
    of: dict[tuple[str, str], Index] = field(default_factory=dict)

    def apply(self, change: Change) -> None:
        for key in [key for key in self.of if key[0] == change.peer]:
            if change.thing == WHOLE_LINE:
                del self.of[key]
            else:
                self.of[key].remove(change.thing)
        if change.planned is not None and change.planned.volume.window.end.ms >= self.since:
            index = self.of.setdefault((change.peer, change.party), Index())
            index.add(change.planned)


class Nearby:
    """The indexes of one station, or none: then every question goes to the database by time."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._lock = Lock()
        self._held: _Held | None = None
        self._building: list[Change] | None = None
        """While the index is built: what was committed since it began."""
        self.on_due: Callable[[], None] = lambda: None
        """Told, by the thread that writes, when `tend` has something to do."""
        self.ending = False
        """Set it, and `build` and `tend` give up soon."""

    @property
    def count(self) -> int | None:
        """How many activities the index holds; None where there is none."""
        with self._lock:
            return None if self._held is None else sum(map(len, self._held.of.values()))

    # ---- questions -------------------------------------------------------------------

    def candidates(
        self,
        connection: Connection,
        peer: str,
        party: str,
        draft: Planned,
        reader: Reader,
        touched: Collection[Touched] = (),
    ) -> Iterable[Planned]:
        """Live activities of the line's other party that may conflict with `draft`, by start.

        `touched` is what the transaction behind `connection` has changed so far.
        """
        ids = self.ids_near(peer, party, draft) if (peer, WHOLE_LINE) not in touched else None
        a, window = activities.c, draft.volume.window
        live = and_(a.peer == peer, a.party != party, a.cancelled_at.is_(None))
        if ids is None:
            near = and_(
                a.start < window.end.ms + limits.SEPARATION_MS,
                a.end > window.start.ms - limits.SEPARATION_MS,
            )
            rows = _rows(connection, live, near)
        else:
            named = sorted(ids | {thing for of, thing in touched if of == peer})
            parts = (named[at : at + _AT_ONCE] for at in range(0, len(named), _AT_ONCE))
            rows = [row for part in parts for row in _rows(connection, live, a.thing.in_(part))]
        rows.sort(key=lambda row: (row.start, row.thing))
        return map(reader(connection, peer), rows)

    def ids_near(self, peer: str, party: str, draft: Planned) -> set[str] | None:
        """The ids that the index offers; None where there is none that can say."""
        with self._lock:
            held = self._held
            if held is None or draft.volume.window.start.ms - limits.SEPARATION_MS < held.since:
                return None
            others = [
                index for (of, whose), index in held.of.items() if of == peer and whose != party
            ]
            return {id for index in others for id in index.ids_near(draft)}

    # ---- commits ---------------------------------------------------------------------

    def changes(self, connection: Connection, touched: Collection[Touched]) -> list[Change]:
        """What the transaction behind `connection` leaves, read just before its commit."""
        if not touched or self._reader is None:
            return []
        whole = {peer for peer, thing in touched if thing == WHOLE_LINE}
        found = []
        for peer in sorted(whole):
            found.append(Change(peer, WHOLE_LINE))
            found += self._changes(connection, peer, None)
        for peer, thing in sorted(touched):
            if peer not in whole:
                found += self._changes(connection, peer, thing) or [Change(peer, thing)]
        return found

    def _changes(self, connection: Connection, peer: str, thing: str | None) -> list[Change]:
        a = activities.c
        live = and_(a.peer == peer, a.cancelled_at.is_(None))
        rows = _rows(connection, live if thing is None else and_(live, a.thing == thing))
        return _as_changes(connection, rows, self._reader)

    def committed(self, changes: Sequence[Change]) -> None:
        """Those changes are durable."""
        if not changes:
            return
        with self._lock:
            if self._building is not None:
                self._building += changes
            if self._held is None:
                return
            for change in changes:
                self._held.apply(change)
            is_due = any(index.is_due for index in self._held.of.values())
        if is_due:
            self.on_due()

    # ---- in the background -----------------------------------------------------------

    def build(self, store: Store, now: Moment, reader: Reader) -> None:
        """Make the index from the store while the station works; for a large store it takes long.

        It is read in short pieces: whatever is committed meanwhile is put in at the end.
        """
        held = _Held(now.ms - limits.SEPARATION_MS)
        with self._lock:
            self._building, self._reader = [], reader
        with store.read() as connection:
            total = connection.execute(select(func.count()).where(_held_since(held.since)))
            count = total.scalar_one()
        if count >= COMPILED_FROM:
            self._compile()
        told = time.monotonic()
        for done, change in enumerate(_stored(store, held.since, reader)):
            if self.ending:
                return
            held.apply(change)
            for index in held.of.values():
                if index.is_due:
                    index.merge()
            if time.monotonic() > told + _PROGRESS_S:
                told = time.monotonic()
                trace.info("building the conflict index", done=done, of=count)
        for index in held.of.values():
            index.pack()
        with self._lock:
            for change in self._building or ():
                held.apply(change)
            self._held, self._building = held, None

    def _compile(self) -> None:
        """Have another process compile what is not compiled yet, then load it."""
        command = [sys.executable, "-m", "openline.conflict.compiled"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:  # noqa: S603
            while it.poll() is None and not self.ending:
                time.sleep(_POLL_S)
            it.terminate()
        if it.returncode == 0:
            compiled.prepare()

    def tend(self) -> None:
        """Merge what is due, while others ask and the writer goes on. One thread at a time."""
        while not self.ending:
            with self._lock:
                due = [i for i in (self._held.of.values() if self._held else ()) if i.is_due]
                if not due:
                    return
                index = due[0]
                begun = index.begin_merge()
            tree = joined(begun)
            with self._lock:
                index.end_merge(begun, tree)


async def tended(engine: Engine, reader: Reader) -> None:
    """Build the index, and merge whenever something is due, in threads. Never ends by itself.

    Without the index a station works as well, only slower: a fault is told and no more.
    """
    nearby, now = engine.nearby, engine.clock.now().wall
    wake, loop = asyncio.Event(), asyncio.get_running_loop()

    def due() -> None:
        loop.call_soon_threadsafe(wake.set)

    nearby.on_due = due
    try:
        await asyncio.to_thread(nearby.build, engine.store, now, reader)
        wake.set()  # what came while it was built
    except OpenlineError as error:
        trace.error("no conflict index", code=error.code)
    while True:
        await wake.wait()
        wake.clear()
        await asyncio.to_thread(nearby.tend)


def _held_since(since: int) -> ColumnElement[bool]:
    return and_(activities.c.cancelled_at.is_(None), activities.c.end >= since)


def _stored(store: Store, since: int, reader: Reader) -> Iterator[Change]:
    """All that is to be held, in pieces, each read in a transaction of its own."""
    key, last = tuple_(activities.c.peer, activities.c.thing), ("", "")
    while True:
        with store.read() as connection:
            after = and_(_held_since(since), key > last)
            rows = connection.execute(
                select(activities).where(after).order_by(*key.clauses).limit(_AT_ONCE)
            ).all()
            changes = _as_changes(connection, rows, reader)
        yield from changes
        if not rows:
            return
        last = rows[-1].peer, rows[-1].thing


def _as_changes(
    connection: Connection, rows: Sequence[Row[Any]], reader: Reader | None
) -> list[Change]:
    found: list[Change] = []
    for peer, of_line in groupby(rows, key=lambda row: row.peer):
        read = reader(connection, peer) if reader else None
        for row in of_line:
            found.append(Change(peer, row.thing, row.party, read(row) if read else None))
    return found


def _rows(connection: Connection, *where: ColumnElement[bool]) -> list[Row[Any]]:
    return list(connection.execute(select(activities).where(*where)))
