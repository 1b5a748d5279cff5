"""The book of what follows from an announced activity beside its conflicts.

When it was said and by whom, whether its kind's needs are met, until when its side's word that
it is there holds; and what of that alarms which desk. All of it follows from the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from openline.forms.activitykinds import check_own
from openline.forms.payload import split_id, thing_id
from openline.forms.precedence import Precedence
from openline.line.activity import is_late
from openline.station.activity_tables import standings
from openline.station.books import activities, alarms, lines, private, withdrawals
from openline.station.books.activities import read_activity
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.standing import confirmed_columns, kind_of, standing_of
from openline.station.tables import activities as activity_rows
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS, Moment

LATE, LACKING, UNVERIFIED, UNCONFIRMED = "late-notice", "lacking", "unverified", "site-unconfirmed"
ALARMS = frozenset({LATE, LACKING, UNVERIFIED, UNCONFIRMED})
REMIND_BEFORE_MS = DAY_MS
"""How long before a confirmation lapses its own desk is alarmed."""


def on_activity(tx: Tx, entry: Entry) -> None:
    """A new activity or a version of one: booked and matched, then judged by its kind."""
    if entry.way == "out":
        check_own(entry.fields)
    activities.on_activity(tx, entry)
    row = row_of(tx.connection, entry.peer, entry.thing)
    assert row is not None and entry.payload is not None
    _stand(tx, entry, row)
    if row.revision == entry.payload.revision and row.cancelled_at is None:
        _judge(tx, entry, row)
    private.match_thing(tx, entry.thing)


def on_cancel(tx: Tx, entry: Entry) -> None:
    """What was taken back lacks nothing any more."""
    withdrawals.on_cancel(tx, entry)
    issuer, uid, _ = split_id(str(entry.fields["about"]))
    thing = thing_id(issuer, uid)
    for what in (LACKING, UNVERIFIED):
        alarms.acknowledge(tx, entry.peer, f"{thing} {what}")
    private.match_thing(tx, thing)


def on_terms(tx: Tx, entry: Entry) -> None:
    """What is private is matched by the line's policy too."""
    lines.on_terms(tx, entry)
    private.match_all(tx)


def on_ground(tx: Tx) -> None:
    """What is private is matched by what is known of the ground too."""
    private.match_all(tx)


def on_confirm(tx: Tx, entry: Entry) -> None:
    """Its side says that it is still there. Raises ``not-yours``, ``unknown-activity``."""
    issuer, uid, _ = split_id(str(entry.fields["about"]))
    about = thing_id(issuer, uid)
    row = row_of(tx.connection, entry.peer, about)
    if row is None or issuer != entry.issuer:
        raise OpenlineError(
            "unknown-activity",
            f"no activity {about} was announced by {entry.issuer} on this line",
            rule="R-ACT-10",
            next="only who announced it can say that it is still there",
        )
    s = standings.c
    named = and_(s.peer == entry.peer, s.thing == about)
    before = tx.run(select(s.confirmed_at).where(named)).scalar_one()
    if entry.at.ms > before:
        tx.run(update(standings).where(named).values(confirmed_columns(row, entry.at)))
    tx.topics.add("activities")


def row_of(connection: Connection, peer: str, thing: str) -> Row[Any] | None:
    """The activity as it stands on that line."""
    a = activity_rows.c
    found: Row[Any] | None = connection.execute(
        select(activity_rows).where(a.peer == peer, a.thing == thing)
    ).one_or_none()
    return found


# ---- standings -------------------------------------------------------------------------


def _stand(tx: Tx, entry: Entry, row: Row[Any]) -> None:
    """Bring the standing up to date with all versions that the record holds."""
    s = standings.c
    named = and_(s.peer == row.peer, s.thing == row.thing)
    confirmed = tx.run(select(s.confirmed_at).where(named)).scalar()
    alone = [entry] if row.revision == 0 else None
    values = standing_of(tx.connection, row, confirmed or 0, alone)
    tx.run(delete(standings).where(named))
    tx.run(insert(standings).values(values))


# ---- alarms ----------------------------------------------------------------------------


def _judge(tx: Tx, entry: Entry, row: Row[Any]) -> None:
    """Alarm the desk that can do something about what is wrong with a notice."""
    if row.end <= tx.now.wall.ms:
        return  # history
    fields, kind = entry.fields, kind_of(entry.fields)
    if entry.way == "in":
        if is_late_notice(tx.connection, row):
            alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, LATE)
        return
    wrong = {
        LACKING: bool(kind.lacks(fields)),
        UNVERIFIED: kind.verified and "verified" not in fields and bool(tx.engine.roster),
    }
    for what, holds in wrong.items():
        about = f"{entry.thing} {what}"
        if holds:
            alarms.raise_alarm(tx, entry.peer, about, Precedence.PRIORITY, what)
        else:
            alarms.acknowledge(tx, entry.peer, about)


def is_late_notice(connection: Connection, row: Row[Any]) -> bool:
    """Whether what stands on the line was said later than its policy asks."""
    s = standings.c
    named = and_(s.peer == row.peer, s.thing == row.thing)
    said = connection.execute(select(s.said_at).where(named)).scalar_one()
    notice = policy_of(connection, row.peer).notice_ms[read_activity(row.fields).kind]
    return is_late(Moment(said), Moment(row.start), notice)


def do_due(tx: Tx) -> None:
    """Remind our own desk of what of ours is soon to be confirmed, once for each time."""
    before = tx.now.wall.ms + REMIND_BEFORE_MS
    s = standings.c
    due = [row for row in _unreminded(tx.connection) if row.confirm_by <= before]
    for thing in {row.thing for row in due}:
        row = next(row for row in due if row.thing == thing)
        if row.end > tx.now.wall.ms:
            about = f"{thing} {UNCONFIRMED} {row.confirm_by}"
            alarms.raise_alarm(tx, row.peer, about, Precedence.PRIORITY, UNCONFIRMED)
        tx.run(update(standings).where(s.thing == thing).values(reminded=True))


def next_due(connection: Connection) -> Moment | None:
    """When our own desk is to be reminded next."""
    due = [row.confirm_by - REMIND_BEFORE_MS for row in _unreminded(connection)]
    return Moment(max(min(due), limits.EARLIEST_MS)) if due else None


def _unreminded(connection: Connection) -> Sequence[Any]:
    a, s = activity_rows.c, standings.c
    joined = activity_rows.join(standings, and_(a.peer == s.peer, a.thing == s.thing))
    query = select(a.peer, a.thing, a.end, s.confirm_by).select_from(joined)
    ours = (a.party != a.peer, a.cancelled_at.is_(None))
    waiting = (s.confirm_by.is_not(None), s.reminded.is_(False))
    return connection.execute(query.where(*ours, *waiting).order_by(a.peer)).all()
