"""The book of what is to be passed on: notices that the other side has not told its units of yet.

Each side of a line passes on what the other announces, and both are alarmed before a notice's
window begins if that was not done. What was passed on is read from the record (`abouts`), so it
counts whenever it was said; `passings` holds what is still open, and its timers.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from openline.forms.payload import message_id, split_id
from openline.forms.precedence import Precedence
from openline.line import passing
from openline.line.passing import STEP_PRECEDENCES, Passing
from openline.station.books import alarms
from openline.station.collision_tables import passings
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import activities
from openline.station.urgent_tables import abouts
from openline.wire import cbor
from openline.words import limits
from openline.words.moment import Moment

FORM = "passed-on"


def on_activity(tx: Tx, peer: str, thing: str) -> None:
    """An activity was announced, amended or cancelled: from now on its newest revision counts."""
    a, p = activities.c, passings.c
    row = tx.run(select(activities).where(a.peer == peer, a.thing == thing)).one_or_none()
    if row is None:
        return
    held = tx.run(select(passings).where(p.peer == peer, p.thing == thing)).one_or_none()
    if row.cancelled_at is not None or is_passed(tx.connection, row):
        _close(tx, held)
        return
    if held is not None and held.revision == row.revision:
        return
    _close(tx, held)
    new = Passing(Moment(row.start), Moment(row.end))
    values = {"peer": peer, "thing": thing, "revision": row.revision, "alarms": 0}
    window = {"start": row.start, "end": row.end}
    tx.run(insert(passings).values(**values, **window, **_columns(new, tx.now.wall)))
    tx.topics.add("passings")


def on_passed_on(tx: Tx, entry: Entry) -> None:
    """Units were told: where it was of the newest revision, nobody is alarmed any more."""
    issuer, uid, _ = split_id(str(entry.fields["about"]))
    a = activities.c
    named = and_(a.peer == entry.peer, a.thing == f"{issuer}-{uid}")
    row = tx.run(select(activities).where(named)).one_or_none()
    if row is not None and revision_id(row) == entry.fields["about"]:
        p = passings.c
        held = select(passings).where(p.peer == entry.peer, p.thing == row.thing)
        _close(tx, tx.run(held).one_or_none())


def revision_id(row: Row[Any]) -> str:
    """The id of the revision of an activity that stands."""
    issuer, uid, _ = split_id(row.thing)
    return message_id(issuer, uid, row.revision)


def is_passed(connection: Connection, row: Row[Any]) -> bool:
    """Whether the side that did not announce it has passed on the revision that stands."""
    way = "out" if row.party == row.peer else "in"
    b = abouts.c
    named = (b.peer == row.peer, b.about == revision_id(row), b.way == way, b.form == FORM)
    return connection.execute(select(b.number).where(*named).limit(1)).first() is not None


def do_due(tx: Tx) -> None:
    """Alarm what was not passed on and whose next step has come; end what is over."""
    for row in tx.run(select(passings).where(_is_due(tx.now.wall))).all():
        plan = _plan(tx, row)
        if is_passed(tx.connection, plan):
            _close(tx, row)
            continue
        before = Passing(Moment(row.start), Moment(row.end), row.taken, _at(row.taken_at))
        after, taken = passing.take(before, tx.now.wall)
        count = row.alarms
        if taken is not None:
            _silence(tx, row)
            count += 1
            precedence = _precedence(plan, taken)
            alarms.raise_alarm(tx, row.peer, _about(row, count), precedence, "not-passed-on")
        elif tx.now.wall >= before.end:
            _silence(tx, row)
        p = passings.c
        named = and_(p.peer == row.peer, p.thing == row.thing)
        values = {**_columns(after, tx.now.wall), "alarms": count}
        tx.run(update(passings).where(named).values(**values))
        tx.topics.add("passings")


def next_due(connection: Connection, now: Moment) -> Moment | None:
    """When `do_due` has something to do next."""
    p = passings.c
    first, latest = connection.execute(select(func.min(p.due), func.max(p.taken_at))).one()
    if latest is not None and latest > now.ms:
        return now
    return None if first is None else Moment(first)


def _is_due(now: Moment) -> Any:
    """What has come, and what a clock that ran ahead has done."""
    return or_(passings.c.due <= now.ms, passings.c.taken_at > now.ms)


def _columns(held: Passing, now: Moment) -> dict[str, Any]:
    """What is kept of it. What is over is looked at again only if the clock is set back."""
    held = passing.known(held, now)
    due = passing.due_at(held, now)
    over = now >= held.end
    at = now if over else held.taken_at
    return {
        "taken": held.taken,
        "taken_at": None if at is None else at.ms,
        "due": None if over else (due or held.end).ms,
    }


def _plan(tx: Tx, row: Row[Any]) -> Row[Any]:
    a = activities.c
    query = select(activities).where(a.peer == row.peer, a.thing == row.thing)
    found: Row[Any] = tx.run(query).one()
    return found


def _precedence(plan: Row[Any], taken: int) -> Precedence:
    """Of the step; a site stands for months and most often begins as it is announced."""
    fields = cbor.decode(plan.fields, limits.MESSAGE_BYTES)
    is_site = isinstance(fields, dict) and fields.get("kind") == "site"
    return Precedence.PRIORITY if is_site else Precedence(STEP_PRECEDENCES[taken])


def _close(tx: Tx, row: Row[Any] | None) -> None:
    if row is None:
        return
    _silence(tx, row)
    p = passings.c
    tx.run(delete(passings).where(p.peer == row.peer, p.thing == row.thing))
    tx.topics.add("passings")


def _silence(tx: Tx, row: Row[Any]) -> None:
    if row.alarms:
        alarms.acknowledge(tx, row.peer, _about(row, row.alarms))


def _about(row: Row[Any], count: int) -> str:
    """What an alarm of a notice is about."""
    issuer, uid, _ = split_id(row.thing)
    return f"{message_id(issuer, uid, row.revision)} {FORM} {count}"


def _at(ms: int | None) -> Moment | None:
    return None if ms is None else Moment(ms)
