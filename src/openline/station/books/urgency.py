"""The book of urgency: what waits for a person, and whom the machine calls when nobody comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from openline.forms.catalog import CATALOG
from openline.forms.precedence import Precedence
from openline.line import urgency
from openline.line.urgency import Event, State, Step, Steps, Urgency, Who
from openline.station.books import alarms, watchlist
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.hot import Hot, slot
from openline.station.tables import alarms as alarm_rows
from openline.station.tables import messages
from openline.station.urgent_tables import escalations, urgencies
from openline.words.moment import Moment

NOT_RECEIVED_MS = 30_000
"""A flash without a receipt for so long shows its sender the peer's voice numbers."""
UNRECEIVED, UNANSWERED = "unreceived", "unanswered"
_TESTS = frozenset({"linetest", "human-test"})
"""What a machine answers, or what times a person by itself: nobody else is called for a test."""


def needs_person(form: str) -> bool:
    """Whether a person must answer it: what people say of their own accord, and what is unknown."""
    known = CATALOG.get(form)
    if known is None or form == "wake":
        return True
    return known.by != "machine" and not known.about and form not in _TESTS


def begin(tx: Tx, entry: Entry) -> None:
    """A peer's message has arrived: from now on its steps are counted."""
    if needs_person(entry.form):
        steps, _ = steps_of(tx.connection, entry.peer, entry.precedence)
        _begin(tx, entry.peer, entry.id, entry.precedence, steps)


def begin_here(tx: Tx, peer: str, about: str, precedence: Precedence) -> None:
    """This side's own people are wanted for what is no message: no other desk is asked for it."""
    steps, _ = steps_of(tx.connection, peer, precedence)
    own = tuple(each for each in steps if each.who is not Who.DESKS)
    _begin(tx, peer, about, precedence, own)


def drop(tx: Tx, peer: str, about: str) -> None:
    """Nobody is wanted for it any more."""
    u = urgencies.c
    if tx.run(delete(urgencies).where(u.peer == peer, u.id == about)).rowcount:
        tx.topics.add("urgency")


def _begin(tx: Tx, peer: str, id: str, precedence: Precedence, steps: Steps) -> None:
    if not steps or _row(tx, peer, id) is not None:
        return
    new = urgency.begun(tx.now.wall, steps)
    row = {"peer": peer, "id": id, "precedence": str(precedence)}
    tx.run(insert(urgencies).values(**row, arrived_at=new.arrived_at.ms, **_columns(new)))
    tx.topics.add("urgency")


def steps_of(
    connection: Connection, peer: str, precedence: Precedence
) -> tuple[Steps, tuple[str, ...]]:
    """What this side does when nobody answers a message of `peer`; and which desks it asks."""
    own = _OWN_STEPS.run(connection, {"peer": peer, "precedence": str(precedence)}).fetchone()
    written, desks = ("", ()) if own is None else (own[0], tuple(json.loads(own[1])))
    if written:
        steps = read_steps(written)
    elif not urgency.has_steps(precedence):
        return (), desks
    else:
        within_ms = policy_of(connection, peer).answer_within_ms[precedence]
        steps = urgency.default_steps(precedence, within_ms)
    return tuple(s for s in steps if s.who is not Who.DESKS or desks), desks


def read_steps(text: str) -> Steps:
    """Steps as a row keeps them."""
    return tuple(Step(Who(who), after_ms) for who, after_ms in json.loads(text))


def write_steps(steps: Sequence[Step]) -> str:
    """The same, to keep."""
    return json.dumps([[str(each.who), each.after_ms] for each in steps])


def write_desks(desks: Sequence[str]) -> str:
    """Desks as a row keeps them."""
    return json.dumps(list(desks))


def heard(tx: Tx, entry: Entry) -> None:
    """A person here has said something about a peer's message: opened it, or answered it."""
    form = CATALOG.get(entry.form)
    if entry.way == "in" or form is None or form.by == "machine" or not _any(tx, entry.peer):
        return
    about, m = str(entry.fields["about"]), messages.c
    named = (m.peer == entry.peer, m.way == "in", or_(m.id == about, m.thing == about))
    event = Event.OPENED if entry.form == "opened" else Event.ANSWERED
    for id in tx.run(select(m.id).where(*named)).scalars().all():
        move(tx, entry.peer, id, event)


def move(tx: Tx, peer: str, id: str, event: Event) -> None:
    """What waits under this id moves on, if it waits."""
    row = _row(tx, peer, id)
    if row is None or row.ended_at is not None:
        return
    after = urgency.step(_urgency(row), event, tx.now.wall)
    values = dict(_columns(after))
    if event is Event.OPENED and row.opened_at is None:
        values["opened_at"] = tx.now.wall.ms
    if after.is_over:
        values["ended_at"] = tx.now.wall.ms
    _update(tx, row, values)


def do_due(tx: Tx) -> None:
    """Take every step whose time has come; where nobody is there to call, the next one at once."""
    u = urgencies.c
    for row in tx.run(select(urgencies).where(u.ended_at.is_(None))).all():
        before = after = _urgency(row)
        at_once = False
        while True:
            after, who = urgency.take(after, tx.now.wall, at_once)
            if who is None:
                break
            at_once = _call(tx, row, who) == 0 and who is not Who.FIRST
        if after != before:
            _update(tx, row, _columns(after))
    _alarm_unreceived(tx)


def next_due(connection: Connection, peers: Sequence[str], now: Moment) -> Moment | None:
    """When the next step is to be taken, or the next flash has gone unreceived for too long."""
    rows = connection.execute(select(urgencies).where(urgencies.c.ended_at.is_(None))).all()
    due = [urgency.due_at(_urgency(row), now) for row in rows]
    due += [Moment(at) for _, _, at in _unreceived(connection, peers, now)]
    return min((at for at in due if at is not None), default=None)


def on_escalation(tx: Tx, entry: Entry) -> None:
    """The peer's machine has called people, or has nobody to call: then our side must be told."""
    if entry.way == "in" and entry.fields["called"] == 0:
        about = f"{entry.fields['about']} {UNANSWERED}"
        alarms.raise_alarm(tx, entry.peer, about, Precedence.IMMEDIATE, "nobody-called")


def _call(tx: Tx, row: Row[Any], who: Who) -> int:
    """Take one step; how many people, or desks, are called."""
    if who is Who.DESKS:
        _, desks = steps_of(tx.connection, row.peer, Precedence(row.precedence))
        there = [peer for peer in desks if peer in tx.lines and peer != row.peer]
        for peer in there:
            tx.reply(peer, "wake", {"since": row.arrived_at})
        count = len(there)
    else:
        names = watchlist.called(tx.connection, who, tx.now.wall)
        count = watchlist.notify(tx, row.peer, row.id, str(who), names)
    if who is not Who.FIRST and not {"#", " "} & set(row.id):  # the peer knows it by this id
        told = {"about": row.id, "step": str(who), "called": count}
        tx.reply(row.peer, "escalation", told)
    return count


def _alarm_unreceived(tx: Tx) -> None:
    for peer, id, due in _unreceived(tx.connection, tuple(tx.lines), tx.now.wall):
        if due <= tx.now.wall.ms:
            about = f"{id} {UNRECEIVED}"
            alarms.raise_alarm(tx, peer, about, Precedence.FLASH, "not-received")


def _unreceived(
    connection: Connection, peers: Sequence[str], now: Moment
) -> list[tuple[str, str, int]]:
    """Each flash of ours without a receipt whose sender was not alarmed yet, and when that is due.

    A clock that was set back to before it was signed puts nothing off.
    """
    m = messages.c
    query = select(m.peer, m.id, m.at).where(
        m.peer.in_(peers), m.waiting, m.rank == Precedence.FLASH.rank
    )
    found = [
        (peer, id, at + NOT_RECEIVED_MS if at <= now.ms else now.ms)
        for peer, id, at in connection.execute(query)
    ]
    ids = [f"{peer}:{id} {UNRECEIVED}" for peer, id, _ in found]
    a = alarm_rows.c.id
    raised = set(connection.execute(select(a).where(a.in_(ids))).scalars()) if ids else set()
    return [each for each, id in zip(found, ids, strict=True) if id not in raised]


def _any(tx: Tx, peer: str) -> bool:
    u = urgencies.c
    waiting = select(u.id).where(u.peer == peer, u.ended_at.is_(None)).limit(1)
    return tx.run(waiting).first() is not None


def _row(tx: Tx, peer: str, id: str) -> Row[Any] | None:
    u = urgencies.c
    query = select(urgencies).where(u.peer == peer, u.id == id)
    found: Row[Any] | None = tx.run(query).one_or_none()
    return found


def _update(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    u = urgencies.c
    tx.run(update(urgencies).where(u.peer == row.peer, u.id == row.id).values(**values))
    tx.topics.add("urgency")


def _urgency(row: Row[Any]) -> Urgency:
    steps = read_steps(row.steps)
    arrived, since = Moment(row.arrived_at), Moment(row.since)
    return Urgency(arrived, since, steps, row.taken, State(row.state))


def _columns(now: Urgency) -> dict[str, Any]:
    return {
        "state": str(now.state),
        "since": now.since.ms,
        "steps": write_steps(now.steps),
        "taken": now.taken,
    }


_e = escalations.c
_OWN_STEPS = Hot(
    select(_e.steps, _e.desks).where(_e.peer == slot("peer"), _e.precedence == slot("precedence"))
)
