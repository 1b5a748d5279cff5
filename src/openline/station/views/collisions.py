"""Activities to draw, and the conflicts between them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.conflict.outline import outline
from openline.forms.phrases import label
from openline.station.books import activities
from openline.station.station import Station
from openline.station.tables import activities as activity_rows
from openline.station.tables import conflicts
from openline.words.moment import Moment

Json = dict[str, Any]


def list_conflicts(station: Station) -> Json:
    """``conflicts --json``."""
    with station.engine.store.read() as connection:
        found = [
            c
            for peer in station.engine.lines
            for c in conflicts_on(connection, peer, station.now())
        ]
    return {"conflicts": found}


def conflicts_on(connection: Connection, peer: str, now: Moment) -> list[Json]:
    c = conflicts.c
    rows = connection.execute(select(conflicts).where(c.peer == peer).order_by(c.start, c.id)).all()
    return [_conflict(connection, row, now) for row in rows]


def _conflict(connection: Connection, row: Row[Any], now: Moment) -> Json:
    if row.resolved_at is not None:
        state = "resolved"
    else:
        state = "expired" if row.end <= now.ms else "found"
    return {
        "id": row.id,
        "line": row.peer,
        "activities": [_brief(connection, row.peer, thing) for thing in (row.a, row.b)],
        "from": str(Moment(row.start)),
        "to": str(Moment(row.end)),
        "horizontal_m": row.horizontal_mm / 1000,
        "vertical_m": row.vertical_mm / 1000,
        "flags": row.flags.split(),
        "state": state,
        "found_at": str(Moment(row.found_at)),
    }


def _brief(connection: Connection, peer: str, thing: str) -> Json:
    a = activity_rows.c
    row = connection.execute(select(activity_rows).where(a.peer == peer, a.thing == thing)).one()
    return {"id": thing, "party": row.party, "title": activities.read_activity(row.fields).title}


def map_view(station: Station, language: str) -> Json:
    """Everything that a map shows: activities with outlines, and conflicts."""
    now = station.now()
    with station.engine.store.read() as connection:
        rows = connection.execute(select(activity_rows).order_by(activity_rows.c.start)).all()
        found = [c for peer in station.engine.lines for c in conflicts_on(connection, peer, now)]
    return {"activities": [_drawn(row, now, language) for row in rows], "conflicts": found}


def _drawn(row: Row[Any], now: Moment, language: str) -> Json:
    activity = activities.read_activity(row.fields)
    band = activity.volume.band
    state = "announced" if now.ms < row.start else "active" if now.ms < row.end else "ended"
    low, high = (f"{milli / 1000:,g}" for milli in (band.lower_milli, band.upper_milli))
    return {
        "id": row.thing,
        "line": row.peer,
        "party": row.party,
        "title": activity.title,
        "ref": activity.ref,
        "kind": label(f"kind.{activity.kind}", language),
        "state": "cancelled" if row.cancelled_at is not None else state,
        "from": str(Moment(row.start)),
        "to": str(Moment(row.end)),
        "band": f"{low}–{high} {band.unit} {band.datum}",
        "geometry": outline(activity.volume),
    }
