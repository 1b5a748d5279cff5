"""The book of stops and queries: which message is about which, and answers that can be revised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from openline.forms.catalog import form as form_named
from openline.station import entries
from openline.station.books import answers, urgency
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.hot import hot_insert
from openline.station.tables import messages
from openline.station.urgent_tables import abouts
from openline.words.errors import OpenlineError

ANSWERS: Mapping[str, str] = {"stop-answer": "stop", "query-answer": "query"}
"""Forms that answer one form alone; each new answer of a side is a revision of its first."""


def words_for(form: str) -> tuple[str, ...]:
    """The outcomes with which a message of that form is answered; none for most forms."""
    for own, asked in ANSWERS.items():
        if form == asked:
            return form_named(own).fields["answer"].values
    return ()


def note(tx: Tx, entry: Entry) -> None:
    """Keep which message this one is about."""
    row = entries.about_of(entry)
    if row is not None:
        _INSERT_ABOUT.run(tx.connection, row)
        urgency.heard(tx, entry)


def on_answer(tx: Tx, entry: Entry) -> None:
    """An answer to a stop or query of the other side; a revision stands beside what it revises."""
    asked, about = ANSWERS[entry.form], str(entry.fields["about"])
    theirs = "in" if entry.way == "out" else "out"
    m = messages.c
    named = (m.peer == entry.peer, m.way == theirs, or_(m.id == about, m.thing == about))
    if tx.run(select(m.pk).where(*named, m.form == asked)).first() is None:
        raise OpenlineError(
            "unknown-stop" if asked == "stop" else "unknown-query",
            f"no {asked} {about} of the other side is recorded here",
            rule="R-STOP-03",
            next="`openline messages` lists the ids",
        )
    answers.on_answer(tx, entry)


def about(connection: Connection, peer: str, ids: set[str]) -> list[Row[Any]]:
    """The messages about any of these ids on a line, in the order in which they were booked."""
    a, m = abouts.c, messages.c
    same = (m.peer == a.peer, m.way == a.way, m.epoch == a.epoch, m.number == a.number)
    query = select(messages).join(abouts, same[0] & same[1] & same[2] & same[3])
    chosen = query.where(a.peer == peer, a.about.in_(sorted(ids))).order_by(m.pk)
    return list(connection.execute(chosen).all())


def next_revision(tx: Tx, peer: str, id: str, form: str) -> tuple[str, int]:
    """The uid and revision of our next answer to `id`; an empty uid where it is the first."""
    ours = [
        entries.entry_of(row)
        for row in about(tx.connection, peer, {id})
        if (row.way, row.form) == ("out", form)
    ]
    said = [entry.payload for entry in ours if entry.payload is not None]
    if not said:
        return "", 0
    return said[-1].uid, max(each.revision for each in said) + 1


_INSERT_ABOUT = hot_insert(abouts)
