"""The watch list: whom a step calls now. It is this side's own and never travels."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from openline.line.urgency import Who
from openline.station.engine import Tx
from openline.station.urgent_tables import notices, people, watches
from openline.words.moment import Moment

OFFICER, COMMANDER, CONTACT = ROLES = ("officer", "commander", "contact")


def on_watch(connection: Connection, at: Moment) -> list[str]:
    """Who is on watch at `at`, in the order in which they are called."""
    w = watches.c
    now = (w.start <= at.ms, w.end > at.ms)
    named = select(w.person).where(*now)
    query = select(people.c.name).where(people.c.name.in_(named))
    return list(connection.execute(query.order_by(people.c.place, people.c.name)).scalars())


def called(connection: Connection, who: Who, at: Moment) -> list[str]:
    """Whom this step calls: people, in order; none for the desks of other lines."""
    p = people.c
    ordered = select(p.name).order_by(p.place, p.name)
    present = on_watch(connection, at)
    match who:
        case Who.FIRST:
            return present[:1]
        case Who.WATCH:
            return present
        case Who.COMMANDER:
            all_of = connection.execute(ordered.where(p.role == COMMANDER)).scalars().all()
            # A commander who is on watch now is the duty commander; without one all of them are.
            return [name for name in all_of if name in present] or list(all_of)
        case Who.CONTACTS:
            return list(connection.execute(ordered).scalars())
        case Who.DESKS:
            return []


def notify(tx: Tx, peer: str, about: str, step: str, names: list[str]) -> int:
    """Have the alarm leave to these people, by every way of each; how many can be reached."""
    p = people.c
    ways = dict(tx.run(select(p.name, p.ways).where(p.name.in_(names))).all())
    rows: list[dict[str, Any]] = [
        {
            **{"peer": peer, "about": about, "step": step, "person": name, "way": way},
            **{"at": tx.now.wall.ms, "why": ""},
        }
        for name in names
        for way in range(1, ways[name] + 1)
    ]
    if rows:
        tx.run(insert(notices).values(rows))
        tx.topics.add("notices")
    return sum(1 for name in names if ways[name])
