"""The book of private activities: what one cannot announce, matched against all that is announced.

Nothing of it leaves the station: no message is made of it, and no module that sends or exports
reads its tables (a test holds the code to this). What it collides with alarms our own desk alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, delete, insert, select, update

from openline.conflict.index import conflicts_of
from openline.conflict.verdict import Finding, Planned
from openline.forms.precedence import Precedence
from openline.station.activity_tables import (
    private_activities,
    private_findings,
    private_versions,
)
from openline.station.books import alarms
from openline.station.books.activities import planned_of, read_activity
from openline.station.books.policy import Policy, policy_of
from openline.station.engine import Tx
from openline.station.standing import decoded, kind_of, same_place
from openline.station.tables import activities
from openline.station.tables import alarms as alarm_rows
from openline.wire import cbor
from openline.words import limits
from openline.words.errors import OpenlineError

ALARM, UNVERIFIED = "private-conflict", "private-unverified"
NO_LINE = ""
"""The line of an alarm that is about none."""
Found = dict[tuple[str, str], tuple[str, Finding]]
"""By private and announced activity: the line on which the other was announced, and how close."""


def add(tx: Tx, fields: Mapping[str, Any], author: str) -> str:
    """Enter one, and match it against everything that is announced; returns its id."""
    id = f"p-{tx.engine.new_uid()}"
    said = _columns(fields, 0, author)
    tx.run(insert(private_activities).values(id=id, at=tx.now.wall.ms, **said))
    _keep_version(tx, id, said, author)
    _have_verified(tx, id, 0, fields)
    _match(tx, id)
    return id


def amend(tx: Tx, before: Row[Any], fields: Mapping[str, Any], author: str, by: str) -> None:
    """Make the next version of one, and match it against everything that is announced.

    `author` gave its coordinates, `by` made this version. What it collides with no longer is over
    and silent; where weapons are to be used only now, whatever it collides with alarms as new.
    """
    id, p = before.id, private_activities.c
    said = _columns(fields, before.revision + 1, author)
    tx.run(update(private_activities).where(p.id == id).values(**said))
    _keep_version(tx, id, said, by)
    stood = decoded(before.fields)
    if not (is_unverified(stood) and is_unverified(fields) and same_place(stood, fields)):
        _silence(tx, id, UNVERIFIED)
        _have_verified(tx, id, said["revision"], fields)
    of_it = private_findings.c.private == id
    if kind_of(fields).to_surface and not kind_of(stood).to_surface:
        _keep(tx, of_it, {}, silently=True)
    _keep(tx, of_it, against_all(tx.connection, kept(tx.connection, id)), silently=True)


def remove(tx: Tx, id: str) -> None:
    """Forget one with every version, and all that was found of it. Raises ``unknown-private``."""
    kept(tx.connection, id)
    tx.run(delete(private_activities).where(private_activities.c.id == id))
    tx.run(delete(private_versions).where(private_versions.c.private == id))
    tx.run(delete(private_findings).where(private_findings.c.private == id))
    for what in (ALARM, UNVERIFIED):
        _silence(tx, id, what)
    tx.topics |= {"activities", "conflicts"}


def is_unverified(fields: Mapping[str, Any]) -> bool:
    """Whether a second officer is still to verify its coordinates."""
    return kind_of(fields).verified and "verified" not in fields


def kept(connection: Connection, id: str) -> Row[Any]:
    """The newest version of one. Raises ``unknown-private``."""
    p = private_activities.c
    row = connection.execute(select(private_activities).where(p.id == id)).one_or_none()
    if row is None:
        raise OpenlineError(
            "unknown-private",
            f"no private activity {id[: limits.ID_CHARS]!r} is kept here",
            rule="R-ACT-20",
            next="`openline private list` shows the ids",
        )
    return row


def _columns(fields: Mapping[str, Any], revision: int, author: str) -> dict[str, Any]:
    window = {"start": fields["start"], "end": fields["end"]}
    encoded = cbor.encode(dict(fields))
    return {"revision": revision, "fields": encoded, "author": author, **window}


def _keep_version(tx: Tx, id: str, said: Mapping[str, Any], by: str) -> None:
    row = {"private": id, "revision": said["revision"], "fields": said["fields"], "by": by}
    tx.run(insert(private_versions).values(**row, at=tx.now.wall.ms))
    tx.topics.add("activities")


def _have_verified(tx: Tx, id: str, revision: int, fields: Mapping[str, Any]) -> None:
    """Alarm our own desk where there are officers and one is to verify its coordinates."""
    if is_unverified(fields) and tx.engine.roster and fields["end"] > tx.now.wall.ms:
        about = f"{id} {UNVERIFIED} {revision}"
        alarms.raise_alarm(tx, NO_LINE, about, Precedence.PRIORITY, UNVERIFIED)


def _silence(tx: Tx, id: str, what: str) -> None:
    """Silence what alarms of one."""
    a = alarm_rows.c
    raised = select(a.peer, a.message).where(a.what == what, a.message.startswith(f"{id} "))
    for peer, about in tx.run(raised).all():
        alarms.acknowledge(tx, peer, about)


def match_thing(tx: Tx, thing: str) -> None:
    """What was announced has changed: match it against every private activity."""
    found: Found = {}
    rows = tx.run(_live(activities.c.thing == thing)).all()
    for row in rows:
        policy = policy_of(tx.connection, row.peer)
        near = _near(private_activities, row.start, row.end)
        privates = [_planned(each, policy) for each in tx.run(near).all()]
        announced = planned_of(thing, read_activity(row.fields), policy)
        for finding in conflicts_of(announced, privates, policy.ground):
            _note(found, row.peer, thing, finding)
    _keep(tx, private_findings.c.thing == thing, found)


def match_all(tx: Tx) -> None:
    """A line's policy has changed: match everything that is private again."""
    for id in tx.run(select(private_activities.c.id)).scalars().all():
        _match(tx, id)


def _match(tx: Tx, id: str) -> None:
    own = kept(tx.connection, id)
    _keep(tx, private_findings.c.private == id, against_all(tx.connection, own))


def against_all(connection: Connection, own: Row[Any]) -> Found:
    """What a private activity collides with, of all that is announced on any line."""
    found: Found = {}
    near = _near(activities, own.start, own.end).where(activities.c.cancelled_at.is_(None))
    by_line: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(near.order_by(activities.c.peer)).all():
        by_line.setdefault(row.peer, []).append(row)
    for peer, rows in by_line.items():
        policy = policy_of(connection, peer)
        others = [planned_of(row.thing, read_activity(row.fields), policy) for row in rows]
        for finding in conflicts_of(_planned(own, policy), others, policy.ground):
            _note(found, peer, finding.a if finding.b == own.id else finding.b, finding)
    return found


def colliding_with(
    connection: Connection, draft: Planned, policy: Policy
) -> Iterable[tuple[Row[Any], Finding]]:
    """The private activities that a draft of ours would collide with."""
    window = draft.volume.window
    rows = connection.execute(_near(private_activities, window.start.ms, window.end.ms)).all()
    by_id = {row.id: row for row in rows}
    others = [_planned(row, policy) for row in rows]
    for finding in conflicts_of(draft, others, policy.ground):
        yield by_id[finding.a if finding.b == draft.id else finding.b], finding


def _planned(row: Row[Any], policy: Policy) -> Planned:
    return planned_of(row.id, read_activity(row.fields), policy)


def _live(condition: Any) -> Any:
    return select(activities).where(condition, activities.c.cancelled_at.is_(None))


def _near(table: Table, start: int, end: int) -> Any:
    c, apart = table.c, limits.SEPARATION_MS
    return select(table).where(c.start < end + apart, c.end > start - apart)


def _note(found: Found, peer: str, thing: str, finding: Finding) -> None:
    private = finding.a if finding.b == thing else finding.b
    found.setdefault((private, thing), (peer, finding))


def _keep(tx: Tx, which: Any, found: Found, silently: bool = False) -> None:
    """Bring the findings of one activity up to date; what is new alarms our own desk.

    What is over is `silently` so where our own desk ended it: else a person is to see that.
    """
    f = private_findings.c
    known = {(row.private, row.thing): row for row in tx.run(select(private_findings).where(which))}
    for pair, row in known.items():
        if pair not in found and row.resolved_at is None:
            named = and_(f.private == row.private, f.thing == row.thing)
            tx.run(update(private_findings).where(named).values(resolved_at=tx.now.wall.ms))
            if silently:
                alarms.acknowledge(tx, row.peer, _about(row.private, row.thing, row.found_at))
            tx.topics.add("conflicts")
    for (private, thing), (peer, finding) in found.items():
        _keep_one(tx, private, thing, peer, finding, known.get((private, thing)))


def _keep_one(
    tx: Tx, private: str, thing: str, peer: str, finding: Finding, known: Row[Any] | None
) -> None:
    f = private_findings.c
    fresh = known is None or known.resolved_at is not None
    values = {
        "peer": peer,
        "start": finding.window.start.ms,
        "end": finding.window.end.ms,
        "horizontal_mm": round(finding.horizontal_m * 1000),
        "vertical_mm": round(finding.vertical_m * 1000),
        "flags": " ".join(finding.flags),
        "found_at": tx.now.wall.ms if fresh else known.found_at,  # type: ignore[union-attr]
        "resolved_at": None,
    }
    tx.topics.add("conflicts")
    if known is None:
        tx.run(insert(private_findings).values(private=private, thing=thing, **values))
    else:
        named = and_(f.private == private, f.thing == thing)
        tx.run(update(private_findings).where(named).values(**values))
    if fresh and finding.window.end > tx.now.wall:
        about = _about(private, thing, tx.now.wall.ms)
        alarms.raise_alarm(tx, peer, about, _precedence(tx, private), ALARM)


def _about(private: str, thing: str, found_at: int) -> str:
    return f"{private} {thing} {found_at}"


def _precedence(tx: Tx, private: str) -> Precedence:
    """Flash where weapons are to be used: that is what nobody may sleep through."""
    kind = kind_of(decoded(kept(tx.connection, private).fields))
    return Precedence.FLASH if kind.to_surface else Precedence.IMMEDIATE
