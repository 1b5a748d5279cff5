"""Activities to draw, and the conflicts between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from openline.conflict.index import Index
from openline.conflict.verdict import Finding, Planned, verdict
from openline.line.conflictlife import State, state_at
from openline.station.books import activities
from openline.station.books.conflicts import conflict_id
from openline.station.books.policy import policy_of
from openline.station.collision_tables import lives, own_desk, words
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
        own = own_desk_pairs(connection, station.now())
    return {"conflicts": found, "own_desk": own}


def conflicts_on(connection: Connection, peer: str, now: Moment) -> list[Json]:
    """The conflicts of one line, by time, with what people of both sides have said."""
    c = conflicts.c
    query = select(conflicts, lives.c.state).outerjoin(
        lives, and_(lives.c.peer == c.peer, lives.c.id == c.id)
    )
    rows = connection.execute(query.where(c.peer == peer).order_by(c.start, c.id)).all()
    said = _said_on(connection, peer)
    return [_conflict(connection, row, now, said.get(row.id, [])) for row in rows]


def _said_on(connection: Connection, peer: str) -> dict[str, list[Json]]:
    """What people say of each conflict of a line, of both plans as they now stand."""
    w = words.c
    same = and_(
        *(w[name] == lives.c[name] for name in ("peer", "id", "first_revision", "second_revision"))
    )
    query = select(words).join(lives, same).where(w.peer == peer).order_by(w.at, w.party)
    found: dict[str, list[Json]] = {}
    for row in connection.execute(query).all():
        said = {"party": row.party, "word": row.word, "at": str(Moment(row.at))}
        found.setdefault(row.id, []).append({**said, "by": row.by, "text": row.text})
    return found


def _conflict(connection: Connection, row: Row[Any], now: Moment, said: list[Json]) -> Json:
    state = State(row.state or (State.FOUND if row.resolved_at is None else State.RESOLVED))
    return {
        "id": row.id,
        "line": row.peer,
        "activities": [_brief(connection, row.peer, thing) for thing in (row.a, row.b)],
        **_figures(row),
        "state": str(state_at(state, Moment(row.end), now)),
        "said": said,
    }


def own_desk_pairs(connection: Connection, now: Moment) -> list[Json]:
    """Plans of two lines that collide here, by time: for this desk alone."""
    d = own_desk.c
    rows = connection.execute(select(own_desk).order_by(d.start, d.id)).all()
    return [_own_desk_pair(connection, row, now) for row in rows]


def _own_desk_pair(connection: Connection, row: Row[Any], now: Moment) -> Json:
    state = State.FOUND if row.resolved_at is None else State.RESOLVED
    stands = ((row.first_peer, row.first), (row.second_peer, row.second))
    return {
        "id": row.id,
        "lines": [peer for peer, _ in stands],
        "activities": [_brief(connection, peer, thing) for peer, thing in stands],
        **_figures(row),
        "state": str(state_at(state, Moment(row.end), now)),
    }


def _figures(row: Row[Any]) -> Json:
    return {
        "from": str(Moment(row.start)),
        "to": str(Moment(row.end)),
        "horizontal_m": row.horizontal_mm / 1000,
        "vertical_m": row.vertical_mm / 1000,
        "flags": row.flags.split(),
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
            pairs = nearly(plans[False], plans[True], policy.ground)
            found += [_near_miss(connection, peer, near) for near in pairs]
    return {"near_misses": found}


def nearly(ours: list[Planned], theirs: list[Planned], ground: Ground) -> Iterator[Finding]:
    """The pairs that conflict at twice the separation alone, in the order of ours, then theirs."""
    place = {each.id: at for at, each in enumerate(theirs)}
    index = Index(map(_doubled, theirs))
    for own in ours:
        near = {f.b if f.a == own.id else f.a: f for f in index.conflicts(_doubled(own), ground)}
        for id in sorted(near, key=place.__getitem__):
            if verdict(own, theirs[place[id]], ground) is None:
                yield near[id]


def _doubled(planned: Planned) -> Planned:
    return replace(planned, separation=_twice(planned.separation))


def _twice(separation: Separation) -> Separation:
    return Separation(
        min(2 * separation.horizontal_mm, limits.SEPARATION_MM),
        min(2 * separation.vertical_mm, limits.SEPARATION_MM),
        min(2 * separation.time_ms, limits.SEPARATION_MS),
    )


def _near_miss(connection: Connection, peer: str, near: Finding) -> Json:
    return {
        "id": conflict_id(near.a, near.b),
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
        own = own_desk_pairs(connection, now)
    return {"activities": shown, "conflicts": found, "own_desk": own}
