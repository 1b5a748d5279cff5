"""Notices: activities with what the other side answered, and to which units they were passed on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, select

from openline.forms.phrases import label
from openline.line import passing
from openline.line.passing import Passing
from openline.station import entries
from openline.station.books.activities import read_activity
from openline.station.books.passing import FORM, is_passed, revision_id
from openline.station.collision_tables import passings
from openline.station.entries import Entry
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import activities, messages
from openline.station.urgent_tables import abouts
from openline.words import limits
from openline.words.moment import Moment

Json = dict[str, Any]
ANSWERS = ("acknowledged", "objection", "no-objection", "will-adjust")


def list_notices(station: Station, line: str | None, past: bool, language: str) -> Json:
    """``notices --json``: those that are not over and not cancelled, the next to begin first.

    With `past` the others, the last first. At most NOTICES_LISTED.
    """
    if line is not None:
        require(station.engine.lines, line)
    a, now = activities.c, station.now()
    live = and_(a.end > now.ms, a.cancelled_at.is_(None))
    query = select(activities).where(~live if past else live)
    query = query.order_by(a.start.desc() if past else a.start, a.thing)
    if line is not None:
        query = query.where(a.peer == line)
    with station.engine.store.read() as connection:
        rows = connection.execute(query.limit(limits.NOTICES_LISTED)).all()
        return {"notices": [notice(station, connection, row, now, language) for row in rows]}


def notice(
    station: Station, connection: Connection, row: Row[Any], now: Moment, language: str
) -> Json:
    """One activity, what was answered, and to whom it was passed on."""
    activity = read_activity(row.fields)
    return {
        "id": row.thing,
        "revision": revision_id(row),
        "line": row.peer,
        "party": row.party,
        "title": activity.title,
        "kind": label(f"kind.{activity.kind}", language),
        "from": str(Moment(row.start)),
        "to": str(Moment(row.end)),
        "cancelled": row.cancelled_at is not None,
        **said_of(station, connection, row, now),
    }


def said_of(station: Station, connection: Connection, row: Row[Any], now: Moment) -> Json:
    """What the side that did not announce it has answered, and has passed on."""
    heard = _about(connection, row)
    passed = [each for each in heard if each.form == FORM]
    by = station.engine.party if row.party == row.peer else row.peer
    return {
        "answers": [_answer(each) for each in heard if each.form in ANSWERS],
        "passing": {
            "by": by,
            "state": _state(connection, row, now),
            "next_alarm": _next_alarm(connection, row, now),
            "units": [unit for each in passed for unit in _units(each, revision_id(row))],
        },
    }


def _about(connection: Connection, row: Row[Any]) -> list[Entry]:
    """Answers to any revision of it, in the order in which they were said."""
    way = "out" if row.party == row.peer else "in"
    b, m = abouts.c, messages.c
    ids = select(m.id).where(
        m.peer == row.peer, m.thing == row.thing, m.form == "activity", m.way != way
    )
    same = (m.peer == b.peer, m.way == b.way, m.epoch == b.epoch, m.number == b.number)
    query = (
        select(messages)
        .join(abouts, and_(*same))
        .where(
            *(b.peer == row.peer, b.way == way, b.form.in_((*ANSWERS, FORM))),
            b.about.in_(ids) | (b.about == row.thing),
        )
        .order_by(m.epoch, m.number)
    )
    return [entries.entry_of(found) for found in connection.execute(query).all()]


def _answer(entry: Entry) -> Json:
    fields = entry.fields
    return {
        "id": entry.id,
        "answer": entry.form,
        "revision": fields["about"],
        "party": entry.issuer,
        "by": (entry.payload.by if entry.payload else None) or "",
        "at": str(entry.at),
        "text": fields.get("reason") or fields.get("text") or "",
    }


def _units(entry: Entry, revision: str) -> list[Json]:
    fields = entry.fields
    at = fields.get("acknowledged_at")
    said = {
        "id": entry.id,
        "revision": fields["about"],
        "current": fields["about"] == revision,
        "passed_at": str(Moment(fields.get("passed_at", entry.at.ms))),
        "acknowledged_by": fields.get("acknowledged_by", ""),
        "acknowledged_at": None if at is None else str(Moment(at)),
        "by": (entry.payload.by if entry.payload else None) or "",
        "text": fields.get("text", ""),
    }
    return [{"unit": unit, **said} for unit in fields["units"]]


def _state(connection: Connection, row: Row[Any], now: Moment) -> str:
    if is_passed(connection, row):
        return "passed"
    return "over" if row.end <= now.ms or row.cancelled_at is not None else "open"


def _next_alarm(connection: Connection, row: Row[Any], now: Moment) -> str | None:
    p = passings.c
    query = select(passings).where(p.peer == row.peer, p.thing == row.thing)
    held = connection.execute(query).one_or_none()
    if held is None:
        return None
    taken_at = None if held.taken_at is None else Moment(held.taken_at)
    at = passing.due_at(Passing(Moment(held.start), Moment(held.end), held.taken, taken_at), now)
    return None if at is None else str(at)
