"""Activities to draw, and the conflicts between them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from sqlalchemy import Connection, Row, select

from openline.conflict.verdict import Finding, Planned, verdict
from openline.station.books import activities
from openline.station.books.policy import policy_of
from openline.station.station import Station
from openline.station.tables import activities as activity_rows
from openline.station.tables import conflicts
from openline.station.views.drawing import drawn
from openline.words import limits
from openline.words.moment import Moment
from openline.words.volume import Ground, Separation

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
    """The conflicts of one line, by time."""
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


def near_misses(station: Station) -> Json:
    """Pairs of a line's two parties that are no conflict and would be one at twice the separation.

    Cancelled activities do not count. `horizontal_m`, `vertical_m` and `from`-`to` are
    those of the pair at twice the separation.
    """
    found = []
    with station.engine.store.read() as connection:
        for peer in station.engine.lines:
            policy = policy_of(connection, peer)
            a = activity_rows.c
            live = select(activity_rows).where(a.peer == peer, a.cancelled_at.is_(None))
            plans: dict[bool, list[Planned]] = {True: [], False: []}
            for row in connection.execute(live.order_by(a.start, a.thing)):
                plans[row.party == peer].append(activities.planned(row, policy))
            for pair in product(plans[False], plans[True]):
                near = None if verdict(*pair, policy.ground) else _doubled(*pair, policy.ground)
                if near is not None:
                    found.append(_near_miss(connection, peer, near))
    return {"near_misses": found}


def _doubled(a: Planned, b: Planned, ground: Ground) -> Finding | None:
    first, second = (replace(p, separation=_twice(p.separation)) for p in (a, b))
    return verdict(first, second, ground)


def _twice(separation: Separation) -> Separation:
    return Separation(
        min(2 * separation.horizontal_mm, limits.SEPARATION_MM),
        min(2 * separation.vertical_mm, limits.SEPARATION_MM),
        min(2 * separation.time_ms, limits.SEPARATION_MS),
    )


def _near_miss(connection: Connection, peer: str, near: Finding) -> Json:
    return {
        "id": activities.conflict_id(near),
        "line": peer,
        "activities": [_brief(connection, peer, thing) for thing in (near.a, near.b)],
        "from": str(near.window.start),
        "to": str(near.window.end),
        "horizontal_m": near.horizontal_m,
        "vertical_m": near.vertical_m,
    }


def map_view(station: Station, language: str) -> Json:
    """Everything that a map shows: activities with outlines, and conflicts."""
    now = station.now()
    with station.engine.store.read() as connection:
        shown = drawn(station, connection, language)
        found = [c for peer in station.engine.lines for c in conflicts_on(connection, peer, now)]
    return {"activities": shown, "conflicts": found}
