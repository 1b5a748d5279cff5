"""The watch list, and what became of the alarms that were to reach people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from openline.station import lacking, reach
from openline.station.books import watchlist
from openline.station.station import Station
from openline.station.urgent_tables import notices, people, watches
from openline.station.views.timeline import call_json
from openline.words.moment import Moment

Json = dict[str, Any]


def watch_list(station: Station, since: str | None, until: str | None) -> Json:
    """``watch list --json``: who is on watch now, and the watches from `since` (now) on."""
    now = station.now()
    begin = now if since is None else Moment.parse_date_or_time(since)
    w = watches.c
    query = select(watches).where(w.end > begin.ms).order_by(w.start, w.pk)
    if until is not None:
        query = query.where(w.start < Moment.parse_date_or_time(until).ms)
    with station.engine.store.read() as connection:
        present = watchlist.on_watch(connection, now)
        rows = connection.execute(query).all()
    shown = [
        {
            "id": row.pk,
            "person": row.person,
            "start": str(Moment(row.start)),
            "end": str(Moment(row.end)),
            "source": row.source,
        }
        for row in rows
    ]
    return {"on_watch": present, "watches": shown}


def reach_list(station: Station) -> Json:
    """``reach list --json``: people in the order of calling; of their ways the schemes alone."""
    ways = reach.schemes(station.folder)
    p = people.c
    with station.engine.store.read() as connection:
        rows = connection.execute(select(people).order_by(p.place, p.name)).all()
    shown = [
        {
            **{"name": row.name, "role": row.role, "place": row.place},
            **{"ways": ways.get(row.name, []), "language": row.language},
            "missing": lacking.ways_of(row, ways.get(row.name, [])),
        }
        for row in rows
    ]
    return {"people": shown}


def alerts(station: Station, limit: int) -> Json:
    """``watch alerts --json``: the newest alarms that were to reach people, newest first."""
    n = notices.c
    query = select(notices).order_by(n.pk.desc()).limit(limit)
    with station.engine.store.read() as connection:
        rows = connection.execute(query).all()
    return {"alerts": [{"line": r.peer, "about": r.about, **call_json(r)} for r in rows]}
