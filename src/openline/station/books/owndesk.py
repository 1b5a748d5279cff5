"""The own desk's book: plans of two lines that collide here. Nothing of it ever travels.

What two other parties plan against each other, and what we told one line alone against another's
plan, is shown at this desk and alarmed here. A station with lines to two rivals leaks neither's
plan; `on_caution` holds an officer's caution to that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from openline.conflict.verdict import Finding
from openline.forms.payload import split_id
from openline.forms.precedence import Precedence
from openline.station.books import alarms
from openline.station.books.conflicts import Pair, alarm_of, figures, pair_of
from openline.station.collision_tables import own_desk
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import activities
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

ABOUT = "own-desk"


def update_found(tx: Tx, thing: str, found: Iterable[tuple[str, str, Finding]]) -> None:
    """Bring up to date what an activity collides with on lines where it does not stand.

    `found` has with each finding the line of this activity, and of the other.
    """
    now = {pair_of(each.a, each.b): (its, other, each) for its, other, each in found}
    d = own_desk.c
    mine = or_(d.first == thing, d.second == thing)
    known = {row.id: row for row in tx.run(select(own_desk).where(mine)).all()}
    for row in known.values():
        if Pair(row.id, row.first, row.second) not in now and row.resolved_at is None:
            _silence(tx, row)
            gone = {"resolved_at": tx.now.wall.ms, "waiting": False}
            tx.run(update(own_desk).where(d.id == row.id).values(**gone))
            tx.topics.add("conflicts")
    for pair, (its, other, finding) in now.items():
        lines = (its, other) if pair.first == thing else (other, its)
        _keep(tx, pair, lines, finding, known.get(pair.id))


def _keep(
    tx: Tx, pair: Pair, lines: tuple[str, str], finding: Finding, row: Row[Any] | None
) -> None:
    is_new = row is None or row.resolved_at is not None
    values = {
        **{"first": pair.first, "second": pair.second},
        **dict(zip(("first_peer", "second_peer"), lines, strict=True)),
        **figures(finding),
        "resolved_at": None,
    }
    if is_new:
        values["waiting"] = finding.window.end > tx.now.wall
    if row is None:
        new = {"id": pair.id, "found_at": tx.now.wall.ms, "alarms": 0}
        tx.run(insert(own_desk).values(**new, **values))
    else:
        tx.run(update(own_desk).where(own_desk.c.id == pair.id).values(**values))
    tx.topics.add("conflicts")


def do_due(tx: Tx) -> None:
    """Alarm what was found; not as it is found, since the same act may tell the other line too."""
    d = own_desk.c
    for row in tx.run(select(own_desk).where(d.waiting)).all():
        _silence(tx, row)
        about = alarm_of(row.id, row.alarms + 1)
        alarms.raise_alarm(tx, row.first_peer, about, Precedence.PRIORITY, ABOUT)
        tx.run(update(own_desk).where(d.id == row.id).values(alarms=row.alarms + 1, waiting=False))


def next_due(connection: Connection, now: Moment) -> Moment | None:
    """When `do_due` has something to do."""
    row = connection.execute(select(own_desk.c.id).where(own_desk.c.waiting).limit(1)).first()
    return None if row is None else now


def _silence(tx: Tx, row: Row[Any]) -> None:
    if row.alarms:
        alarms.acknowledge(tx, row.first_peer, alarm_of(row.id, row.alarms))


# ---- cautions ------------------------------------------------------------------------


def on_caution(tx: Tx, entry: Entry) -> None:
    """A caution of ours names no other party and nothing of what it plans (R-COLL-13)."""
    fields = entry.fields
    if "radius_m" in fields and "place" not in fields:
        raise OpenlineError(
            "missing-place",
            "a radius without a place",
            rule="R-COLL-13",
            next="give the middle of the area, as roughly as you wish",
        )
    if entry.way == "in":
        return
    if entry.payload is not None and len(entry.payload.to) > 1:
        raise _reveals("the message itself, which would name all its addressees", "one line each")
    text = _plain(str(fields["text"]))
    for name in _names(tx, entry.peer):
        if re.search(rf"(?<!\w){re.escape(_plain(name))}(?!\w)", text):
            raise _reveals(f"the text, which holds {name[:80]!r}", "other words")


def _names(tx: Tx, peer: str) -> Iterator[str]:
    """What would tell `peer` of another party: its names, and those of what it has announced."""
    others = [other for other in tx.lines if other != peer]
    for other in others:
        yield from (other, tx.line(other).card.name)
    a = activities.c
    query = select(a.thing, a.fields).where(
        a.peer.in_(others), a.party == a.peer, a.end > tx.now.wall.ms, a.cancelled_at.is_(None)
    )
    for thing, data in tx.run(query):
        fields = cbor.decode(data, limits.MESSAGE_BYTES)
        yield split_id(thing)[1]
        if isinstance(fields, dict):
            yield from (str(fields[name]) for name in ("ref", "title") if name in fields)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _reveals(what: str, instead: str) -> OpenlineError:
    return OpenlineError(
        "names-another-party",
        f"this caution would tell of another party: {what}",
        rule="R-COLL-13",
        next=f"use {instead}; a caution says what to mind, and never because of whom",
    )
