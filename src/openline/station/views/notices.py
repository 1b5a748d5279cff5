"""Notices: activities with what the other side answered, and to which units they were passed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from openline.forms.phrases import label
from openline.line import passing
from openline.line.passing import Passing
from openline.station import entries
from openline.station.books.activities import read_activity
from openline.station.books.passing import FORM, revision_id
from openline.station.collision_tables import passings
from openline.station.entries import Entry
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import activities, messages
from openline.station.urgent_tables import abouts
from openline.words import limits
from openline.words.moment import Moment

Json = dict[str, Any]
Place = tuple[str, str]
"""The line and the id of an activity."""
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
        heard, waits = _heard(connection, rows), _waits(connection, rows)
    found = []
    for row in rows:
        place = (row.peer, row.thing)
        by = station.engine.party if row.party == row.peer else row.peer
        passing_on = _passing(row, heard[place], waits.get(place), now)
        answers = [_answer(each) for each in heard[place] if each.form in ANSWERS]
        found.append(
            _notice(row, language) | {"answers": answers, "passing": {"by": by, **passing_on}}
        )
    return {"notices": found}


def _notice(row: Row[Any], language: str) -> Json:
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
    }


def _heard(connection: Connection, rows: Sequence[Row[Any]]) -> dict[Place, list[Entry]]:
    """What the side that did not announce each has said of any version of it, in its order."""
    b, m = abouts.c, messages.c
    same = (m.peer == b.peer, m.way == b.way, m.epoch == b.epoch, m.number == b.number)
    found: dict[Place, list[Entry]] = {(row.peer, row.thing): [] for row in rows}
    for peer in {row.peer for row in rows}:
        things = {row.thing: row.party for row in rows if row.peer == peer}
        versions = select(m.id, m.thing).where(m.peer == peer, m.thing.in_(things))
        about = {each.id: each.thing for each in connection.execute(versions)}
        said = select(messages).join(abouts, and_(*same)).order_by(m.epoch, m.number)
        named = (b.peer == peer, b.about.in_(about), b.form.in_((*ANSWERS, FORM)))
        for row in connection.execute(said.where(*named)).all():
            entry = entries.entry_of(row)
            thing = about[str(entry.fields["about"])]
            if entry.issuer != things[thing]:
                found[peer, thing].append(entry)
    return found


def _waits(connection: Connection, rows: Sequence[Row[Any]]) -> dict[Place, Row[Any]]:
    """The timers of those that were not passed on."""
    p = passings.c
    named = and_(p.peer.in_({row.peer for row in rows}), p.thing.in_({row.thing for row in rows}))
    return {(row.peer, row.thing): row for row in connection.execute(select(passings).where(named))}


def _passing(row: Row[Any], heard: Sequence[Entry], waits: Row[Any] | None, now: Moment) -> Json:
    """To which units it was passed on, and if not, when the next alarm comes."""
    units = [unit for each in heard if each.form == FORM for unit in _units(each, revision_id(row))]
    over = row.end <= now.ms or row.cancelled_at is not None
    state = "passed" if any(unit["current"] for unit in units) else "over" if over else "open"
    at = None
    if waits is not None:
        taken_at = None if waits.taken_at is None else Moment(waits.taken_at)
        window = (Moment(waits.start), Moment(waits.end))
        at = passing.due_at(Passing(*window, waits.taken, taken_at), now)
    return {"state": state, "next_alarm": None if at is None else str(at), "units": units}


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
