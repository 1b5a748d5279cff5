"""What became of a message, step by step, as both records hold it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from openline.forms.catalog import CATALOG
from openline.station import entries, states
from openline.station.books import urgency, urgent
from openline.station.books.policy import policy_of
from openline.station.station import Station
from openline.station.tables import receipts
from openline.station.urgent_tables import notices, urgencies
from openline.station.views.traffic import message_json
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Json = dict[str, Any]


def timeline(station: Station, id: str, language: str) -> Json:
    """``timeline ID --json``: for each line that the message travelled, its steps in order."""
    with station.engine.store.read() as connection:
        rows = entries.by_id(connection, id)
        if not rows:
            raise OpenlineError(
                "unknown-message",
                f"no message {id[:64]!r} is recorded",
                rule="R-LINE-11",
                next="`openline messages` lists the ids",
            )
        now = station.now()
        lines = [
            {
                **message_json(row, language, (), states.state_of(connection, row, now)),
                "steps": steps(connection, row, language),
                "waits": waits(connection, row),
            }
            for row in rows
        ]
    return {"id": id, "lines": lines}


def steps(connection: Connection, row: Row[Any], language: str) -> list[Json]:
    """Sent, received, and every message about it, by the time that its signer gave it."""
    entry = entries.entry_of(row)
    found = [_step("sent", entry.issuer, entry.at.ms)]
    received = first_receipt(connection, row)
    if received is not None:
        found.append(_step("received", entry.other, received.at))
    about = urgent.about(connection, row.peer, {row.id, row.thing})
    found += [_said(each, language) for each in about]
    found.sort(key=lambda each: str(each["at"]))  # stable: what was said first stays first
    return found


def waits(connection: Connection, row: Row[Any]) -> Json | None:
    """Until when a person is to answer, and of a peer's message whom this side has called.

    None for what needs no person.
    """
    entry = entries.entry_of(row)
    received = first_receipt(connection, row)
    if not urgency.needs_person(row.form) or received is None:
        return None
    within_ms = policy_of(connection, row.peer).answer_within_ms[entry.precedence]
    u, n = urgencies.c, notices.c
    named = (u.peer == row.peer, u.id == row.id)
    kept = connection.execute(select(urgencies).where(*named)).one_or_none()
    calls = select(notices).where(n.peer == row.peer, n.about == row.id).order_by(n.pk)
    return {
        "answer_by": str(Moment(received.at).plus_ms(within_ms)),
        "state": None if kept is None else kept.state,
        "calls": [call_json(each) for each in connection.execute(calls).all()],
    }


def call_json(row: Row[Any]) -> Json:
    """One alarm to one person by one way."""
    ended = row.ended_at
    return {
        "step": row.step,
        "person": row.person,
        "way": row.way,
        "at": str(Moment(row.at)),
        "ended_at": None if ended is None else str(Moment(ended)),
        "left": row.left,
        "why": row.why,
    }


def first_receipt(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The first receipt that covers a message: the receiver's time, the same on both sides."""
    r = receipts.c
    where = (r.peer == row.peer, r.way == row.way, r.epoch == row.epoch, r.size > row.number)
    covering = select(receipts).where(*where).order_by(r.size).limit(1)
    return connection.execute(covering).one_or_none()


def _said(row: Row[Any], language: str) -> Json:
    shown = message_json(row, language)
    entry = entries.entry_of(row)
    form = CATALOG.get(row.form)
    step = _step(str(entry.fields.get("answer", row.form)), entry.issuer, entry.at.ms)
    return {
        **step,
        "form": row.form,
        "id": row.id,
        "received_at": shown["received_at"],
        "automatic": form is not None and form.by == "machine",
        "text": shown["text"],
    }


def _step(what: str, by: str, at: int) -> Json:
    return {
        "step": what,
        "by": by,
        "at": str(Moment(at)),
        "form": None,
        "id": None,
        "automatic": what == "received",
        "text": None,
    }
