"""The book of what a side takes back: an activity, a call, or any message of its own accord.

Nothing that has a number vanishes: what is taken back stays in the record and is delivered.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from openline.forms.payload import split_id, thing_id
from openline.line import progress
from openline.station.books import activities, urgency
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import cancels, messages

_OTHERS = frozenset({"activity", "call-request"})
"""Forms whose things have a book of their own, which says what is left of them."""


def on_cancel(tx: Tx, entry: Entry) -> None:
    """What is taken back before its receipt came is withdrawn, to its sender (R-STATE-01)."""
    issuer, uid, _ = split_id(str(entry.fields["about"]))
    about, m = thing_id(issuer, uid), messages.c
    named = (m.peer == entry.peer, m.way == entry.way, m.thing == about)
    forms = set(tx.run(select(m.form).where(*named)).scalars())
    if forms and not forms & _OTHERS and all(map(urgency.needs_person, forms)):
        _keep(tx, entry, about)
    else:  # it refuses what cannot be taken back, and keeps what overtakes
        activities.on_cancel(tx, entry)
    if entry.way == "out":
        moved = m.state.in_(progress.before("cancelled"))
        tx.run(update(messages).where(*named, moved).values(state=progress.after("cancelled")))


def _keep(tx: Tx, entry: Entry, about: str) -> None:
    c = cancels.c
    if tx.run(select(c.at).where(c.peer == entry.peer, c.thing == about)).first() is None:
        row = {"peer": entry.peer, "thing": about, "party": entry.issuer, "at": entry.at.ms}
        tx.run(insert(cancels).values(**row))
    tx.topics.add("messages")
