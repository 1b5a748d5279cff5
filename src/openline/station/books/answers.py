"""What people, and the machine for itself, answer to a message."""

from __future__ import annotations

from sqlalchemy import Update, insert, or_, select, update

from openline.line import progress
from openline.station.books import alarms, passing
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import contacts, messages
from openline.words.errors import OpenlineError

FORMS = ("opened", "acknowledged", "objection", "no-objection", "will-adjust", "passed-on")
OF_TESTS = ("human-test-answer",)
"""A person was there, but the desks have said nothing to each other."""


def on_answer(tx: Tx, entry: Entry) -> None:
    """The answered message moves on; answering one that alarmed here silences it."""
    about = str(entry.fields["about"])
    theirs = "in" if entry.way == "out" else "out"
    m = messages.c
    named = (m.peer == entry.peer, m.way == theirs, or_(m.id == about, m.thing == about))
    rows = tx.run(select(messages).where(*named)).all()
    if not rows:
        raise OpenlineError(
            "unknown-message",
            f"no message {about} of the other side is recorded here",
            rule="R-LINE-11",
            next="`openline messages` lists the ids",
        )
    if entry.form == "passed-on":
        passing.on_passed_on(tx, entry)
    elif entry.form == "objection" and entry.way == "in":
        alarms.raise_alarm(tx, entry.peer, entry.id, entry.precedence, entry.form)
    event = "opened" if entry.form == "opened" else "answered"
    for row in rows:
        tx.run(set_state(entry.peer, theirs, row.id, event))
        if entry.way == "out" and event == "answered":
            alarms.acknowledge(tx, entry.peer, row.id)
    if event == "answered" and entry.form not in OF_TESTS:
        _desk_contact(tx, entry)


def on_not_understood(tx: Tx, entry: Entry) -> None:
    """The peer's machine could not use our message: it is answered, and we are alarmed."""
    leaf = entry.fields["about_hash"]
    way = "in" if entry.way == "out" else "out"
    where = (messages.c.peer == entry.peer, messages.c.way == way, messages.c.leaf == leaf)
    for row in tx.run(select(messages).where(*where)).all():
        tx.run(set_state(entry.peer, way, row.id, "answered"))
        if entry.way == "in":
            alarms.raise_alarm(tx, entry.peer, entry.id, entry.precedence, entry.form)


def set_state(peer: str, way: str, id: str, event: str) -> Update:
    """Move a message on, never back."""
    moved = messages.c.state.in_(progress.before(event))
    named = (messages.c.peer == peer, messages.c.way == way, messages.c.id == id)
    return update(messages).where(*named, moved).values(state=progress.after(event))


def _desk_contact(tx: Tx, entry: Entry) -> None:
    """A message of one side and a person's answer of the other: the desks were in contact."""
    tx.run(
        insert(contacts).values(
            peer=entry.peer,
            id=entry.id,
            level="desk",
            at=entry.at.ms,
            certainty="confirmed",
            source=f"{entry.form} {entry.fields['about']}",
            party=entry.issuer,
        )
    )
