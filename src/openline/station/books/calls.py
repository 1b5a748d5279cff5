"""The book of calls and contacts: what was sought, what was held, who last spoke when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from openline.line import call as machine
from openline.line.call import Call, CallEvent, CallState, Turn
from openline.line.clock import Contact
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import calls, cancels, contacts
from openline.words.errors import OpenlineError
from openline.words.moment import Moment


def on_request(tx: Tx, entry: Entry) -> None:
    """A call is sought."""
    level = str(entry.fields["level"])
    new = machine.requested(
        entry.thing, entry.issuer, entry.other, level, entry.at, _proposed(entry.fields)
    )
    if (at := _taken_back(tx, entry)) is not None:
        new = machine.step(new, CallEvent.WITHDRAW, entry.issuer, at) or new
    row = {"peer": entry.peer, "id": new.id, "seeker": new.seeker, "other": new.other}
    tx.run(insert(calls).values(**row, level=level, turns=_turns(new)))
    tx.topics.add("calls")


def _taken_back(tx: Tx, entry: Entry) -> Moment | None:
    """When a request was taken back by a cancel that overtook it."""
    c = cancels.c
    named = (c.peer == entry.peer, c.thing == entry.thing, c.party == entry.issuer)
    at = tx.run(select(c.at).where(*named)).scalar()
    return None if at is None else Moment(at)


def on_answer(tx: Tx, entry: Entry) -> None:
    """A request is accepted, declined or countered by the party whose turn it is."""
    level = str(entry.fields.get("level", ""))
    event = CallEvent(str(entry.fields["answer"]))
    _turn(tx, entry, event, proposed=_proposed(entry.fields), level=level)


def on_held(tx: Tx, entry: Entry) -> None:
    """One side says that the call took place: a claimed contact, from its end on.

    When both say so, each before it heard the other, the contact is confirmed.
    """
    c = contacts.c
    named = (c.peer == entry.peer, c.id == str(entry.fields["about"]))
    theirs = (c.certainty == "claimed", c.party != entry.issuer)
    claimed = tx.run(select(c.at).where(*named, *theirs)).scalar()
    if claimed is not None:
        end = max(claimed, int(entry.fields["end"]))
        tx.run(update(contacts).where(*named).values(certainty="confirmed", at=end))
        tx.topics.add("calls")
        return
    held = _turn(tx, entry, CallEvent.HELD)
    tx.run(
        insert(contacts).values(
            peer=entry.peer,
            id=held.id,
            level=held.level,
            at=int(entry.fields["end"]),
            certainty="claimed",
            source=str(entry.fields.get("source", "")) or f"call {held.id}",
            party=entry.issuer,
        )
    )


def on_confirm(tx: Tx, entry: Entry) -> None:
    """The other side says so too: the contact is confirmed."""
    named = (contacts.c.peer == entry.peer, contacts.c.id == str(entry.fields["about"]))
    row = tx.run(select(contacts).where(*named)).one_or_none()
    if row is None:
        raise _unknown(entry)
    if row.party == entry.issuer:
        raise OpenlineError(
            "own-word",
            "a party cannot confirm its own word",
            rule="R-CALL-05",
            next="the other side confirms",
        )
    tx.run(update(contacts).where(*named).values(certainty="confirmed"))
    tx.topics.add("calls")


def on_contact(tx: Tx, entry: Entry) -> None:
    """A contact that was not on the line, with its source."""
    fields = entry.fields
    tx.run(
        insert(contacts).values(
            peer=entry.peer,
            id=entry.thing,
            level=str(fields["level"]),
            at=int(fields["at"]),
            certainty=str(fields.get("certainty", "reported")),
            source=str(fields["source"]),
            party=entry.issuer,
        )
    )
    tx.topics.add("calls")


def on_readout(tx: Tx, entry: Entry) -> None:
    """A readout belongs to a call that is known; each side's stands beside the other's."""
    if find(tx.connection, entry.peer, str(entry.fields["about"])) is None:
        raise _unknown(entry)
    tx.topics.add("calls")


def withdraw(tx: Tx, entry: Entry) -> bool:
    """The seeker takes a request back; False when it is no call."""
    if find(tx.connection, entry.peer, str(entry.fields["about"])) is None:
        return False
    _turn(tx, entry, CallEvent.WITHDRAW)
    return True


def find(connection: Connection, peer: str, id: str) -> Call | None:
    """The call of that id on the line to `peer`."""
    where = (calls.c.peer == peer, calls.c.id == id)
    row = connection.execute(select(calls).where(*where)).one_or_none()
    return None if row is None else _call(row)


def peer_of(connection: Connection, id: str) -> str:
    """The line that a call or contact stands on; raises ``unknown-call``."""
    for table in (calls, contacts):
        peer = connection.execute(select(table.c.peer).where(table.c.id == id)).scalar()
        if peer is not None:
            return str(peer)
    raise _no_call(id)


def all_calls(connection: Connection, peer: str) -> list[Call]:
    """Every call on a line."""
    rows = connection.execute(select(calls).where(calls.c.peer == peer)).all()
    return [_call(row) for row in rows]


def all_contacts(connection: Connection, peer: str) -> list[Contact]:
    """Every contact on a line."""
    rows = connection.execute(select(contacts).where(contacts.c.peer == peer)).all()
    return [Contact(row.level, Moment(row.at), row.certainty, row.source) for row in rows]


def _turn(tx: Tx, entry: Entry, event: CallEvent, **offer: Any) -> Call:
    about = str(entry.fields["about"])
    before = find(tx.connection, entry.peer, about)
    if before is None:
        raise _unknown(entry)
    after = machine.step(before, event, entry.issuer, entry.at, **offer)
    if after is None:
        state = before.last.state
        raise OpenlineError(
            "out-of-turn",
            f"the call {about} is {state}: {entry.issuer} cannot answer {event} now",
            rule="R-CALL-02",
            next=f"the answer of {before.awaits} is awaited"
            if before.awaits
            else "seek a new call",
        )
    where = (calls.c.peer == entry.peer, calls.c.id == about)
    tx.run(update(calls).where(*where).values(turns=_turns(after)))
    tx.topics.add("calls")
    return after


def _proposed(fields: Mapping[str, Any]) -> Moment | None:
    return Moment(int(fields["propose"])) if "propose" in fields else None


def _turns(call: Call) -> str:
    return json.dumps(
        [
            [t.at.ms, t.by, t.state, t.proposed.ms if t.proposed else None, t.level]
            for t in call.turns
        ]
    )


def _call(row: Row[Any]) -> Call:
    turns = tuple(
        Turn(Moment(at), by, CallState(state), None if to is None else Moment(to), level)
        for at, by, state, to, level in json.loads(row.turns)
    )
    return Call(row.id, row.seeker, row.other, row.level, turns)


def _unknown(entry: Entry) -> OpenlineError:
    return _no_call(str(entry.fields["about"]))


def _no_call(id: str) -> OpenlineError:
    return OpenlineError(
        "unknown-call",
        f"no call or contact {id[:64]} is recorded",
        rule="R-CALL-01",
        next="`openline call list` shows them",
    )
