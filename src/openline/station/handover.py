"""The hand-over of a watch: the alarms of whoever comes on are tried, and what fails is said."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, func, select, update

from openline.station.alerts import HANDOVER
from openline.station.books import watchlist
from openline.station.engine import Tx
from openline.station.hot import Hot
from openline.station.station import Station
from openline.station.urgent_tables import notices, people, watches
from openline.station.views.timeline import call_json
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]
POLL_S = 0.5


def do_due(tx: Tx) -> None:
    """Watches that have begun since: the alarms of whoever came on are tried, once."""
    w, now = watches.c, tx.now.wall
    due = next_due(tx.connection)
    if due is None or due > now:
        return
    begun = (w.tested_at.is_(None), w.start <= now.ms)
    rows = tx.run(select(w.person).where(*begun, w.end > now.ms).distinct()).scalars().all()
    if rows:
        watchlist.notify(tx, "", HANDOVER, HANDOVER, sorted(rows))
    tx.run(update(watches).where(*begun).values(tested_at=now.ms))


def next_due(connection: Connection) -> Moment | None:
    """When the next watch begins whose hand-over was not yet."""
    (at,) = _NEXT.run(connection, {}).fetchone()
    return None if at is None else Moment(at)


def now(station: Station, names: list[str], wait_s: float) -> Json:
    """Try the alarms of these people, or of all on watch and every commander, and say which left.

    Raises ``not-running``, ``nobody-on-watch``, ``unknown-person``.
    """
    if not station.running:
        raise OpenlineError(
            "not-running",
            "no station runs in this folder, so no alarm leaves",
            rule="R-WATCH-04",
            next="start it with `openline serve`",
        )

    def job(tx: Tx) -> list[int]:
        wanted = names or _present(tx)
        known = set(tx.run(select(people.c.name)).scalars())
        if unknown := [name for name in wanted if name not in known]:
            raise OpenlineError(
                "unknown-person",
                f"{unknown[0][:40]!r} is not on the watch list",
                rule="R-WATCH-01",
                next="`openline reach list` shows who is",
            )
        before = tx.run(select(func.max(notices.c.pk))).scalar() or 0
        watchlist.notify(tx, "", HANDOVER, HANDOVER, wanted)
        return list(tx.run(select(notices.c.pk).where(notices.c.pk > before)).scalars())

    pks = station.run(job)
    until = time.monotonic() + wait_s
    while (left := until - time.monotonic()) > 0 and not station.ending:
        if all(row.ended_at is not None for row in _rows(station, pks)):
            break
        station.changes.wait(station.changes.wait(-1, 0), min(left, POLL_S))
    rows = _rows(station, pks)
    return {
        "left": bool(rows) and all(row.left for row in rows),
        "alerts": [call_json(row) for row in rows],
    }


def _present(tx: Tx) -> list[str]:
    p = people.c
    found = watchlist.on_watch(tx.connection, tx.now.wall)
    if not found:
        raise OpenlineError(
            "nobody-on-watch",
            "nobody is on watch now",
            rule="R-WATCH-04",
            next="add a watch with `openline watch add`, or name the people to try",
        )
    commanders = tx.run(select(p.name).where(p.role == watchlist.COMMANDER).order_by(p.place))
    return list(dict.fromkeys([*found, *commanders.scalars()]))


def _rows(station: Station, pks: list[int]) -> list[Any]:
    with station.engine.store.read() as connection:
        query = select(notices).where(notices.c.pk.in_(pks)).order_by(notices.c.pk)
        return list(connection.execute(query).all())


_NEXT = Hot(select(func.min(watches.c.start)).where(watches.c.tested_at.is_(None)))
