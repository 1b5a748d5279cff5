"""Alarms, most urgent first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from openline.forms.payload import split_id, thing_id
from openline.forms.phrases import label
from openline.forms.precedence import Precedence
from openline.line import progress
from openline.station import entries
from openline.station.books import misses, urgent
from openline.station.books.activities import read_activity
from openline.station.linetest_tables import misses as miss_rows
from openline.station.station import Station
from openline.station.tables import activities, alarms
from openline.station.urgent_tables import notices
from openline.station.views import missed
from openline.station.views.activity_alarms import alarm_text, is_shown_late, window_said
from openline.station.views.collisions import conflicts_on, own_desk_pairs
from openline.station.views.traffic import message_json
from openline.words.moment import Moment

Json = dict[str, Any]
_BY_VOICE = frozenset({"not-received", "nobody-called"})
"""Alarms after which the other side is to be called by voice."""

_OF_ACTIVITIES = frozenset(
    {"lacking", "unverified", "site-unconfirmed", "private-conflict", "private-unverified"}
)


def list_alarms(station: Station, language: str) -> Json:
    """Alarms that nobody has acknowledged, most urgent first, then the acknowledged."""
    a = alarms.c
    with station.engine.store.read() as connection:
        rows = connection.execute(select(alarms).order_by(a.raised_at)).all()
        found = [_alarm(station, connection, row, language) for row in rows]
    ranks = [str(p) for p in Precedence]
    found.sort(key=lambda a: (not _stands(a), a["over"] != "", ranks.index(a["precedence"])))
    return {"alarms": found}


def _stands(alarm: Json) -> bool:
    """Whether it waits for somebody: not what another miss alarms of in its place."""
    return alarm["acknowledged_at"] is None and alarm["over"] != misses.AGAIN


def standing(connection: Connection, peer: str) -> int:
    """How many alarms of a line wait for somebody."""
    replaced = select(miss_rows.c.alarm).where(miss_rows.c.over == misses.AGAIN)
    waits = (alarms.c.acknowledged_at.is_(None), alarms.c.id.not_in(replaced))
    query = select(func.count()).select_from(alarms).where(alarms.c.peer == peer, *waits)
    return int(connection.execute(query).scalar() or 0)


def _alarm(station: Station, connection: Connection, row: Row[Any], language: str) -> Json:
    miss = misses.of_alarm(connection, row.id)
    if miss is not None:
        lead, found = missed.told(connection, miss, language)
    else:
        lead, found = _text(station, connection, row, language), ""
    done = row.acknowledged_at
    return {
        "id": row.id,
        "line": row.peer,
        "message": row.message,
        "precedence": row.precedence,
        "form": row.what,
        "text": f"{lead} {found}".rstrip(),
        "lead": lead,
        "found": found,
        "raised_at": str(Moment(row.raised_at)),
        "count": row.sounded,
        "answers": _answers(connection, row),
        "acknowledged_at": None if done is None else str(Moment(done)),
        "over": "" if miss is None else miss.over,
        "over_at": None if miss is None or not miss.over else str(Moment(miss.over_at)),
    }


def _answers(connection: Connection, row: Row[Any]) -> list[str]:
    """What can be said at once to the message that alarmed."""
    about = entries.by_id(connection, row.message, row.peer)
    if not about or about[0].way == "out" or "#" in row.message or row.acknowledged_at is not None:
        return []
    opening = ["opened"] if about[0].state in progress.before("opened") else []
    return opening + list(urgent.words_for(row.what))


def _text(station: Station, connection: Connection, row: Row[Any], language: str) -> str:
    """What the alarm is about: the message's own words, or both plans that collide."""
    if row.what in _BY_VOICE:
        numbers = ", ".join(station.engine.lines[row.peer].card.voice)
        told = label(f"alarm.{row.what}", language)
        return f"{told}: {numbers or label('alarm.no-voice', language)}"
    if row.what == "alert-failed":
        n = notices.c
        failed = connection.execute(select(notices).where(n.pk == int(row.message.split()[1])))
        lost = failed.one()
        told = label("alarm.alert-failed", language)
        return f"{told}: {lost.person} ({lost.way}), {lost.why}"
    if row.what in _OF_ACTIVITIES and (known := alarm_text(connection, row, language)):
        return known
    if row.what == "not-passed-on":
        return _not_passed_on(connection, row, language)
    if about := entries.by_id(connection, row.message, row.peer):
        return _of_message(connection, row, about[0], language)
    told = label(f"alarm.{row.what}", language)
    at = Moment(row.raised_at)
    own = own_desk_pairs(connection, at) if row.what == "own-desk" else []
    for conflict in own or conflicts_on(connection, row.peer, at):
        if conflict["id"] == row.message.partition(" ")[0]:
            pair = " / ".join(f"{a['party'].upper()} {a['title']}" for a in conflict["activities"])
            window = (Moment.parse(conflict[end]).ms for end in ("from", "to"))
            return f"{told}. {pair}, {window_said(*window)}"
    return told


def _plan_of(connection: Connection, answer: Row[Any]) -> str:
    """The title of the plan that is answered, before the words; nothing where it is no plan's."""
    issuer, uid, _ = split_id(str(entries.entry_of(answer).fields["about"]))
    a = activities.c
    named = select(a.fields).where(a.peer == answer.peer, a.thing == thing_id(issuer, uid))
    fields = connection.execute(named).scalar()
    return "" if fields is None else f"{read_activity(fields).title}: "


def _not_passed_on(connection: Connection, row: Row[Any], language: str) -> str:
    """Which notice is still to be passed on, by whom, and when its window begins."""
    a = activities.c
    issuer, uid, _ = split_id(row.message.partition(" ")[0])
    query = select(activities).where(a.peer == row.peer, a.thing == thing_id(issuer, uid))
    plan = connection.execute(query).one()
    title = read_activity(plan.fields).title
    told = label("alarm.not-passed-on" + ("" if plan.party == row.peer else "-there"), language)
    return f"{told}. {plan.party.upper()} {title}, {window_said(plan.start, plan.end)}"


def _of_message(connection: Connection, row: Row[Any], about: Row[Any], language: str) -> str:
    """What the message says that alarmed; of a late notice first that it is late."""
    said = str(message_json(about, language)["text"])
    if about.form == "activity" and is_shown_late(connection, about):
        return f"{label('mark.late', language)}. {said}"
    return said if row.what != "objection" else f"{_plan_of(connection, about)}{said}"
