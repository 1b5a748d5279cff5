"""What waits for a person longer than the line's policy gives one, on both sides (R-URG-10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, or_, select, text

from openline.forms.catalog import CATALOG
from openline.forms.precedence import Precedence
from openline.station import states
from openline.station.books.policy import policy_of
from openline.station.books.urgency import needs_person
from openline.station.books.urgent import words_for
from openline.station.station import Station
from openline.station.tables import cancels, messages
from openline.station.urgent_tables import UNANSWERED, abouts
from openline.station.views.traffic import message_json
from openline.words import limits
from openline.words.moment import Moment

Json = dict[str, Any]
_HOLDS = frozenset({"terms", "declaration", "contact", "witness-consent"})
"""What holds as soon as it is said: nobody is asked for anything."""
_NOT_ASKING = sorted(n for n in CATALOG if n in _HOLDS or not needs_person(n))
_SAID = sorted(n for n, f in CATALOG.items() if f.about and f.by != "machine" and n != "opened")
"""A person's word about a message, by which it is answered."""


def counts(connection: Connection, peer: str, now: Moment) -> Json:
    """Of a line: how many of theirs we have not answered in time (``in``), and they of ours."""
    found = {way: len(_rows(connection, peer, way, now)) for way in ("in", "out")}
    most = limits.OVERDUE_LISTED
    return {**{way: min(n, most) for way, n in found.items()}, "more": max(found.values()) > most}


def list_overdue(station: Station, line: str | None, language: str) -> Json:
    """``messages --overdue --json``: the most urgent first, then what has waited longest."""
    peers = [line] if line is not None else list(station.engine.lines)
    now, listed, more = station.now(), [], False
    with station.engine.store.read() as connection:
        for peer in peers:
            within = policy_of(connection, peer).answer_within_ms
            for way in ("in", "out"):
                rows = _rows(connection, peer, way, now)
                more |= len(rows) > limits.OVERDUE_LISTED
                for row in rows[: limits.OVERDUE_LISTED]:
                    due = Moment(_since(row)).plus_ms(within[list(Precedence)[row.rank]])
                    state = states.state_of(connection, row, now)
                    shown = message_json(row, language, (), state)
                    waits = {"answer_by": str(due), "overdue_s": (now.ms - due.ms) // 1000}
                    words = {"answers": list(words_for(row.form)) if way == "in" else []}
                    listed.append((row.rank, due.ms, shown | waits | words))
    listed.sort(key=lambda each: each[:2])
    return {"messages": [shown for _, _, shown in listed], "more": more}


def _since(row: Row[Any]) -> int:
    """From when a person had time: for the sender that is when the other side received it."""
    return int(row.received_at if row.way == "out" else row.arrived_at)


def _rows(connection: Connection, peer: str, way: str, now: Moment) -> list[Row[Any]]:
    """What is overdue, and one more where there are more than are listed."""
    found: list[Row[Any]] = []
    for row in connection.execute(query_of(connection, peer, way, now)):
        until = states.valid_until(row)
        if until is None or until > now:
            found.append(row)
        if len(found) > limits.OVERDUE_LISTED:
            break
    return found


def query_of(connection: Connection, peer: str, way: str, now: Moment) -> Select[Any]:
    """What finds the messages of one side that have waited too long, the most urgent first."""
    within = policy_of(connection, peer).answer_within_ms
    m, a, c = messages.c, abouts.c, cancels.c
    since = m.received_at if way == "out" else m.arrived_at
    late = [and_(m.rank == p.rank, since <= now.ms - ms) for p, ms in within.items()]
    answered = exists().where(
        a.peer == m.peer, a.way != m.way, a.about.in_((m.id, m.thing)), a.form.in_(_SAID)
    )
    own = c.party == peer if way == "in" else c.party != peer
    taken_back = exists().where(c.peer == m.peer, c.thing == m.thing, own)
    return (
        select(messages)
        .where(m.peer == peer, m.way == way, text(UNANSWERED), m.shown)
        .where(m.form.not_in(_NOT_ASKING), or_(*late), ~answered, ~taken_back)
        .order_by(m.rank, m.pk)
    )
